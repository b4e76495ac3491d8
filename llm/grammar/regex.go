package grammar

import "fmt"

// Regex returns the grammar of the texts that a regular expression matches as a whole, with
// the usual limits. See Limits.Regex.
func Regex(pattern string) (*Grammar, error) { return Limits{}.Regex(pattern) }

// Regex returns the grammar of the texts that a regular expression of ECMA-262 matches as a
// whole, as for the keyword pattern of a schema. Where the expression leaves the length open,
// they have at most l.String characters.
func (l Limits) Regex(pattern string) (*Grammar, error) {
	l, err := l.complete()
	if err != nil {
		return nil, err
	}
	w, err := l.readRegex(pattern)
	if err != nil {
		return nil, err
	}
	g, err := newGrammar(w)
	if err != nil {
		return nil, fmt.Errorf("grammar: regular expression: %w", err)
	}
	return g, nil
}

// readRegex returns the texts that a regular expression matches as a whole.
func (l Limits) readRegex(pattern string) (word, error) {
	d, err := compilePattern(pattern, true, new(int))
	if err == nil && d.states() == 0 {
		err = errNothing
	}
	if err != nil {
		return word{}, fmt.Errorf("grammar: regular expression %.80q: %w", pattern, err)
	}
	return word{d, max(l.String, d.distances()[0]), false}, nil
}
