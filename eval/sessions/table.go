package sessions

import (
	"errors"
	"fmt"
	"strings"
)

// goals are the times that are aimed at, in milliseconds, by column and language; "" is any.
var goals = map[string]map[string][2]float64{ // p50, p95
	Start: {"python": {30, 45}, "go": {12, 20}},
	Pool:  {"": {2, 5}},
	Cell:  {"": {0.3, 0}},
}

// columns are the times of the table.
var columns = []struct {
	name, heading string
	of            func(Row) *Spread
}{
	{"", "interpreter alone", func(r Row) *Spread { return r.Alone }},
	{Start, "start", func(r Row) *Spread { return r.Start }},
	{"", "start and a first cell", func(r Row) *Spread { return r.First }},
	{Pool, "from a pool", func(r Row) *Spread { return r.Pool }},
	{Cell, "a cell", func(r Row) *Spread { return r.Cell }},
}

// Table shows rows as Markdown: a row for each program and language, with the median and the 95th percentile of each time in
// milliseconds, and below each of ours the goals.
func Table(rows []Row) (string, error) {
	if len(rows) == 0 {
		return "", errors.New("sessions: found no row, wanted one or more")
	}
	var b strings.Builder
	b.WriteString("| p50 / p95, ms |")
	for _, c := range columns {
		b.WriteString(" " + c.heading + " |")
	}
	b.WriteString(" many at once |\n| --- |" + strings.Repeat(" --- |", len(columns)+1) + "\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s, %s |", r.Peer, r.Version)
		for _, c := range columns {
			b.WriteString(" " + c.of(r).text() + " |")
		}
		b.WriteString(" " + r.crowd() + " |\n")
		if r.Peer != Ours {
			continue
		}
		b.WriteString("| goal |")
		for _, c := range columns {
			b.WriteString(" " + goal(c.name, r.Language) + " |")
		}
		b.WriteString("  |\n")
	}
	writeSystems(&b, rows)
	return b.String(), nil
}

// none stands where there is no figure.
const none = "–"

func (s *Spread) text() string {
	if s == nil {
		return none
	}
	return number(s.P50) + " / " + number(s.P95)
}

// number has three digits, and not more than three after the point.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func goal(column, language string) string {
	g, there := goals[column][language]
	if !there {
		g, there = goals[column][""]
	}
	switch {
	case !there:
		return ""
	case g[1] == 0:
		return fmt.Sprintf("≤ %v", g[0])
	}
	return fmt.Sprintf("≤ %v / %v", g[0], g[1])
}

// crowd says what came of many sessions at once.
func (r Row) crowd() string {
	if r.AtOnce == 0 {
		return none
	}
	return fmt.Sprintf("%d in %s", r.AtOnce, number(r.AtOnceTime))
}

// writeSystems says below the table where the figures come from, and what a series left.
func writeSystems(b *strings.Builder, rows []Row) {
	b.WriteByte('\n')
	for _, r := range rows {
		fmt.Fprintf(b, "- %s, %s: %s", r.Peer, r.Version, r.System)
		if r.Start != nil {
			fmt.Fprintf(b, "; %d starts", r.Start.N)
		}
		b.WriteByte('\n')
	}
	for _, r := range rows {
		if len(r.Series) > 0 {
			fmt.Fprintf(b, "\n%s, %s, one session after another:\n\n%s", r.Peer, r.Version, r.Growth())
		}
	}
}

// Growth shows what the process held in the course of a series, as Markdown.
func (r Row) Growth() string {
	lines := [4]string{"| sessions |", "| resident, KiB |", "| descriptors |", "| goroutines |"}
	for _, s := range r.Series {
		for i, v := range []any{s.Sessions, s.RSS, s.Descriptors, s.Goroutines} {
			lines[i] += fmt.Sprintf(" %v |", v)
		}
	}
	rule := "| --- |" + strings.Repeat(" --- |", len(r.Series))
	return strings.Join([]string{lines[0], rule, lines[1], lines[2], lines[3], ""}, "\n")
}
