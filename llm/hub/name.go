package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
)

// ref is a name that was understood.
type ref struct {
	name   string
	kind   string // "catalogue", "hf", "ms", "url" or "path"
	repo   string // OWNER/REPO of catalogue, hf and ms
	file   string // path inside the repository
	link   *url.URL
	local  string // where the file is kept, below Home; the file itself for a path
	size   int64  // 0 if it is not known
	sha256 string // "" if it is not known
	model  *Model // of the catalogue
}

// parse reads a model's name.
func (h *Hub) parse(name string) (*ref, error) {
	for i := range h.catalogue {
		if m := &h.catalogue[i]; m.Name == name {
			return m.ref(name), nil
		}
	}
	scheme, rest, _ := strings.Cut(name, ":")
	switch scheme {
	case "hf", "ms":
		return h.parseRepo(name, scheme, rest)
	case "https", "http":
		return parseURL(name)
	}
	// One letter is a drive of Windows.
	if len(scheme) > 1 && rest != "" && !strings.ContainsAny(scheme, `./\`) {
		return nil, fmt.Errorf("hub: name %q begins with %q, wanted a name of the catalogue, hf:, ms:, https: or a path", name, scheme+":")
	}
	if name == "" || strings.ContainsRune(name, 0) {
		return nil, fmt.Errorf("hub: name %q is no name, wanted a name of the catalogue, hf:OWNER/REPO/FILE, ms:OWNER/REPO/FILE, an https URL or a path", name)
	}
	return &ref{name: name, kind: "path", local: name}, nil
}

func (m *Model) ref(name string) *ref {
	return &ref{name: name, kind: "catalogue", repo: m.Repository, file: m.File, local: m.File, size: m.Size, sha256: m.SHA256, model: m}
}

func (h *Hub) parseRepo(name, scheme, rest string) (*ref, error) {
	elems := strings.Split(rest, "/")
	if len(elems) < 3 {
		return nil, fmt.Errorf("hub: name %q has %d parts, wanted %s:OWNER/REPO/FILE", name, len(elems), scheme)
	}
	for _, e := range elems {
		if err := checkName(e); err != nil {
			return nil, fmt.Errorf("hub: name %q: %w", name, err)
		}
	}
	r := &ref{name: name, kind: scheme, repo: elems[0] + "/" + elems[1], file: path.Join(elems[2:]...)}
	for i := range h.catalogue { // a file of the catalogue by its long name is the same file
		if m := &h.catalogue[i]; m.Repository == r.repo && m.File == r.file {
			return m.ref(name), nil
		}
	}
	r.local = path.Join(scheme, r.repo, r.file)
	return r, nil
}

func parseURL(name string) (*ref, error) {
	u, err := url.Parse(name)
	if err != nil {
		return nil, fmt.Errorf("hub: name %q: %w", name, err)
	}
	if u.Scheme != "https" && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("hub: URL %q is not encrypted, wanted https", name)
	}
	if u.Host == "" || u.User != nil || u.Opaque != "" {
		return nil, fmt.Errorf("hub: URL %q: found host %q and user %q, wanted a host and no user", name, u.Host, u.User.Username())
	}
	file := path.Base(u.Path)
	if err := checkName(file); err != nil {
		return nil, fmt.Errorf("hub: URL %q: %w", name, err)
	}
	// Two files of one name lie on many hosts: the folder tells them apart.
	id := sha256.Sum256([]byte(u.String()))
	folder := strings.Map(func(r rune) rune {
		if r == ':' || r == '[' || r == ']' {
			return '_'
		}
		return r
	}, u.Host)
	if err := checkName(folder); err != nil {
		return nil, fmt.Errorf("hub: URL %q: host: %w", name, err)
	}
	return &ref{name: name, kind: "url", file: file, link: u, local: path.Join("url", folder, hex.EncodeToString(id[:8]), file)}, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// checkName returns an error unless s, which came from outside, may be the name of one
// file or folder on every platform. Each such name goes through it.
func checkName(s string) error {
	const most = 200 // file systems take 255; ".partial.json" and a temporary suffix come behind it
	problem := ""
	switch stem, _, _ := strings.Cut(strings.ToUpper(s), "."); {
	case s == "":
		problem = "it is empty"
	case len(s) > most:
		problem = fmt.Sprintf("it has %d bytes, wanted at most %d", len(s), most)
	case !utf8.ValidString(s):
		problem = "it is not UTF-8"
	case s == "." || s == "..":
		problem = "it leads to another folder"
	case strings.ContainsAny(s, `/\:*?"<>|`):
		problem = `it has one of / \ : * ? " < > |`
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		problem = "it has a character that cannot be printed"
	case strings.HasSuffix(s, ".") || strings.HasSuffix(s, " ") || strings.HasPrefix(s, " "):
		problem = "it begins or ends with a space or ends with a dot"
	case strings.HasPrefix(s, "-"):
		problem = "it begins like an option"
	case devices[stem]:
		problem = "it is the name of a device on Windows"
	}
	if problem == "" {
		return nil
	}
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "�") + "…"
	}
	return fmt.Errorf("file name %q: %s", s, problem)
}

var devices = map[string]bool{
	"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true,
	"COM0": true, "COM1": true, "COM2": true, "COM3": true, "COM4": true, "COM5": true, "COM6": true, "COM7": true, "COM8": true, "COM9": true,
	"LPT0": true, "LPT1": true, "LPT2": true, "LPT3": true, "LPT4": true, "LPT5": true, "LPT6": true, "LPT7": true, "LPT8": true, "LPT9": true,
}

// ParseSHA256 returns s as 64 lower-case hexadecimal digits, or an error if it is
// anything else; a leading "sha256:" may be there. Each digest from outside goes
// through it before it is compared or becomes part of a path.
func ParseSHA256(s string) (string, error) {
	digits := strings.TrimPrefix(s, "sha256:")
	if b, err := hex.DecodeString(digits); err != nil || len(b) != sha256.Size {
		if len(s) > 80 {
			s = s[:80]
		}
		return "", fmt.Errorf("hub: digest %q is not a sha256, wanted 64 hexadecimal digits", s)
	}
	return strings.ToLower(digits), nil
}

// unknown is the error for a path where no file is: most likely a name misspelt.
func (h *Hub) unknown(name string) error {
	names := make([]string, len(h.catalogue))
	for i, m := range h.catalogue {
		names[i] = m.Name
	}
	hint := "the catalogue has " + strings.Join(names, ", ")
	if near := suggest.Name(name, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return fmt.Errorf("hub: %w: %q is neither a name of the catalogue nor a file; %s", ErrNotHere, name, hint)
}

// path returns where r's file is kept.
func (h *Hub) path(r *ref) string {
	if r.kind == "path" {
		return r.local
	}
	return filepath.Join(h.Home, "models", filepath.FromSlash(r.local))
}
