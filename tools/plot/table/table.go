// Package table reads small tables: CSV as spreadsheets write it, and JSON in the forms in
// which people and models write data. Columns of numbers and of dates are recognised.
package table

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// Limits of what is read. A reader of charts has no use for more.
const (
	MaxBytes   = 32 << 20
	MaxRows    = 1 << 20
	MaxColumns = 1000
	maxCells   = 4 << 20
)

// ErrFormat is wrapped by every error about what the data says.
var ErrFormat = errors.New("unusable data")

func fault(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

// Table is a list of columns of the same length.
type Table struct {
	Columns []Column
	Notes   []string // how what can be read in several ways was read
}

// Kind is what a column holds.
type Kind int

// The kinds.
const (
	Text Kind = iota
	Number
	Date
)

func (k Kind) String() string { return [...]string{"text", "number", "date"}[k] }

// Column is a column of a table.
type Column struct {
	Name string
	Made bool // the name was made up, since the data has none
	Kind Kind
	Text []string // as it is written, without blanks around; "" is missing

	// Number has the values of a Number, and of a Date the seconds since 1970 in UTC. What
	// is missing or not finite is NaN. It is nil for Text.
	Number []float64
}

// Rows returns the number of rows.
func (t *Table) Rows() int {
	if len(t.Columns) == 0 {
		return 0
	}
	return len(t.Columns[0].Text)
}

// Names returns the names of the columns in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	return names
}

// Column returns the column of a name: the one that is written so, else the only one that
// differs from it in case, blanks, "-" and "_"; nil if there is none.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	var found *Column
	for i := range t.Columns {
		if fold(t.Columns[i].Name) == fold(name) {
			if found != nil {
				return nil
			}
			found = &t.Columns[i]
		}
	}
	return found
}

func fold(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}

// Missing returns how many rows have no usable value.
func (c *Column) Missing() int {
	n := 0
	for i := range c.Text {
		if c.Kind == Text && c.Text[i] == "" || c.Kind != Text && math.IsNaN(c.Number[i]) {
			n++
		}
	}
	return n
}

// grid is a table before its columns are looked at.
type grid struct {
	names []string
	cells [][]string // by column
	made  []string   // names for columns that have none; nil is "column 1", "column 2" …
}

// table makes a table of a grid: it names the columns and finds out what they hold.
func (g *grid) table() (*Table, error) {
	t := &Table{}
	taken := map[string]bool{}
	for i, name := range g.names {
		name = clean(name)
		made := name == ""
		if made && i < len(g.made) {
			name = g.made[i]
		} else if made {
			name = fmt.Sprintf("column %d", i+1)
		}
		for base, n := name, 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		taken[name] = true
		c := Column{Name: name, Made: made, Text: g.cells[i]}
		for j, s := range c.Text {
			c.Text[j] = clean(s)
		}
		note := c.recognise()
		if note != "" {
			t.Notes = append(t.Notes, note)
		}
		t.Columns = append(t.Columns, c)
	}
	if t.Rows() == 0 {
		return nil, fault("there are no rows; at least one value is needed")
	}
	return t, nil
}

// clean takes off what is invisible: blanks around a text, and control characters.
func clean(s string) string {
	s = strings.TrimSpace(s)
	if strings.IndexFunc(s, invisible) >= 0 {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == '\n' || r == '\t' || r == '\r':
				return ' '
			case invisible(r):
				return -1
			}
			return r
		}, s)
	}
	return strings.ToValidUTF8(strings.TrimSpace(s), "\ufffd")
}

func invisible(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufeff' || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2069
}
