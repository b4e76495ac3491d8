# try: make every system call that a cell has no use for, with arguments of zero
# layer: seccomp
# effect: word: one gets through to the kernel
# want: 0 of [0-9]+ got through
# without: effect
# bare: no, some would change this machine
# short: yes
import ctypes, os
library = ctypes.CDLL(None, use_errno=True)
names = ('accept4 acct add_key adjtimex bind bpf capset chroot clock_adjtime clock_settime clone3 connect delete_module execveat '
         'fanotify_init finit_module fsconfig fsmount fsopen fspick init_module inotify_init1 io_setup io_uring_enter io_uring_register '
         'io_uring_setup ioprio_set kcmp kexec_file_load kexec_load keyctl landlock_create_ruleset landlock_restrict_self mbind memfd_create '
         'memfd_secret migrate_pages mount mount_setattr move_mount move_pages mq_notify mq_open msgget name_to_handle_at open_by_handle_at '
         'open_tree perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal pivot_root pkey_alloc prctl process_madvise '
         'process_mrelease process_vm_readv process_vm_writev ptrace quotactl request_key sched_setattr sched_setscheduler seccomp semget '
         'set_mempolicy setdomainname setfsuid setgroups sethostname setns setresgid setresuid setrlimit settimeofday setuid setxattr shmget '
         'socket swapon sync syslog umount2 unshare userfaultfd').split()
through = 0
for name in names:
    ctypes.set_errno(0)
    library.syscall(ctypes.c_long(CALLS[name]), *[ctypes.c_long(0)] * 6)
    if ctypes.get_errno() not in (1, 38):
        through += 1
        effect('%s: %s' % (name, os.strerror(ctypes.get_errno())))
print(through, 'of', len(names), 'got through')
