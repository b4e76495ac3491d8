package table

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// layouts are the dates that can be read in one way only.
var layouts = []string{
	"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "2006-01", "2006/01", "2006年1月2日", "2006年1月", "2006年",
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 MST", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02 15",
	"2 Jan 2006", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "Jan 2 2006", "January 2 2006", "Jan 2006", "January 2006", "1/2006", "2-Jan-2006", "2-Jan-06", "Jan-06", "Jan-2006",
	"Mon, 02 Jan 2006 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 -0700",
}

// Dates of which the order of day and month has to be found out from the whole column.
var (
	dayFirst   = []string{"2/1/2006", "2.1.2006", "2-1-2006", "2/1/2006 15:04", "2/1/2006 15:04:05", "2.1.2006 15:04", "2.1.2006 15:04:05"}
	monthFirst = []string{"1/2/2006", "1.2.2006", "1-2-2006", "1/2/2006 15:04", "1/2/2006 15:04:05", "1.2.2006 15:04", "1.2.2006 15:04:05"}
)

// date reads a date that can be read in some way.
func date(s string) (time.Time, bool) {
	if t, ok := parse(s, layouts); ok {
		return t, true
	}
	if t, ok := parse(s, dayFirst); ok {
		return t, true
	}
	return parse(s, monthFirst)
}

func parse(s string, layouts []string) (time.Time, bool) {
	if len(s) < 6 || len(s) > 40 || !strings.ContainsAny(s, "0123456789") {
		return time.Time{}, false
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil && t.Year() >= 1 && t.Year() <= 9999 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// recogniseDates makes a column one of dates if all its values are. Dates such as
// 03/04/2025 are read in the order that fits all of them; if both do, the month is taken
// to come first, with points the day, and that is told.
func (c *Column) recogniseDates() (note string) {
	if values, ok := dates(c.Text, layouts); ok {
		c.Kind, c.Number = Date, values
		return ""
	}
	days, isDays := dates(c.Text, slices.Concat(dayFirst, layouts))
	months, isMonths := dates(c.Text, slices.Concat(monthFirst, layouts))
	switch {
	case isDays && isMonths:
		c.Kind, c.Number, note = Date, months, "the month"
		if strings.Count(strings.Join(c.Text, ""), ".") >= 2*len(c.Text) {
			c.Number, note = days, "the day"
		}
		if slices.Equal(days, months) {
			return ""
		}
		return fmt.Sprintf("the dates of %s were read with %s first; write them like 2006-01-31 to be sure", c.Name, note)
	case isDays:
		c.Kind, c.Number = Date, days
	case isMonths:
		c.Kind, c.Number = Date, months
	}
	return ""
}

// dates reads texts as dates of some layouts, NaN where one is missing. They are dates if
// there is one and every one that is there can be read.
func dates(texts, layouts []string) (values []float64, ok bool) {
	values = make([]float64, len(texts))
	last := layouts // that of the value before, which is likely this one's too
	for i, s := range texts {
		values[i] = math.NaN()
		if missing[strings.ToLower(s)] {
			continue
		}
		t, found := parse(s, last[:1])
		for j := 0; j < len(layouts) && !found; j++ {
			last = layouts[j:]
			t, found = parse(s, last[:1])
		}
		if !found {
			return nil, false
		}
		ok = true
		values[i] = float64(t.Unix()) + float64(t.Nanosecond())/1e9
	}
	return values, ok
}
