package compiled

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Toolchain is a Go installation of the machine.
type Toolchain struct {
	Go       string // the go command
	Root     string // GOROOT
	Version  string // such as "go1.26.8"
	Minor    int    // of the language that it compiles: 26 of go1.26.8
	Compile  string // the compiler and the linker
	Link     string
	Platform string // such as "linux/amd64"

	experiment string // GOEXPERIMENT
}

// oldest is the minor version of the first toolchain that will do: since Go 1.22 a loop
// has new variables in each round, and a cell must not mean different things here and there.
const oldest = 22

// install is what to do about a toolchain that is not there.
const install = "install Go 1.22 or later (go.dev/dl, or golang in the package manager), name its go command with --go, or leave --compiled out"

// probeLimit is how long the go command may take to describe itself.
const probeLimit = 20 * time.Second

// Find returns the toolchain of a go command, given as a path or a name, or for "" of the
// first that is there: go in PATH, and where the official packages are unpacked.
func Find(ctx context.Context, name string) (*Toolchain, error) {
	candidates := []string{name}
	if name == "" {
		candidates = []string{"go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"}
	}
	var reasons []error
	for _, c := range candidates {
		path, err := exec.LookPath(c)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			if c == candidates[0] {
				reasons = append(reasons, err)
			}
			continue
		}
		t, err := describe(ctx, path)
		if err == nil {
			return t, nil
		}
		reasons = append(reasons, fmt.Errorf("%s: %w", path, err))
	}
	return nil, fmt.Errorf("no usable Go toolchain: %w; %s", errors.Join(reasons...), install)
}

// command is the go command with arguments, outside of the sandbox: in a folder that holds
// no go.mod or go.work, with no setting of the user's, and without the network.
func command(ctx context.Context, path string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, arguments...)
	cmd.Dir = filepath.VolumeName(path) + string(filepath.Separator)
	cmd.Env = []string{
		"GOENV=off", "GOFLAGS=", "GOTOOLCHAIN=local", "GOPROXY=off", "GOSUMDB=off", "GOWORK=off", "GO111MODULE=off", "GOTELEMETRY=off",
		"CGO_ENABLED=0",
	}
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "GOCACHE", "TMPDIR", "LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT", "TEMP"} {
		if value, set := os.LookupEnv(name); set {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.WaitDelay = time.Second
	return cmd
}

// output runs a command; the error has the last line that it complained.
func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		lines := strings.Split(strings.TrimSpace(string(exit.Stderr)), "\n")
		if last := lines[len(lines)-1]; last != "" {
			return nil, fmt.Errorf("%w: %s", err, last[:min(len(last), 500)])
		}
	}
	return out, err
}

var versionPattern = regexp.MustCompile(`\bgo1\.(\d+)`)

// describe has a go command say what it is.
func describe(ctx context.Context, path string) (*Toolchain, error) {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	out, err := output(command(ctx, path, "env", "-json", "GOROOT", "GOVERSION", "GOTOOLDIR", "GOOS", "GOARCH", "GOEXPERIMENT"))
	if err != nil {
		return nil, fmt.Errorf("it does not describe itself: %w", err)
	}
	var env struct{ GOROOT, GOVERSION, GOTOOLDIR, GOOS, GOARCH, GOEXPERIMENT string }
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, fmt.Errorf("it does not describe itself: %w", err)
	}
	t := &Toolchain{Go: path, Root: env.GOROOT, Version: env.GOVERSION, Platform: env.GOOS + "/" + env.GOARCH, experiment: env.GOEXPERIMENT}
	m := versionPattern.FindStringSubmatch(t.Version)
	if m == nil {
		return nil, fmt.Errorf("it calls its version %q, wanted one such as go1.26.1", t.Version)
	}
	t.Minor, _ = strconv.Atoi(m[1])
	if t.Minor < oldest {
		return nil, fmt.Errorf("it is %s, wanted go1.%d or later", t.Version, oldest)
	}
	if t.Platform != runtime.GOOS+"/"+runtime.GOARCH {
		return nil, fmt.Errorf("it builds for %s, wanted %s/%s", t.Platform, runtime.GOOS, runtime.GOARCH)
	}
	for name, field := range map[string]*string{"compile": &t.Compile, "link": &t.Link} {
		if *field, err = t.tool(ctx, env.GOTOOLDIR, name); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// tool finds the file of a tool, with no link on the way to it: what may be executed in
// the sandbox is known by its file.
func (t *Toolchain) tool(ctx context.Context, dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err != nil {
		out, err := output(command(ctx, t.Go, "tool", "-n", name)) // since Go 1.25 a tool may have to be built
		if err != nil {
			return "", fmt.Errorf("it has no %s: %w", name, err)
		}
		path = strings.TrimSpace(string(out))
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("it has no %s: %w", name, err)
	}
	return real, nil
}
