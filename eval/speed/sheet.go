package speed

import (
	"fmt"
	"slices"
	"strings"
)

// sheet is one Markdown table that is filled column by column.
type sheet struct {
	labels []string   // of the rows
	heads  []string   // of the columns
	cells  [][]string // by row
}

func newSheet(peer string) *sheet {
	labels := []string{Ours, "least–most", peer, "least–most", "ratio", "goal", "met"}
	return &sheet{labels: labels, cells: make([][]string, len(labels))}
}

// none stands where there is no figure.
const none = "–"

// add adds a column. goal is 0 if there is none.
func (s *sheet) add(heading, key string, f *figures, goal float64) {
	s.heads = append(s.heads, heading)
	column := []string{none, none, none, none, none, none, none}
	for i, v := range [][]float64{f.ours, f.peers} {
		if len(v) > 0 {
			column[2*i] = number(key, Median(v)) + unit(key)
			column[2*i+1] = number(key, slices.Min(v)) + "–" + number(key, slices.Max(v)) + unit(key)
		}
	}
	if goal > 0 {
		column[5] = map[bool]string{true: "≥ ", false: "≤ "}[rate(key)] + fmt.Sprint(goal)
	}
	if len(f.ours) > 0 && len(f.peers) > 0 && Median(f.peers) > 0 {
		ratio := Median(f.ours) / Median(f.peers)
		column[4] = fmt.Sprintf("%.2f", ratio)
		if goal > 0 {
			column[6] = map[bool]string{true: "yes", false: "no"}[ratio == goal || ratio > goal == rate(key)]
		}
	}
	for i, c := range column {
		s.cells[i] = append(s.cells[i], c)
	}
}

// write writes the table, if it has a column, after an empty line if something stands before it.
func (s *sheet) write(b *strings.Builder) {
	if len(s.heads) == 0 {
		return
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	line := func(label string, cells []string) {
		fmt.Fprintf(b, "| %s | %s |\n", label, strings.Join(cells, " | "))
	}
	line("", s.heads)
	line("---", slices.Repeat([]string{"---"}, len(s.heads)))
	for i, label := range s.labels {
		line(label, s.cells[i])
	}
}
