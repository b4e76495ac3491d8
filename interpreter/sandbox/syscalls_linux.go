//go:build linux && (amd64 || arm64)

package sandbox

import "golang.org/x/sys/unix"

// Flags of clone that make namespaces.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

// Requests of ioctl, as asm-generic/ioctls.h has them for both architectures.
const fionbio, fioclex, fionclex = 0x5421, 0x5451, 0x5450

// all is the mask of an argument's whole value, low that of an int.
const all, low = ^uint64(0), uint64(1)<<32 - 1

// rules is the allow-list of a program whose process id is own. A program with a pid
// namespace may signal, group and slow down its processes as it likes; without one that
// would reach its user's other processes, so it may do so only with itself.
func rules(own int, pidNamespace bool) []rule {
	var list []rule
	for _, number := range append(append([]uintptr{}, commonCalls...), archCalls...) {
		list = append(list, rule{number: number})
	}
	when := func(number uintptr, arguments ...argument) {
		list = append(list, rule{number, arguments})
	}
	is := func(index int, value uint64) argument { return argument{index, low, value, false} }

	when(unix.SYS_CLONE, argument{0, newNamespaces, 0, false})
	when(unix.SYS_PRLIMIT64, argument{2, all, 0, false}) // reads a limit, changes none
	when(unix.SYS_PERSONALITY, is(0, 0xffffffff))        // asks

	// A pair of connected stream sockets is a pipe; event loops use one. With no address,
	// nothing is sent elsewhere.
	when(unix.SYS_SOCKETPAIR, is(0, unix.AF_UNIX), argument{1, 0xf, unix.SOCK_STREAM, false})
	when(unix.SYS_SENDTO, argument{4, all, 0, false})
	// Of a socket's options only those of a pipe: others load programs into the kernel
	// (SO_ATTACH_FILTER) or hand out descriptors of processes.
	for _, option := range []uint64{
		unix.SO_TYPE, unix.SO_ERROR, unix.SO_DOMAIN, unix.SO_PROTOCOL, unix.SO_ACCEPTCONN, unix.SO_REUSEADDR, unix.SO_KEEPALIVE,
		unix.SO_SNDBUF, unix.SO_RCVBUF, unix.SO_LINGER, unix.SO_SNDTIMEO, unix.SO_RCVTIMEO, unix.SO_PEERCRED,
	} {
		when(unix.SYS_SETSOCKOPT, is(1, unix.SOL_SOCKET), is(2, option))
		when(unix.SYS_GETSOCKOPT, is(1, unix.SOL_SOCKET), is(2, option))
	}

	for _, command := range []uint64{
		unix.PR_SET_NAME, unix.PR_GET_NAME, unix.PR_GET_DUMPABLE, unix.PR_GET_NO_NEW_PRIVS, unix.PR_GET_SECCOMP,
		unix.PR_CAPBSET_READ, unix.PR_SET_VMA, unix.PR_GET_TIMERSLACK, unix.PR_GET_PDEATHSIG,
	} {
		when(unix.SYS_PRCTL, is(0, command))
	}
	for _, request := range []uint64{
		unix.TCGETS, unix.TIOCGWINSZ, unix.TIOCINQ, fionbio, fioclex, fionclex,
	} {
		when(unix.SYS_IOCTL, is(1, request))
	}
	// F_SETOWN and its like choose a process that gets signals.
	for _, command := range []uint64{
		unix.F_DUPFD, unix.F_DUPFD_CLOEXEC, unix.F_GETFD, unix.F_SETFD, unix.F_GETFL, unix.F_SETFL,
		unix.F_GETLK, unix.F_SETLK, unix.F_SETLKW, unix.F_OFD_GETLK, unix.F_OFD_SETLK, unix.F_OFD_SETLKW,
		unix.F_GETPIPE_SZ, unix.F_GET_SEALS,
	} {
		when(unix.SYS_FCNTL, is(1, command))
	}
	if pidNamespace {
		for _, number := range []uintptr{
			unix.SYS_KILL, unix.SYS_TKILL, unix.SYS_TGKILL, unix.SYS_SETPGID, unix.SYS_SETSID,
			unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO,
			unix.SYS_SETPRIORITY, unix.SYS_SCHED_SETAFFINITY, unix.SYS_GET_ROBUST_LIST,
		} {
			when(number)
		}
		return list
	}
	when(unix.SYS_KILL, is(0, uint64(own)))
	when(unix.SYS_TGKILL, is(0, uint64(own)))
	for _, self := range []uint64{0, uint64(own)} {
		when(unix.SYS_SETPRIORITY, is(0, unix.PRIO_PROCESS), is(1, self))
		when(unix.SYS_SCHED_SETAFFINITY, is(0, self))
		when(unix.SYS_GET_ROBUST_LIST, is(0, self))
	}
	return list
}

// commonCalls are allowed with any arguments on every architecture. They compute, read
// and write what was opened, open files (which the private root and Landlock judge),
// and manage the program's own memory, threads, clocks and signals.
var commonCalls = []uintptr{
	// Files that are open.
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_READV, unix.SYS_WRITEV, unix.SYS_PREAD64, unix.SYS_PWRITE64,
	unix.SYS_PREADV, unix.SYS_PWRITEV, unix.SYS_PREADV2, unix.SYS_PWRITEV2, unix.SYS_LSEEK, unix.SYS_CLOSE,
	unix.SYS_CLOSE_RANGE, unix.SYS_DUP, unix.SYS_DUP3, unix.SYS_PIPE2, unix.SYS_FSTAT, unix.SYS_FSTATFS,
	unix.SYS_FTRUNCATE, unix.SYS_FALLOCATE, unix.SYS_FADVISE64, unix.SYS_FSYNC, unix.SYS_FDATASYNC,
	unix.SYS_SYNC_FILE_RANGE, unix.SYS_FLOCK, unix.SYS_FCHMOD, unix.SYS_FCHDIR, unix.SYS_GETDENTS64, unix.SYS_SENDFILE,
	unix.SYS_SPLICE, unix.SYS_TEE, unix.SYS_VMSPLICE, unix.SYS_COPY_FILE_RANGE, unix.SYS_READAHEAD,
	unix.SYS_FGETXATTR, unix.SYS_FLISTXATTR,
	// Files by name.
	unix.SYS_OPENAT, unix.SYS_OPENAT2, unix.SYS_STATX, unix.SYS_STATFS, unix.SYS_FACCESSAT, unix.SYS_FACCESSAT2,
	unix.SYS_READLINKAT, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_LINKAT,
	unix.SYS_SYMLINKAT, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_UTIMENSAT, unix.SYS_TRUNCATE, unix.SYS_CHDIR,
	unix.SYS_GETCWD, unix.SYS_UMASK, unix.SYS_GETXATTR, unix.SYS_LGETXATTR, unix.SYS_LISTXATTR, unix.SYS_LLISTXATTR,
	// Waiting.
	unix.SYS_PPOLL, unix.SYS_PSELECT6, unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT,
	unix.SYS_EPOLL_PWAIT2, unix.SYS_EVENTFD2, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_FUTEX,
	unix.SYS_FUTEX_WAITV, unix.SYS_WAIT4, unix.SYS_WAITID, unix.SYS_RESTART_SYSCALL,
	// Its sockets, which come in pairs.
	unix.SYS_RECVFROM, unix.SYS_RECVMSG, unix.SYS_SENDMSG, unix.SYS_SHUTDOWN, unix.SYS_GETSOCKNAME, unix.SYS_GETPEERNAME,
	// Memory.
	unix.SYS_MMAP, unix.SYS_MUNMAP, unix.SYS_MPROTECT, unix.SYS_MREMAP, unix.SYS_MADVISE, unix.SYS_MSYNC,
	unix.SYS_MINCORE, unix.SYS_MLOCK, unix.SYS_MLOCK2, unix.SYS_MUNLOCK, unix.SYS_BRK, unix.SYS_MEMBARRIER,
	// Processes and threads. Which files can be executed is Landlock's to say.
	unix.SYS_EXECVE, unix.SYS_EXIT, unix.SYS_EXIT_GROUP, unix.SYS_SET_TID_ADDRESS, unix.SYS_SET_ROBUST_LIST,
	unix.SYS_RSEQ, unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY,
	unix.SYS_SCHED_GETPARAM, unix.SYS_SCHED_GETSCHEDULER, unix.SYS_SCHED_GET_PRIORITY_MAX, unix.SYS_SCHED_GET_PRIORITY_MIN,
	unix.SYS_SCHED_RR_GET_INTERVAL, unix.SYS_GETPRIORITY, unix.SYS_GETCPU,
	// Who and where it is.
	unix.SYS_GETPID, unix.SYS_GETPPID, unix.SYS_GETTID, unix.SYS_GETPGID, unix.SYS_GETSID, unix.SYS_GETUID, unix.SYS_GETEUID,
	unix.SYS_GETGID, unix.SYS_GETEGID, unix.SYS_GETRESUID, unix.SYS_GETRESGID, unix.SYS_GETGROUPS, unix.SYS_CAPGET,
	unix.SYS_UNAME, unix.SYS_SYSINFO, unix.SYS_GETRUSAGE, unix.SYS_TIMES, unix.SYS_GETRANDOM,
	// Time.
	unix.SYS_CLOCK_GETTIME, unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY, unix.SYS_GETITIMER, unix.SYS_SETITIMER,
	unix.SYS_TIMER_CREATE, unix.SYS_TIMER_SETTIME, unix.SYS_TIMER_GETTIME, unix.SYS_TIMER_GETOVERRUN, unix.SYS_TIMER_DELETE,
	unix.SYS_TIMERFD_CREATE, unix.SYS_TIMERFD_SETTIME, unix.SYS_TIMERFD_GETTIME,
	// Signals to itself.
	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_RT_SIGPENDING,
	unix.SYS_RT_SIGTIMEDWAIT, unix.SYS_RT_SIGSUSPEND, unix.SYS_SIGALTSTACK, unix.SYS_SIGNALFD4,
}
