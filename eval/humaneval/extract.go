package humaneval

import (
	"regexp"
	"strings"
)

// code finds the program in an answer: the first block between fences that defines the
// function, else the first block, else all of it from the first line that looks like code.
func (p *Problem) code(answer string) string {
	blocks := fenced(answer)
	for _, b := range blocks {
		if p.defines(b) {
			return b
		}
	}
	if len(blocks) > 0 {
		return blocks[0]
	}
	if at := begin.FindStringIndex(answer); at != nil {
		return answer[at[0]:]
	}
	return answer
}

// defines says whether code has the function.
func (p *Problem) defines(code string) bool {
	word := "def"
	if p.Language == "go" {
		word = "func"
	}
	return regexp.MustCompile(`(?m)^\s*` + word + `\s+` + regexp.QuoteMeta(p.Entry) + `\s*\(`).MatchString(code)
}

// begin is how a line of a program begins.
var begin = regexp.MustCompile(`(?m)^(?:def |from \w+ import |import |package |func |type )`)

// fenced returns what stands between lines of ```. The last block need not be closed.
func fenced(text string) (blocks []string) {
	var block []string
	open := false
	for line := range strings.Lines(text) {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		switch {
		case fence && open:
			blocks, block, open = append(blocks, strings.Join(block, "")), nil, false
		case fence:
			open = true
		case open:
			block = append(block, line)
		}
	}
	if open {
		blocks = append(blocks, strings.Join(block, ""))
	}
	return blocks
}
