// Package coding measures how well a model solves small tasks with a program: 28 of its own,
// some about files, each with the answer that its solution prints. The same tasks can be
// put with the program in a JSON string in place of a block, to see what the block is worth.
package coding

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Task is a question that a short program answers.
type Task struct {
	Name     string            `json:"name"`
	Prompt   string            `json:"prompt"`
	Files    map[string]string `json:"files,omitempty"` // of the workspace
	Want     string            `json:"want"`            // a regular expression for a number or a word of the answer
	Made     map[string]string `json:"made,omitempty"`  // files that must be there afterwards, and a word that each holds
	Solution string            `json:"solution"`        // Python that prints the answer
}

//go:embed testdata/tasks.jsonl
var tasks []byte

// Tasks returns the tasks.
func Tasks() ([]Task, error) {
	var list []Task
	lines := bufio.NewScanner(bytes.NewReader(tasks))
	for lines.Scan() {
		var t Task
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return nil, fmt.Errorf("eval/coding: tasks.jsonl, line %d: %w", len(list)+1, err)
		}
		list = append(list, t)
	}
	return list, lines.Err()
}

var thousands = regexp.MustCompile(`(\d),(\d{3})\b`)

// longest is how many characters an answer may have: it should be a sentence, and a long
// text has numbers by accident.
const longest = 300

// Right says whether an answer has what is wanted as a word or number of its own.
func (t *Task) Right(answer string) bool {
	if len(answer) > longest {
		return false
	}
	for i := 0; i < 4; i++ { // 26,771,144,400
		answer = thousands.ReplaceAllString(answer, "$1$2")
	}
	answer = strings.NewReplacer("`", " ", "*", " ", "\"", " ", "'", " ").Replace(answer)
	return regexp.MustCompile(`(?i)(^|[^\w.-])(` + t.Want + `)($|[^\w.]|\.($|\D))`).MatchString(answer)
}
