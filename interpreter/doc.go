// Package interpreter runs cells of code that a model wrote, one after another, in a
// sandboxed session that keeps their variables.
//
//	session, err := interpreter.Open(ctx, interpreter.Options{Language: python.Language{}})
//	if err != nil { … }            // the sandbox or Python cannot be had: the error says why
//	defer session.Close()
//	result, err := session.Run(ctx, "import math\nmath.sqrt(2)")
//	fmt.Println(result.Value)      // 1.4142135623730951
//
// # What a session is
//
// A session is a child process, the kernel of its language, inside a sandbox (package
// interpreter/sandbox). Run sends it one cell and returns what came of it: output, the
// value of the last expression, pictures, files, or the error as the language shows it.
// What the cell does wrong is in Result.Error; the error of Run is for what keeps cells
// from being run at all.
//
// A cell that runs too long is interrupted, and its variables stay. If it does not
// listen it is killed after a grace; a crash and too much memory end the child too. The
// next cell then starts a new one, and its Result.Notice says that the variables are gone.
//
// A Pool keeps sessions ready, for those who cannot wait for a child to start.
//
// # Files
//
// The child works in a folder of its own that is bounded in size. Before each cell what
// is new in Options.Workspace is copied in, and after it what the cell made or changed is
// copied out. A file that was there before is never removed outside.
//
// # Languages
//
// A Language finds a kernel and says how it is started and what it may read. The kernel
// talks over two pipes in frames of package interpreter/wire: it says ready, then takes
// one Command at a time and answers each with one Reply, all else kills it. It runs in
// the workspace, writes the cell's output to descriptors 1 and 2, and stops a cell on
// SIGINT. A kernel that is our own binary has an empty Program.Path, and an init that
// knows it by Args[0], as the sandbox knows its first stage.
//
// The child is an enemy: it may forge its own results, but nothing that it sends can do
// more than that.
package interpreter
