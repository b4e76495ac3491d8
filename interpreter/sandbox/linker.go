package sandbox

import (
	"bufio"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
)

// LinkerPaths lists what the dynamic linker reads to find libraries: its cache, its own
// folders, and those that its settings add. Some may not be there.
func LinkerPaths() []string {
	own := []string{"/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"}
	return append(own, linkerFolders("/etc/ld.so.conf", 0)...)
}

// Loader returns the dynamic loader that an executable names, or "" if it needs none.
func Loader(path string) string {
	f, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP && p.Filesz < 4096 {
			name := make([]byte, p.Filesz)
			if _, err := p.ReadAt(name, 0); err == nil {
				return filepath.Clean(strings.TrimRight(string(name), "\x00"))
			}
		}
	}
	return ""
}

// linkerFolders lists the folders that the linker's settings add.
func linkerFolders(name string, depth int) (folders []string) {
	f, err := os.Open(name)
	if err != nil || depth > 8 {
		return nil
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		line, _, _ := strings.Cut(scanner.Text(), "#")
		line = strings.TrimSpace(line)
		if pattern, include := strings.CutPrefix(line, "include "); include {
			files, _ := filepath.Glob(strings.TrimSpace(pattern))
			for _, file := range files {
				folders = append(folders, linkerFolders(file, depth+1)...)
			}
		} else if filepath.IsAbs(line) {
			folders = append(folders, filepath.Clean(line))
		}
	}
	return folders
}

// ofSelf adds what our own binary needs as the program: nothing if it is static, as our
// builds are, else its loader and libraries.
func (p Program) ofSelf() (Program, error) {
	if p.Path != "" {
		return p, nil
	}
	self, err := os.Executable()
	if err != nil {
		return p, err
	}
	if loader := Loader(self); loader != "" {
		p.Read = append(append([]string{}, p.Read...), LinkerPaths()...)
		p.Exec = append(append([]string{}, p.Exec...), loader)
	}
	return p, nil
}
