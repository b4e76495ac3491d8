package chat

import (
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Answers that never come to an end of what they began: the parsers keep back at most
// maxHeld of them, take time in proportion, and hermes passes all of it on.
func TestParserBounds(t *testing.T) {
	if testing.Short() {
		t.Skip("reads megabytes")
	}
	const size = maxHeld + maxHeld/8
	for _, begin := range []string{
		"{", "[", `{"name": "`, `[{"name`, `{"name": `, "<tool_call>", "<tool_call>{", "```json\n{", "```json\n[1,", "`", "<", "<tool_call", " ", "\n", "a",
		`{"thought": "`, `{"thought": "\`, `{"thought": "a", "answer": "\ud83d`, `{"thought": "a", "tool": "python"}` + "\n```python\n", "\nAction:", "\nAction Input:", "é", "\xff",
		"<function=calc>", "<function=calc>\n<parameter=expr>", "<tool_call>\n<function=calc>\n<parameter=expr>\n</parameter>\n", "<parameter=", "✿", "✿FUNCTION✿", "✿FUNCTION✿: calc\n✿ARGS✿: ", "✿FUNCTION✿: calc\n✿ARGS✿: {",
	} {
		in := strings.Repeat(begin, size/len(begin))
		var pieces []string
		for i := 0; i < len(in); i += 61 {
			pieces = append(pieces, in[i:min(i+61, len(in))])
		}
		for _, format := range []string{"hermes", "xml", "qwen", "react", "turn"} {
			f, _ := Get(format)
			p := f.Parser(&llm.Request{Tools: tools})
			given, fed := 0, 0
			count := func(chunks []llm.Chunk) {
				for _, c := range chunks {
					given += len(c.Text) + len(c.Thought)
				}
			}
			for _, s := range pieces {
				count(p.Write(s))
				if fed += len(s); format == "hermes" && fed-given > maxHeld+2*len(begin)+128 {
					t.Fatalf("%s, %q: %d bytes are kept back", format, begin, fed-given)
				}
			}
			count(p.Close())
			if format == "hermes" && given != len(in) {
				t.Errorf("%s, %q: %d of %d bytes came out", format, begin, given, len(in))
			}
		}
	}
}
