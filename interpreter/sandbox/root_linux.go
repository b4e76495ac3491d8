//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// devices are the only ones that the program sees.
var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// kernelFile is where a private root has our own binary.
const kernelFile = "/kernel"

// maxInodes bounds how many files and folders a program can make.
const maxInodes = 16384

// etc are the files that a library may ask for, without anything of the machine in them.
var etc = map[string]string{
	"passwd":        "user:x:1000:1000::" + WorkDir + ":/\n",
	"group":         "user:x:1000:\n",
	"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
	"hosts":         "127.0.0.1 localhost\n",
}

// root is a private root under construction: a tmpfs at dir, which is mounted in a tmpfs of
// its own folders. That one has no name any more when the machine's root goes: to unmount
// it by itself would have the kernel wait for every processor once more.
type root struct {
	own  string // the workspace, temporary folder and shared memory are in it
	dir  string
	self *os.File        // our own binary
	name string          // and its path
	made map[string]bool // paths that are in it; true if they are the machine's
}

// buildRoot makes a root of what the program may see, enters it, sends the parent a
// descriptor of the workspace, and forgets the machine's root. It returns where the
// executable is.
func (s *stage) buildRoot() (executable string, err error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return "", fmt.Errorf("make mounts private: %w", err)
	}
	self, err := os.Open("/proc/self/exe") // before something is mounted there
	if err != nil {
		return "", err
	}
	defer self.Close()
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	own := mountPoint()
	r := &root{own: own, dir: own + "/root", self: self, name: name, made: map[string]bool{"/": false}}
	// Its own folders first: what it is shown may lie below the temporary folder.
	if err := s.ownFolders(r); err != nil {
		return "", err
	}
	if executable, err = s.bindProgram(r); err != nil {
		return "", err
	}
	if err := r.ownSettings(); err != nil {
		return "", err
	}
	if s.work, err = unix.Open(r.dir+s.Work, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0); err != nil {
		return "", fmt.Errorf("open the workspace: %w", err)
	}
	if err := r.enter(); err != nil {
		return "", err
	}
	s.holds(MountNamespace, "read-only, on a tmpfs; "+s.Work+" too")
	return executable, nil
}

// mountPoint is a folder that nothing else is needed from.
func mountPoint() string {
	for _, dir := range []string{"/proc", "/sys", "/mnt", "/media"} {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}

func mountHint(err error) string {
	restricted, _ := os.ReadFile("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
	if errors.Is(err, fs.ErrPermission) && strings.TrimSpace(string(restricted)) == "1" {
		return "; AppArmor holds back user namespaces here (kernel.apparmor_restrict_unprivileged_userns is 1)"
	}
	return ""
}

// bindProgram shows the program's files and the devices.
func (s *stage) bindProgram(r *root) (executable string, err error) {
	executable = s.Program.Path
	if executable == "" {
		executable = kernelFile
		if err := r.showSelf(executable); err != nil {
			return "", fmt.Errorf("show our own binary: %w", err)
		}
	}
	paths := append(slices.Clone(s.Program.Read), s.Program.Exec...)
	if s.Program.Path != "" {
		paths = append(paths, s.Program.Path)
	}
	slices.Sort(paths) // a folder comes before what lies below
	for _, path := range paths {
		if err := r.show(path, 0); err != nil {
			return "", fmt.Errorf("show %s: %w", path, err)
		}
	}
	for _, path := range devices {
		if err := r.bind(path, 0); err != nil {
			return "", fmt.Errorf("show %s: %w", path, err)
		}
	}
	return executable, nil
}

// showSelf shows the binary that runs now, also if its file was replaced since.
func (r *root) showSelf(path string) error {
	running, err := r.self.Stat()
	if err != nil {
		return err
	}
	to, err := os.OpenFile(r.dir+path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o555)
	if err != nil {
		return err
	}
	defer to.Close()
	if info, err := os.Stat(r.name); err != nil || !os.SameFile(info, running) {
		_, err := io.Copy(to, r.self)
		return err
	}
	if err := unix.Mount(r.name, r.dir+path, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return readOnly(r.dir+path, unix.MS_NODEV)
}

// show makes a path of the machine appear in the root, with the links on the way to it.
func (r *root) show(path string, depth int) error {
	if depth > 40 {
		return unix.ELOOP
	}
	at := "/"
	rest := strings.Split(strings.Trim(path, "/"), "/")
	for i, name := range rest {
		at = filepath.Join(at, name)
		if r.covered(at) {
			return nil
		}
		info, err := os.Lstat(at)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // what is not there cannot be missed
		}
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(at)
			if err != nil {
				return err
			}
			if err := r.link(at, target); err != nil {
				return err
			}
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(at), target)
			}
			return r.show(filepath.Join(append([]string{target}, rest[i+1:]...)...), depth+1)
		}
		if i == len(rest)-1 {
			return r.bind(at, unix.MS_NODEV)
		}
		if err := r.folder(at); err != nil {
			return err
		}
	}
	return nil
}

// covered says whether a path lies in a folder of the machine that is shown whole.
func (r *root) covered(path string) bool {
	for ; path != "/"; path = filepath.Dir(path) {
		if bound, there := r.made[path]; there && bound {
			return true
		}
	}
	return false
}

func (r *root) link(path, target string) error {
	if _, there := r.made[path]; there {
		return nil
	}
	r.made[path] = false
	if err := r.folders(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Symlink(target, r.dir+path)
}

func (r *root) folders(path string) error {
	if path == "/" {
		return nil
	}
	if err := r.folders(filepath.Dir(path)); err != nil {
		return err
	}
	return r.folder(path)
}

func (r *root) folder(path string) error {
	if _, there := r.made[path]; there {
		return nil
	}
	r.made[path] = false
	return os.Mkdir(r.dir+path, 0o755)
}

// bind shows a file or folder of the machine, read-only.
func (r *root) bind(path string, flags uintptr) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.folders(filepath.Dir(path)); err != nil {
		return err
	}
	target := r.dir + path
	if _, there := r.made[path]; !there {
		if info.IsDir() {
			err = os.Mkdir(target, 0o755)
		} else {
			err = r.write(path, "")
		}
		if err != nil {
			return err
		}
	}
	r.made[path] = true
	if err := unix.Mount(path, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return readOnly(target, unix.MS_NOSUID|flags)
}

// readOnly makes a mount, and where the kernel can (since 5.12) all mounts below it,
// read-only. On older ones Landlock alone keeps what is mounted below from being written.
func readOnly(path string, flags uintptr) error {
	attr := unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY | unix.MOUNT_ATTR_NOSUID}
	if flags&unix.MS_NODEV != 0 {
		attr.Attr_set |= unix.MOUNT_ATTR_NODEV
	}
	err := unix.MountSetattr(unix.AT_FDCWD, path, unix.AT_RECURSIVE, &attr)
	if err == nil || err != unix.ENOSYS {
		return err
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(path, &stat); err != nil {
		return err
	}
	const kept = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC | unix.MS_NOATIME | unix.MS_NODIRATIME | unix.MS_RELATIME
	return unix.Mount("", path, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|flags|uintptr(stat.Flags)&kept, "")
}

// ownSettings writes files of /etc that say nothing of the machine.
func (r *root) ownSettings() error {
	if err := r.folders("/etc"); err != nil || r.made["/etc"] {
		return err
	}
	for name, text := range etc {
		path := "/etc/" + name
		if _, there := r.made[path]; there {
			continue
		}
		if err := r.write(path, text); err != nil {
			return err
		}
	}
	return nil
}

// write makes a file. It costs half the calls that os.WriteFile needs.
func (r *root) write(path, text string) error {
	fd, err := unix.Open(r.dir+path, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if text != "" {
		_, err = unix.Write(fd, []byte(text))
	}
	return err
}

// ownFolders mounts the root and makes what belongs to the program alone: its workspace,
// temporary folder and shared memory, which share one limit.
func (s *stage) ownFolders(r *root) error {
	options := fmt.Sprintf("size=%d,nr_inodes=%d,mode=700", s.Limits.Files, maxInodes)
	flags := uintptr(unix.MS_NOSUID | unix.MS_NODEV)
	if !s.Program.ExecTemp {
		flags |= unix.MS_NOEXEC
	}
	if err := unix.Mount("tmpfs", r.own, "tmpfs", flags, options); err != nil {
		return fmt.Errorf("mount a tmpfs: %w%s", err, mountHint(err))
	}
	if err := os.Mkdir(r.dir, 0o700); err != nil {
		return err
	}
	if err := unix.Mount("tmpfs", r.dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "size=64m,mode=755"); err != nil {
		return fmt.Errorf("mount a tmpfs: %w", err)
	}
	for _, path := range []string{s.Work, s.Temp, "/dev/shm"} {
		own := r.own + "/own-" + filepath.Base(path)
		if err := os.Mkdir(own, 0o700); err != nil {
			return err
		}
		if s.UID >= 0 {
			if err := os.Chown(own, s.UID, s.UID); err != nil {
				return err
			}
		}
		if err := r.folders(path); err != nil {
			return err
		}
		if err := unix.Mount(own, r.dir+path, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("bind %s: %w", path, err)
		}
	}
	return nil
}

// enter makes the tree the root of the process and drops the machine's.
func (r *root) enter() error {
	if err := unix.Chdir(r.dir); err != nil {
		return err
	}
	// With the same folder for both, the old root is mounted on top of the new one.
	if err := unix.PivotRoot(".", "."); err != nil {
		return fmt.Errorf("change the root: %w", err)
	}
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("drop the old root: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	return unix.Mount("", "/", "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "")
}
