package hub

import (
	"os"
	"path/filepath"
	"strings"
)

// cacheName is the source of a file in that cache, for people.
const cacheName = "the Hugging Face cache"

// huggingFaceCache returns the directory where Hugging Face's tools keep files.
// Source: huggingface_hub, constants.py.
func huggingFaceCache() string {
	if dir := os.Getenv("HF_HUB_CACHE"); dir != "" {
		return dir
	}
	if dir := os.Getenv("HF_HOME"); dir != "" {
		return filepath.Join(dir, "hub")
	}
	dir := os.Getenv("XDG_CACHE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".cache")
	}
	return filepath.Join(dir, "huggingface", "hub")
}

// cached returns r's file in the Hugging Face cache, and its sha256 where the cache
// knows it: there a snapshot is a folder of links to blobs, and a large file's blob is
// called by its sum. It returns "" if there is none.
func (h *Hub) cached(r *ref) (path, sum string) {
	if h.Cache == "" || r.kind != "hf" && r.kind != "catalogue" {
		return "", ""
	}
	root := filepath.Join(h.Cache, "models--"+strings.ReplaceAll(r.repo, "/", "--"))
	// The commit that "main" was, and then any other: a file is told by its sum.
	var snapshots []string
	if ref, err := readLimited(filepath.Join(root, "refs", "main"), 200); err == nil && checkName(strings.TrimSpace(string(ref))) == nil {
		snapshots = append(snapshots, filepath.Join(root, "snapshots", strings.TrimSpace(string(ref))))
	}
	entries, _ := os.ReadDir(filepath.Join(root, "snapshots"))
	for _, e := range entries {
		snapshots = append(snapshots, filepath.Join(root, "snapshots", e.Name()))
	}
	for _, s := range snapshots {
		path := filepath.Join(s, filepath.FromSlash(r.file))
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || r.size > 0 && info.Size() != r.size {
			continue
		}
		if blob, err := filepath.EvalSymlinks(path); err == nil {
			sum, _ = ParseSHA256(filepath.Base(blob))
		}
		return path, sum
	}
	return "", ""
}
