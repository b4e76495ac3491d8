package rows_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/internal/rows"
)

type row struct {
	Name string  `json:"name"`
	Rate float64 `json:"rate"`
}

func TestAppend(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows.jsonl")
	for _, r := range []row{{"<pp512>", 503}, {"tg64", 49.8}} {
		if err := rows.Append(path, r); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n != 2 {
		t.Errorf("%d lines, wanted 2:\n%s", n, data)
	}
	got, err := rows.Read[row](bytes.NewReader(data), 2)
	if err != nil || len(got) != 2 || got[0] != (row{"<pp512>", 503}) || got[1] != (row{"tg64", 49.8}) {
		t.Errorf("read again: %+v, %v", got, err)
	}
	if err := rows.Append(path, make(chan int)); err == nil || !strings.Contains(err.Error(), "a row for "+path) {
		t.Errorf("a row that is no JSON: %v", err)
	}
	if err := rows.Append(filepath.Join(path, "below"), row{}); err == nil {
		t.Error("a file below a file is written")
	}
	if again, err := os.ReadFile(path); err != nil || !bytes.Equal(again, data) {
		t.Errorf("a row that cannot be written changed the file: %v\n%s", err, again)
	}
}

func TestRead(t *testing.T) {
	for _, test := range []struct{ text, want string }{ // want: the names, or how the error begins
		{"", ""},
		{"{\"name\":\n\"a\"} {\"name\":\"b\"}", "ab"},
		{"{\"name\":\"a\"}\n{\"name\":", "row 2: unexpected EOF"},
		{"{\"name\":\"a\"}\n{\"rate\":\"b\"}", "row 2: json: cannot unmarshal string"},
		{strings.Repeat("{}\n", 4), "more than 3 rows"},
	} {
		got, err := rows.Read[row](strings.NewReader(test.text), 3)
		names := ""
		for _, r := range got {
			names += r.Name
		}
		if err != nil && !strings.HasPrefix(err.Error(), test.want) || err == nil && names != test.want {
			t.Errorf("%q: %q, %v; wanted %q", test.text, names, err, test.want)
		}
	}
}
