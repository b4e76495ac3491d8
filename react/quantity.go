package react

import (
	"regexp"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Asked for a quantity, small models stop at the first number that they see: the one that was read and is to be
// calculated with, or the first of two results. What was left out can often be told from the question.

var (
	quantity = regexp.MustCompile(`(?i)\bhow (?:many|much)\b|\bpercent|%|\b(?:average|median|sum|total|difference)\b`)
	compared = regexp.MustCompile(`(?i)\b(?:longer|shorter|larger|smaller|higher|lower|older|younger|more|less|fewer) than\b|` +
		`\bbetween\b|\btogether\b|\bin (?:all|total)\b|\baltogether\b|\bpercent|%|\b(?:average|median|sum|difference)\b`)
)

// A calculation is a call of a tool that calculates, and its result.
type calculation struct {
	call   llm.Call
	result string
}

// calculations returns those that did not fail, in their order.
func (r *run) calculations() (list []calculation) {
	calls := make(map[string]llm.Call)
	for _, m := range r.messages {
		for _, c := range m.Calls {
			calls[c.ID] = c
		}
		c, ok := calls[m.CallID]
		if ok && r.calculates(c.Name) && m.Role == llm.Observer && !m.Failed && m.Text != repeatedCall {
			list = append(list, calculation{c, m.Text})
		}
	}
	return list
}

// missing says what is left out of an answer to a question for a quantity, and of what kind that is, or "".
func (r *run) missing(answer string) (kind, why string) {
	question := r.task.Question
	if !quantity.MatchString(question) {
		return "", ""
	}
	calculated := r.calculations()
	asked := numbersOf(fileName.ReplaceAllString(question, ""))
	given := slices.DeleteFunc(numbersOf(answer), func(n written) bool {
		return slices.ContainsFunc(asked, func(m written) bool { return m.value == n.value })
	})
	if n := len(calculated); n > 0 {
		switch first, _, _ := strings.Cut(calculated[n-1].result, "\n"); first {
		case "0", "0.0", "[]", "{}", "set()", "None", "nan", noOutput:
			return "nothing", "what was calculated found nothing"
		}
		if result := numbersOf(calculated[n-1].result); len(result) == 1 && !has(answer, result[0]) {
			return "result", "the last result, " + result[0].text + ", is not in the answer"
		}
	}
	for _, n := range asked {
		used := has(answer, n) || slices.ContainsFunc(calculated, func(c calculation) bool { return has(string(c.call.Arguments), n) })
		if !used {
			return "asked", "no calculation has used " + n.text + ", which the task has"
		}
	}
	switch {
	case len(calculated) == 0 && compared.MatchString(question):
		return "calculation", "nothing was calculated"
	case len(given) == 0:
		return "number", "the task asks for a number, and the answer has none"
	}
	return "", ""
}

// has says whether a number stands in a text, in some form.
func has(text string, n written) bool {
	return slices.ContainsFunc(numbersOf(text), func(m written) bool { return m.is(n.value) || n.is(m.value) })
}
