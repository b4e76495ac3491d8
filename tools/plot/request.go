package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// Request says what to draw of a table. What is left out is chosen.
type Request struct {
	Kind   chart.Kind // "" is what fits the columns
	X      string     // the column along x; "" is the first one of dates, else of texts
	Y      []string   // the columns of the values; nil are those with numbers
	By     string     // a column that tells series apart; "" is none
	Value  string     // Heatmap: the column of the values, where X and Y name its sides
	Title  string     // "" says what is drawn
	XLabel string     // "" is the name of the column
	YLabel string

	// Aggregate says what stands for several rows of one x in lines and bars: "sum" (also ""),
	// "mean", "median", "min", "max" or "count".
	Aggregate string

	LogX, LogY bool
	Bins       int // of a histogram; 0 chooses
}

// Aggregates are the words for Request.Aggregate.
var Aggregates = []string{"sum", "mean", "median", "min", "max", "count"}

// Plan is a chart, and how it came about.
type Plan struct {
	Chart *chart.Chart
	X, Y  string   // what the axes show: names of columns
	Notes []string // what the reader should know: rows that were put together, values that are missing
}

// Plan makes a chart of a table. Its errors say what would be right.
func (r Request) Plan(t *table.Table) (*Plan, error) {
	p := &planner{Request: r, table: t, plan: &Plan{Chart: &chart.Chart{LogX: r.LogX, LogY: r.LogY, Bins: r.Bins}}}
	p.plan.Notes = append(p.plan.Notes, t.Notes...)
	if err := p.columns(); err != nil {
		return nil, err
	}
	var err error
	c := p.plan.Chart
	switch c.Kind = p.Kind; p.Kind {
	case chart.Line, chart.Bar:
		err = p.series()
	case chart.Scatter:
		err = p.scatter()
	case chart.Histogram, chart.Box:
		err = p.spread()
	case chart.Heatmap:
		err = p.heatmap()
	default:
		return nil, fmt.Errorf("there is no kind of chart %q%s", p.Kind, didYouMean(string(p.Kind), kindNames()))
	}
	if err != nil {
		return nil, err
	}
	p.labels()
	return p.plan, c.Check()
}

func kindNames() []string {
	names := make([]string, len(chart.Kinds))
	for i, k := range chart.Kinds {
		names[i] = string(k)
	}
	return names
}

func didYouMean(name string, names []string) string {
	if s := suggest.Name(name, names); s != "" {
		return fmt.Sprintf(" (did you mean %q?); there are: %s", s, strings.Join(names, ", "))
	}
	return "; there are: " + strings.Join(names, ", ")
}

// planner is a request under way.
type planner struct {
	Request
	table *table.Table
	plan  *Plan
	x, by *table.Column
	y     []*table.Column
	count bool   // rows are counted, since there is nothing to add up
	word  string // Aggregate
}

func (p *planner) note(format string, args ...any) {
	p.plan.Notes = append(p.plan.Notes, fmt.Sprintf(format, args...))
}

// column finds a column that was named.
func (p *planner) column(argument, name string) (*table.Column, error) {
	if c := p.table.Column(strings.TrimSpace(name)); c != nil {
		return c, nil
	}
	names := p.table.Names()
	hint := ""
	if s := suggest.Name(name, names); s != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", s)
	}
	return nil, fmt.Errorf("%s names the column %q, which is not there%s; the columns are: %s", argument, cut(name, 60), hint, columnList(p.table))
}

// columnList names columns for an error, with what they hold.
func columnList(t *table.Table) string {
	const most = 30
	var parts []string
	for i := range t.Columns {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(t.Columns)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%ss)", cut(t.Columns[i].Name, 60), t.Columns[i].Kind))
	}
	return strings.Join(parts, ", ")
}

func (p *planner) numbers() []string {
	var names []string
	for i := range p.table.Columns {
		if c := &p.table.Columns[i]; c.Kind == table.Number {
			names = append(names, c.Name)
		}
	}
	return names
}

// first returns the first column of a kind that is not among others.
func (p *planner) first(kind table.Kind, but ...*table.Column) *table.Column {
	for i := range p.table.Columns {
		if c := &p.table.Columns[i]; c.Kind == kind && c.Missing() < len(c.Text) && !slices.Contains(but, c) {
			return c
		}
	}
	return nil
}

// columns finds the columns that are named, and chooses the others and the kind.
func (p *planner) columns() (err error) {
	if word := aggregateWords[strings.ToLower(p.Aggregate)]; word != "" {
		p.Aggregate = word
	}
	p.word = p.Aggregate
	if p.word != "" && !slices.Contains(Aggregates, p.word) {
		return fmt.Errorf("aggregate is %q%s", p.word, didYouMean(p.word, Aggregates))
	}
	p.count = p.word == "count"
	if p.By != "" {
		if p.by, err = p.column("by", p.By); err != nil {
			return err
		}
	}
	if p.X != "" {
		if p.x, err = p.column("x", p.X); err != nil {
			return err
		}
	}
	if err := p.named(); err != nil {
		return err
	}
	p.wordOfTitle()
	if p.Kind == "" {
		p.Kind = p.kind()
	}
	if p.Kind == chart.Heatmap {
		return nil
	}
	if p.x == nil && p.Kind != chart.Histogram && p.Kind != chart.Box {
		p.chooseX()
	}
	if len(p.y) == 0 {
		p.chooseY()
	}
	if p.x != nil && p.by == p.x {
		p.by = nil // each x would be a series of its own
	}
	for _, y := range p.y {
		if y.Kind != table.Number && p.Aggregate != "count" {
			return fmt.Errorf("y names the column %q, which has %ss and no numbers; the columns with numbers are: %s", y.Name, y.Kind, orNone(p.numbers()))
		}
	}
	if len(p.y) == 0 && !p.count {
		return fmt.Errorf("no column has numbers to draw; the columns are: %s", columnList(p.table))
	}
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// named finds the columns that y names. "a, b" are two, if no column is called so.
func (p *planner) named() error {
	var names []string
	for _, name := range p.Y {
		if p.table.Column(name) == nil && strings.Contains(name, ",") {
			for part := range strings.SplitSeq(name, ",") {
				names = append(names, strings.TrimSpace(part))
			}
			continue
		}
		names = append(names, name)
	}
	for _, name := range names {
		if name == "" {
			continue
		}
		if word := strings.ToLower(name); word == "count" && p.table.Column(name) == nil {
			p.count = true
			continue
		}
		if p.table.Column(name) == nil {
			name = p.saidOf(name)
		}
		c, err := p.column("y", name)
		if err != nil {
			return err
		}
		if !slices.Contains(p.y, c) {
			p.y = append(p.y, c)
		}
	}
	return nil
}

// aggregateWords are what people say for Aggregates.
var aggregateWords = map[string]string{
	"sum": "sum", "total": "sum", "mean": "mean", "average": "mean", "avg": "mean", "median": "median",
	"min": "min", "minimum": "min", "max": "max", "maximum": "max", "count": "count", "number": "count",
}

// saidOf takes "average amount" and "sum of amount" apart where the rest is a column.
func (p *planner) saidOf(name string) string {
	word, rest, ok := strings.Cut(strings.TrimSpace(name), " ")
	rest = strings.TrimPrefix(strings.TrimSpace(rest), "of ")
	meant := aggregateWords[strings.ToLower(word)]
	if !ok || meant == "" || meant == "count" || p.table.Column(rest) == nil || p.word != "" && p.word != meant {
		return name
	}
	p.word = meant
	return rest
}

// wordOfTitle is the aggregate that a title speaks of, where no other was asked for: sums
// below a title that says average would be wrong.
func (p *planner) wordOfTitle() {
	if p.word != "" {
		return
	}
	for word := range strings.FieldsSeq(strings.ToLower(p.Title)) {
		if meant := aggregateWords[strings.Trim(word, ".,:()")]; meant == "mean" || meant == "median" {
			p.word = meant
		}
	}
	if strings.Contains(p.Title, "平均") {
		p.word = "mean"
	}
}

// kind chooses a kind of chart.
func (p *planner) kind() chart.Kind {
	x := p.x
	if x == nil && p.first(table.Date) == nil {
		x = p.first(table.Text)
	}
	if x != nil && x.Kind == table.Text {
		return chart.Bar
	}
	return chart.Line
}

func (p *planner) chooseX() {
	taken := append(slices.Clone(p.y), p.by)
	if p.x = p.first(table.Date, taken...); p.x == nil && p.Kind != chart.Scatter {
		p.x = p.first(table.Text, taken...)
	}
	if numbers := p.numbers(); p.x == nil && (p.Kind == chart.Scatter && len(numbers) > 1 || p.Kind == chart.Line && len(p.y) == 0 && len(numbers) > 1 && p.ascending(numbers[0])) {
		p.x = p.first(table.Number, taken...)
	}
}

// ascending says whether a column of numbers grows from row to row, as an x of a line does.
func (p *planner) ascending(name string) bool {
	values := p.table.Column(name).Number
	for i := range values {
		if math.IsNaN(values[i]) || i > 0 && values[i] <= values[i-1] {
			return false
		}
	}
	return true
}

// chooseY takes the columns with numbers, or counts rows where there is none.
func (p *planner) chooseY() {
	if p.count {
		return
	}
	most := chart.MaxSeries
	if p.by != nil || p.Kind == chart.Histogram {
		most = 1
	}
	if p.Kind == chart.Histogram && p.x != nil && p.x.Kind == table.Number { // many say x for what is spread along it
		p.y, p.x = []*table.Column{p.x}, nil
		return
	}
	var all []string
	for i := range p.table.Columns {
		c := &p.table.Columns[i]
		if c.Kind != table.Number || c == p.x || c == p.by {
			continue
		}
		if word := strings.ToLower(c.Name); (word == "id" || word == "index" || word == "nr" || word == "no" || word == "#") && len(p.numbers()) > 1 {
			continue
		}
		all = append(all, c.Name)
		if len(p.y) < most {
			p.y = append(p.y, c)
		}
	}
	if len(all) > len(p.y) {
		p.note("y was not given: of %s, %d are drawn; name columns in y to choose", strings.Join(all, ", "), len(p.y))
	}
	if len(p.y) == 0 && p.x != nil && p.Kind == chart.Bar {
		p.count = true
	}
}

// labels names the axes and the chart.
func (p *planner) labels() {
	c := p.plan.Chart
	c.XLabel, c.YLabel = cmp.Or(p.XLabel, p.plan.X), cmp.Or(p.YLabel, p.plan.Y)
	if c.Title = p.Title; c.Title == "" {
		c.Title = p.title()
	}
}

// given returns the name of a column, "" if it was made up.
func given(c *table.Column) string {
	if c.Made {
		return ""
	}
	return c.Name
}

func (p *planner) title() string {
	c := p.plan.Chart
	switch {
	case c.Kind == chart.Histogram:
		if c.XLabel == "" {
			return "Distribution"
		}
		return "Distribution of " + c.XLabel
	case c.XLabel == "" || c.YLabel == "" && c.Kind != chart.Heatmap:
		return ""
	case c.Kind == chart.Heatmap && p.Value != "":
		return capital(p.Value) + " by " + c.XLabel + " and " + c.YLabel
	case c.Kind == chart.Heatmap:
		return ""
	case p.by != nil:
		return capital(c.YLabel) + " by " + c.XLabel + " and " + p.by.Name
	}
	return capital(c.YLabel) + " by " + c.XLabel
}

// capital writes the first letter large.
func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}
