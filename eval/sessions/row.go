package sessions

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/internal/rows"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// Ours is Row.Peer of this program's own figures.
const Ours = "qwen-agent"

// Row is what was measured of one program's sessions in one language. Times are milliseconds. In JSON it has the keys of
// scripts/jupyter_sessions.py, so that rows of both can stand in one file.
type Row struct {
	Peer     string `json:"peer"` // the program: Ours, or a peer's name
	Language string `json:"language"`
	Version  string `json:"version"` // of what runs the cells
	System   string `json:"system"`  // where and behind what

	Alone     *Spread `json:"alone_ms,omitempty"` // the interpreter itself starts and ends; only the script measures it
	Start     *Spread `json:"start_ms,omitempty"`
	First     *Spread `json:"first_ms,omitempty"` // from the start to the first answer
	Pool      *Spread `json:"pool_ms,omitempty"`
	PoolFirst *Spread `json:"pool_first_ms,omitempty"`
	Cell      *Spread `json:"cell_ms,omitempty"`

	Series     []Sample `json:"series,omitempty"`
	SeriesTime float64  `json:"series_time_ms,omitempty"`

	AtOnce     int     `json:"at_once,omitempty"`         // sessions
	AtOnceTime float64 `json:"at_once_time_ms,omitempty"` // until all have answered a cell
}

// Spread sums up repeated measurements of a time, in milliseconds.
type Spread struct {
	N   int     `json:"n"`
	Min float64 `json:"min"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// spread sorts the times.
func spread(times []time.Duration) *Spread {
	slices.Sort(times)
	at := func(percent int) float64 { return milliseconds(times[(len(times)-1)*percent/100]) }
	return &Spread{N: len(times), Min: at(0), P50: at(50), P95: at(95), Max: at(100)}
}

// milliseconds is a time rounded to microseconds.
func milliseconds(d time.Duration) float64 { return math.Round(float64(d)/1e3) / 1e3 }

// Sample is what the process held after so many sessions, all of them closed.
type Sample struct {
	Sessions    int   `json:"sessions"`
	RSS         int64 `json:"rss_kb"` // resident memory, files' pages not counted
	Descriptors int   `json:"descriptors"`
	Goroutines  int   `json:"goroutines"`
}

// describe says where sessions run and behind what.
func describe(r sandbox.Report) string {
	user, group := "ordinary user", "no cgroup"
	if os.Geteuid() == 0 {
		user = "root"
	}
	for _, l := range r.Layers {
		if l.Layer == sandbox.Cgroup && l.Holds {
			group = "cgroup " + l.Detail
		}
	}
	return strings.Join([]string{runtime.GOOS + "/" + runtime.GOARCH, fmt.Sprintf("%d cores", runtime.NumCPU()), r.String(), user, group}, ", ")
}

// maxRows bounds what ReadRows takes.
const maxRows = 1 << 12

// UnmarshalJSON reads a row, and refuses one that does not say what was measured.
func (r *Row) UnmarshalJSON(data []byte) error {
	type plain Row
	if err := json.Unmarshal(data, (*plain)(r)); err != nil {
		return err
	}
	if r.Peer == "" || r.Language == "" {
		return fmt.Errorf("found peer %q and language %q, wanted both", r.Peer, r.Language)
	}
	return nil
}

// ReadRows reads rows that follow one another, as lines or spread over several.
func ReadRows(r io.Reader) ([]Row, error) {
	list, err := rows.Read[Row](r, maxRows)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	return list, nil
}

// AppendRow adds a row to the end of a file of JSON lines, which it makes if it is not there.
func AppendRow(path string, row *Row) error {
	if err := rows.Append(path, row); err != nil {
		return fmt.Errorf("sessions: %w", err)
	}
	return nil
}
