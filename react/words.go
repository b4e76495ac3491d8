package react

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/cut"
	"github.com/qwen-agent/qwen-agent/internal/suggest"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Everything that the loop itself says to a model. The wording was measured with small
// models: what to change stands at the end, in the words of a call.

// errorText begins an observation that says what to change, as the worked examples of the
// turn format show it.
func errorText(err error) string { return "error: " + err.Error() }

// answerNow is said where only an answer is left.
func answerNow(question string) string {
	return "Now answer the task from the results above: " + question
}

// onlyAnswer is said where an answer in words has to be brought into its form.
func onlyAnswer(question string) string {
	return "Now write only the answer, in the form that is asked for: " + question
}

const (
	noOutput      = "(no output)"
	repeatedCall  = "this call was already made, and its result stands above. Do not make it again."
	repeatedError = "error: this call was already made and failed, and nothing has changed since. Change the arguments or use another tool."
	toolsAreOver  = "error: no more tools can be called. Write the answer now, from the results above."
	emptyReply    = "error: the reply had neither a call nor an answer. Call a tool, or write the answer in a short sentence."
	unfinished    = "error: the run ended before the result of this call was known."
	emptyAnswer   = "error: the answer was empty. Write the answer in a short sentence."
)

func cutOff(tokens int) string {
	return fmt.Sprintf("error: the reply was cut off after %d tokens, before it was complete. Write a shorter one.", tokens)
}

func wrongAnswer(err error, schema json.RawMessage) string {
	return fmt.Sprintf("error: the answer does not fit: %v. It must be JSON that fits this schema: %s", err, schema)
}

func unknownTool(name string, specs []llm.Tool) error {
	if len(specs) == 0 {
		return fmt.Errorf("there is no tool %q, and no other. Answer without tools", name)
	}
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name
	}
	if s := suggest.Name(name, names); s != "" {
		return fmt.Errorf("there is no tool %q. Did you mean %s? The tools are: %s", name, s, strings.Join(names, ", "))
	}
	return fmt.Errorf("there is no tool %q. The tools are: %s. Call one of these, or answer", name, strings.Join(names, ", "))
}

func denied(name string, err error) error {
	return fmt.Errorf("%s was not allowed: %w. Go on without this call, or answer", name, err)
}

// partial says what is known from the last results of a run, for a user who gets no answer.
func partial(messages []llm.Message, said string) string {
	const results, most = 3, 400
	arguments := make(map[string]llm.Call)
	var lines []string
	for _, m := range messages {
		for _, c := range m.Calls {
			arguments[c.ID] = c
		}
		if m.Role == llm.Observer && !m.Failed && m.Text != repeatedCall {
			lines = append(lines, fmt.Sprintf("%s(%s): %s", m.Name, cut.Head(string(arguments[m.CallID].Arguments), 100), cut.Head(m.Text, most)))
		}
	}
	lines = lines[max(0, len(lines)-results):]
	if said = strings.TrimSpace(said); said != "" {
		lines = append(lines, said)
	}
	return strings.Join(lines, "\n")
}
