package tasks

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Want is what counts as right. All that is set must hold.
type Want struct {
	Group   string              `yaml:"group" json:"group,omitempty"`     // what results are summed by
	Number  *float64            `yaml:"number" json:"number,omitempty"`   // is in the answer
	Within  float64             `yaml:"within" json:"within,omitempty"`   // how far a number may be from it; 0 is a billionth of it
	Text    []string            `yaml:"text" json:"text,omitempty"`       // each is in the answer, as whole words in any case
	Absent  []string            `yaml:"absent" json:"absent,omitempty"`   // none is
	Calls   *int                `yaml:"calls" json:"calls,omitempty"`     // so many tools were called
	Refuses bool                `yaml:"refuses" json:"refuses,omitempty"` // the answer says that it cannot be done
	Files   map[string]FileWant `yaml:"files" json:"files,omitempty"`     // of the workspace, afterwards
}

// FileWant is what a file has to be. One of its fields is set.
type FileWant struct {
	JSON  any      `yaml:"json" json:"json,omitempty"`   // this value
	Lines []string `yaml:"lines" json:"lines,omitempty"` // these lines, but for blanks around them and empty ones
}

func (w *Want) check() error {
	if w.Number == nil && len(w.Text) == 0 && w.Calls == nil && !w.Refuses && len(w.Files) == 0 {
		return errors.New("nothing that is right: wanted number, text, calls, refuses or files")
	}
	if w.Calls != nil && *w.Calls < 0 {
		return fmt.Errorf("calls is %d, wanted 0 or more", *w.Calls)
	}
	if w.Within < 0 {
		return fmt.Errorf("within is %v, wanted 0 or more", w.Within)
	}
	for name, f := range w.Files {
		if (f.JSON == nil) == (f.Lines == nil) {
			return fmt.Errorf("file %s: wanted json or lines", name)
		}
	}
	return nil
}

// maxAnswer is the longest answer, in characters, that is looked at: a file that is copied
// into it is no answer.
const maxAnswer = 600

// Check says why an answer after so many calls, and the workspace as it was left, are not right, or "".
func (w *Want) Check(answer string, calls int, workspace *os.Root) string {
	if n := utf8.RuneCountInString(answer); n > maxAnswer {
		return fmt.Sprintf("the answer has %d characters, at most %d count as one", n, maxAnswer)
	}
	if w.Number != nil && !w.number(answer) {
		return fmt.Sprintf("the answer does not have %v", *w.Number)
	}
	for _, t := range w.Text {
		if !has(answer, t) {
			return fmt.Sprintf("the answer does not have %q", t)
		}
	}
	for _, t := range w.Absent {
		if has(answer, t) {
			return fmt.Sprintf("the answer has %q", t)
		}
	}
	if w.Calls != nil && *w.Calls != calls {
		return fmt.Sprintf("%d calls, wanted %d", calls, *w.Calls)
	}
	if w.Refuses && !refusal.MatchString(answer) {
		return "the answer does not say that it cannot be done"
	}
	for name, f := range w.Files {
		if why := f.check(workspace, name); why != "" {
			return name + ": " + why
		}
	}
	return ""
}

var numeral = regexp.MustCompile(`-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?`)

func (w *Want) number(answer string) bool {
	within := max(w.Within, 1e-9*math.Abs(*w.Number))
	return slices.ContainsFunc(numeral.FindAllString(answer, -1), func(s string) bool {
		v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		return err == nil && math.Abs(v-*w.Number) <= within
	})
}

// has says whether words are in a text.
func has(text, words string) bool {
	return regexp.MustCompile(`(?i)(?:^|[^\pL\pN])` + regexp.QuoteMeta(words) + `(?:$|[^\pL\pN])`).MatchString(text)
}

var refusal = regexp.MustCompile(`(?i)\b(?:no|not|cannot|can't|couldn't|doesn't|isn't|unable|missing|unknown)\b`)

// maxFile is the most that is read of a file of the workspace.
const maxFile = 1 << 20

func (f FileWant) check(workspace *os.Root, name string) string {
	file, err := workspace.Open(name)
	if err != nil {
		return "it is not there"
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return err.Error()
	}
	if f.JSON != nil {
		var got, want any
		if err := json.Unmarshal(data, &got); err != nil {
			return "it is no JSON: " + err.Error()
		}
		b, err := json.Marshal(f.JSON)
		if err != nil {
			return err.Error()
		}
		if json.Unmarshal(b, &want) != nil || !reflect.DeepEqual(got, want) {
			return fmt.Sprintf("it is %s, wanted %s", shortened(string(data)), b)
		}
		return ""
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if !slices.Equal(lines, f.Lines) {
		return fmt.Sprintf("it is %q, wanted %q", shortened(string(data)), f.Lines)
	}
	return ""
}

func shortened(s string) string {
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
