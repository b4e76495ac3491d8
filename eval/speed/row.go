package speed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/qwen-agent/qwen-agent/internal/rows"
)

// Ours is Row.Peer of this program's own figures.
const Ours = "qwen-agent"

// Row is what one run of one program measured with one model. In JSON it is one flat object,
// with the keys of the script that measures llama.cpp, so that rows of both can stand in one
// file:
//
//	{"peer":"qwen-agent","model":"m.gguf","threads":2,"system":"…","load_s":0.2,"pp512":350,"peak_rss_mb":596}
type Row struct {
	Peer    string // the program: Ours, or a name that begins with the peer's
	Model   string // the file's base name
	Threads int
	System  string // what it computed with

	// Values holds the figures by key: those of Jobs in their unit, load_s and what else
	// ends in _s in seconds, what ends in _x as a ratio, peak_rss_mb in MiB.
	Values map[string]float64
}

// keys are the figures in the order in which they are written.
var keys = []string{
	"load_s", "first_s", "pp128", "pp512", "pp2048", "tg64", "tg64@512", "tg64@4096", "batch8", "gap_ms",
	"agent_hello_s", "agent_budget_s", "agent_fix_s", "agent_s",
	"agent_read", "agent_cached", "agent_written",
	"guessing_tasks_x", "guessing_edits_x", "guessing_tasks+edits_x", "guessing_calls_x", "guessing_new_x", "peak_rss_mb",
}

// Set takes in a figure, rounded to so many decimals.
func (r *Row) Set(key string, value float64, decimals int) {
	if r.Values == nil {
		r.Values = map[string]float64{}
	}
	unit := math.Pow10(decimals)
	r.Values[key] = math.Round(value*unit) / unit
}

// MarshalJSON writes the figures that the row has, always in the same order.
func (r Row) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	field := func(key string, value any) error {
		text, err := json.Marshal(value)
		if err == nil {
			b.WriteString(map[bool]string{true: "{", false: ","}[b.Len() == 0] + strconv.Quote(key) + ":")
			b.Write(text)
		}
		return err
	}
	err := errors.Join(field("peer", r.Peer), field("model", r.Model), field("threads", r.Threads), field("system", r.System))
	for _, k := range keys {
		if v, ok := r.Values[k]; ok {
			err = errors.Join(err, field(k, v))
		}
	}
	b.WriteByte('}')
	return b.Bytes(), err
}

// UnmarshalJSON reads a row; keys that are not known are passed over.
func (r *Row) UnmarshalJSON(data []byte) error {
	var named struct {
		Peer, Model, System string
		Threads             int
	}
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*r = Row{Peer: named.Peer, Model: named.Model, Threads: named.Threads, System: named.System, Values: map[string]float64{}}
	for _, k := range keys {
		text, ok := all[k]
		if !ok {
			continue
		}
		var v float64
		if err := json.Unmarshal(text, &v); err != nil || v < 0 {
			return fmt.Errorf("%s is %s, wanted a number of 0 or more", k, text)
		}
		r.Values[k] = v
	}
	if r.Peer == "" || r.Model == "" || len(r.Values) == 0 {
		return fmt.Errorf("found peer %q, model %q and %d figures, wanted all three", r.Peer, r.Model, len(r.Values))
	}
	return nil
}

// maxRows bounds what ReadRows takes.
const maxRows = 1 << 16

// ReadRows reads rows that follow one another, as lines or spread over several.
func ReadRows(r io.Reader) ([]Row, error) {
	list, err := rows.Read[Row](r, maxRows)
	if err != nil {
		return nil, fmt.Errorf("speed: %w", err)
	}
	return list, nil
}

// AppendRow adds a row to the end of a file of JSON lines, which it makes if it is not there.
func AppendRow(path string, row Row) error {
	if err := rows.Append(path, row); err != nil {
		return fmt.Errorf("speed: %w", err)
	}
	return nil
}
