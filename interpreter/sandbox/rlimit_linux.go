//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// rlimit is a limit of a process that is to be set.
type rlimit struct {
	name  string
	what  int
	value unix.Rlimit
}

// rlimits are the limits of each process. There is none on CPU time: it would count from
// the start of the process and not of the cell; the parent watches that.
//
// RLIMIT_DATA counts what is private and writable, so a program that only reserves
// addresses, as Go does, can live with it.
func (s *stage) rlimits() ([]rlimit, error) {
	if !s.Rlimits {
		return nil, nil
	}
	type limit struct {
		name  string
		what  int
		value uint64
	}
	l := s.Limits
	limits := []limit{
		{"core", unix.RLIMIT_CORE, 0},
		{"data", unix.RLIMIT_DATA, uint64(l.Memory)},
		{"file size", unix.RLIMIT_FSIZE, uint64(l.Files)},
		{"open files", unix.RLIMIT_NOFILE, uint64(l.OpenFiles)},
		{"locked memory", unix.RLIMIT_MEMLOCK, 64 << 10},
		{"message queues", unix.RLIMIT_MSGQUEUE, 0},
		{"pending signals", unix.RLIMIT_SIGPENDING, 256},
		{"nice", unix.RLIMIT_NICE, 0},
		{"real-time priority", unix.RLIMIT_RTPRIO, 0},
		{"stack", unix.RLIMIT_STACK, 8 << 20},
	}
	if s.Processes > 0 {
		limits = append(limits, limit{"processes", unix.RLIMIT_NPROC, uint64(s.Processes)})
	}
	if s.Program.AddressSpace > 0 {
		limits = append(limits, limit{"address space", unix.RLIMIT_AS, uint64(s.Program.AddressSpace)})
	}
	list := make([]rlimit, 0, len(limits))
	for _, r := range limits {
		var now unix.Rlimit
		if err := unix.Prlimit(0, r.what, nil, &now); err != nil {
			return nil, fmt.Errorf("read the limit of %s: %w", r.name, err)
		}
		value := min(r.value, now.Max) // a hard limit is only ever lowered
		list = append(list, rlimit{r.name, r.what, unix.Rlimit{Cur: value, Max: value}})
	}
	return list, nil
}

// setRlimits sets limits. It takes no memory, which may be more than the limits leave.
func setRlimits(list []rlimit) error {
	for i := range list {
		if err := unix.Prlimit(0, list[i].what, &list[i].value, nil); err != nil {
			return fmt.Errorf("limit %s to %d: %w", list[i].name, list[i].value.Max, err)
		}
	}
	return nil
}
