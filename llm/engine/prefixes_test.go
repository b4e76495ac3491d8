package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/kv"
)

// task returns a request as agents make them: much that is fixed, and a question.
func task(question string) *llm.Request {
	r := ask(question)
	r.Messages = append([]llm.Message{{Role: llm.System, Text: strings.Repeat("the thought and the answer ", 30)}}, r.Messages...)
	r.Tools = toolbox
	return r
}

// closed opens an engine, answers requests in it one after the other, and closes it: what is kept is then there.
func closed(t *testing.T, path string, o Options, requests ...*llm.Request) (ends []llm.End) {
	t.Helper()
	e, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range requests {
		ends = append(ends, collect(t, e, r))
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return ends
}

// prefixFiles returns the files of a folder by name.
func prefixFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"+prefixSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPrefixes runs a task in one process after the other. The second finds all of the same prompt but the last
// token, and all that is fixed of another question's. The answers are those of an engine that keeps nothing.
func TestPrefixes(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	dir := filepath.Join(t.TempDir(), "cache", "prefixes")
	o := Options{Threads: 2, PrefixDir: dir}
	long := strings.Repeat("and another thing ", 100)
	var want []llm.End
	for _, q := range []string{"the thing", "another question", long} {
		want = append(want, closed(t, path, Options{Threads: 1}, task(q))...)
	}
	first := closed(t, path, o, task("the thing"), task("the thing"))
	if u := first[0].Usage; u.Cached != 0 || first[1].Usage.Cached != u.Prompt-1 {
		t.Errorf("the first run had %d and %d tokens cached, want 0 and %d", u.Cached, first[1].Usage.Cached, u.Prompt-1)
	}
	files := prefixFiles(t, dir)
	if len(files) != 1 {
		t.Fatalf("files are %v, want one", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: want it readable by its owner alone", info.Mode(), err)
	}
	second := closed(t, path, o, task("the thing"))[0]
	if u := second.Usage; u.Cached != u.Prompt-1 {
		t.Errorf("the second run had %d tokens cached, want %d", u.Cached, u.Prompt-1)
	}
	other := closed(t, path, o, task("another question"))[0]
	e := openAt(t, path, Options{})
	f, err := e.chatFormat(task("x"))
	if err != nil {
		t.Fatal(err)
	}
	prompt, err := e.prompt(f, task("another question"))
	if err != nil {
		t.Fatal(err)
	}
	fixed := e.fixed(f, task("another question"), prompt)
	if text := e.tokenizer.Decode(prompt[fixed:]); !strings.HasPrefix(text, "another question") {
		t.Errorf("what is fixed ends before %q", text)
	}
	if u := other.Usage; u.Cached < fixed || u.Cached == u.Prompt-1 {
		t.Errorf("another question's run had %d of %d tokens cached, want at least %d", u.Cached, u.Prompt, fixed)
	}
	lengthy := closed(t, path, o, task(long))[0]
	if again := prefixFiles(t, dir); !slices.Equal(again, files) {
		t.Errorf("other questions made other files: %v, then %v", files, again)
	}
	for i, got := range []llm.End{second, other, lengthy} {
		if got.Message.Raw != want[i].Message.Raw {
			t.Errorf("question %d: the answer is %q, and %q without files", i, got.Message.Raw, want[i].Message.Raw)
		}
	}
	// A long question is not kept whole.
	dir2 := t.TempDir()
	u := closed(t, path, Options{PrefixDir: dir2}, task(long))[0].Usage
	again := closed(t, path, Options{PrefixDir: dir2}, task(long))[0].Usage
	if again.Cached != fixed+ownTokens || u.Prompt < again.Cached+100 {
		t.Errorf("of a prompt of %d tokens %d were kept, want %d", u.Prompt, again.Cached, fixed+ownTokens)
	}
}

// TestPrefixDamage damages and replaces a kept file: the answer is the same as without, and a file that is of no
// use any more is replaced by a good one.
func TestPrefixDamage(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	dir := t.TempDir()
	o := Options{Threads: 2, PrefixDir: dir}
	want := closed(t, path, o, task("the thing"))[0]
	name := prefixFiles(t, dir)[0]
	good, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i, bad := range [][]byte{nil, good[:100], good[:len(good)-1], append(slices.Clone(good), 1), slices.Concat(good[:len(good)/2], []byte{good[len(good)/2] ^ 1}, good[len(good)/2+1:])} {
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		got := closed(t, path, o, task("the thing"))[0]
		if got.Message.Raw != want.Message.Raw || got.Usage.Cached != 0 {
			t.Errorf("damage %d: the answer is %q, want %q; %d tokens were cached", i, got.Message.Raw, want.Message.Raw, got.Usage.Cached)
		}
		if data, err := os.ReadFile(name); err != nil || len(data) != len(good) {
			t.Errorf("damage %d: the file was not replaced: %d bytes, %v", i, len(data), err)
		}
	}
	// Another model's file is left alone, and nobody takes it for theirs.
	other := testmodel.Write(t, testmodel.Shape{Seed: 5})
	if got := closed(t, other, o, task("the thing"))[0]; got.Usage.Cached != 0 || len(prefixFiles(t, dir)) != 2 {
		t.Errorf("another model found %d tokens; the files are %v", got.Usage.Cached, prefixFiles(t, dir))
	}
	e := openAt(t, other, Options{})
	if _, err := e.RestorePrefix(t.Context(), name); !errors.Is(err, ErrOrigin) || !strings.Contains(err.Error(), name) {
		t.Errorf("another model's file: %v", err)
	}
	// A folder that cannot be used does not matter.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := closed(t, path, Options{PrefixDir: filepath.Join(file, "folder")}, task("the thing"))[0]; got.Message.Raw != want.Message.Raw {
		t.Error("a folder that cannot be made changes the answer")
	}
}

// TestSweep keeps the folder within bounds: the files used last stay.
func TestSweep(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	dir := t.TempDir()
	for _, name := range []string{"note.txt", unfinished + "1"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * staleAfter)
	if err := os.Chtimes(filepath.Join(dir, unfinished+"1"), old, old); err != nil {
		t.Fatal(err)
	}
	other := func(i int) *llm.Request {
		r := task("the thing")
		r.Messages[0].Text = fmt.Sprint(i) + r.Messages[0].Text
		return r
	}
	closed(t, path, Options{PrefixDir: dir}, other(0))
	info, err := os.Stat(prefixFiles(t, dir)[0])
	if err != nil {
		t.Fatal(err)
	}
	first := prefixFiles(t, dir)[0]
	o := Options{PrefixDir: dir, PrefixBytes: 9 * info.Size() / 2}
	for i := range 8 {
		past := time.Now().Add(time.Duration(i-20) * time.Minute) // so that the times of files differ
		for _, f := range prefixFiles(t, dir) {
			if info, err := os.Stat(f); err == nil && time.Since(info.ModTime()) < time.Minute {
				if err := os.Chtimes(f, past, past); err != nil {
					t.Fatal(err)
				}
			}
		}
		closed(t, path, o, other(0), other(i))
	}
	if files := prefixFiles(t, dir); len(files) != 4 || !slices.Contains(files, first) {
		t.Errorf("%d files stayed: %v; want 4, and %s, which was used all the time", len(files), files, first)
	}
	if _, err := os.Stat(filepath.Join(dir, "note.txt")); err != nil {
		t.Errorf("a file that is not ours: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, unfinished+"1")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an unfinished file of long ago: %v", err)
	}
}

// TestSaveRestore is the same by hand, at every length around the ends of pages.
func TestSaveRestore(t *testing.T) {
	path := testmodel.Write(t, testmodel.Shape{})
	e, fresh := openAt(t, path, Options{Threads: 2}), openAt(t, path, Options{Threads: 1})
	ids := e.Tokenizer().Encode(nil, strings.Repeat("the thing and the other thing ", 40))
	run := func(e *Engine, ids []int32) (logits []float32, cached int) {
		s, err := e.Begin(t.Context(), ids, len(ids))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		logits = make([]float32, e.Vocabulary())
		if err := s.Append(t.Context(), ids[s.Len():], logits); err != nil {
			t.Fatal(err)
		}
		return logits, s.Cached()
	}
	file := filepath.Join(t.TempDir(), "file")
	if _, err := e.SavePrefix(t.Context(), file, ids[:9]); err == nil || !strings.Contains(err.Error(), "nothing of the 9 tokens") {
		t.Errorf("an empty cache is saved: %v", err)
	}
	for i, n := range []int{1, 2, 63, 64, 65, 127, 128, 130} {
		own := slices.Clone(ids[:n+20])
		own[0] = int32(i) // so that nothing is shared with the prefix before
		want, _ := run(e, own)
		if saved, err := e.SavePrefix(t.Context(), file, own[:n]); err != nil || saved != n {
			t.Fatalf("%d tokens: %d are saved, %v", n, saved, err)
		}
		if restored, err := fresh.RestorePrefix(t.Context(), file); err != nil || restored != n {
			t.Fatalf("%d tokens: %d are restored, %v", n, restored, err)
		}
		got, cached := run(fresh, own)
		if cached != n || !slices.Equal(got, want) {
			t.Errorf("%d tokens: %d are found, the same logits %v", n, cached, slices.Equal(got, want))
		}
		if _, err := fresh.RestorePrefix(t.Context(), file); err != nil {
			t.Errorf("%d tokens, restored again: %v", n, err)
		}
		if again, _ := run(fresh, own); !slices.Equal(again, want) {
			t.Errorf("%d tokens, restored again: other logits", n)
		}
	}
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.RestorePrefix(t.Context(), file); !errors.Is(err, kv.ErrSnapshot) || !strings.Contains(err.Error(), file) {
		t.Errorf("another file: %v", err)
	}
	if _, err := e.RestorePrefix(t.Context(), t.TempDir()); err == nil {
		t.Error("a folder is restored")
	}
	if _, err := e.SavePrefix(t.Context(), filepath.Join(file, "x"), ids[:9]); err == nil {
		t.Error("saved below a file")
	}
}
