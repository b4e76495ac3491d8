package tools_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/qwen-agent/qwen-agent/tools"
)

func ExampleNew() {
	type in struct {
		City string `json:"city" jsonschema:"where" example:"Oslo"`
		Unit string `json:"unit" enum:"celsius,fahrenheit" default:"celsius"`
	}
	weather := tools.New("weather", "Says how warm it is in a city.",
		func(_ context.Context, a in) (string, error) { return "12 degrees " + a.Unit + " in " + a.City, nil })

	fmt.Println(string(weather.Spec().Parameters))
	fmt.Println(weather.Call(context.Background(), json.RawMessage(`{"city": "Oslo"}`)))
	fmt.Println(weather.Call(context.Background(), json.RawMessage(`{"town": "Oslo", "unit": "kelvin"}`)))
	// Output:
	// {"type":"object","properties":{"city":{"type":"string","description":"where"},"unit":{"type":"string","default":"celsius","enum":["celsius","fahrenheit"]}},"required":["city"]}
	// 12 degrees celsius in Oslo <nil>
	//  weather: "town" is not an argument of weather, which takes city, unit; "unit" must be one of "celsius", "fahrenheit", not the text "kelvin"; "city" is missing. Call weather again like this: {"city": "Oslo", "unit": "celsius"}
}

type inner struct {
	Tag   string `json:"tag" enum:"a,b"`
	Count int    `json:"count,omitempty"`
}

type all struct {
	Z     string             `json:"z"` // not in alphabetical order
	N     int                `json:"n"`
	F     float64            `json:"f"`
	B     bool               `json:"b,omitempty"`
	List  []string           `json:"list,omitempty"`
	Ints  []int              `json:"ints,omitempty" enum:"1,2,3"`
	In    inner              `json:"in,omitzero"`
	Many  []inner            `json:"many,omitempty"`
	Map   map[string]float64 `json:"map,omitempty"`
	Ptr   *int               `json:"ptr" jsonschema:"a < b & c > d, or \"q\" with \\u003c in it"`
	Deflt int                `json:"deflt" default:"7"`
	Any   any                `json:"any,omitempty"`
	When  *time.Time         `json:"when"`
	Small uint8              `json:"small,omitempty"`
	Pair  [2]int             `json:"pair,omitzero"`
	Out   string             `json:"-"`
}

func TestSchema(t *testing.T) {
	echo := tools.New("echo", "", func(_ context.Context, a all) (all, error) { return a, nil })
	got := string(echo.Spec().Parameters)
	want := `{"type":"object","properties":{"z":{"type":"string"},"n":{"type":"integer"},"f":{"type":"number"},"b":{"type":"boolean"},` +
		`"list":{"type":"array","items":{"type":"string"}},"ints":{"type":"array","items":{"type":"integer","enum":[1,2,3]}},` +
		`"in":{"type":"object","properties":{"tag":{"type":"string","enum":["a","b"]},"count":{"type":"integer"}},"required":["tag"]},` +
		`"many":{"type":"array","items":{"type":"object","properties":{"tag":{"type":"string","enum":["a","b"]},"count":{"type":"integer"}},"required":["tag"]}},` +
		`"map":{"type":"object","additionalProperties":{"type":"number"}},"ptr":{"type":"integer","description":"a < b & c > d, or \"q\" with \\u003c in it"},` +
		`"deflt":{"type":"integer","default":7},"any":true,"when":{"type":"string"},"small":{"type":"integer","minimum":0,"maximum":255},"pair":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}},"required":["z","n","f"]}`
	if got != want {
		t.Errorf("schema\n%s\nwant\n%s", got, want)
	}
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(got), &s); err != nil {
		t.Error(err)
	}
	for range 20 { // the order of keys never changes
		again := tools.New("echo", "", func(_ context.Context, a all) (all, error) { return a, nil })
		if string(again.Spec().Parameters) != got {
			t.Fatalf("another order: %s", again.Spec().Parameters)
		}
	}
	empty := tools.New("none", "", func(context.Context, struct{}) (string, error) { return "", nil })
	if got, want := string(empty.Spec().Parameters), `{"type":"object","properties":{}}`; got != want {
		t.Errorf("no arguments: %s, want %s", got, want)
	}
}

// TestArguments: what is repaired, and what an error says of the rest.
func TestArguments(t *testing.T) {
	echo := tools.New("echo", "", func(_ context.Context, a all) (string, error) {
		b, err := json.Marshal(a)
		return string(b), err
	})
	const rest = `"ptr":null,"deflt":7,"when":null}`
	const right = `{"z":"s","n":1,"f":2.5,` + rest
	for _, c := range []struct{ arguments, want string }{ // want: the arguments as JSON, or a part of the error
		{`{"z": "s", "n": 1, "f": 2.5}`, right},
		{`{"n": "1", "f": " 2.5 ", "z": "s"}`, right},
		{`{"n": 1.0, "f": 25e-1, "z": "s"}`, right},
		{`{"N": 1, "F": 2.5, "Z": "s"}`, right},
		{`"{\"z\": \"s\", \"n\": 1, \"f\": 2.5}"`, right},
		{` {"z":"s","n":1,"f":2.5,"b":null,"list":null,"ptr":null} `, right},
		{`{"z":12,"n":1,"f":3}`, `{"z":"12","n":1,"f":3,` + rest},
		{`{"z":true,"n":1e2,"f":3}`, `{"z":"true","n":100,"f":3,` + rest},
		{`{"z":"s","n":1,"f":2.5,"b":"True"}`, `"b":true`},
		{`{"z":"s","n":1,"f":2.5,"list":"one"}`, `"list":["one"]`},
		{`{"z":"s","n":1,"f":2.5,"list":"[\"a\", \"b\"]"}`, `"list":["a","b"]`},
		{`{"z":"s","n":1,"f":2.5,"list":["a", 2]}`, `"list":["a","2"]`},
		{`{"z":"s","n":1,"f":2.5,"ints":2}`, `"ints":[2]`},
		{`{"z":"s","n":1,"f":2.5,"in":{"Tag":"A "}}`, `"in":{"tag":"a"}`},
		{`{"z":"s","n":1,"f":2.5,"in":"{\"tag\":\"a\"}"}`, `"in":{"tag":"a"}`},
		{`{"z":"s","n":1,"f":2.5,"many":[{"tag":"b","count":"3"}]}`, `"many":[{"tag":"b","count":3}]`},
		{`{"z":"s","n":1,"f":2.5,"map":{"a":"1.5"}}`, `"map":{"a":1.5}`},
		{`{"z":"s","n":1,"f":2.5,"ptr":"4","deflt":0}`, `"ptr":4,"deflt":0`},
		{`{"z":"s","n":9007199254740993,"f":2.5}`, `"n":9007199254740993`},
		{`{"z":"s","n":1,"f":2.5,"any":{"x":[1,"y"]}}`, `"any":{"x":[1,"y"]}`},
		{`{"z":"s","n":1,"f":2.5,"zz":null}`, right},

		{``, `echo: "z" is missing; "n" is missing; "f" is missing. Call echo again like this: {"z": "...", "n": 1, "f": 1.5}`},
		{`null`, `"z" is missing`},
		{`{}`, `"z" is missing`},
		{`[1]`, `echo: the arguments are a list, want an object. Call echo again`},
		{`12`, `the arguments are the number 12`},
		{`"words"`, `the arguments are the text "words"`},
		{`{"z": "s"`, `echo: the arguments are not valid JSON: they end too early. Call echo again like this: {"z": "...", "n": 1, "f": 1.5}`},
		{`{'z': 's'}`, `not valid JSON: invalid character '\''`},
		{`{} {}`, `there is more after the first value`},
		{`{"z":"s","n":"one","f":2.5}`, `"n" must be a whole number, not the text "one". Call echo again like this: {"z": "s", "n": 1, "f": 2.5}`},
		{`{"z":"s","n":1.5,"f":2.5}`, `"n" must be a whole number, not the number 1.5`},
		{`{"z":"s","n":1e400,"f":2.5}`, `"n" must be a whole number`},
		{`{"z":"s","n":1,"f":1e999999999}`, `"f" must be a number`},
		{`{"z":"s","n":1,"f":null}`, `"f" must be a number, not null`},
		{`{"z":{"type":"string","description":"d"},"n":1,"f":1}`, `"z" must be a text, not an object with description, type. Call echo again like this: {"z": "...", "n": 1, "f": 1}`},
		{`{"z":["s"],"n":1,"f":1}`, `"z" must be a text, not a list`},
		{`{"z":"s","n":1,"f":1,"deflat":1}`, `"deflat" is not an argument of echo (did you mean "deflt"?), which takes z, n, f, b,`},
		{`{"z":"s","n":1,"f":1,"Z":"t"}`, `"Z" is not an argument of echo (did you mean "z"?)`},
		{`{"z":"s","n":1,"f":1,"b":"perhaps"}`, `"b" must be true or false, not the text "perhaps"`},
		{`{"z":"s","n":1,"f":1,"in":{"tag":"c"}}`, `"in.tag" must be one of "a", "b", not the text "c"`},
		{`{"z":"s","n":1,"f":1,"in":{"count":1}}`, `"in.tag" is missing`},
		{`{"z":"s","n":1,"f":1,"many":[{"tag":"a"},{"tag":1}]}`, `"many[1].tag" must be one of "a", "b", not the number 1`},
		{`{"z":"s","n":1,"f":1,"ints":[4]}`, `"ints[0]" must be one of 1, 2, 3, not the number 4`},
		{`{"z":"s","n":1,"f":1,"small":256}`, `"small" must be at most 255, not the number 256. Call echo again like this: {"z": "s", "n": 1, "f": 1, "small": 1}`},
		{`{"z":"s","n":1,"f":1,"pair":[1,2,3]}`, `pair: maxItems: array length 3 is greater than 2. Call echo again`},
		{`{"z":"s","n":1,"f":1,"pair":1}`, `pair: minItems: array length 1 is less than 2`},
		{`{"z":"s","n":1,"f":1,"small":-1}`, `"small" must be at least 0, not the number -1`},
		{`{"z":"s","n":123456789012345678901234567890,"f":1}`, `"n" is out of range`},
		{`{"z":"s","n":1,"f":1,"when":"noon"}`, `cannot parse "noon"`},
		{`{"z":"` + strings.Repeat("x", 1<<20) + `"}`, `at most 1048576 are read`},
		{`{"z":"s","n":"` + strings.Repeat("x", 5000) + `","f":1}`, `…`},
		{strings.Repeat(`[`, 100000), `not valid JSON`},
	} {
		got, err := echo.Call(t.Context(), json.RawMessage(c.arguments))
		if err != nil {
			got = err.Error()
			if len(got) > 800 {
				t.Errorf("%.80s: an error of %d characters", c.arguments, len(got))
			}
		}
		if !strings.Contains(got, c.want) || strings.HasPrefix(c.want, "{") && got != c.want {
			t.Errorf("%.80s:\n got %s\nwant %s", c.arguments, got, c.want)
		}
		if prepared, perr := echo.(tools.Preparer).Prepare(json.RawMessage(c.arguments)); (perr == nil) != (err == nil) {
			t.Errorf("%.80s: Call says %v, Prepare %v", c.arguments, err, perr)
		} else if err == nil {
			if again, err := echo.Call(t.Context(), prepared); err != nil || again != got {
				t.Errorf("%.80s: prepared as %s it gives %s, %v", c.arguments, prepared, again, err)
			}
		}
	}
}

func TestOnlyArgument(t *testing.T) {
	type in struct {
		Expr string `json:"expr"`
	}
	tool := tools.New("calc", "", func(_ context.Context, a in) (string, error) { return a.Expr, nil })
	for arguments, want := range map[string]string{`"2+2"`: "2+2", `4`: "4", `{"expr": "x"}`: "x"} {
		if got, err := tool.Call(t.Context(), json.RawMessage(arguments)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", arguments, got, err, want)
		}
	}
	_, err := tool.Call(t.Context(), json.RawMessage(`{"expression": "2+2"}`))
	if want := `calc: "expression" is not an argument of calc (did you mean "expr"?), which takes expr; "expr" is missing. Call calc again like this: {"expr": "..."}`; err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestResult(t *testing.T) {
	call := func(tool tools.Tool) string {
		got, err := tool.Call(t.Context(), nil)
		if err != nil {
			return "error: " + err.Error()
		}
		return got
	}
	type none struct{}
	broken := errors.New("a reason")
	for _, c := range []struct {
		tool tools.Tool
		want string
	}{
		{tools.New("t", "", func(context.Context, none) (string, error) { return "a <b> & \"c\"\n", nil }), "a <b> & \"c\"\n"},
		{tools.New("t", "", func(context.Context, none) (float64, error) { return 0.1, nil }), "0.1"},
		{tools.New("t", "", func(context.Context, none) (map[string]any, error) { return map[string]any{"b": "<&>", "a": "é"}, nil }), `{"a":"é","b":"<&>"}`},
		{tools.New("t", "", func(context.Context, none) ([]byte, error) { return []byte("raw"), nil }), "raw"},
		{tools.New("t", "", func(context.Context, none) (json.RawMessage, error) { return json.RawMessage(`[1, 2]`), nil }), "[1, 2]"},
		{tools.New("t", "", func(context.Context, none) (struct{}, error) { return struct{}{}, nil }), ""},
		{tools.New("t", "", func(context.Context, none) (chan int, error) { return nil, nil }), "error: t: cannot write the result"},
		{tools.New("t", "", func(context.Context, none) (string, error) { return "lost", broken }), "error: a reason"},
		{tools.New("t", "", func(context.Context, none) (string, error) { panic("ouch") }), "error: t: the tool itself broke: ouch; try other arguments"},
		{tools.New("t", "", func(context.Context, none) (string, error) { panic(broken) }), "error: t: the tool itself broke: a reason"},
		{tools.New("t", "", func(context.Context, none) (int, error) { var p *int; return *p, nil }), "error: t: the tool itself broke: runtime error: invalid memory"},
	} {
		if got := call(c.tool); got != c.want && !(strings.HasPrefix(c.want, "error: ") && strings.HasPrefix(got, c.want)) {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	_, err := tools.New("t", "", func(context.Context, none) (string, error) { panic(broken) }).Call(t.Context(), nil)
	var p *tools.PanicError
	if !errors.As(err, &p) || !errors.Is(err, broken) || !strings.Contains(string(p.Stack), "tool_test.go") {
		t.Errorf("a panic gives %#v", err)
	}
}

func TestContext(t *testing.T) {
	tool := tools.New("wait", "", func(ctx context.Context, _ struct{}) (string, error) { <-ctx.Done(); return "", ctx.Err() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tool.Call(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestOptions(t *testing.T) {
	type in struct {
		Code string `json:"code"`
	}
	run := func(_ context.Context, a in) (string, error) { return a.Code, nil }
	tool := tools.New("python", "", run, tools.Code("python", "code"), tools.Changes(),
		tools.Normalize(func(a *in) error {
			if a.Code = strings.TrimSpace(a.Code); a.Code == "" {
				return errors.New("there is no code")
			}
			return nil
		}))
	if c := tool.Spec().Code; c == nil || c.Language != "python" || c.Parameter != "code" {
		t.Errorf("code is %v", c)
	}
	if got, err := tool.(tools.Preparer).Prepare(json.RawMessage(`{"code": " 1 "}`)); err != nil || string(got) != `{"code":"1"}` {
		t.Errorf("prepared %s, %v", got, err)
	}
	if got, err := tool.Call(t.Context(), json.RawMessage(`{"code": " 1 "}`)); err != nil || got != "1" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := tool.Call(t.Context(), json.RawMessage(`{"code": " "}`)); err == nil || err.Error() != "there is no code" {
		t.Errorf("error %v", err)
	}
}

// TestMistakes: a program that makes a tool wrongly is told at once.
func TestMistakes(t *testing.T) {
	type loop struct {
		Next *struct{ X chan int } `json:"next"`
	}
	type badEnum struct {
		N int `json:"n" enum:"one"`
	}
	type badDefault struct {
		N int `json:"n,omitempty" default:"1"`
	}
	type wrongDefault struct {
		N string `json:"n" enum:"a,b" default:"c"`
	}
	for what, f := range map[string]func(){
		"1 to 64 letters": func() { tools.New("bad name", "", func(context.Context, struct{}) (string, error) { return "", nil }) },
		"has no function": func() { tools.New[struct{}, string]("t", "", nil) },
		"want a struct":   func() { tools.New("t", "", func(context.Context, int) (string, error) { return "", nil }) },
		"unsupported":     func() { tools.New("t", "", func(context.Context, loop) (string, error) { return "", nil }) },
		"is not a JSON":   func() { tools.New("t", "", func(context.Context, badEnum) (string, error) { return "", nil }) },
		"omitempty":       func() { tools.New("t", "", func(context.Context, badDefault) (string, error) { return "", nil }) },
		"does not equal":  func() { tools.New("t", "", func(context.Context, wrongDefault) (string, error) { return "", nil }) },
		"code parameter": func() {
			tools.New("t", "", func(context.Context, struct{}) (string, error) { return "", nil }, tools.Code("go", "code"))
		},
		"Normalize takes": func() {
			tools.New("t", "", func(context.Context, struct{}) (string, error) { return "", nil }, tools.Normalize(func(*loop) error { return nil }))
		},
		"name \"calc\" is": func() {
			r := new(tools.Registry)
			f := func(tools.Env, map[string]any) ([]tools.Tool, error) { return nil, nil }
			r.Register("calc", f)
			r.Register("calc", f)
		},
		"are needed": func() { new(tools.Registry).Register("", nil) },
	} {
		func() {
			defer func() {
				if p := fmt.Sprint(recover()); !strings.Contains(p, what) {
					t.Errorf("panic %q, want one with %q", p, what)
				}
			}()
			f()
		}()
	}
}

// FuzzArguments: whatever the arguments are, the tool gets valid ones or its caller an error.
func FuzzArguments(f *testing.F) {
	for _, s := range []string{`{"z":"s","n":1,"f":2.5}`, `"{}"`, `{"in":{"tag":"A"},"map":{"a":"1"}}`, `{"many":"[{}]"}`, `{"ptr":1e3,"any":[[[]]]}`, `{"n":"-0","f":"1e-9"}`} {
		f.Add(s)
	}
	tool := tools.New("echo", "", func(_ context.Context, a all) (all, error) {
		if a.In.Tag != "" && a.In.Tag != "a" && a.In.Tag != "b" {
			panic("an invalid tag " + a.In.Tag)
		}
		return a, nil
	})
	f.Fuzz(func(t *testing.T, arguments string) {
		text, err := tool.Call(context.Background(), json.RawMessage(arguments))
		var p *tools.PanicError
		if errors.As(err, &p) {
			t.Fatalf("%s: %v\n%s", arguments, err, p.Stack)
		}
		if err != nil {
			return
		}
		again, err := tool.Call(context.Background(), json.RawMessage(text)) // the result has the form of the arguments
		if err != nil || again != text {
			t.Fatalf("%s gives %s, and that gives %s, %v", arguments, text, again, err)
		}
	})
}

// TestPanicInNormalize: a tool that cannot even read its arguments fails its call and
// nothing else.
func TestPanicInNormalize(t *testing.T) {
	type in struct {
		N int `json:"n"`
	}
	tool := tools.New("odd", "Fails.", func(context.Context, in) (string, error) { return "", nil },
		tools.Normalize(func(*in) error { panic("boom") }))
	_, err := tool.(tools.Preparer).Prepare([]byte(`{"n": 1}`))
	var p *tools.PanicError
	if !errors.As(err, &p) {
		t.Errorf("Prepare: %v, want a PanicError", err)
	}
	if _, err := tool.Call(t.Context(), []byte(`{"n": 1}`)); !errors.As(err, &p) {
		t.Errorf("Call: %v, want a PanicError", err)
	}
}
