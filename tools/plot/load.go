package plot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// load finds the table that a call is about, and what it asks for. Small models write a file
// where values are wanted, values where a column is wanted, and columns where values are: what
// is meant can be told, so it is taken.
func (p *plotter) load(a in) (*table.Table, Request, error) {
	r := Request{Kind: chart.Kind(a.Kind), By: a.By, Aggregate: a.Aggregate, Title: a.Title}
	source := a.File
	if empty(source) {
		source = a.Data // a file too, if it is the name of one
	}
	t, err := p.data(source)
	if err != nil {
		return nil, r, err
	}
	var text string
	named := json.Unmarshal(source, &text) == nil && text != "" && !inline(text) // a file
	x, xColumn, err := argument("x", a.X)
	if err != nil {
		return nil, r, err
	}
	y, yColumn, err := argument("y", a.Y)
	if err != nil {
		return nil, r, err
	}
	if len(xColumn) > 1 && t != nil && !all(t, xColumn) || t == nil && texts(xColumn, y) { // texts along x
		x, xColumn = &table.Table{Columns: []table.Column{table.Values("x", xColumn)}}, nil
	}
	if t == nil && texts(yColumn, x) {
		y, yColumn = &table.Table{Columns: []table.Column{table.Values("y", yColumn)}}, nil
	}
	switch {
	case t == nil && y == nil && x == nil:
		return nil, r, fmt.Errorf("plot: there is nothing to draw. Call plot again with a file, such as {\"kind\": %q, \"file\": \"sales.csv\"}, or with values, such as {\"kind\": %q, \"data\": {\"Jan\": 3, \"Feb\": 5}}", a.Kind, a.Kind)
	case t == nil && y == nil:
		t, x = x, nil
	case t == nil:
		t, y = y, nil
	}
	if x != nil || y != nil { // values beside the table: columns of it, if they have its length
		if t, err = beside(t, x, y); err != nil {
			return nil, r, err
		}
	}
	if x != nil {
		xColumn = []string{x.Columns[0].Name}
	}
	if y != nil {
		yColumn = y.Names()
	}
	if len(xColumn) > 1 {
		return nil, r, fmt.Errorf("plot: x has %d columns, want one; put the others into y", len(xColumn))
	}
	if len(xColumn) == 1 {
		r.X = xColumn[0]
	}
	r.Y = yColumn
	if !named || x != nil || y != nil {
		labels(&r, t)
	}
	return t, r, nil
}

// texts says whether what x or y names are values, where there is no table but, perhaps, the
// values of the other one: one name beside several of them is none.
func texts(names []string, other *table.Table) bool {
	return len(names) > 1 || len(names) == 1 && (other == nil || other.Rows() == 1)
}

// all says whether all names are those of columns.
func all(t *table.Table, names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return t.Column(name) == nil })
}

// beside puts columns beside those of a table.
func beside(t, x, y *table.Table) (*table.Table, error) {
	out := &table.Table{Notes: t.Notes}
	for _, part := range []struct {
		name string
		t    *table.Table
	}{{"x", x}, {"data", t}, {"y", y}} {
		if part.t == nil {
			continue
		}
		if part.t.Rows() != t.Rows() {
			return nil, fmt.Errorf("plot: %s has %d values and the data %d; give both the same number", part.name, part.t.Rows(), t.Rows())
		}
		for _, c := range part.t.Columns {
			for base, n := c.Name, 2; slices.Contains(out.Names(), c.Name); n++ {
				c.Name = fmt.Sprintf("%s (%d)", base, n)
			}
			out.Columns = append(out.Columns, c)
		}
	}
	if x != nil { // by the name that it now has
		x.Columns[0].Name = out.Columns[0].Name
	}
	if y != nil {
		for i := range y.Columns {
			y.Columns[i].Name = out.Columns[len(out.Columns)-len(y.Columns)+i].Name
		}
	}
	return out, nil
}

// data reads the argument data; nil if there is none. A text is the name of a file, or the
// data itself.
func (p *plotter) data(raw json.RawMessage) (*table.Table, error) {
	raw = bytes.TrimSpace(raw)
	if empty(raw) {
		return nil, nil
	}
	var text string
	if raw[0] != '"' {
		t, err := table.Read(raw)
		if err != nil {
			return nil, fmt.Errorf("plot: data: %w", err)
		}
		return t, nil
	}
	if err := json.Unmarshal(raw, &text); err != nil {
		return nil, fmt.Errorf("plot: data: %w", err)
	}
	if inline(text) {
		t, err := table.Read([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("plot: data: %w", err)
		}
		return t, nil
	}
	name := text
	if err := p.folder.Normalize(&name); err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	content, err := p.folder.Read(name, table.MaxBytes)
	if err != nil {
		return nil, fmt.Errorf("plot: %w", err)
	}
	t, err := table.Read(content)
	if err != nil {
		return nil, fmt.Errorf("plot: read %s: %w", name, err)
	}
	return t, nil
}

// dataEndings are those of the names of data files.
var dataEndings = map[string]bool{".csv": true, ".tsv": true, ".json": true, ".jsonl": true, ".ndjson": true, ".txt": true, ".dat": true}

// empty says whether an argument has nothing in it.
func empty(raw json.RawMessage) bool {
	switch string(bytes.TrimSpace(raw)) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return false
}

func quoted(s string) json.RawMessage {
	text, _ := json.Marshal(s) // a string always can be
	return text
}

// inline says whether a text is data rather than the name of a file.
func inline(text string) bool {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r\t{[") {
		return true
	}
	if dataEndings[strings.ToLower(path.Ext(text))] {
		return false
	}
	return strings.ContainsAny(text, ",;")
}

// argument reads x or y: names of columns, or values.
func argument(name string, raw json.RawMessage) (values *table.Table, columns []string, err error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "[") && json.Valid([]byte(trimmed)) {
			return argument(name, json.RawMessage(trimmed))
		}
		if text != "" {
			columns = []string{text}
		}
		return nil, columns, nil
	}
	var texts []string
	if json.Unmarshal(raw, &texts) == nil && !slices.Contains(texts, "") && len(texts) > 0 {
		if table.Values(name, texts).Kind != table.Text {
			return &table.Table{Columns: []table.Column{table.Values(name, texts)}}, nil, nil
		}
		return nil, texts, nil
	}
	if raw[0] != '[' && raw[0] != '{' {
		return nil, []string{string(raw)}, nil // a column may be called 2024
	}
	t, err := table.Read(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("plot: %s: %w", name, err)
	}
	if len(t.Columns) == 1 && t.Columns[0].Made {
		t.Columns[0].Name = name
	}
	return t, nil, nil
}
