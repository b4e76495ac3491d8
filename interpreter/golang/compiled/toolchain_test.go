package compiled

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestFindRefuses has commands that say of themselves what a usable one does not.
func TestFindRefuses(t *testing.T) {
	if !supported {
		t.Skip("a command of this test is a shell script")
	}
	platform := `"GOOS":"` + runtime.GOOS + `","GOARCH":"` + runtime.GOARCH + `"`
	for _, test := range []struct{ name, script, want string }{
		{"old", `echo '{"GOVERSION":"go1.19.8",` + platform + `}'`, "it is go1.19.8, wanted go1.22 or later"},
		{"another platform", `echo '{"GOVERSION":"go1.26.1","GOOS":"plan9","GOARCH":"386"}'`, "it builds for plan9/386"},
		{"no version", `echo '{"GOVERSION":"weekly.2011",` + platform + `}'`, `calls its version "weekly.2011"`},
		{"no tools", `test "$1" = env && echo '{"GOVERSION":"go1.26.1","GOTOOLDIR":"/nowhere",` + platform + `}'`, "it has no "},
		{"broken", `echo 'go: cannot find GOROOT directory: /x' >&2; exit 2`, "it does not describe itself: exit status 2: go: cannot find GOROOT"},
		{"something else", "echo hello", "it does not describe itself: invalid character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "go")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+test.script+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			_, err := Find(context.Background(), path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "install Go 1.22 or later") {
				t.Errorf("got %v, want %s and what to install", err, test.want)
			}
		})
	}
	if _, err := Find(context.Background(), filepath.Join(t.TempDir(), "go")); err == nil || !strings.Contains(err.Error(), "install Go 1.22") {
		t.Errorf("without a toolchain: %v", err)
	}
}

// TestFindIgnoresSettings has settings and a folder that would change what go does.
func TestFindIgnoresSettings(t *testing.T) {
	found, err := Find(context.Background(), "")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module x\ngo 1.99\ntoolchain go1.99.0\n"), 0o644)
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "-mod=nonsense -toolexec=/bin/false")
	t.Setenv("GOTOOLCHAIN", "go1.99.0")
	t.Setenv("GOROOT", "/nowhere")
	t.Setenv("GOOS", "plan9")
	again, err := Find(context.Background(), "")
	if err != nil || *again != *found {
		t.Errorf("got %+v, %v, want %+v", again, err, found)
	}
}

// TestPrepare compiles the library into a new place and finds it there again.
func TestPrepare(t *testing.T) {
	found, err := Find(context.Background(), "")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	told := 0
	notice := func(string) { told++ }
	first, err := prepare(context.Background(), found, dir, notice)
	if err != nil {
		t.Fatal(err)
	}
	second, err := prepare(context.Background(), found, dir, notice)
	if err != nil || second != first || told != 1 {
		t.Errorf("again: %v, %v, told %d times", second, err, told)
	}
	imports, err := os.ReadFile(filepath.Join(first.dir, importsFile))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(imports)) {
		path, file, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "packagefile ")), "=")
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm()&0o444 != 0o444 || info.Mode().Perm()&0o022 != 0 {
			t.Errorf("%s: %v, %v", path, err, info)
		}
		if strings.Contains(path, "internal/") || strings.HasPrefix(path, "vendor/") {
			t.Errorf("%s can be imported", path)
		}
	}
	if n := strings.Count(string(imports), "\n"); n < 150 {
		t.Errorf("%d packages can be imported", n)
	}
	other := *found
	other.experiment = "different"
	if a, _ := found.key(); a == func() string { b, _ := other.key(); return b }() {
		t.Error("two toolchains share a library")
	}
}
