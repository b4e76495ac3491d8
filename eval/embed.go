package eval

import "embed"

// AgentTasks are the task files of the benchmark agent, below testdata/agent; those in
// fresh are for a last look only. Package tasks reads them.
//
//go:embed testdata/agent
var AgentTasks embed.FS
