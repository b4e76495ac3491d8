package eval_test

import (
	"context"
	"fmt"
	"os"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

// A benchmark of one's own: questions, and what is right.
func Example() {
	capitals := map[string]string{"France": "Paris", "Kenya": "Nairobi"}
	var cases []eval.Case
	for _, country := range []string{"France", "Kenya"} {
		cases = append(cases, eval.Case{ID: country, Group: "capitals", Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			end, err := eval.Ask(ctx, m, &llm.Request{
				Messages:  []llm.Message{{Role: llm.User, Text: "Name the capital of " + country + ". One word."}},
				MaxTokens: 8,
			})
			if err != nil {
				return eval.Result{}, err
			}
			r := eval.Result{OK: end.Message.Text == capitals[country], Got: end.Message.Text, Want: capitals[country]}
			r.Count(end.Usage)
			return r, nil
		}})
	}
	model := llmtest.New(llmtest.Turn{Text: "Paris"}, llmtest.Turn{Text: "Mombasa"}) // stands for an engine
	results, err := eval.Run(context.Background(), model, cases, eval.Options{})
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range eval.Summarize(eval.Settings{Benchmark: "capitals", Model: "script"}, results) {
		fmt.Fprintf(os.Stdout, "%s: %d of %d, %.0f to %.0f %%\n", s.Group, s.Right, s.N, 100*s.Low, 100*s.High)
	}
	// Output: capitals: 1 of 2, 9 to 91 %
}
