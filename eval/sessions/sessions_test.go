package sessions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
)

// TestMeasure makes every measurement once, with the interpreter's own protocol and a kernel that answers anything with 2.
func TestMeasure(t *testing.T) {
	b := Bench{Options: interpreter.Options{Language: two{}}, N: 2, Series: 8, AtOnce: 3}
	row, err := b.Describe(t.Context())
	var missing *sandbox.MissingError
	if errors.As(err, &missing) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Names {
		if err := b.Measure(t.Context(), name, row); err != nil {
			t.Fatal(err)
		}
	}
	if row.Peer != Ours || row.Language != "two" || row.Version != "two 1" || !strings.Contains(row.System, "strict") {
		t.Errorf("the row is of %+v", row)
	}
	for name, s := range map[string]*Spread{"start": row.Start, "first": row.First, "pool": row.Pool, "pool's first": row.PoolFirst, "cell": row.Cell} {
		want := 2
		if name == "cell" {
			want = 20
		}
		if s == nil || s.N != want || s.Min <= 0 || s.Min > s.P50 || s.P50 > s.P95 || s.P95 > s.Max {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if row.First.Min < row.Start.Min {
		t.Errorf("the first answer came after %v ms, before the session was ready after %v", row.First.Min, row.Start.Min)
	}
	at := []int{}
	for _, s := range row.Series {
		at = append(at, s.Sessions)
		if s.RSS <= 0 || s.Descriptors <= 0 || s.Goroutines <= 0 {
			t.Errorf("sample %+v", s)
		}
	}
	if want := []int{0, 2, 4, 6, 8}; !slices.Equal(at, want) || row.SeriesTime <= 0 {
		t.Errorf("samples after %v, want %v; in %v ms", at, want, row.SeriesTime)
	}
	if row.AtOnce != 3 || row.AtOnceTime <= 0 {
		t.Errorf("%d at once in %v ms", row.AtOnce, row.AtOnceTime)
	}

	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(row); err != nil {
		t.Fatal(err)
	}
	if rows, err := ReadRows(&text); err != nil || len(rows) != 1 || *rows[0].Cell != *row.Cell {
		t.Errorf("read again: %+v, %v", rows, err)
	}
}

// TestMeasureErrors shows that a session that cannot be had, and a wrong answer, are errors and no figures.
func TestMeasureErrors(t *testing.T) {
	b := Bench{Options: interpreter.Options{Language: two{answer: "3"}}, N: 1, Series: 1, AtOnce: 1}
	row, err := b.Describe(t.Context())
	var missing *sandbox.MissingError
	if errors.As(err, &missing) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err == nil || !strings.Contains(err.Error(), `the cell "1 + 1" is "3", wanted "2"`) {
		t.Errorf("a wrong answer: %v, %+v", err, row)
	}
	for _, name := range Names {
		if err := b.Measure(t.Context(), name, &Row{}); err == nil || !strings.Contains(err.Error(), "measure "+name) {
			t.Errorf("%s with a wrong answer: %v", name, err)
		}
	}
	if err := b.Measure(t.Context(), "speed", &Row{}); err == nil || !strings.Contains(err.Error(), "wanted one of") {
		t.Errorf("an unknown measurement: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Describe(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
}

func TestSpread(t *testing.T) {
	var times []time.Duration
	for i := 100; i > 0; i-- {
		times = append(times, time.Duration(i)*time.Millisecond)
	}
	if got, want := *spread(times), (Spread{N: 100, Min: 1, P50: 50, P95: 95, Max: 100}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := *spread(times[:1]); got.P95 != 1 || got.N != 1 {
		t.Errorf("of one: %+v", got)
	}
}

func TestTable(t *testing.T) {
	rows, err := ReadRows(strings.NewReader(`
{"peer":"qwen-agent","language":"python","version":"CPython 3.11.2","system":"linux/amd64, strict","start_ms":{"n":50,"min":1,"p50":25.25,"p95":40.5,"max":50},
 "pool_ms":{"n":50,"min":0.01,"p50":0.0174,"p95":0.1,"max":1},"cell_ms":{"n":500,"min":0.1,"p50":0.2,"p95":0.3456,"max":2},
 "series":[{"sessions":0,"rss_kb":4000,"descriptors":9,"goroutines":3},{"sessions":200,"rss_kb":4010,"descriptors":9,"goroutines":3}],
 "at_once":32,"at_once_time_ms":618.5}
{"peer":"qwen-agent","language":"go","version":"Go 1.26","system":"linux/amd64, strict","start_ms":{"n":50,"min":1,"p50":10,"p95":20,"max":50}}
{"peer":"Jupyter","language":"python","version":"CPython 3.11.7","system":"no sandbox","alone_ms":{"n":3,"min":9,"p50":10,"p95":11,"max":12},"start_ms":{"n":15,"min":600,"p50":715.4,"p95":941,"max":990}}`))
	if err != nil {
		t.Fatal(err)
	}
	table, err := Table(rows)
	if err != nil {
		t.Fatal(err)
	}
	const want = `| p50 / p95, ms | interpreter alone | start | start and a first cell | from a pool | a cell | many at once |
| --- | --- | --- | --- | --- | --- | --- |
| qwen-agent, CPython 3.11.2 | – | 25.2 / 40.5 | – | 0.017 / 0.100 | 0.200 / 0.346 | 32 in 618 |
| goal |  | ≤ 30 / 45 |  | ≤ 2 / 5 | ≤ 0.3 |  |
| qwen-agent, Go 1.26 | – | 10.0 / 20.0 | – | – | – | – |
| goal |  | ≤ 12 / 20 |  | ≤ 2 / 5 | ≤ 0.3 |  |
| Jupyter, CPython 3.11.7 | 10.0 / 11.0 | 715 / 941 | – | – | – | – |

- qwen-agent, CPython 3.11.2: linux/amd64, strict; 50 starts
- qwen-agent, Go 1.26: linux/amd64, strict; 50 starts
- Jupyter, CPython 3.11.7: no sandbox; 15 starts

qwen-agent, CPython 3.11.2, one session after another:

| sessions | 0 | 200 |
| --- | --- | --- |
| resident, KiB | 4000 | 4010 |
| descriptors | 9 | 9 |
| goroutines | 3 | 3 |
`
	if table != want {
		t.Errorf("got\n%s\nwant\n%s", table, want)
	}
	if _, err := Table(nil); err == nil {
		t.Error("a table of no rows")
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add([]byte(`{"peer":"a","language":"b"}` + "\n" + `{"peer":"qwen-agent","language":"go","start_ms":{"p50":1e300}}`))
	f.Add([]byte(`{"peer":"a"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ReadRows(bytes.NewReader(data))
		if err != nil {
			return
		}
		if _, err := Table(rows); err != nil && len(rows) > 0 {
			t.Errorf("no table of %d rows: %v", len(rows), err)
		}
	})
}
