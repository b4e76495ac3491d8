package speed

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// columns are the figures of the tables, one table for each list, with their headings.
var columns = [][]struct{ key, heading string }{
	{
		{"pp128", "pp128"}, {"pp512", "pp512"}, {"pp2048", "pp2048"},
		{"tg64", "tg64"}, {"tg64@512", "tg64@512"}, {"tg64@4096", "tg64@4096"}, {"peak_rss_mb", "peak RSS"},
	},
	{{"agent_hello_s", "hello"}, {"agent_budget_s", "budget"}, {"agent_fix_s", "fix"}, {"agent_s", "all three"}},
}

// goals are the ratios, ours to the peer's, that are aimed at: at least those of a rate, at
// most those of seconds and bytes.
var goals = map[string]map[string]float64{
	"0.5B": {"pp128": 3.5, "pp512": 3.5, "pp2048": 3.5, "tg64": 1.8, "tg64@512": 1.9, "tg64@4096": 2.2, "peak_rss_mb": 0.9, "agent_s": 0.5},
	"1.5B": {"pp512": 3, "tg64": 1.15, "tg64@512": 1.25, "peak_rss_mb": 0.75, "agent_s": 0.5},
}

// size finds how many parameters a model has in its file's name.
var size = regexp.MustCompile(`(?i)(?:^|[^0-9a-z.])([0-9]+(?:\.[0-9]+)?b)(?:[^0-9a-z]|$)`)

// short is a model as the table's heading names it.
func short(model string) string {
	if m := size.FindStringSubmatch(model); m != nil {
		return strings.ToUpper(m[1])
	}
	return strings.TrimSuffix(model, filepath.Ext(model))
}

// rate says whether more of a figure is better.
func rate(key string) bool { return strings.HasPrefix(key, "pp") || strings.HasPrefix(key, "tg") }

// number writes a figure with three digits or, of large ones, all before the point.
func number(key string, v float64) string {
	switch {
	case v >= 100 || key == "peak_rss_mb":
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func unit(key string) string {
	switch {
	case key == "peak_rss_mb":
		return " MB"
	case strings.HasSuffix(key, "_s"):
		return " s"
	}
	return ""
}

// figures are the values of one column that each of two programs measured.
type figures struct{ ours, peers []float64 }

// Table compares our rows with those of a peer, as Markdown: for every model and figure the
// median of the rows of each, their spread from the least to the most, the ratio of the
// medians, and whether it meets its goal. Rows of one side alone, of two peers, or with
// different numbers of threads are an error: they compare nothing.
func Table(rows []Row) (string, error) {
	peer, err := checkRows(rows)
	if err != nil {
		return "", err
	}
	var models []string
	cells := map[string]map[string]*figures{} // by model and key
	for _, r := range rows {
		m := short(r.Model)
		if cells[m] == nil {
			models = append(models, m)
			cells[m] = map[string]*figures{}
		}
		for k, v := range r.Values {
			f := cells[m][k]
			if f == nil {
				f = &figures{}
				cells[m][k] = f
			}
			if r.Peer == Ours {
				f.ours = append(f.ours, v)
			} else {
				f.peers = append(f.peers, v)
			}
		}
	}
	var b strings.Builder
	for _, list := range columns {
		t := newSheet(peer)
		for _, m := range models {
			heading := m + ": "
			for _, c := range list {
				if f := cells[m][c.key]; f != nil {
					t.add(heading+c.heading, c.key, f, goals[m][c.key])
					heading = ""
				}
			}
		}
		t.write(&b)
	}
	if b.Len() == 0 {
		return "", errors.New("speed: the rows have no figure that the table shows")
	}
	writeSystems(&b, rows)
	return b.String(), nil
}

// checkRows returns the peer's name, or says why the rows cannot be compared.
func checkRows(rows []Row) (peer string, err error) {
	threads := map[int]bool{}
	peers := map[string]bool{}
	ours := false
	for _, r := range rows {
		threads[r.Threads] = true
		if r.Peer == Ours {
			ours = true
		} else {
			name, _, _ := strings.Cut(r.Peer, " ")
			peers[name] = true
			peer = name
		}
	}
	switch {
	case !ours || len(peers) == 0:
		return "", fmt.Errorf("speed: found %d rows of one program, wanted rows of %s and of a peer", len(rows), Ours)
	case len(peers) > 1:
		return "", fmt.Errorf("speed: found rows of the peers %s, wanted one peer", strings.Join(slices.Sorted(maps.Keys(peers)), " and "))
	case len(threads) > 1:
		return "", fmt.Errorf("speed: found rows with %v threads, wanted one number", slices.Sorted(maps.Keys(threads)))
	}
	return peer, nil
}

// writeSystems says below the tables what the figures come from.
func writeSystems(b *strings.Builder, rows []Row) {
	seen := map[string]bool{}
	fmt.Fprintf(b, "\nMedians, with the least and the most; %d threads.\n", rows[0].Threads)
	for _, r := range rows {
		line := fmt.Sprintf("- %s: %s\n", r.Peer, strings.TrimSpace(r.System))
		if !seen[line] {
			seen[line] = true
			b.WriteString(line)
		}
	}
}
