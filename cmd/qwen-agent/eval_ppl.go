package main

import (
	"fmt"
	"os"
	"strconv"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/eval/ppl"
	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// maxText is the longest text, in bytes: some 16 million tokens.
const maxText = 64 << 20

func newEvalPPLCmd() *cobra.Command {
	var f evalFlags
	var o ppl.Options
	cmd := &cobra.Command{
		Use:   "ppl FILE --model MODEL",
		Short: "Measure the perplexity of a text",
		Long: `Measures how well the model foresees each token of a text file from those before it: the mean negative
logarithm of their probabilities (nll, in nats) and its exponential, the perplexity. A window of
--window tokens slides over the text by --stride tokens; a token is judged once, in the first
window that reaches it. --limit is the number of windows.`,
		Example: `  qwen-agent eval ppl book.txt --model qwen2.5-coder-0.5b --window 4096 --stride 2048
  qwen-agent eval ppl book.txt --model qwen2.5-coder-0.5b --window 4096 --stride 2048 --kv q8`,
		Args: usageArgs(cobra.ExactArgs(1), "one text file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(llm.Formats); err != nil {
				return err
			}
			o, err := o.Fill()
			if err != nil {
				return usageError(err)
			}
			text, err := readText(args[0])
			if err != nil {
				return err
			}
			return f.run(cmd, benchmark{
				name: "ppl", data: args[:1], measures: true, context: o.Window,
				options: map[string]string{"window": strconv.Itoa(o.Window), "stride": strconv.Itoa(o.Stride)},
				late: func(m llm.Model) ([]eval.Case, error) {
					e, ok := m.(*engine.Engine)
					if !ok {
						return nil, ppl.ErrModel
					}
					cases, err := ppl.Cases(e.Tokenizer().Encode(nil, text), o)
					return limited(&f, cases), err
				},
			})
		},
	}
	f.add(cmd, llm.Formats)
	for _, name := range []string{"data", "format", "chart"} { // there is nothing that they would change
		_ = cmd.Flags().MarkHidden(name)
	}
	cmd.Flags().IntVar(&o.Window, "window", 0, "`tokens` that the model sees at once; 0 is 2048")
	cmd.Flags().IntVar(&o.Stride, "stride", 0, "`tokens` that the window moves on; 0 is half a window")
	return cmd
}

func readText(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxText {
		return "", fmt.Errorf("%s: %d bytes, wanted at most %d", path, info.Size(), maxText)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(data) {
		return "", fmt.Errorf("%s: wanted text in UTF-8", path)
	}
	return string(data), nil
}
