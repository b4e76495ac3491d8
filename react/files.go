package react

import (
	"context"
	"regexp"
	"slices"
	"strings"
)

// Asked about a file, small models write a program with figures that they make up, or answer
// so. Both can be told by the name of the file: it stands in no call.

// fileName is the name of a file of text in a question.
var fileName = regexp.MustCompile(`[\w-][\w./-]*\.(?:csv|tsv|jsonl?|txt|md|log|ya?ml|xml|html?|ini|toml|conf|cfg|dat|sql|py|go|js|sh)\b`)

// untouched returns the files that the question names and no call so far has as a text of its own. There has to be a
// tool to read them with.
func (r *run) untouched() (names []string) {
	if r.tools[reader] == nil {
		return nil
	}
	for _, name := range fileName.FindAllString(r.task.Question, -1) {
		touched := false
		for _, m := range r.messages {
			for _, c := range m.Calls {
				touched = touched || quotes(string(c.Arguments), name)
			}
		}
		if !touched && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// unseen is the doubt that ends by reading the first such file that is there; one that is still to be written is not.
func (r *run) unseen(ctx context.Context) doubt {
	for _, name := range r.untouched() {
		if d := reads(name); r.attempt(ctx, *d.call) {
			return d
		}
	}
	return doubt{}
}

// beside returns the doubt that ends by reading another file of those that the question names, if the last call has read one of
// them.
func (r *run) beside(ctx context.Context) doubt {
	n := len(r.messages)
	if !r.profile.Founded || r.forced != "" || n < 2 || r.messages[n-1].Name != reader || r.messages[n-1].Failed || len(r.messages[n-2].Calls) != 1 {
		return doubt{}
	}
	read := string(r.messages[n-2].Calls[0].Arguments)
	if !slices.ContainsFunc(fileName.FindAllString(r.task.Question, -1), func(named string) bool { return quotes(read, named) }) {
		return doubt{}
	}
	return r.unseen(ctx)
}

// reader is the tool that reads files.
const reader = "read_file"

// quotes says whether arguments in JSON have a name between quotes, as a value or in a program; in
// a comment it says nothing. A longer path that ends so counts.
func quotes(arguments, name string) bool {
	for _, end := range []string{`"`, `\"`, `'`} {
		for rest := arguments; ; {
			i := strings.Index(rest, name+end)
			if i < 0 {
				break
			}
			if i > 0 && strings.ContainsRune(`"'/`, rune(rest[i-1])) {
				return true
			}
			rest = rest[i+len(name):]
		}
	}
	return false
}

// opens says whether a program has the name of a file as a text of its own.
func opens(arguments string) bool {
	for _, name := range fileName.FindAllString(arguments, -1) {
		if quotes(arguments, name) {
			return true
		}
	}
	return false
}
