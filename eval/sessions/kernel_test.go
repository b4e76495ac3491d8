package sessions

import (
	"context"
	"os"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/interpreter/wire"
)

// two is a language whose cells are all 2, or another answer. Its kernel is this test binary.
type two struct{ answer string }

const twoName = "sessions-test-kernel"

func (two) Name() string { return "two" }

func (l two) Kernel(context.Context) (interpreter.Kernel, error) {
	if l.answer == "" {
		l.answer = "2"
	}
	return interpreter.Kernel{Version: "two 1", Program: sandbox.Program{Args: []string{twoName, l.answer}}}, nil
}

func init() {
	if os.Args[0] != twoName {
		return
	}
	in, out := os.NewFile(3, "in"), os.NewFile(4, "out")
	wire.Write(out, wire.Reply{Ready: true})
	for {
		var c wire.Command
		if wire.Read(in, wire.Max, &c) != nil || wire.Write(out, wire.Reply{ID: c.ID, Value: os.Args[1]}) != nil {
			os.Exit(0)
		}
	}
}
