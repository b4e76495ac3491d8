//go:build linux && (amd64 || arm64)

package sandbox

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The filter is an allow-list: a call that is not on it fails with EPERM, so that a
// program can say what it was refused; a call of another architecture (32-bit calls, x32)
// kills the process, because numbers mean something else there.
//
// Each system call is a pair of instructions, so no jump is longer than one rule. The
// kernel works out once which numbers are always allowed and does not run the program for
// those (since Linux 5.11).

// Offsets into struct seccomp_data.
const (
	offNumber = 0
	offArch   = 4
	offArgs   = 16
)

// x32 calls have this bit in their number.
const x32Bit = 0x40000000

// argument matches one argument of a call: (argument & mask) == value, or != with not.
type argument struct {
	index int
	mask  uint64
	value uint64
	not   bool
}

// rule allows a call if all of the arguments match.
type rule struct {
	number    uintptr
	arguments []argument
}

type assembler struct{ code []unix.SockFilter }

func (a *assembler) add(code uint16, k uint32, jt, jf uint8) {
	a.code = append(a.code, unix.SockFilter{Code: code, K: k, Jt: jt, Jf: jf})
}

func (a *assembler) load(offset uint32) { a.add(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS, offset, 0, 0) }
func (a *assembler) ret(action uint32)  { a.add(unix.BPF_RET|unix.BPF_K, action, 0, 0) }

const deny = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)

// filter assembles the program. Rules of the same call are alternatives.
func filter(rules []rule) []unix.SockFilter {
	var a assembler
	a.load(offArch)
	a.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, auditArch, 1, 0)
	a.ret(unix.SECCOMP_RET_KILL_PROCESS)
	a.load(offNumber)
	if runtime.GOARCH == "amd64" {
		a.add(unix.BPF_JMP|unix.BPF_JGE|unix.BPF_K, x32Bit, 0, 1)
		a.ret(unix.SECCOMP_RET_KILL_PROCESS)
	}
	for _, r := range rules {
		if len(r.arguments) == 0 {
			a.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, uint32(r.number), 0, 1)
			a.ret(unix.SECCOMP_RET_ALLOW)
			continue
		}
		a.conditional(r)
	}
	// A program that asks for clone3 gets ENOSYS, not EPERM, and uses clone instead, whose
	// flags can be seen here; those of clone3 are behind a pointer.
	a.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, unix.SYS_CLONE3, 0, 1)
	a.ret(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS))
	a.ret(deny)
	return a.code
}

// conditional adds a rule with arguments. Both halves of every argument are compared.
func (a *assembler) conditional(r rule) {
	var body assembler
	for _, arg := range r.arguments {
		low, high := uint32(offArgs+8*arg.index), uint32(offArgs+8*arg.index+4)
		lowMask, highMask := uint32(arg.mask), uint32(arg.mask>>32)
		lowValue, highValue := uint32(arg.value), uint32(arg.value>>32)
		const and, eq = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		// A jump to the end of the rule is marked with 255 and resolved below.
		body.load(high)
		body.add(and, highMask, 0, 0)
		if arg.not { // differs in the high half, or in the low half
			body.add(eq, highValue, 0, 3)
			body.load(low)
			body.add(and, lowMask, 0, 0)
			body.add(eq, lowValue, 255, 0)
			continue
		}
		body.add(eq, highValue, 0, 255)
		body.load(low)
		body.add(and, lowMask, 0, 0)
		body.add(eq, lowValue, 0, 255)
	}
	body.ret(unix.SECCOMP_RET_ALLOW)
	for i := range body.code { // the end is where the number is loaded again
		end := uint8(len(body.code) - i - 1)
		if in := &body.code[i]; in.Jt == 255 {
			in.Jt = end
		} else if in.Jf == 255 {
			in.Jf = end
		}
	}
	a.add(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K, uint32(r.number), 0, uint8(len(body.code)))
	a.code = append(a.code, body.code...)
	a.load(offNumber)
}

// installSeccomp puts the filter on the calling thread. What the thread becomes and
// starts is held by it too.
func installSeccomp(program []unix.SockFilter) error {
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog)))
	if errno != 0 {
		return fmt.Errorf("install a filter of %d instructions: %w", len(program), errno)
	}
	return nil
}
