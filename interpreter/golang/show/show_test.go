package show

import (
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"
)

type point struct {
	X, y int
	next *point
}

type loud struct{}

func (loud) String() string { panic("no") }

func TestText(t *testing.T) {
	cyclic := &point{X: 1}
	cyclic.next = cyclic
	var none *point
	var noMap map[string]int
	var noError error
	for _, test := range []struct {
		values []any
		want   string
	}{
		{[]any{42}, "42"}, {[]any{2.0}, "2"}, {[]any{1.5}, "1.5"}, {[]any{float32(0.1)}, "0.1"}, {[]any{"a\n"}, `"a\n"`}, {[]any{nil}, "nil"}, {[]any{true}, "true"},
		{[]any{3, noError}, "3, nil"}, {[]any{errors.New("bad")}, "bad"}, {[]any{none}, "nil"}, {[]any{noMap}, "nil"},
		{[]any{[]string{"a", "b"}}, `[]string{"a", "b"}`}, {[]any{[2]int{1, 2}}, "[2]int{1, 2}"}, {[]any{[]int(nil)}, "nil"}, {[]any{[]int{}}, "[]int{}"},
		{[]any{map[string]int{"b": 2, "a": 1}}, `map[string]int{"a": 1, "b": 2}`}, {[]any{map[any]int{2: 1, "x": 2, 1: 3}}, `map[any]int{1: 3, 2: 1, "x": 2}`},
		{[]any{point{X: 1, y: 2}}, "show.point{X: 1, y: 2, next: nil}"}, {[]any{&point{}}, "&show.point{X: 0, y: 0, next: nil}"},
		{[]any{[]any{1, "a", nil, []int{1}}}, `[]any{1, "a", nil, []int{1}}`}, {[]any{[]byte("text")}, `[]byte("text")`}, {[]any{[]byte{0, 1}}, "[]uint8{0, 1}"},
		{[]any{time.Second, big.NewInt(7)}, "1s, 7"}, {[]any{[]time.Duration{1}}, "[]time.Duration{1ns}"}, {[]any{1 + 2i}, "(1+2i)"},
		{[]any{loud{}}, "(its method panics: no)"}, {[]any{func(int) string { return "" }}, "func(int) string"}, {[]any{make(chan int)}, "chan int"}, {nil, ""},
	} {
		if got, cut := Text(test.values...); got != test.want || cut {
			t.Errorf("got %s (cut %v), want %s", got, cut, test.want)
		}
	}
	if got, cut := Text(cyclic); !cut || len(got) > 1000 {
		t.Errorf("a cycle is shown in %d bytes, cut %v", len(got), cut)
	}
}

func TestBounds(t *testing.T) {
	deep := any(1)
	for range 1000 {
		deep = []any{deep}
	}
	wide := make([][]string, 1000)
	for i := range wide {
		wide[i] = []string{strings.Repeat("x", 1000)}
	}
	many := map[int]int{}
	for i := range 100000 {
		many[i] = i
	}
	for name, v := range map[string]any{
		"string": strings.Repeat("é", 1<<20), "list": make([]int, 1<<20), "deep": deep, "wide": wide, "map": many, "bytes": []byte(strings.Repeat("a", 1<<20)),
	} {
		text, cut := Text(v)
		if !cut || len(text) > maxText+100 {
			t.Errorf("%s: %d bytes, cut %v", name, len(text), cut)
		}
		if strings.ToValidUTF8(text, "?") != text {
			t.Errorf("%s: half a character", name)
		}
	}
	if text, _ := Text(make([]int, 201)); !strings.HasSuffix(text, ", … 1 more}") {
		t.Errorf("got …%s", text[len(text)-30:])
	}
}
