package eval

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
)

// Summary is what came of the results of one group.
type Summary struct {
	Settings
	Group string `json:"group"` // "" is all of them
	N     int    `json:"n"`
	Right int    `json:"right"`

	// Low and High are the ends of the 95 % interval of the share that is right, see Wilson.
	Low  float64 `json:"low"`
	High float64 `json:"high"`

	Scores    map[string]float64 `json:"scores,omitempty"` // means by name
	Prompt    float64            `json:"prompt_tokens"`    // means
	Generated float64            `json:"generated_tokens"`
	Seconds   float64            `json:"seconds"`
	Errors    int                `json:"errors,omitempty"` // of those that are not right, how many had no answer
}

// Share is the part that is right, 0 to 1.
func (s Summary) Share() float64 { return float64(s.Right) / float64(max(1, s.N)) }

// Summarize sums results up by their groups, in the order in which these come, and then all of
// them if there are several groups. A score named nll, a mean negative logarithm of a probability, is
// joined by perplexity.
func Summarize(s Settings, results []Result) []Summary {
	var names []string
	groups := map[string][]Result{}
	for _, r := range results {
		if groups[r.Group] == nil {
			names = append(names, r.Group)
		}
		groups[r.Group] = append(groups[r.Group], r)
	}
	var list []Summary
	for _, name := range names {
		list = append(list, sum(s, name, groups[name]))
	}
	if len(names) > 1 {
		list = append(list, sum(s, "", results))
	}
	return list
}

func sum(s Settings, group string, results []Result) Summary {
	t := Summary{Settings: s, Group: group, N: len(results)}
	weights := map[string]float64{}
	for _, r := range results {
		if r.OK {
			t.Right++
		}
		if r.Error != "" {
			t.Errors++
		}
		t.Prompt += float64(r.Prompt)
		t.Generated += float64(r.Generated)
		t.Seconds += r.Seconds
		w := cmp.Or(r.Weight, 1)
		for name, v := range r.Scores {
			if t.Scores == nil {
				t.Scores = map[string]float64{}
			}
			t.Scores[name] += w * v
			weights[name] += w
		}
	}
	for name, w := range weights {
		t.Scores[name] /= w
	}
	if nll, ok := t.Scores["nll"]; ok {
		t.Scores["perplexity"] = math.Exp(nll)
	}
	n := float64(max(1, t.N))
	t.Prompt, t.Generated, t.Seconds = t.Prompt/n, t.Generated/n, t.Seconds/n
	t.Low, t.High = Wilson(t.Right, t.N)
	return t
}

// z is the 97.5 % point of the standard normal distribution.
const z = 1.959963984540054

// Wilson returns the 95 % confidence interval of a probability of which right out of n trials
// succeeded. For n = 0 it is all of 0 to 1.
//
// Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927).
func Wilson(right, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m := float64(right)/float64(n), float64(n)
	middle := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	low, high = (middle-half)/(1+z*z/m), (middle+half)/(1+z*z/m)
	if right == 0 {
		low = 0 // not a rounding's breadth beside it
	}
	if right == n {
		high = 1
	}
	return low, high
}

// Label names what answered: the model's file, and the options that are not the default.
func (s Settings) Label() string {
	parts := []string{strings.TrimSuffix(cmp.Or(s.File, s.Model), ".gguf")}
	for _, name := range slices.Sorted(maps.Keys(s.Options)) {
		if name != "category" && name != "lang" && name != "mode" { // the groups say these
			parts = append(parts, name+" "+s.Options[name])
		}
	}
	return strings.Join(parts, ", ")
}

func (s Summary) group() string { return cmp.Or(s.Group, "all") }

// Markdown writes a table with a row for each summary.
func Markdown(w io.Writer, list []Summary) error {
	scores := map[string]bool{}
	graded, errors := false, false
	for _, s := range list {
		for name := range s.Scores {
			scores[name] = true
		}
		graded = graded || !s.Measures
		errors = errors || s.Errors > 0
	}
	names := slices.Sorted(maps.Keys(scores))
	head := []string{"benchmark", "group", "model", "n"}
	if graded {
		head = append(head, "right", "%", "95 % interval")
	}
	head = append(head, names...)
	head = append(head, "prompt tokens", "written", "seconds")
	if errors {
		head = append(head, "no answer")
	}
	rows := [][]string{head, slices.Repeat([]string{"---"}, len(head))}
	for _, s := range list {
		row := []string{s.Benchmark, s.group(), s.Label(), fmt.Sprint(s.N)}
		if graded && s.Measures {
			row = append(row, "", "", "")
		} else if graded {
			row = append(row, fmt.Sprint(s.Right), percent(s.Share()), percent(s.Low)+" to "+percent(s.High))
		}
		for _, name := range names {
			cell := ""
			if v, ok := s.Scores[name]; ok {
				cell = fmt.Sprintf("%.3f", v)
			}
			row = append(row, cell)
		}
		row = append(row, fmt.Sprintf("%.0f", s.Prompt), fmt.Sprintf("%.0f", s.Generated), fmt.Sprintf("%.2f", s.Seconds))
		if errors {
			row = append(row, fmt.Sprint(s.Errors))
		}
		rows = append(rows, row)
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			row[i] = strings.NewReplacer("|", `\|`, "\n", " ").Replace(cell)
		}
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func percent(share float64) string { return fmt.Sprintf("%.1f", 100*share) }

// ReadAll reads several files of results and sums them up, one after the other.
func ReadAll(paths ...string) ([]Summary, error) {
	var list []Summary
	for _, path := range paths {
		s, results, err := Read(filepath.Clean(path))
		if err != nil {
			return nil, err
		}
		if len(results) == 0 {
			return nil, fmt.Errorf("%s: it has settings and no results yet", path)
		}
		list = append(list, Summarize(s, results)...)
	}
	return list, nil
}
