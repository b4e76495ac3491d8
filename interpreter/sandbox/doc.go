// Package sandbox starts one program that nobody trusts and holds it to what it was given.
//
// On Linux the program is a child of our own binary. Start runs the binary again (see
// Init below) with new user, mount, pid, net, ipc and uts namespaces; that first stage
// builds a root folder out of what the program may read, gives up every privilege, sets
// resource limits, a Landlock domain and a seccomp filter on its only thread that counts,
// and then becomes the program with execve. The child is born in a cgroup where we may
// make one, and the parent watches the rest from outside.
//
// A program that imports this package needs no code of its own for the child: the
// package's init sees by the name of the process that it is the child, and never
// returns. Nothing else of the program has run by then, and the environment is empty.
//
// Start fails closed. At level Strict every layer must hold, and the error names the one
// that does not; at Basic what the kernel lacks is left out and reported, as long as
// files, network and privileges are still closed off by one layer each; Off is a plain
// child. docs/sandbox.md says what each layer stops, and what none of them does.
package sandbox
