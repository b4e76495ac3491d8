package react

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Small models calculate in the head, and wrongly, where a tool is at hand: after the table is
// read, its sum stands in the answer. Such a number can be told, since it stands nowhere else.

var number = regexp.MustCompile(`\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`)

// written is a number as it stands in a text.
type written struct {
	text     string
	value    float64
	decimals int
}

func numbersOf(text string) (list []written) {
	for _, s := range number.FindAllString(text, -1) {
		plain := strings.ReplaceAll(s, ",", "")
		v, err := strconv.ParseFloat(plain, 64)
		if err != nil {
			continue
		}
		_, fraction, _ := strings.Cut(plain, ".")
		list = append(list, written{s, v, len(fraction)})
	}
	return list
}

// is says whether n may be what v is written as: rounded, or in percent.
func (n written) is(v float64) bool {
	scale := math.Pow(10, float64(n.decimals))
	for _, v := range []float64{v, 100 * v} {
		if math.Abs(n.value-v) <= 0.5/scale*(1+1e-9) && (n.decimals > 0 || n.value == math.Round(v)) {
			return true
		}
	}
	return false
}

// unfounded returns the first number of an answer that is neither in the question nor in what
// came of a call, as it is written there; "" if there is none. Numbers below 4 are words of a
// sentence more often than results.
func unfounded(answer, question string, messages []llm.Message) string {
	known := numbersOf(question)
	for _, m := range messages {
		if m.Role == llm.Observer || m.Role == llm.User {
			known = append(known, numbersOf(m.Text)...)
		}
	}
	for _, n := range numbersOf(answer) {
		found := n.decimals == 0 && n.value < 4
		for _, k := range known {
			found = found || n.is(k.value)
		}
		if !found {
			return n.text
		}
	}
	return ""
}

// founds says whether there is something that the numbers of an answer can have been made of.
func (r *run) founds() bool {
	for _, m := range r.messages {
		if m.Role == llm.Observer && !m.Failed && len(numbersOf(m.Text)) > 0 {
			return true
		}
	}
	return len(numbersOf(r.task.Question)) > 1
}
