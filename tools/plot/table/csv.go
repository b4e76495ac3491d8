package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// separators are those that spreadsheets write, the most usual first.
var separators = []rune{',', ';', '\t', '|'}

// readCSV reads lines of values. The separator is the one with which the first lines have
// the same number of values, more than one. The first line has the names of the columns
// unless it has a number.
func readCSV(data []byte) (*Table, error) {
	separator := sniff(data)
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = separator
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = true
	r.ReuseRecord = true
	g := &grid{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			var e *csv.ParseError
			if errors.As(err, &e) {
				return nil, fault("line %d: %v", e.Line, e.Err)
			}
			return nil, fault("%v", err)
		}
		if blank(record) {
			continue
		}
		line, _ := r.FieldPos(0)
		if err := g.add(slices.Clone(record), line); err != nil {
			return nil, err
		}
	}
	if len(g.cells) == 0 {
		return nil, fault("there are no values")
	}
	g.header()
	if len(g.cells[0]) == 1 && len(g.cells) > 1 && g.names[0] == "" { // 3,5,2 is a list of values
		row := make([]string, len(g.cells))
		for i := range g.cells {
			row[i] = g.cells[i][0]
		}
		g.names, g.made, g.cells = []string{""}, []string{"value"}, [][]string{row}
	}
	if separator == ';' || separator == '\t' {
		g.decimalCommas()
	}
	return g.table()
}

// sniff finds the separator of the first lines.
func sniff(data []byte) rune {
	const most = 64 << 10
	head := data[:min(len(data), most)]
	if len(head) < len(data) {
		if i := bytes.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i]
		}
	}
	best, bestScore := ',', 0
	for _, s := range separators {
		r := csv.NewReader(bytes.NewReader(head))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = s, -1, true, true
		width, same := 0, 0
		for range 20 {
			record, err := r.Read()
			if err != nil {
				break
			}
			if width == 0 {
				width = len(record)
			}
			if len(record) == width {
				same++
			}
		}
		if score := same; width > 1 && score > bestScore {
			best, bestScore = s, score
		}
	}
	return best
}

func blank(record []string) bool {
	for _, s := range record {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}

// add adds a row. A row that is shorter than others ends with missing values; one that is
// longer is an error if what is too much is not empty.
func (g *grid) add(row []string, line int) error {
	if len(g.cells) == 0 {
		if len(row) > MaxColumns {
			return fault("line %d has %d columns, at most %d are read", line, len(row), MaxColumns)
		}
		g.cells = make([][]string, len(row))
	}
	if len(row) > len(g.cells) && !blank(row[len(g.cells):]) {
		return fault("line %d has %d values, and the first line %d; put a text with a separator in it into \"quotes\"", line, len(row), len(g.cells))
	}
	for i := range g.cells {
		s := ""
		if i < len(row) {
			s = row[i]
		}
		g.cells[i] = append(g.cells[i], s)
	}
	if n := len(g.cells[0]); n > MaxRows+1 || n*len(g.cells) > maxCells {
		return fault("there are more than %d rows, or %d values; at most so many are read", MaxRows, maxCells)
	}
	return nil
}

// header takes the first row for the names of the columns unless it has a number or a date
// in it. A row of nothing but texts above others of nothing but texts is a row of names.
func (g *grid) header() {
	g.names = make([]string, len(g.cells))
	for i := range g.cells {
		first := clean(g.cells[i][0])
		if _, ok := number(first); ok && !year(g.cells, i) {
			return
		}
		if _, ok := date(first); ok {
			return
		}
	}
	for i := range g.cells {
		g.names[i], g.cells[i] = g.cells[i][0], g.cells[i][1:]
	}
}

// year says whether a number in the first row may be the name of a column: a year over
// numbers that are none, as in "region,2023,2024".
func year(cells [][]string, column int) bool {
	if !isYear(cells[column][0]) {
		return false
	}
	if first := clean(cells[0][0]); column == 0 || isYear(first) {
		return false
	} else if _, ok := number(first); ok {
		return false
	}
	for _, s := range cells[column][1:] {
		if isYear(s) {
			return false
		}
	}
	return true
}

func isYear(s string) bool {
	v, ok := number(clean(s))
	return ok && v >= 1500 && v <= 2500 && v == float64(int(v)) && len(clean(s)) == 4
}

// decimalCommas rewrites 3,5 to 3.5 in columns where every number has such a comma or none
// at all: a file with ";" between its values has them.
func (g *grid) decimalCommas() {
	for _, column := range g.cells {
		some, all := false, true
		for _, s := range column {
			s = clean(s)
			if whole, digits, ok := strings.Cut(s, ","); ok {
				some = true
				if strings.Contains(digits, ",") || !plainDigits(strings.TrimLeft(strings.ReplaceAll(whole, ".", ""), "+-")) || !plainDigits(digits) {
					all = false
				}
			} else if strings.Contains(s, ".") {
				all = false
			}
		}
		if !some || !all {
			continue
		}
		for i, s := range column {
			whole, digits, ok := strings.Cut(clean(s), ",")
			if ok {
				column[i] = fmt.Sprintf("%s.%s", strings.ReplaceAll(whole, ".", ""), digits)
			}
		}
	}
}

func plainDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}
