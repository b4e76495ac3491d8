// Package suggest finds the name that somebody probably meant.
package suggest

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Name returns the one of names that is spelled most like word, or "" if none is near
// enough to be what was meant: at most a third of its letters differ, or one of the two
// contains the other. Case, "-", "_" and blanks count less than letters.
func Name(word string, names []string) string {
	sorted := Sort(word, names)
	if len(sorted) == 0 || !near(word, sorted[0]) {
		return ""
	}
	return sorted[0]
}

// Sort returns names with those first that are spelled most like word. Equally near ones
// stand in alphabetical order.
func Sort(word string, names []string) []string {
	type entry struct {
		name string
		far  int
	}
	entries := make([]entry, len(names))
	for i, name := range names {
		entries[i] = entry{name, distance(fold(word), fold(name))*2 + distance(clip(word), clip(name))}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.far, b.far), strings.Compare(a.name, b.name))
	})
	sorted := make([]string, len(entries))
	for i, e := range entries {
		sorted[i] = e.name
	}
	return sorted
}

// OtherNumber says whether two names differ in their digits alone. Such a one is no misspelling
// but another thing: a model that is told to take the budget of 2025 for that of 2027 does.
func OtherNumber(a, b string) bool {
	digits := func(c rune) rune {
		if c >= '0' && c <= '9' {
			return '0'
		}
		return c
	}
	return a != b && strings.Map(digits, a) == strings.Map(digits, b)
}

func near(word, name string) bool {
	a, b := fold(word), fold(name)
	if a == "" || b == "" {
		return false
	}
	if short := min(len(a), len(b)); short >= 3 && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return true
	}
	return 3*distance(a, b) <= max(utf8.RuneCountInString(a), utf8.RuneCountInString(b))
}

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

func fold(s string) string { return separators.Replace(strings.ToLower(clip(s))) }

// clip bounds the work: what is longer than any name need not be compared to its end.
func clip(s string) string {
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// distance counts the letters to insert, remove, replace or swap with their neighbour to
// get from a to b (optimal string alignment).
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}
