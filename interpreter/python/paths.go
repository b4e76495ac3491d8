package python

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// shared is what libraries look for outside of their own folders: fonts, time zones,
// settings of matplotlib. Nothing in it belongs to a user.
var shared = []string{
	"/etc/localtime", "/etc/fonts", "/etc/matplotlibrc", "/etc/mime.types",
	"/usr/share/zoneinfo", "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fontconfig", "/usr/share/matplotlib",
	"/usr/share/mime", "/usr/share/python3", "/usr/share/javascript", "/usr/share/pyshared", "/usr/share/locale", "/usr/lib/locale",
	"/var/cache/fontconfig",
}

// readable lists the files and folders that the interpreter must be able to read.
func (f *Found) readable() []string {
	paths := append(slices.Clone(f.Path), f.Standard...)
	for _, prefix := range []string{f.Prefix, f.BasePrefix, f.ExecPrefix} {
		if !system(prefix) {
			paths = append(paths, prefix)
		}
	}
	for _, library := range f.Mapped {
		paths = append(paths, filepath.Dir(library))
	}
	paths = append(paths, f.Executable, f.Real)
	paths = append(paths, links(f.Executable)...)
	paths = append(paths, sandbox.LinkerPaths()...)
	paths = append(paths, shared...)
	if strings.HasPrefix(f.Real, "/nix/store/") {
		paths = append(paths, "/nix/store") // every library is in a folder of its own there
	}
	var kept []string
	for _, p := range paths {
		if p = filepath.Clean(p); filepath.IsAbs(p) && !tooWide(p) && exists(p) {
			kept = append(kept, p)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// executables are the files that may be executed: the interpreter and its loader.
func (f *Found) executables() []string {
	paths := []string{f.Real}
	if loader := sandbox.Loader(f.Real); loader != "" {
		paths = append(paths, loader)
	}
	return paths
}

// system says whether a prefix is shared with all other programs; then only the parts
// that Python names itself are shown.
func system(prefix string) bool {
	return slices.Contains([]string{"/", "/usr", "/usr/local", "/opt"}, filepath.Clean(prefix))
}

// tooWide says whether a path would show what is nobody's business: a folder that a
// user's home lies in or is, or where the system keeps its state. A sys.path that names
// one is not followed.
func tooWide(path string) bool {
	if slices.Contains([]string{"/", "/usr", "/etc", "/var", "/opt", "/home", "/root", "/proc", "/sys", "/dev", "/run", "/tmp", "/mnt", "/boot"}, path) {
		return true
	}
	for _, secret := range []string{"/proc/", "/sys/", "/dev/", "/run/secrets/"} {
		if strings.HasPrefix(path, secret) {
			return true
		}
	}
	home, err := os.UserHomeDir()
	return err == nil && (path == home || strings.HasPrefix(home, path+"/"))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// links lists the links behind a path, which must be there for the path to work.
func links(path string) (chain []string) {
	for range 40 {
		target, err := os.Readlink(path)
		if err != nil {
			return chain
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = filepath.Clean(target)
		chain = append(chain, path)
	}
	return chain
}

// timeZone is the value of TZ for a cell: what is set, or the machine's.
func timeZone() string {
	if tz := os.Getenv("TZ"); tz != "" {
		return tz
	}
	return ":/etc/localtime"
}
