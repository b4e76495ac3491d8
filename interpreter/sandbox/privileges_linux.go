//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// privileges gives up, for good: the user's identity if it is root's, every capability,
// and the ways to get one back. Raw calls act on this thread alone, which is the one that
// becomes the program.
func (s *stage) privileges() error {
	if s.NoNewPrivs {
		s.layer = NoNewPrivs
		if err := dropBounding(); err != nil {
			return err
		}
	}
	if s.UID >= 0 {
		s.layer = User
		if err := s.becomeUser(); err != nil {
			return err
		}
		s.holds(User, "")
	}
	if s.NoNewPrivs {
		s.layer = NoNewPrivs
		if err := dropCapabilities(); err != nil {
			return err
		}
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("set no_new_privs: %w", err)
		}
		s.holds(NoNewPrivs, "")
	}
	s.layer = ""
	// A change of user forgets the signal.
	return unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
}

func (s *stage) becomeUser() error {
	if s.Groups {
		if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, 0, 0, 0); errno != 0 {
			return fmt.Errorf("give up the supplementary groups: %w", errno)
		}
	}
	id := uintptr(s.UID)
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, id, id, id); errno != 0 {
		return fmt.Errorf("become group %d: %w", s.UID, errno)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, id, id, id); errno != 0 {
		return fmt.Errorf("become user %d: %w", s.UID, errno)
	}
	return nil
}

// dropBounding empties the set of capabilities that a later execve could give. Without
// CAP_SETPCAP it cannot be emptied; then there is no capability to give either.
func dropBounding() error {
	for c := uintptr(0); ; c++ {
		held, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, c, 0, 0, 0)
		if err != nil {
			return nil // beyond the last one
		}
		if held == 0 {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err == unix.EPERM {
			return nil
		} else if err != nil {
			return fmt.Errorf("drop capability %d: %w", c, err)
		}
	}
}

func dropCapabilities() error {
	// Root's user id must not bring capabilities back. EPERM: there are none to set it with.
	const locked = 1<<0 | 1<<1 | 1<<2 | 1<<3 | 1<<5 | 1<<6 | 1<<7 // NOROOT, NO_SETUID_FIXUP, KEEP_CAPS_LOCKED, NO_CAP_AMBIENT_RAISE and locks
	if err := unix.Prctl(unix.PR_SET_SECUREBITS, locked, 0, 0, 0); err != nil && err != unix.EPERM {
		return fmt.Errorf("set securebits: %w", err)
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return fmt.Errorf("clear ambient capabilities: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	return nil
}
