package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// record is what is remembered about a file, as JSON beside it.
type record struct {
	Name    string    `json:"name"`    // under which it was asked for
	Source  string    `json:"source"`  // where it came from
	Path    string    `json:"path"`    // of the file
	Size    int64     `json:"size"`    // bytes
	SHA256  string    `json:"sha256"`  // as computed from the file
	Checked bool      `json:"checked"` // whether that is the sum that was wanted; false if none was known
	ModTime time.Time `json:"mod_time"`
	Fetched time.Time `json:"fetched"`
}

// find returns the path of r's file if it is complete and its sum is right.
func (h *Hub) find(r *ref) (string, error) {
	if r.kind == "path" {
		info, err := os.Stat(r.local)
		switch {
		case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(r.name, `/\`):
			return "", h.unknown(r.name)
		case errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("hub: %w: there is no file %q", ErrNotHere, r.name)
		case err != nil:
			return "", fmt.Errorf("hub: %w", err)
		case !info.Mode().IsRegular():
			return "", fmt.Errorf("hub: %q is a %v, wanted a regular file", r.name, kindOf(info.Mode()))
		}
		return r.local, nil
	}
	path := h.path(r)
	err := h.check(r, path, path+".json", "")
	if err == nil {
		return path, nil
	}
	if cached, sum := h.cached(r); cached != "" {
		expect := *r
		if expect.sha256 == "" {
			expect.sha256 = sum
		}
		cacheErr := h.check(&expect, cached, path+".cache.json", cacheName)
		if cacheErr == nil {
			return cached, nil
		}
		if !errors.Is(err, ErrChecksum) {
			err = cacheErr
		}
	}
	return "", err
}

func kindOf(m fs.FileMode) string {
	if m.IsDir() {
		return "directory"
	}
	return m.Type().String()
}

// check returns nil if the file at path is r's, complete and with the right sum. What
// was computed once is remembered in the record, until the file changes. The error is
// ErrNotHere, and ErrChecksum too if the file is there but is another.
func (h *Hub) check(r *ref, path, recordPath, source string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("hub: %w: %s", ErrNotHere, r.name)
	}
	if err != nil {
		return fmt.Errorf("hub: look for %s: %w", r.name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("hub: look for %s: %s is a %v, wanted a regular file", r.name, path, kindOf(info.Mode()))
	}
	if r.size > 0 && info.Size() != r.size {
		return fmt.Errorf("hub: %w: %s has %d bytes, wanted the %d of %s", ErrNotHere, path, info.Size(), r.size, r.name)
	}
	known := readRecord(recordPath)
	same := known != nil && known.Path == path && known.Size == info.Size() && known.ModTime.Equal(info.ModTime())
	want := r.sha256
	if want == "" && known != nil && known.Path == path {
		want = known.SHA256
	}
	if same && known.SHA256 == want {
		return nil
	}
	if want != "" {
		h.log("checking the sha256 of %s", path)
	}
	sum, err := sumFile(path)
	if err != nil {
		return fmt.Errorf("hub: check %s: %w", path, err)
	}
	if want != "" && sum != want {
		return fmt.Errorf("hub: %w: %w: %s of %s, wanted %s", ErrNotHere, ErrChecksum, sum, path, want)
	}
	if known == nil {
		known = &record{Source: source}
	}
	known.Name, known.Path, known.Size, known.ModTime = r.name, path, info.Size(), info.ModTime()
	known.SHA256, known.Checked = sum, known.Checked || r.sha256 != ""
	if err := os.MkdirAll(filepath.Dir(recordPath), 0o755); err == nil {
		_ = writeJSON(recordPath, known) // a record that cannot be kept costs only another check
	}
	return nil
}

func readRecord(path string) *record {
	var r record
	if data, err := readLimited(path, 64<<10); err != nil || json.Unmarshal(data, &r) != nil {
		return nil
	}
	return &r
}

// readLimited reads a file of ours of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return data, err
}

// writeJSON puts v in place of the file at path, which is never half written.
func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func sumFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, f, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
