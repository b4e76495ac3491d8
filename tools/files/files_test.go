package files

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/tools"
)

// workspace makes a folder with files and returns it with its tools by name.
func workspace(t *testing.T, s Settings, files map[string]string) (string, map[string]tools.Tool) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "workspace")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		put(t, filepath.Join(dir, name), text)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	byName := make(map[string]tools.Tool)
	for _, tool := range New(root, s) {
		byName[tool.Spec().Name] = tool
	}
	return dir, byName
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ask calls a tool as the loop does and returns what the model is told.
func ask(t *testing.T, tool tools.Tool, arguments string) string {
	t.Helper()
	text, err := tool.Call(t.Context(), json.RawMessage(arguments))
	if err != nil {
		return "error: " + err.Error()
	}
	return text
}

func pathOf(name string) string {
	b, _ := json.Marshal(map[string]string{"path": name})
	return string(b)
}

var two = map[string]string{"notes.txt": "The rent is 1200.\n", "sales.csv": "month,amount\nMay,12.5\n"}

func TestRead(t *testing.T) {
	_, tool := workspace(t, Settings{}, map[string]string{
		"notes.txt": "The rent is 1200.\n", "sales.csv": "month,amount\nMay,12.5\n", "data/a b.txt": "inside", "empty.txt": "", "bom.txt": "\ufeffhello",
	})
	for _, c := range []struct{ path, want string }{
		{"notes.txt", "The rent is 1200.\n"},
		{"./notes.txt", "The rent is 1200.\n"},
		{" notes.txt ", "The rent is 1200.\n"},
		{`"notes.txt"`, "The rent is 1200.\n"},
		{"/workspace/notes.txt", "The rent is 1200.\n"},
		{"data/../notes.txt", "The rent is 1200.\n"},
		{"notes.txt (18 bytes)", "The rent is 1200.\n"},
		{"data/a b.txt", "inside"},
		{"data//a b.txt", "inside"},
		{"empty.txt", "(empty.txt is empty)"},
		{"bom.txt", "hello"},
	} {
		if got := ask(t, tool["read_file"], pathOf(c.path)); got != c.want {
			t.Errorf("read_file %q: %q, want %q", c.path, got, c.want)
		}
	}
}

func TestMissing(t *testing.T) {
	_, tool := workspace(t, Settings{}, two)
	want := `error: there is no file note.txt. The files are: notes.txt, sales.csv. Call read_file again with one of these names, for example {"path": "notes.txt"}`
	if got := ask(t, tool["read_file"], `{"path": "note.txt"}`); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	want = `error: there is no file sale.csv. The files are: sales.csv, notes.txt. Call read_file again with one of these names, for example {"path": "sales.csv"}`
	if got := ask(t, tool["read_file"], `{"path": "sale.csv"}`); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	_, numbered := workspace(t, Settings{}, map[string]string{"budget-2024.txt": "a", "budget-2025.txt": "b"})
	want = `error: there is no file budget-2027.txt. The files are: budget-2024.txt, budget-2025.txt. If the task is about budget-2027.txt, answer that there is no such file`
	if got := ask(t, numbered["read_file"], `{"path": "budget-2027.txt"}`); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	_, none := workspace(t, Settings{}, nil)
	if got, want := ask(t, none["read_file"], `{"path": "a"}`), "error: there is no file a. The workspace has no files"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestEscape tries to reach what is outside, through every tool that takes a path.
func TestEscape(t *testing.T) {
	dir, tool := workspace(t, Settings{}, two)
	secret := filepath.Join(filepath.Dir(dir), "secret.txt")
	put(t, secret, "the secret")
	put(t, filepath.Join(filepath.Dir(dir), "outside", "inner.txt"), "the secret")
	put(t, filepath.Join(dir, "sub", "x.txt"), "x")
	for name, target := range map[string]string{
		"link.txt": secret, "up.txt": "../secret.txt", "folder": filepath.Dir(dir), "sub/folder": "../../outside", "self": "self", "passwd": "/etc/passwd",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ path, want string }{
		{"../secret.txt", "outside the workspace"},
		{"..", "outside the workspace"},
		{"a/../../secret.txt", "outside the workspace"},
		{"./../secret.txt", "outside the workspace"},
		{"/workspace/../secret.txt", "outside the workspace"},
		{"/etc/passwd", "outside the workspace"},
		{secret, "outside the workspace"},
		{"link.txt", "link"},
		{"up.txt", "link"},
		{"passwd", "link"},
		{"folder/secret.txt", "leads out of the workspace"},
		{"sub/folder/inner.txt", "leads out of the workspace"},
		{"sub/folder/new.txt", "leads out of the workspace"},
		{"self", "link"},
		{"notes.txt/x", ""},
		{"..\x00/x", "no file name"},
		{strings.Repeat("../", 200) + "etc/passwd", "outside the workspace"},
		{strings.Repeat("a", 2000), "no file name"},
		{"", "empty"},
	} {
		for name, arguments := range map[string]string{"read_file": pathOf(c.path), "write_file": strings.TrimSuffix(pathOf(c.path), "}") + `, "content": "gone"}`} {
			got := ask(t, tool[name], arguments)
			if !strings.HasPrefix(got, "error: ") || !strings.Contains(got, c.want) || strings.Contains(got, "the secret") || strings.Contains(got, "root:") {
				t.Errorf("%s %.60q: %q, want an error with %q", name, c.path, got, c.want)
			}
			if strings.Contains(got, dir) {
				t.Errorf("%s %.60q: the error tells where the workspace lies: %q", name, c.path, got)
			}
		}
	}
	for _, outside := range []string{secret, filepath.Join(filepath.Dir(dir), "outside", "inner.txt")} {
		if b, err := os.ReadFile(outside); err != nil || string(b) != "the secret" {
			t.Errorf("%s is %q now, %v", outside, b, err)
		}
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "outside", "new.txt")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was written outside: %v", err)
	}
	if got, want := ask(t, tool["list_files"], "{}"), "notes.txt (18 bytes)\nsales.csv (22 bytes)\nsub/x.txt (1 byte)"; got != want {
		t.Errorf("list_files: %q, want %q", got, want)
	}
}

// TestLinkInside: a link that stays inside is read through, and not written over.
func TestLinkInside(t *testing.T) {
	dir, tool := workspace(t, Settings{}, two)
	if err := os.Symlink("notes.txt", filepath.Join(dir, "alias.txt")); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, tool["read_file"], pathOf("alias.txt")); got != two["notes.txt"] {
		t.Errorf("read: %q", got)
	}
	if got := ask(t, tool["write_file"], `{"path": "alias.txt", "content": "x"}`); !strings.Contains(got, "no ordinary file but a link") {
		t.Errorf("write: %q", got)
	}
}

func TestSpecial(t *testing.T) {
	dir, tool := workspace(t, Settings{}, two)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 2)
	go func() { done <- ask(t, tool["read_file"], pathOf("pipe")) }()
	go func() { done <- ask(t, tool["write_file"], `{"path": "pipe", "content": "x"}`) }()
	for range 2 {
		select {
		case got := <-done:
			if !strings.Contains(got, "pipe is no ordinary file but a pipe") {
				t.Errorf("a pipe: %q", got)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("a pipe was waited for")
		}
	}
	root, err := os.OpenRoot("/dev")
	if err != nil {
		t.Skip("no /dev:", err)
	}
	defer root.Close()
	for _, tool := range New(root, Settings{}) {
		if tool.Spec().Name == "list_files" {
			continue
		}
		if got := ask(t, tool, `{"path": "null", "content": "x"}`); tool.Spec().Name == "write_file" && !strings.Contains(got, "no ordinary file but a device") {
			t.Errorf("%s on a device: %q", tool.Spec().Name, got)
		}
		if got := ask(t, tool, `{"path": "null"}`); tool.Spec().Name == "read_file" && !strings.Contains(got, "no ordinary file but a device") {
			t.Errorf("%s on a device: %q", tool.Spec().Name, got)
		}
	}
}

func TestLong(t *testing.T) {
	var lines strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	_, tool := workspace(t, Settings{MaxBytes: 300}, map[string]string{
		"lines.txt": lines.String(), "one.txt": strings.Repeat("é", 1000), "fits.txt": strings.Repeat("x", 300),
	})
	got := ask(t, tool["read_file"], pathOf("lines.txt"))
	if !strings.HasPrefix(got, "line 0\nline 1\n") || !strings.HasSuffix(got, "\nline 999\n") || !strings.Contains(got, " of the file's 8890 bytes are left out here]\n") || len(got) > 380 {
		t.Errorf("%d bytes: %q", len(got), got)
	}
	for line := range strings.Lines(got) { // no half line
		if !strings.HasPrefix(line, "[") && !strings.Contains(lines.String(), "\n"+line) && line != "line 0\n" {
			t.Errorf("line %q is not in the file", line)
		}
	}
	got = ask(t, tool["read_file"], pathOf("one.txt"))
	if strings.ContainsRune(got, '\ufffd') || strings.Count(got, "é") != 150 || !strings.Contains(got, "1700 of the file's 2000 bytes") {
		t.Errorf("%q", got)
	}
	if got := ask(t, tool["read_file"], pathOf("fits.txt")); len(got) != 300 {
		t.Errorf("a file of exactly the limit gives %d bytes", len(got))
	}
	if got := ask(t, tool["write_file"], `{"path": "new.txt", "content": "`+strings.Repeat("x", 301)+`"}`); !strings.Contains(got, "has 301 bytes, at most 300 are written") {
		t.Errorf("%q", got)
	}
}

func TestNotText(t *testing.T) {
	dir, tool := workspace(t, Settings{}, map[string]string{
		"zero.bin": "abc\x00def", "utf16.txt": "\xff\xfeh\x00i\x00", "latin1.txt": "Caf\xe9 in Paris, a long enough text", "escape.txt": "\x1b[1mbold\x1b[0m", "noise": "\x80\x81\x82\xff",
	})
	for name, want := range map[string]string{
		"zero.bin": "error: zero.bin has 7 bytes that are no text", "utf16.txt": "error: utf16.txt has 6 bytes", "noise": "error: noise has 4 bytes",
		"latin1.txt": "Caf", "escape.txt": "\x1b[1mbold", ".": "error: . is a folder. The files are: ",
	} {
		if got := ask(t, tool["read_file"], pathOf(name)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if os.Getuid() != 0 {
		if err := os.Chmod(filepath.Join(dir, "noise"), 0); err != nil {
			t.Fatal(err)
		}
		if got, want := ask(t, tool["read_file"], pathOf("noise")), "error: cannot read noise: the system does not allow it"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	dir, tool := workspace(t, Settings{}, two)
	for _, c := range []struct{ arguments, want, file, text string }{
		{`{"path": "new.txt", "content": "hello\n"}`, "6 bytes were written to new.txt.", "new.txt", "hello\n"},
		{`{"path": "new.txt", "content": ""}`, "0 bytes were written to new.txt, in place of what it had.", "new.txt", ""},
		{`{"path": "a/b/c.txt", "content": "é"}`, "2 bytes were written to a/b/c.txt.", "a/b/c.txt", "é"},
		{`{"path": "./x.txt", "content": 42}`, "2 bytes were written to x.txt.", "x.txt", "42"},
		{`{"path": "a", "content": "x"}`, `error: a is a folder; write to a file in it, for example {"path": "a/notes.txt"}`, "", ""},
		{`{"path": ".", "content": "x"}`, "error: the path names the workspace itself", "", ""},
		{`{"path": "notes.txt/b", "content": "x"}`, "error: cannot write notes.txt/b: a part of the path is a file", "notes.txt", two["notes.txt"]},
		{`{"path": "y.txt"}`, `error: write_file: "content" is missing. Call write_file again like this: {"path": "y.txt", "content": "first line\nsecond line\n"}`, "", ""},
	} {
		if got := ask(t, tool["write_file"], c.arguments); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.arguments, got, c.want)
		}
		if c.file != "" {
			if b, err := os.ReadFile(filepath.Join(dir, c.file)); err != nil || string(b) != c.text {
				t.Errorf("%s: the file is %q, %v", c.arguments, b, err)
			}
		}
	}
	if err := os.Chmod(filepath.Join(dir, "new.txt"), 0o666); err != nil {
		t.Fatal(err)
	}
	ask(t, tool["write_file"], `{"path": "new.txt", "content": "again"}`)
	if info, err := os.Stat(filepath.Join(dir, "new.txt")); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("the mode changed: %v %v", info.Mode(), err)
	}
	noLeftovers(t, dir)
	if c, ok := tool["write_file"].(tools.Changer); !ok || !c.Changes() {
		t.Error("write_file does not say that it changes things")
	}
	if c, ok := tool["read_file"].(tools.Changer); ok && c.Changes() {
		t.Error("read_file says that it changes things")
	}
}

func noLeftovers(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, _ fs.DirEntry, err error) error {
		if strings.Contains(p, ".write-") {
			t.Errorf("%s was left behind", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestDiskFull stops a write half way, as a full disk does.
func TestDiskFull(t *testing.T) {
	dir, _ := workspace(t, Settings{}, two)
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"notes.txt", "new.txt"} {
		err = replace(root, name, 0, func(w io.Writer) error {
			if _, err := io.WriteString(w, "half"); err != nil {
				return err
			}
			return &fs.PathError{Op: "write", Path: filepath.Join(dir, "x"), Err: syscall.ENOSPC}
		})
		f := &folder{root: root}
		if got := f.explain("write", name, err).Error(); got != "cannot write "+name+": no space left on device" {
			t.Errorf("error %q", got)
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "notes.txt")); err != nil || string(b) != two["notes.txt"] {
		t.Errorf("what was there is %q now, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "new.txt")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a half file was left: %v", err)
	}
	noLeftovers(t, dir)
}

func TestList(t *testing.T) {
	many := map[string]string{".hidden": "x", ".git/config": "x", "b.txt": "12", "a.txt": "1", "z/y/x.txt": "123", "m/n.txt": ""}
	_, tool := workspace(t, Settings{}, many)
	if got, want := ask(t, tool["list_files"], ""), "a.txt (1 byte)\nb.txt (2 bytes)\nm/n.txt (0 bytes)\nz/y/x.txt (3 bytes)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range 300 {
		many[fmt.Sprintf("d/%03d.txt", i)] = "x"
	}
	_, tool = workspace(t, Settings{}, many)
	got := ask(t, tool["list_files"], "{}")
	if n := strings.Count(got, "\n"); n != maxListed || !strings.HasSuffix(got, "[there are more files than are listed here]") {
		t.Errorf("%d lines: %.100s … %s", n, got, got[len(got)-60:])
	}
	if got := ask(t, tool["read_file"], pathOf("d/001.tx")); !strings.Contains(got, "The files are: d/001.txt, ") || !strings.Contains(got, " and others. Call") || len(got) > 600 {
		t.Errorf("%q", got)
	}
	deep := strings.Repeat("d/", 12) + "deep.txt"
	_, tool = workspace(t, Settings{}, map[string]string{deep: "x", "top.txt": "x"})
	if got := ask(t, tool["list_files"], "{}"); strings.Contains(got, "deep.txt") || !strings.Contains(got, "more files") {
		t.Errorf("too deep: %q", got)
	}
	_, tool = workspace(t, Settings{}, nil)
	if got, want := ask(t, tool["list_files"], "{}"), "The workspace has no files."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ask(t, tool["list_files"], pathOf("x")); !strings.Contains(got, `list_files takes no arguments, and "path" was given. Call list_files again like this: {}`) {
		t.Errorf("%q", got)
	}
}

func TestOpen(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	env := tools.Env{Workspace: root}
	for _, c := range []struct {
		env      tools.Env
		settings map[string]any
		want     string // the tools, or the error
	}{
		{env, nil, "list_files read_file write_file"},
		{env, map[string]any{"read_only": true}, "list_files read_file"},
		{env, map[string]any{"max_bytes": 100}, "list_files read_file write_file"},
		{env, map[string]any{"readonly": true}, `unknown setting "readonly" (did you mean "read_only"?); the settings are: max_bytes, read_only`},
		{env, map[string]any{"max_bytes": "many"}, "setting max_bytes is a string, want int"},
		{env, map[string]any{"max_bytes": -1}, "max_bytes is -1, want 1 or more"},
		{tools.Env{}, nil, "the task has no workspace"},
	} {
		var got string
		opened, err := Open(c.env, c.settings)
		for _, tool := range opened {
			got += " " + tool.Spec().Name
		}
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, c.want) || err == nil && strings.TrimSpace(got) != c.want {
			t.Errorf("Open(%v) = %q, want %q", c.settings, got, c.want)
		}
	}
}

// TestPrepare: whoever decides about a call sees one spelling of every path.
func TestPrepare(t *testing.T) {
	_, tool := workspace(t, Settings{}, two)
	for _, spelling := range []string{"secret.txt", "./secret.txt", "/workspace/secret.txt", "a/../secret.txt", " secret.txt", "secret.txt (3 bytes)"} {
		got, err := tool["read_file"].(tools.Preparer).Prepare(json.RawMessage(pathOf(spelling)))
		if want := `{"path":"secret.txt"}`; err != nil || string(got) != want {
			t.Errorf("%q is prepared as %s, %v; want %s", spelling, got, err, want)
		}
	}
}

// FuzzPath: no spelling of a path reaches the file beside the workspace.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"notes.txt", "../secret.txt", "/workspace/../secret.txt", "up/secret.txt", "link", "./a/./b/../../x", "\x00", " (3 bytes)", "'/etc/passwd'", "0 /", "\"'./x (1 byte)'\""} {
		f.Add(s)
	}
	dir := f.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "w"), 0o755), os.WriteFile(filepath.Join(dir, "secret.txt"), []byte("the secret"), 0o644),
		os.Symlink("..", filepath.Join(dir, "w", "up")), os.Symlink("../secret.txt", filepath.Join(dir, "w", "link"))); err != nil {
		f.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "w"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { root.Close() })
	read := New(root, Settings{})[1].(tools.Preparer)
	f.Fuzz(func(t *testing.T, p string) {
		text, err := read.Call(context.Background(), json.RawMessage(pathOf(p)))
		if err == nil {
			t.Fatalf("%q was read: %q", p, text)
		}
		prepared, err := read.Prepare(json.RawMessage(pathOf(p)))
		if err != nil {
			return
		}
		if again, err := read.Prepare(prepared); err != nil || string(again) != string(prepared) {
			t.Fatalf("%q is prepared as %s and then as %s, %v", p, prepared, again, err)
		}
	})
}
