package chat

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// Python's json.dumps of the same texts.
func TestJSONGolden(t *testing.T) {
	var pairs [][2]string
	readGolden(t, "testdata/json.json", &pairs)
	if len(pairs) < 300 {
		t.Fatalf("json.json has %d pairs", len(pairs))
	}
	for _, p := range pairs {
		got, err := appendJSON([]byte("x"), []byte(p[0]))
		if err != nil || string(got) != "x"+p[1] {
			t.Errorf("appendJSON(%s) = %s, %v, want %s", p[0], got[1:], err, p[1])
		}
	}
}

// Where Python's text would be no JSON.
func TestJSONOdd(t *testing.T) {
	for in, want := range map[string]string{
		`1e999`:                `1e999`,
		`"\ud83d x \uDC00"`:    `"\ud83d x \udc00"`,
		`"\ud83d\ud83d\uddfc"`: `"\ud83d🗼"`,
	} {
		if got, err := appendJSON(nil, []byte(in)); err != nil || string(got) != want {
			t.Errorf("appendJSON(%s) = %s, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "{", `{"a"}`, "[1,]", "01", "nul", `"`, "{} {}", `{'a': 1}`} {
		if got, err := appendJSON(nil, []byte(in)); err == nil {
			t.Errorf("appendJSON(%s) = %s, want an error", in, got)
		}
	}
}

// What is JSON stays the same value, and is written the same when written again.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a": [1, 2.50, "é\u00e9\ud83d"], "a": null}`, `"\u0000"`, `[-0, 1e5]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := appendJSON(nil, []byte(s))
		if (err == nil) != json.Valid([]byte(s)) {
			t.Fatalf("%q: %v", s, err)
		}
		if err != nil {
			return
		}
		var v, w any
		errV, errW := json.Unmarshal([]byte(s), &v), json.Unmarshal(got, &w)
		if (errV == nil) != (errW == nil) || errV == nil && !reflect.DeepEqual(v, w) {
			t.Fatalf("%q became %q: %v, %v", s, got, errV, errW)
		}
		again, err := appendJSON(nil, got)
		if err != nil || string(again) != string(got) {
			t.Fatalf("%q became %q, then %q, %v", s, got, again, err)
		}
	})
}

// What is JSON is read as JSON; nothing makes it panic; what it returns is JSON.
func FuzzLenient(f *testing.F) {
	for _, s := range []string{`{"a": [1, 2.50, "é\u00e9"]}`, `{'a': True, /* x */ b: [1,],}`, `[[[`, `{"a": "`, "// x\n1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, length, err := parseLenient(s)
		if err != nil {
			if json.Valid([]byte(s)) && strings.Count(s, "[")+strings.Count(s, "{") < maxDepth {
				t.Fatalf("%q: refused", s)
			}
			return
		}
		if length > len(s) || n.end > len(s) || n.start > n.end {
			t.Fatalf("%q: %d bytes read, value from %d to %d", s, length, n.start, n.end)
		}
		if out := n.source(s); !json.Valid(out) {
			t.Fatalf("%q became %q", s, out)
		}
		if !json.Valid([]byte(s)) {
			return
		}
		var v, w any
		errV, errW := json.Unmarshal([]byte(s), &v), json.Unmarshal(n.appendTo(nil), &w)
		if (errV == nil) != (errW == nil) || errV == nil && !reflect.DeepEqual(v, w) {
			t.Fatalf("%q became %q: %v, %v", s, n.appendTo(nil), errV, errW)
		}
	})
}
