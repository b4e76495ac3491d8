package react_test

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/llm/llmtest"
	"github.com/qwen-agent/qwen-agent/react"
	"github.com/qwen-agent/qwen-agent/tools"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func ExampleLoop() {
	type in struct {
		City string `json:"city"`
	}
	weather := tools.New("weather", "Says what the weather is in a city.",
		func(_ context.Context, a in) (string, error) { return "light snow in " + a.City, nil })

	model := llmtest.New( // a script stands for a model
		llmtest.Turn{Thought: "I look it up.", Calls: llmtest.Call("weather", `{"city": "Oslo"}`)},
		llmtest.Turn{Thought: "I know it.", Text: "It snows in Oslo."},
	)
	loop := react.Loop{Model: model, Tools: []tools.Tool{weather}}
	for e, err := range loop.Run(context.Background(), react.Task{Question: "What is the weather in Oslo?"}) {
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		switch e := e.(type) {
		case react.Thought:
			fmt.Println("thought:", e.Text)
		case react.Call:
			fmt.Println("call:", e.Name, string(e.Arguments))
		case react.Observation:
			fmt.Println("result:", e.Text)
		case react.Answer:
			fmt.Println("answer:", e.Text)
		case react.End:
			fmt.Println("end:", e.Reason, "after", e.Steps, "steps")
		}
	}
	// Output:
	// thought: I look it up.
	// call: weather {"city":"Oslo"}
	// result: light snow in Oslo
	// thought: I know it.
	// answer: It snows in Oslo.
	// end: answered after 2 steps
}
