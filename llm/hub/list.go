package hub

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Entry is a model in a list.
type Entry struct {
	Name         string
	Size         int64  // bytes
	Quantisation string // "" if the catalogue does not tell
	License      string // "" likewise
	Path         string // "" if it is not here
	Source       string // where it came from; "" if it is not here or was put there by hand
	SHA256       string // wanted, or as computed where none is known; "" if neither
	Checked      bool   // whether the file's sha256 was compared with one from elsewhere
	Partial      int64  // bytes of an interrupted fetch
}

// List returns the catalogue, and then the other models that are here. It looks at
// names and sizes only: a file that was not checked yet is checked when it is used.
func (h *Hub) List() ([]Entry, error) {
	var list []Entry
	for i := range h.catalogue {
		m := &h.catalogue[i]
		e := Entry{Name: m.Name, Size: m.Size, Quantisation: m.Quantisation, License: m.License, SHA256: m.SHA256}
		r := m.ref(m.Name)
		path := h.path(r)
		if info, err := os.Stat(path); err == nil && info.Size() == m.Size {
			e.Path = path
			e.Source, e.Checked = readRecord(path + ".json").about(path)
		} else if cached, _ := h.cached(r); cached != "" {
			e.Path, e.Source = cached, cacheName
			_, e.Checked = readRecord(path + ".cache.json").about(cached)
		} else if p, err := h.openPartial(r, ""); err == nil {
			e.Partial = p.state.count()
		}
		list = append(list, e)
	}
	others, err := h.others()
	return append(list, others...), err
}

// about returns what r, which may be nil, says of the file at path: where it came from
// and whether it was checked since it changed.
func (r *record) about(path string) (source string, checked bool) {
	info, err := os.Stat(path)
	if r == nil || r.Path != path || err != nil {
		return "", false
	}
	return r.Source, r.Checked && r.Size == info.Size() && r.ModTime.Equal(info.ModTime())
}

// others returns the models that were fetched by a long name.
func (h *Hub) others() ([]Entry, error) {
	var list []Entry
	root := filepath.Join(h.Home, "models")
	for _, kind := range []string{"hf", "ms", "url"} {
		err := filepath.WalkDir(filepath.Join(root, kind), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
				return err
			}
			r := readRecord(path)
			if r == nil || r.Path == "" {
				return nil
			}
			if info, err := os.Stat(r.Path); err == nil && info.Size() == r.Size {
				source, checked := r.about(r.Path)
				list = append(list, Entry{Name: r.Name, Size: r.Size, Path: r.Path, Source: source, SHA256: r.SHA256, Checked: checked})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
