// Package agent turns a task file into a run: it reads the file strictly, fills its
// prompt from the inputs, opens its tools inside its workspace, holds every call
// against its permissions, and lets the planner of package react work on it with
// whatever model it is given.
//
// The file is described in docs/task-file.md and by the JSON Schema that Schema
// returns.
package agent
