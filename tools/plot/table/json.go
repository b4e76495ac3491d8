package table

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// value is a JSON value that keeps the order of what it was written in.
type value struct {
	text   string  // of a scalar; "" for null
	list   []value // of a list or an object
	keys   []string
	isList bool
	isMap  bool
}

func (v *value) scalar() bool { return !v.isList && !v.isMap }

// get returns the value of the first of some keys that there is.
func (v *value) get(keys ...string) *value {
	for _, k := range keys {
		for i := range v.keys {
			if strings.EqualFold(v.keys[i], k) {
				return &v.list[i]
			}
		}
	}
	return nil
}

// readJSON reads what may be meant as a table: a list of values, of rows, or of objects;
// an object of columns, of values, or of rows by name; JSON lines; and the objects that
// drawing libraries take, with labels and datasets.
func readJSON(data []byte) (*Table, error) {
	d := &decoder{Decoder: json.NewDecoder(bytes.NewReader(data))}
	d.UseNumber()
	var values []value
	for {
		v, err := d.next(0)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fault("the JSON is not valid: %v", d.explain(err))
		}
		if values = append(values, v); len(values) > MaxRows {
			return nil, fault("there are more than %d rows", MaxRows)
		}
	}
	g := &grid{}
	v := values[0]
	if len(values) > 1 { // JSON lines
		v = value{isList: true, list: values}
	}
	if err := g.fill(&v, 0); err != nil {
		return nil, err
	}
	return g.table()
}

// decoder reads values and counts them.
type decoder struct {
	*json.Decoder
	values int
}

func (d *decoder) explain(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return "it ends too early"
	}
	return fmt.Sprintf("at byte %d: %v", d.InputOffset(), err)
}

// maxDepth is how deep the forms go that a table can be read from.
const maxDepth = 6

// next reads one value.
func (d *decoder) next(depth int) (value, error) {
	token, err := d.Token()
	if err != nil {
		return value{}, err
	}
	if d.values++; d.values > maxCells {
		return value{}, fmt.Errorf("there are more than %d values, at most so many are read", maxCells)
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return value{text: scalarText(token)}, nil
	}
	if depth >= maxDepth {
		return value{}, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	v := value{isList: delim == '[', isMap: delim == '{'}
	for d.More() {
		if v.isMap {
			key, err := d.Token()
			if err != nil {
				return v, unexpected(err)
			}
			v.keys = append(v.keys, key.(string))
		}
		item, err := d.next(depth + 1)
		if err != nil {
			return v, unexpected(err)
		}
		v.list = append(v.list, item)
	}
	_, err = d.Token()
	return v, unexpected(err)
}

// unexpected is the error of an end in the middle.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func scalarText(token json.Token) string {
	switch t := token.(type) {
	case string:
		return t
	case json.Number:
		return string(t)
	case bool:
		return fmt.Sprint(t)
	}
	return ""
}

// fill reads a value into the grid.
func (g *grid) fill(v *value, depth int) error {
	if depth > 3 {
		return fault("%s", forms)
	}
	if v.isMap {
		return g.fillObject(v, depth)
	}
	if len(v.list) == 0 {
		return fault("the list is empty; at least one value is needed")
	}
	lists, maps := 0, 0
	for i := range v.list {
		if v.list[i].isList {
			lists++
		}
		if v.list[i].isMap {
			maps++
		}
	}
	switch n := len(v.list); {
	case lists == 0 && maps == 0:
		g.names, g.made = []string{""}, []string{"value"}
		g.cells = [][]string{texts(v.list)}
		return g.check()
	case maps == n:
		return g.records(v.list)
	case lists == n:
		for i := range v.list {
			row, ok := scalars(v.list[i].list)
			if !ok {
				return fault("row %d has a list or an object in it. %s", i+1, forms)
			}
			if i > 0 && len(row) > len(g.cells) {
				return fault("row %d has %d values, and row 1 has %d; give every row as many", i+1, len(row), len(g.cells))
			}
			if len(row) == 0 && i == 0 {
				return fault("row 1 is empty")
			}
			if err := g.add(row, i+1); err != nil {
				return err
			}
		}
		g.header()
		return nil
	}
	return fault("the list has values of several kinds. %s", forms)
}

// forms says what is understood, where something else was found.
const forms = `Write rows such as [{"month": "Jan", "sales": 3}, {"month": "Feb", "sales": 5}], or columns such as {"month": ["Jan", "Feb"], "sales": [3, 5]}`

func (g *grid) check() error {
	if len(g.cells) > MaxColumns {
		return fault("there are %d columns, at most %d are read", len(g.cells), MaxColumns)
	}
	for _, c := range g.cells {
		if len(c) > MaxRows {
			return fault("there are %d rows, at most %d are read", len(c), MaxRows)
		}
	}
	return nil
}

func texts(list []value) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].text
	}
	return out
}

func scalars(list []value) ([]string, bool) {
	for i := range list {
		if !list[i].scalar() {
			return nil, false
		}
	}
	return texts(list), true
}

// records reads a list of objects: a column for each key, in the order in which they come
// up.
func (g *grid) records(rows []value) error {
	place := map[string]int{}
	for i := range rows {
		for j, key := range rows[i].keys {
			cell := &rows[i].list[j]
			if !cell.scalar() {
				return fault("%q in row %d is %s, want a number or a text. %s", key, i+1, cell.what(), forms)
			}
			at, ok := place[key]
			if !ok {
				at = len(g.cells)
				place[key] = at
				g.names = append(g.names, key)
				g.cells = append(g.cells, make([]string, len(rows)))
				if len(g.cells) > MaxColumns || len(g.cells)*len(rows) > maxCells {
					return fault("there are more than %d columns, or %d values; at most so many are read", MaxColumns, maxCells)
				}
			}
			g.cells[at][i] = cell.text
		}
	}
	if len(g.cells) == 0 {
		return fault("the objects are empty. %s", forms)
	}
	return nil
}

func (v *value) what() string {
	switch {
	case v.isList:
		return "a list"
	case v.isMap:
		return "an object"
	case v.text == "":
		return "empty"
	}
	return fmt.Sprintf("%q", v.text)
}

// fillObject reads an object.
func (g *grid) fillObject(v *value, depth int) error {
	if len(v.keys) == 0 {
		return fault("the object is empty. %s", forms)
	}
	if ok, err := g.datasets(v); ok {
		return err
	}
	if columns, data := v.get("columns"), v.get("data", "rows"); columns != nil && data != nil && columns.isList && data.isList && len(data.list) > 0 && data.list[0].isList {
		rows := append([]value{*columns}, data.list...)
		return g.fill(&value{isList: true, list: rows}, depth+1)
	}
	if len(v.keys) == 1 && !v.list[0].scalar() {
		if inner := &v.list[0]; inner.isMap || len(inner.list) > 0 && !inner.list[0].scalar() {
			if err := g.fill(inner, depth+1); err == nil {
				return nil
			}
			*g = grid{}
		}
	}
	lists, maps := 0, 0
	for i := range v.list {
		if v.list[i].isList {
			lists++
		}
		if v.list[i].isMap {
			maps++
		}
	}
	switch n := len(v.list); {
	case lists == n:
		return g.columns(v)
	case maps == n:
		rows := make([]value, n)
		for i := range v.list {
			rows[i] = value{isMap: true, keys: append([]string{""}, v.list[i].keys...), list: append([]value{{text: v.keys[i]}}, v.list[i].list...)}
		}
		g.made = []string{"name"}
		return g.records(rows)
	case lists == 0 && maps == 0:
		g.names, g.made = []string{"", ""}, []string{"name", "value"}
		g.cells = [][]string{slices.Clone(v.keys), texts(v.list)}
		return g.check()
	case lists > 0: // lists, and remarks such as a title
		kept := value{isMap: true}
		for i := range v.list {
			if v.list[i].isList {
				kept.keys, kept.list = append(kept.keys, v.keys[i]), append(kept.list, v.list[i])
			}
		}
		return g.columns(&kept)
	}
	return fault("the object has values of several kinds. %s", forms)
}

// columns reads an object of lists of the same length.
func (g *grid) columns(v *value) error {
	for i, key := range v.keys {
		cells, ok := scalars(v.list[i].list)
		if !ok {
			return fault("the list %q has a list or an object in it. %s", key, forms)
		}
		if len(cells) != len(v.list[0].list) {
			return fault("%q has %d values and %q has %d; give both the same number", v.keys[0], len(v.list[0].list), key, len(cells))
		}
		g.names, g.cells = append(g.names, key), append(g.cells, cells)
	}
	return g.check()
}

// datasets reads the objects that charts in browsers are made of: labels, and a list of
// series with a name and values. It says whether v is one.
func (g *grid) datasets(v *value) (bool, error) {
	series := v.get("datasets", "series")
	if series == nil || !series.isList || len(series.list) == 0 || !series.list[0].isMap {
		return false, nil
	}
	if labels := v.get("labels", "categories", "x"); labels != nil && labels.isList {
		cells, ok := scalars(labels.list)
		if !ok {
			return true, fault("the labels have a list or an object in them. %s", forms)
		}
		g.names, g.made, g.cells = []string{""}, []string{"label"}, [][]string{cells}
	}
	for i := range series.list {
		s := &series.list[i]
		values := s.get("data", "values", "y")
		if values == nil || !values.isList {
			return true, fault("series %d has no list of values. %s", i+1, forms)
		}
		cells, ok := scalars(values.list)
		if !ok {
			return true, fault("series %d has a list or an object in its values. %s", i+1, forms)
		}
		name := fmt.Sprintf("series %d", i+1)
		if n := s.get("label", "name"); n != nil && n.scalar() && n.text != "" {
			name = n.text
		}
		if len(g.cells) > 0 && len(cells) != len(g.cells[0]) {
			return true, fault("%q has %d values and %q has %d; give both the same number", cmp.Or(g.names[0], "labels"), len(g.cells[0]), name, len(cells))
		}
		g.names, g.cells = append(g.names, name), append(g.cells, cells)
	}
	return true, g.check()
}
