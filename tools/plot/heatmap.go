package plot

import (
	"fmt"
	"math"

	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// heatmap makes a heat map of a table that has a row and columns of numbers for each row of
// the picture; or, where x and y name two columns, of one that has a row for each cell.
func (p *planner) heatmap() error {
	if p.x != nil && len(p.y) == 1 && (p.y[0].Kind != table.Number || p.Value != "") {
		return p.cells(p.x, p.y[0])
	}
	if p.x != nil && p.by != nil {
		return p.cells(p.x, p.by)
	}
	if p.x == nil && len(p.y) == 0 && p.by == nil { // two columns of texts and one of numbers
		a := p.first(table.Text)
		if b := p.first(table.Text, a); a != nil && b != nil && len(p.numbers()) == 1 {
			return p.cells(a, b)
		}
	}
	names := p.x
	if names == nil {
		if names = p.first(table.Text); names == nil {
			names = p.first(table.Date)
		}
	}
	columns := p.y
	if len(columns) == 0 {
		for i := range p.table.Columns {
			if c := &p.table.Columns[i]; c.Kind == table.Number && c != names {
				columns = append(columns, c)
			}
		}
	}
	if len(columns) == 0 {
		return fmt.Errorf("no column has numbers to draw; the columns are: %s", columnList(p.table))
	}
	c := p.plan.Chart
	for _, column := range columns {
		if column.Kind != table.Number {
			return fmt.Errorf("y names the column %q, which has %ss and no numbers; the columns with numbers are: %s", column.Name, column.Kind, orNone(p.numbers()))
		}
		c.Names = append(c.Names, column.Name)
	}
	if p.table.Rows() > chart.MaxNames {
		return fmt.Errorf("the heat map would have %d rows, at most %d fit; name two columns in x and y to draw a cell for each pair", p.table.Rows(), chart.MaxNames)
	}
	for i := range p.table.Rows() {
		s := chart.Series{Name: fmt.Sprint(i + 1)}
		if names != nil {
			if s.Name = names.Text[i]; s.Name == "" {
				s.Name = none
			}
		}
		for _, column := range columns {
			s.Y = append(s.Y, column.Number[i])
		}
		c.Series = append(c.Series, s)
	}
	if names != nil {
		p.plan.Y = given(names)
	}
	return nil
}

// cells makes a heat map with a column for each text of x and a row for each of y.
func (p *planner) cells(x, y *table.Column) error {
	var value *table.Column
	if p.Value != "" {
		var err error
		if value, err = p.column("value", p.Value); err != nil {
			return err
		}
		if value.Kind != table.Number {
			return fmt.Errorf("value names the column %q, which has %ss and no numbers; the columns with numbers are: %s", value.Name, value.Kind, orNone(p.numbers()))
		}
	} else if !p.count {
		if value = p.first(table.Number, x, y); value != nil && len(p.numbers()) > 1 {
			p.note("value was not given: %s is drawn", value.Name)
		}
	}
	all := make([]int, p.table.Rows())
	for i := range all {
		all[i] = i
	}
	c := p.plan.Chart
	names, _ := distinct(x, all)
	rows, of := distinct(y, all)
	if len(rows) > chart.MaxNames || len(names) > chart.MaxNames {
		return fmt.Errorf("the heat map would have %d rows and %d columns, at most %d fit; name columns with fewer different values", len(rows), len(names), chart.MaxNames)
	}
	place := map[string]int{}
	for i, name := range names {
		place[name] = i
	}
	c.Names = names
	merged := false
	for _, row := range rows {
		s := chart.Series{Name: row, Y: make([]float64, len(names))}
		for i := range s.Y {
			s.Y[i] = math.NaN()
		}
		_, here := distinct(x, of[row])
		for name, list := range here {
			s.Y[place[name]] = p.put(value, list)
			merged = merged || len(list) > 1
		}
		c.Series = append(c.Series, s)
	}
	p.plan.X, p.plan.Y = given(x), given(y)
	if value == nil {
		p.Value = "count"
		return nil
	}
	p.Value = value.Name
	if merged {
		word := p.word
		if word == "" {
			word = "sum"
		}
		p.note("several rows belong to one cell: it shows the %s of %s over them", word, value.Name)
		p.Value = word + " of " + value.Name
	}
	return nil
}
