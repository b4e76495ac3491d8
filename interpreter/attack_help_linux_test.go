package interpreter_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// pythonCalls are the numbers of system calls by name, for this architecture.
var pythonCalls = map[string]int{
	"accept4": unix.SYS_ACCEPT4, "acct": unix.SYS_ACCT, "add_key": unix.SYS_ADD_KEY, "adjtimex": unix.SYS_ADJTIMEX, "bpf": unix.SYS_BPF,
	"bind": unix.SYS_BIND, "capset": unix.SYS_CAPSET, "chroot": unix.SYS_CHROOT, "clock_adjtime": unix.SYS_CLOCK_ADJTIME,
	"clock_settime": unix.SYS_CLOCK_SETTIME, "clone": unix.SYS_CLONE, "clone3": unix.SYS_CLONE3, "connect": unix.SYS_CONNECT,
	"copy_file_range": unix.SYS_COPY_FILE_RANGE, "delete_module": unix.SYS_DELETE_MODULE, "execveat": unix.SYS_EXECVEAT,
	"fallocate": unix.SYS_FALLOCATE, "fanotify_init": unix.SYS_FANOTIFY_INIT, "fcntl": unix.SYS_FCNTL, "finit_module": unix.SYS_FINIT_MODULE,
	"fsconfig": unix.SYS_FSCONFIG, "fsmount": unix.SYS_FSMOUNT, "fsopen": unix.SYS_FSOPEN, "fspick": unix.SYS_FSPICK, "futex": unix.SYS_FUTEX,
	"init_module": unix.SYS_INIT_MODULE, "inotify_init1": unix.SYS_INOTIFY_INIT1, "ioctl": unix.SYS_IOCTL, "io_setup": unix.SYS_IO_SETUP,
	"io_uring_enter": unix.SYS_IO_URING_ENTER, "io_uring_register": unix.SYS_IO_URING_REGISTER, "io_uring_setup": unix.SYS_IO_URING_SETUP,
	"ioprio_set": unix.SYS_IOPRIO_SET, "kcmp": unix.SYS_KCMP, "kexec_load": unix.SYS_KEXEC_LOAD, "kexec_file_load": unix.SYS_KEXEC_FILE_LOAD, "keyctl": unix.SYS_KEYCTL,
	"kill": unix.SYS_KILL, "landlock_create_ruleset": unix.SYS_LANDLOCK_CREATE_RULESET, "landlock_restrict_self": unix.SYS_LANDLOCK_RESTRICT_SELF,
	"linkat": unix.SYS_LINKAT, "mbind": unix.SYS_MBIND, "memfd_create": unix.SYS_MEMFD_CREATE, "memfd_secret": unix.SYS_MEMFD_SECRET,
	"migrate_pages": unix.SYS_MIGRATE_PAGES, "mknodat": unix.SYS_MKNODAT, "mount": unix.SYS_MOUNT, "mount_setattr": unix.SYS_MOUNT_SETATTR,
	"move_mount": unix.SYS_MOVE_MOUNT, "move_pages": unix.SYS_MOVE_PAGES, "mprotect": unix.SYS_MPROTECT, "mq_notify": unix.SYS_MQ_NOTIFY, "mq_open": unix.SYS_MQ_OPEN,
	"msgget": unix.SYS_MSGGET, "name_to_handle_at": unix.SYS_NAME_TO_HANDLE_AT, "open_by_handle_at": unix.SYS_OPEN_BY_HANDLE_AT,
	"open_tree": unix.SYS_OPEN_TREE, "openat": unix.SYS_OPENAT, "openat2": unix.SYS_OPENAT2, "perf_event_open": unix.SYS_PERF_EVENT_OPEN, "personality": unix.SYS_PERSONALITY,
	"pidfd_getfd": unix.SYS_PIDFD_GETFD, "pidfd_open": unix.SYS_PIDFD_OPEN, "pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL,
	"pivot_root": unix.SYS_PIVOT_ROOT, "prctl": unix.SYS_PRCTL, "prlimit64": unix.SYS_PRLIMIT64, "process_madvise": unix.SYS_PROCESS_MADVISE,
	"process_mrelease": unix.SYS_PROCESS_MRELEASE, "process_vm_readv": unix.SYS_PROCESS_VM_READV, "process_vm_writev": unix.SYS_PROCESS_VM_WRITEV,
	"ptrace": unix.SYS_PTRACE, "quotactl": unix.SYS_QUOTACTL, "reboot": unix.SYS_REBOOT, "request_key": unix.SYS_REQUEST_KEY,
	"rt_sigqueueinfo": unix.SYS_RT_SIGQUEUEINFO, "rt_tgsigqueueinfo": unix.SYS_RT_TGSIGQUEUEINFO, "sched_setaffinity": unix.SYS_SCHED_SETAFFINITY, "sched_setattr": unix.SYS_SCHED_SETATTR,
	"sched_setscheduler": unix.SYS_SCHED_SETSCHEDULER, "seccomp": unix.SYS_SECCOMP, "semget": unix.SYS_SEMGET, "sendmsg": unix.SYS_SENDMSG, "sendto": unix.SYS_SENDTO,
	"setdomainname": unix.SYS_SETDOMAINNAME, "setfsuid": unix.SYS_SETFSUID, "setgroups": unix.SYS_SETGROUPS, "sethostname": unix.SYS_SETHOSTNAME,
	"setns": unix.SYS_SETNS, "setpgid": unix.SYS_SETPGID, "setpriority": unix.SYS_SETPRIORITY, "setresgid": unix.SYS_SETRESGID,
	"setresuid": unix.SYS_SETRESUID, "setrlimit": unix.SYS_SETRLIMIT, "settimeofday": unix.SYS_SETTIMEOFDAY, "setuid": unix.SYS_SETUID,
	"setxattr": unix.SYS_SETXATTR, "shmget": unix.SYS_SHMGET, "socket": unix.SYS_SOCKET, "swapon": unix.SYS_SWAPON, "sync": unix.SYS_SYNC,
	"syslog": unix.SYS_SYSLOG, "tgkill": unix.SYS_TGKILL, "timer_create": unix.SYS_TIMER_CREATE, "tkill": unix.SYS_TKILL,
	"umount2": unix.SYS_UMOUNT2, "unshare": unix.SYS_UNSHARE, "userfaultfd": unix.SYS_USERFAULTFD, "vhangup": unix.SYS_VHANGUP, "vmsplice": unix.SYS_VMSPLICE,
	"set_mempolicy": unix.SYS_SET_MEMPOLICY, "pkey_alloc": unix.SYS_PKEY_ALLOC, "get_robust_list": unix.SYS_GET_ROBUST_LIST,
}

// pythonHelp is what every cell of Python can use: effect says that the attack reached
// what it wanted, call makes a system call by its name and raises its error, number is the
// one of the command that runs the cell, without which no reply is believed.
func pythonHelp() string {
	var calls []string
	for _, name := range slices.Sorted(maps.Keys(pythonCalls)) {
		calls = append(calls, fmt.Sprintf("'%s': %d", name, pythonCalls[name]))
	}
	return "CALLS = {" + strings.Join(calls, ", ") + `}
def effect(what):
    print('EFFECT', what, flush=True)
def call(name, *arguments):
    import ctypes, os
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = library.syscall(ctypes.c_long(CALLS.get(name, name)), *words)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(name))
    return result
def number():
    import sys
    frame = sys._getframe()
    while not isinstance(frame.f_locals.get('command'), dict):
        frame = frame.f_back
    return frame.f_locals['command']['id']
`
}

// goHelp is what every cell of Go can use.
const goHelp = "func effect(what string) { println(\"EFFECT \" + what) }\n"
