package chart

import (
	"math"
	"strings"
	"time"

	"gonum.org/v1/plot"
)

// unit is a distance between ticks of time.
type unit struct {
	seconds float64 // about
	layout  string
	months  int // a step in months; 0 is one in seconds
}

const (
	minute = 60.0
	hour   = 60 * minute
	day    = 24 * hour
	month  = 30.44 * day
	year   = 365.25 * day
)

var units = []unit{
	{1, "15:04:05", 0}, {5, "15:04:05", 0}, {15, "15:04:05", 0}, {30, "15:04:05", 0},
	{minute, "15:04", 0}, {5 * minute, "15:04", 0}, {15 * minute, "15:04", 0}, {30 * minute, "15:04", 0},
	{hour, "15:04", 0}, {3 * hour, "15:04", 0}, {6 * hour, "01-02 15:04", 0}, {12 * hour, "01-02 15:04", 0},
	{day, "01-02", 0}, {2 * day, "01-02", 0}, {7 * day, "01-02", 0}, {14 * day, "01-02", 0},
	{month, "2006-01", 1}, {2 * month, "2006-01", 2}, {3 * month, "2006-01", 3}, {6 * month, "2006-01", 6},
	{year, "2006", 12}, {2 * year, "2006", 24}, {5 * year, "2006", 60}, {10 * year, "2006", 120},
	{20 * year, "2006", 240}, {50 * year, "2006", 600}, {100 * year, "2006", 1200}, {200 * year, "2006", 2400}, {500 * year, "2006", 6000},
	{1000 * year, "2006", 12000}, {2000 * year, "2006", 24000},
}

// dates returns a scale of time: ticks at the beginnings of years, months, days, hours …
// about so many.
func dates(lo, hi float64, about int) scale {
	if hi-lo < 1 {
		lo, hi = lo-day, hi+day
	}
	s := scale{lo: lo, hi: hi}
	u := units[len(units)-1]
	for _, candidate := range units {
		if (hi-lo)/candidate.seconds <= float64(max(about, 1)) {
			u = candidate
			break
		}
	}
	layout := u.layout
	from, to := at(lo), at(hi)
	if strings.HasPrefix(layout, "01-02") && from.Year() != to.Year() {
		layout = "2006-" + layout
	}
	if layout == "15:04" && from.YearDay() != to.YearDay() {
		layout = "01-02 15:04"
	}
	for t := u.first(from); float64(t.Unix()) <= hi && len(s.ticks) < 200; t = u.after(t) {
		if v := float64(t.Unix()); v >= lo {
			s.ticks = append(s.ticks, plot.Tick{Value: v, Label: t.Format(layout)})
		}
	}
	return s
}

// first returns the last tick that is not after t.
func (u unit) first(t time.Time) time.Time {
	if u.months > 0 {
		months := t.Year()*12 + int(t.Month()) - 1
		months -= ((months % u.months) + u.months) % u.months
		return time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, time.UTC)
	}
	if u.seconds >= day { // from the beginning of the month, or weeks from a Monday
		monday := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		n := math.Floor(float64(t.Unix()-monday.Unix()) / u.seconds)
		return monday.Add(time.Duration(n) * time.Duration(u.seconds) * time.Second)
	}
	n := math.Floor(float64(t.Unix()) / u.seconds)
	return time.Unix(int64(n*u.seconds), 0).UTC()
}

func (u unit) after(t time.Time) time.Time {
	if u.months > 0 {
		return t.AddDate(0, u.months, 0)
	}
	return t.Add(time.Duration(u.seconds) * time.Second)
}

func at(seconds float64) time.Time {
	whole := math.Floor(seconds)
	return time.Unix(int64(whole), int64((seconds-whole)*1e9)).UTC()
}

// dateContext says what the labels of a time axis leave out: the day or the year that all
// of them are in.
func dateContext(lo, hi float64, ticks []plot.Tick) string {
	if len(ticks) == 0 {
		return ""
	}
	from, to := at(lo), at(hi)
	switch n := len(ticks[0].Label); {
	case n == len("15:04") && ticks[0].Label[2] == '-', n == len("01-02 15:04"):
		if from.Year() == to.Year() {
			return from.Format("2006")
		}
	case n == len("15:04") || n == len("15:04:05"):
		return from.Format("2006-01-02")
	}
	return ""
}
