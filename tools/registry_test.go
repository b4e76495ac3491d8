package tools_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/tools"
)

func TestRegistry(t *testing.T) {
	var r tools.Registry
	if _, err := r.Open("calc", nil, tools.Env{}); err == nil || err.Error() != `there is no tool "calc": no tool is registered` {
		t.Errorf("an empty registry: %v", err)
	}
	tool := tools.New("echo", "", func(context.Context, struct{}) (string, error) { return "hi", nil })
	r.Register("pair", func(env tools.Env, settings map[string]any) ([]tools.Tool, error) {
		if settings["broken"] == true {
			return nil, errors.New("out of order")
		}
		return []tools.Tool{tool, tool}, nil
	})
	r.Add(tool)
	if got := r.Names(); !slices.Equal(got, []string{"echo", "pair"}) {
		t.Errorf("names %v", got)
	}
	if got, err := r.Open("pair", nil, tools.Env{}); err != nil || len(got) != 2 {
		t.Errorf("pair: %v, %v", got, err)
	}
	if got, err := r.Open("echo", nil, tools.Env{}); err != nil || len(got) != 1 || got[0].Spec().Name != "echo" {
		t.Errorf("echo: %v, %v", got, err)
	}
	for _, c := range []struct {
		name     string
		settings map[string]any
		want     string
	}{
		{"Ecko", nil, `there is no tool "Ecko" (did you mean "echo"?); the tools are: echo, pair`},
		{"browser", nil, `there is no tool "browser"; the tools are: echo, pair`},
		{"pair", map[string]any{"broken": true}, "open the tool pair: out of order"},
		{"echo", map[string]any{"loud": true}, `open the tool echo: echo: unknown setting "loud": echo has no settings`},
	} {
		if _, err := r.Open(c.name, c.settings, tools.Env{}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestSettings(t *testing.T) {
	type settings struct {
		Root   string   `json:"root"`
		Bytes  int      `json:"max_bytes"`
		Only   []string `json:"only"`
		hidden int
	}
	defaults := settings{Root: ".", Bytes: 10, hidden: 1}
	got, err := tools.Settings("files", map[string]any{"max_bytes": 20, "only": []any{"a"}}, defaults)
	if err != nil || got.Root != "." || got.Bytes != 20 || !slices.Equal(got.Only, []string{"a"}) || got.hidden != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := tools.Settings("files", nil, defaults); err != nil || got.Bytes != 10 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, c := range []struct {
		settings map[string]any
		want     string
	}{
		{map[string]any{"max_byte": 1}, `files: unknown setting "max_byte" (did you mean "max_bytes"?); the settings are: max_bytes, only, root`},
		{map[string]any{"Root": "x"}, `files: unknown setting "Root" (did you mean "root"?)`},
		{map[string]any{"hidden": 1}, `unknown setting "hidden"`},
		{map[string]any{"max_bytes": "x"}, "files: setting max_bytes is a string, want int"},
		{map[string]any{"max_bytes": 1.5}, "files: setting max_bytes is a number 1.5, want int"},
		{map[string]any{"root": func() {}}, "not JSON"},
	} {
		if _, err := tools.Settings("files", c.settings, defaults); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.settings, err, c.want)
		}
	}
}
