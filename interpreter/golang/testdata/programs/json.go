package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"time"
)

type Level int

func (l Level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", int(l))), nil }
func (l *Level) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "L%d", (*int)(l))
	return err
}

type Temp float64

func (t Temp) MarshalJSON() ([]byte, error) {
	return []byte(fmt.Sprintf(`{"deg": %.1f}`, float64(t))), nil
}
func (t *Temp) UnmarshalJSON(b []byte) error {
	var x struct{ Deg float64 }
	if err := json.Unmarshal(b, &x); err != nil {
		return err
	}
	*t = Temp(x.Deg)
	return nil
}

type Base struct {
	ID   int    `json:"id"`
	Kind string `json:"kind,omitempty"`
}

type Item struct {
	Base
	Name   string             `json:"name"`
	secret string             //nolint
	Tags   []string           `json:"tags"`
	Next   *Item              `json:"next,omitempty"`
	Attrs  map[string]any     `json:"attrs,omitempty"`
	Level  Level              `json:"level"`
	Temps  []Temp             `json:"temps"`
	M      map[Level]Temp     `json:"m"`
	When   time.Time          `json:"when"`
	Skip   int                `json:"-"`
	Count  int64              `json:"count,string"`
	Raw    json.RawMessage    `json:"raw"`
	Any    any                `json:"any"`
	B      []byte             `json:"b"`
	E      struct{ X, y int } `json:"e"`
	Arr    [2]Level
}

func main() {
	it := Item{Base: Base{7, ""}, Name: "a<b>", secret: "s", Tags: nil, Next: &Item{Name: "n"}, Attrs: map[string]any{"z": 1, "a": []int{1}, "t": Temp(3)},
		Level: 3, Temps: []Temp{1, 2.5}, M: map[Level]Temp{2: 4}, When: time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), Count: 12, Raw: json.RawMessage(`{"k":1}`), Any: Temp(9), B: []byte("hey")}
	b, err := json.Marshal(it)
	fmt.Println(string(b), err)
	b2, _ := json.MarshalIndent(map[string]any{"x": it.Base, "y": []Level{1, 2}, "p": &it.Base}, "", "  ")
	fmt.Println(string(b2))
	var back Item
	err = json.Unmarshal(b, &back)
	fmt.Println(err, back.Name, back.ID, back.Next.Name, back.Level, back.Temps, back.M, back.When, back.Count, string(back.Raw), back.Any, string(back.B), back.Arr)
	it.Next, back.Next, it.secret = nil, nil, ""
	fmt.Println(reflect.DeepEqual(it.Base, back.Base), reflect.DeepEqual(it.Temps, back.Temps), reflect.DeepEqual(it, back))
	var items []Item
	dec := json.NewDecoder(strings.NewReader(`[{"NAME":"x","unknown":[1,2],"tags":["q"]},{"id":4,"kind":"k"}]`))
	fmt.Println(dec.Decode(&items), len(items), items[0].Name, items[0].Tags, items[1].Kind)
	err = json.Unmarshal([]byte(`{"id":"no"}`), &back)
	fmt.Println(err)
	err = json.Unmarshal([]byte(`{"id":`), &back)
	fmt.Println(err)
	var m map[string]Base
	fmt.Println(json.Unmarshal([]byte(`{"a":{"id":1},"b":{"id":2}}`), &m), m)
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	fmt.Println(enc.Encode(struct {
		A []Base
		B *Base
		C map[string]Level
	}{[]Base{{1, "x"}}, nil, map[string]Level{"q": 5}}))
	var v any
	json.Unmarshal([]byte(`{"n": 1.5, "l": [true, null, "s"]}`), &v)
	fmt.Println(v, v.(map[string]any)["l"].([]any)[2])
}
