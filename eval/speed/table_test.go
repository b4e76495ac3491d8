package speed

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func open(t *testing.T, name string) []Row {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := ReadRows(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestTable(t *testing.T) {
	got, err := Table(open(t, "testdata/rows.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/table.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile("testdata/table.md"); err != nil || got != string(want) {
		t.Errorf("%v; the table is\n%s", err, got)
	}
}

func TestTableRefuses(t *testing.T) {
	ours := Row{Peer: Ours, Model: "m-1b.gguf", Threads: 2, Values: map[string]float64{"pp512": 1}}
	peer := ours
	peer.Peer = "llama.cpp by somebody"
	other, four, empty := peer, peer, peer
	other.Peer = "other"
	four.Threads = 4
	empty.Values = map[string]float64{"load_s": 1}
	emptyOurs := empty
	emptyOurs.Peer = Ours
	for want, rows := range map[string][]Row{
		"found 0 rows of one program": nil,
		"found 2 rows of one program": {ours, ours},
		"found 1 rows of one program": {peer},
		"peers llama.cpp and other":   {ours, peer, other},
		"[2 4] threads":               {ours, peer, four},
		"no figure":                   {emptyOurs, empty},
	} {
		if _, err := Table(rows); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestRows(t *testing.T) {
	row := Row{Peer: Ours, Model: "m.gguf", Threads: 2, System: "a \"b\" <c>"}
	row.Set("tg64@512", 23.849, 1)
	row.Set("load_s", 0.126, 2)
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	for range 2 {
		if err := AppendRow(path, row); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Count(data, []byte("\n")) != 2 {
		t.Fatalf("%v: %s", err, data)
	}
	if rows := open(t, path); !reflect.DeepEqual(rows, []Row{row, row}) || row.Values["tg64@512"] != 23.8 || row.Values["load_s"] != 0.13 {
		t.Errorf("read %+v, wrote %+v twice", rows, row)
	}
	for text, want := range map[string]string{
		`{"peer":"p","model":"m","pp512":1} {`:         "row 2: unexpected EOF",
		`{"peer":"p","model":"m","pp512":"1"}`:         `pp512 is "1"`,
		`{"peer":"p","model":"m","pp512":-1}`:          "pp512 is -1",
		`{"peer":"p","pp512":1}`:                       `model ""`,
		`{"peer":"p","model":"m","something_else":12}`: "0 figures",
		`[1]`: "cannot unmarshal array",
	} {
		if _, err := ReadRows(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if rows, err := ReadRows(strings.NewReader(strings.Repeat("{\"peer\":\"p\",\"model\":\"m\",\"pp512\":1}\n", maxRows+1))); err == nil {
		t.Errorf("%d rows are let through", len(rows))
	}
}

func TestShort(t *testing.T) {
	for model, want := range map[string]string{
		"qwen2.5-coder-0.5b-instruct-q4_k_m.gguf": "0.5B", "Qwen3-8B.gguf": "8B", "b.gguf": "b", "qwen2.5.gguf": "qwen2.5", "14b": "14B",
	} {
		if got := short(model); got != want {
			t.Errorf("%s is %q, want %q", model, got, want)
		}
	}
}

// FuzzReadRows: what is read can be written and read again.
func FuzzReadRows(f *testing.F) {
	data, err := os.ReadFile("testdata/rows.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"peer":"p","model":"m","threads":2,"pp512":1e300}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := ReadRows(bytes.NewReader(data))
		if err != nil {
			return
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		for _, r := range rows {
			if err := e.Encode(r); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ReadRows(&b)
		if err != nil || !reflect.DeepEqual(again, rows) {
			t.Fatalf("%v: %+v, want %+v", err, again, rows)
		}
		if len(rows) > 0 {
			_, _ = Table(rows) // refuses or not, but does not panic
		}
	})
}
