package hub

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	h, _ := testHub(t, t.TempDir())
	for _, test := range []struct{ name, kind, local string }{
		{"qwen2.5-coder-0.5b", "catalogue", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"},
		{"hf:Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf", "catalogue", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"},
		{"hf:O/R/f.gguf", "hf", "hf/O/R/f.gguf"},
		{"hf:O/R/sub/f.gguf", "hf", "hf/O/R/sub/f.gguf"},
		{"ms:O/R/f.gguf", "ms", "ms/O/R/f.gguf"},
		{"https://example.com/a/f.gguf?x=1", "url", "url/example.com/*/f.gguf"},
		{"https://example.com:8443/f.gguf", "url", "url/example.com_8443/*/f.gguf"},
		{"http://127.0.0.1:8080/f.gguf", "url", "url/127.0.0.1_8080/*/f.gguf"},
		{"https://example.com/a%20b.gguf", "url", "url/example.com/*/a b.gguf"},
		{"./f.gguf", "path", "./f.gguf"},
		{"/models/f.gguf", "path", "/models/f.gguf"},
		{`C:\models\f.gguf`, "path", `C:\models\f.gguf`},
		{"f.gguf", "path", "f.gguf"},
		{"qwen2.5-coder-0.5", "path", "qwen2.5-coder-0.5"},
	} {
		r, err := h.parse(test.name)
		if err != nil {
			t.Errorf("%q: %v", test.name, err)
			continue
		}
		if ok, err := filepath.Match(test.local, r.local); r.kind != test.kind || r.local != test.local && !ok {
			t.Errorf("%q: %s %q, want %s %q (%v)", test.name, r.kind, r.local, test.kind, test.local, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	h, _ := testHub(t, t.TempDir())
	for name, want := range map[string]string{
		"":                                   "is no name",
		"a\x00b":                             "is no name",
		"hf:":                                "has 1 parts, wanted hf:OWNER/REPO/FILE",
		"hf:a/b":                             "has 2 parts",
		"hf:a/b/":                            `file name "": it is empty`,
		"hf://b/c":                           "it is empty",
		"hf:a/../c":                          "it leads to another folder",
		"hf:../../etc/passwd":                "it leads to another folder",
		"hf:a/b/../../c.gguf":                "it leads to another folder",
		"hf:a/b/./c":                         "it leads to another folder",
		"hf:/a/b/c":                          "it is empty",
		`hf:a/b/..\..\c`:                     `it has one of / \`,
		"hf:a/b/c\x00.gguf":                  "cannot be printed",
		"hf:a/b/c\n.gguf":                    "cannot be printed",
		"hf:a/b/\x1b[2J":                     "cannot be printed",
		"hf:a/b/\u202egguf.exe":              "cannot be printed",
		"hf:a/b/\xff":                        "not UTF-8",
		"hf:a/b/CON":                         "device on Windows",
		"ms:a/b/nul.gguf":                    "device on Windows",
		"hf:a/b/c.gguf.":                     "ends with a dot",
		"hf:a/b/c ":                          "a space",
		"hf:-x/b/c":                          "like an option",
		"hf:a/b/c:stream":                    "it has one of",
		"hf:a/b/" + strings.Repeat("n", 201): "has 201 bytes, wanted at most 200",
		"http://example.com/f.gguf":          "is not encrypted, wanted https",
		"https:///f.gguf":                    `found host ""`,
		"https://user:secret@host/f.gguf":    "wanted a host and no user",
		"https://example.com":                "file name",
		"https://example.com/":               "file name",
		"https://example.com/a/..":           "leads to another folder",
		"https://example.com/a/%2e%2e":       "leads to another folder",
		"https://example.com/a%00b":          "cannot be printed",
		"https://example.com/..%5cb":         "it has one of",
		"https://exa mple.com/f":             "invalid character",
		"ftp://example.com/f.gguf":           `begins with "ftp:"`,
		"file:///etc/passwd":                 `begins with "file:"`,
		"gs:bucket/f":                        `begins with "gs:"`,
	} {
		if r, err := h.parse(name); err == nil {
			t.Errorf("%q is read as %+v, want an error", name, r)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %q, want %q in it", name, err, want)
		} else if strings.Contains(err.Error(), "secret") && !strings.Contains(name, "secret@") {
			t.Errorf("the error tells a password: %v", err)
		}
	}
}

func TestParseSHA256(t *testing.T) {
	good := strings.Repeat("0123456789abcdef", 4)
	for in, want := range map[string]string{good: good, strings.ToUpper(good): good, "sha256:" + good: good} {
		if got, err := ParseSHA256(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, bad := range []string{"", "sha256:", good[:63], good + "0", good + "00", good[:62], "sha256:../../x", "sha256-" + good, "md5:" + good,
		strings.Replace(good, "0", "g", 1), " " + good, good + "\n", good[:32] + "/" + good[33:], strings.Repeat("٣", 64)} {
		if got, err := ParseSHA256(bad); err == nil {
			t.Errorf("%q is read as %q, want an error", bad, got)
		}
	}
}

// FuzzParse checks that a name from outside never leads out of the models' directory.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"qwen2.5-coder-0.5b", "hf:a/b/c", "hf:../../c", "ms:a/b/c/d", "https://h/f", "https://h/%2e%2e/%2f", "./x", "http://[::1]:80/x"} {
		f.Add(s)
	}
	h, _ := testHub(f, f.TempDir())
	models := filepath.Join(h.Home, "models") + string(filepath.Separator)
	f.Fuzz(func(t *testing.T, name string) {
		r, err := h.parse(name)
		if err != nil || r.kind == "path" {
			return
		}
		if path := h.path(r); !strings.HasPrefix(path, models) || path != filepath.Clean(path) || strings.ContainsRune(path, 0) {
			t.Errorf("%q leads to %q", name, path)
		}
	})
}

func TestLocalPath(t *testing.T) {
	dir := t.TempDir()
	h, _ := testHub(t, filepath.Join(dir, "home"))
	file := filepath.Join(dir, "m.gguf")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := h.Pull(t.Context(), file); err != nil || got != file {
		t.Errorf("%q, %v", got, err)
	}
	_, err := h.Pull(t.Context(), dir)
	wantError(t, err, "is a directory, wanted a regular file")
	_, err = h.Path(filepath.Join(dir, "none.gguf"))
	wantError(t, err, "model is not here", "there is no file", "none.gguf")
	_, err = h.Path("qwen2.5-coder-1.5")
	wantError(t, err, `did you mean "qwen2.5-coder-1.5b"?`)
	_, err = h.Path("llama")
	wantError(t, err, `"llama" is neither a name of the catalogue nor a file; the catalogue has qwen2.5-coder-0.5b, qwen2.5-coder-1.5b`)
	if _, err := os.Stat(h.Home); err == nil {
		t.Error("looking for a file made the home directory")
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 491_400_064: "491.4 MB", 999_949: "999.9 kB", 999_950: "1.0 MB", 1_117_320_768: "1.1 GB", 1 << 62: "4.6 EB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
