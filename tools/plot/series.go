package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// none is what a missing text is called.
const none = "(none)"

// group is the rows of one series.
type group struct {
	name string
	y    *table.Column // nil where rows are counted
	rows []int
}

// groups tells the series apart: a column each, or a value of by each.
func (p *planner) groups() ([]group, error) {
	all := make([]int, p.table.Rows())
	for i := range all {
		all[i] = i
	}
	if p.count && (len(p.y) == 0 || p.Aggregate == "count") {
		p.y = []*table.Column{nil}
	}
	if p.by == nil {
		var list []group
		for _, y := range p.y {
			g := group{name: "count", y: y, rows: all}
			if y != nil {
				g.name = y.Name
			}
			list = append(list, g)
		}
		return list, nil
	}
	if len(p.y) > 1 {
		return nil, fmt.Errorf("by goes with one column of values, and y has %d: %s", len(p.y), columnNames(p.y))
	}
	order, rows := distinct(p.by, all)
	if len(order) > chart.MaxSeries && p.Kind != chart.Box {
		return nil, fmt.Errorf("by names the column %q, which has %d different values; at most %d series can be told apart", p.by.Name, len(order), chart.MaxSeries)
	}
	var list []group
	for _, name := range order {
		list = append(list, group{name, p.y[0], rows[name]})
	}
	return list, nil
}

func columnNames(list []*table.Column) string {
	var names []string
	for _, c := range list {
		if c != nil {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, ", ")
}

// distinct returns the different texts of a column, in the order in which they come up
// (dates and numbers in their own), and the rows of each.
func distinct(c *table.Column, rows []int) (order []string, of map[string][]int) {
	of = map[string][]int{}
	value := map[string]float64{}
	for _, i := range rows {
		text := c.Text[i]
		if text == "" {
			text = none
		}
		if of[text] == nil {
			order = append(order, text)
			if c.Number != nil {
				value[text] = c.Number[i]
			}
		}
		of[text] = append(of[text], i)
	}
	if c.Kind == table.Date {
		slices.SortStableFunc(order, func(a, b string) int { return cmp.Compare(value[a], value[b]) })
	}
	return order, of
}

// put puts the values of several rows together.
func (p *planner) put(y *table.Column, rows []int) float64 {
	if y == nil {
		return float64(len(rows))
	}
	var values []float64
	for _, i := range rows {
		if !math.IsNaN(y.Number[i]) {
			values = append(values, y.Number[i])
		}
	}
	if len(values) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	switch p.word {
	case "mean":
		return sum / float64(len(values))
	case "median":
		slices.Sort(values)
		n := len(values)
		return values[(n-1)/2]/2 + values[n/2]/2
	case "min":
		return slices.Min(values)
	case "max":
		return slices.Max(values)
	case "count":
		return float64(len(values))
	}
	return sum
}

// series makes lines or bars. Rows that have the same name or date along x are put
// together, and that is told; numbers along x stay as they are.
func (p *planner) series() error {
	groups, err := p.groups()
	if err != nil {
		return err
	}
	c := p.plan.Chart
	if p.x == nil { // the rows in their order
		for _, g := range groups {
			if g.y == nil {
				return fmt.Errorf("there is nothing to count: x names no column; the columns are: %s", columnList(p.table))
			}
			s := chart.Series{Name: g.name}
			for n, i := range g.rows {
				s.X, s.Y = append(s.X, float64(n+1)), append(s.Y, g.y.Number[i])
			}
			if p.Kind == chart.Bar {
				s.X = nil
			}
			c.Series = append(c.Series, s)
		}
		p.plan.Y = p.yName(groups, false)
		p.missing(groups)
		return nil
	}
	p.plan.X = given(p.x)
	var merged bool
	if p.Kind == chart.Line && p.x.Kind != table.Text {
		merged = p.along(groups)
	} else {
		merged = p.overNames(groups)
	}
	p.plan.Y = p.yName(groups, merged)
	p.missing(groups)
	return nil
}

// overNames makes series over names.
func (p *planner) overNames(groups []group) (merged bool) {
	c := p.plan.Chart
	var all []int
	for i := range p.table.Rows() {
		all = append(all, i)
	}
	order, _ := distinct(p.x, all)
	place := map[string]int{}
	for i, name := range order {
		place[name] = i
	}
	c.Names = order
	for _, g := range groups {
		s := chart.Series{Name: g.name, Y: make([]float64, len(order))}
		for i := range s.Y {
			s.Y[i] = math.NaN()
		}
		_, rows := distinct(p.x, g.rows)
		for name, list := range rows {
			s.Y[place[name]] = p.put(g.y, list)
			merged = merged || len(list) > 1
		}
		c.Series = append(c.Series, s)
	}
	return merged
}

// along makes lines over numbers or dates.
func (p *planner) along(groups []group) (merged bool) {
	c := p.plan.Chart
	c.Dates = p.x.Kind == table.Date
	for _, g := range groups {
		s := chart.Series{Name: g.name}
		rows := slices.DeleteFunc(slices.Clone(g.rows), func(i int) bool { return math.IsNaN(p.x.Number[i]) })
		byX := func(a, b int) int { return cmp.Compare(p.x.Number[a], p.x.Number[b]) }
		sorted := slices.Clone(rows)
		slices.SortStableFunc(sorted, byX)
		twice := false
		for i := 1; i < len(sorted); i++ {
			twice = twice || byX(sorted[i-1], sorted[i]) == 0
		}
		if !c.Dates && twice && p.word == "" && g.y != nil { // a curve that comes back, such as a circle
			for _, i := range rows {
				s.X, s.Y = append(s.X, p.x.Number[i]), append(s.Y, g.y.Number[i])
			}
			c.Series = append(c.Series, s)
			continue
		}
		for i := 0; i < len(sorted); {
			j := i + 1
			for j < len(sorted) && byX(sorted[i], sorted[j]) == 0 {
				j++
			}
			s.X, s.Y = append(s.X, p.x.Number[sorted[i]]), append(s.Y, p.put(g.y, sorted[i:j]))
			merged = merged || j > i+1
			i = j
		}
		c.Series = append(c.Series, s)
	}
	return merged
}

// yName says what y shows, and tells what was put together.
func (p *planner) yName(groups []group, merged bool) string {
	name := ""
	switch {
	case groups[0].y == nil:
		return "count"
	case len(p.y) == 1:
		name = given(p.y[0])
	}
	if !merged {
		return name
	}
	word := p.word
	if word == "" {
		word = "sum"
	}
	what := columnNames(p.y)
	p.note("several rows have the same %s: y is the %s of %s over them", p.x.Name, word, what)
	if name == "" {
		return word
	}
	return word + " of " + name
}

// missing tells which values are not there.
func (p *planner) missing(groups []group) {
	seen := map[*table.Column]bool{nil: true}
	columns := []*table.Column{p.x}
	for _, g := range groups {
		columns = append(columns, g.y)
	}
	for _, c := range columns {
		if seen[c] {
			continue
		}
		seen[c] = true
		if n := c.Missing(); n > 0 && n < len(c.Text) {
			p.note("%d of %d values of %s are missing", n, len(c.Text), c.Name)
		}
	}
}

// scatter makes clouds of points.
func (p *planner) scatter() error {
	groups, err := p.groups()
	if err != nil {
		return err
	}
	c := p.plan.Chart
	if p.x != nil && p.x.Kind == table.Text {
		c.Names, _ = distinct(p.x, groups[0].rows)
		all := make([]int, p.table.Rows())
		for i := range all {
			all[i] = i
		}
		c.Names, _ = distinct(p.x, all)
	}
	place := map[string]float64{}
	for i, name := range c.Names {
		place[name] = float64(i)
	}
	for _, g := range groups {
		if g.y == nil {
			return fmt.Errorf("a scatter chart shows values and counts none; draw a bar chart of the counts")
		}
		s := chart.Series{Name: g.name}
		for n, i := range g.rows {
			x := float64(n + 1)
			switch {
			case p.x == nil:
			case p.x.Kind == table.Text && p.x.Text[i] == "":
				x = place[none]
			case p.x.Kind == table.Text:
				x = place[p.x.Text[i]]
			default:
				x = p.x.Number[i]
			}
			s.X, s.Y = append(s.X, x), append(s.Y, g.y.Number[i])
		}
		c.Series = append(c.Series, s)
	}
	if p.x != nil {
		p.plan.X, c.Dates = given(p.x), p.x.Kind == table.Date
	}
	p.plan.Y = p.yName(groups, false)
	p.missing(groups)
	return nil
}

// spread makes the series of a histogram or the boxes.
func (p *planner) spread() error {
	if p.by == nil && p.x != nil && (p.Kind == chart.Box || p.x.Kind == table.Text) {
		p.by = p.x // a box for each name
	}
	if p.by == nil && p.Kind == chart.Histogram && p.x != nil && len(p.y) == 0 {
		p.y = []*table.Column{p.x}
	}
	p.x = nil
	p.count = false
	if len(p.y) == 0 || p.y[0] == nil {
		p.y = nil
		p.chooseY()
	}
	if len(p.y) == 0 {
		return fmt.Errorf("no column has numbers to draw; the columns are: %s", columnList(p.table))
	}
	groups, err := p.groups()
	if err != nil {
		return err
	}
	c := p.plan.Chart
	for _, g := range groups {
		s := chart.Series{Name: g.name}
		for _, i := range g.rows {
			s.Y = append(s.Y, g.y.Number[i])
		}
		c.Series = append(c.Series, s)
	}
	name := ""
	if len(p.y) == 1 {
		name = given(p.y[0])
	}
	if p.Kind == chart.Histogram {
		p.plan.X, p.plan.Y = name, "count"
	} else {
		if p.plan.Y = name; p.by != nil {
			p.plan.X = given(p.by)
		}
	}
	p.missing(groups)
	if p.Kind == chart.Box && p.by != nil {
		p.by = nil // it is x, for the title
	}
	return nil
}
