package cut

import (
	"strings"
	"testing"
)

func TestMiddle(t *testing.T) {
	lines := strings.Repeat("0123456789\n", 100)
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"},
		{"", 0, ""},
		{strings.Repeat("x", 30), 12, "xxxxxxxx\n[18 characters are left out here]\nxxxx"},
		{strings.Repeat("é", 30), 12, "éééé\n[24 characters are left out here]\néé"},
		{lines, 66, strings.Repeat("0123456789\n", 4) + "[94 lines are left out here]\n0123456789\n0123456789\n"},
	} {
		if got := Middle(c.text, c.most); got != c.want {
			t.Errorf("Middle(%.20q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

func TestHead(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"},
		{"shorter", 5, "short…"},
		{"日本語", 4, "日…"},
		{"日本語", 2, "…"},
		{"x", 0, "…"},
		{"\x80\x80\x80\x80", 2, "…"}, // no character begins there
		{"x", -1, "…"},
	} {
		if got := Head(c.text, c.most); got != c.want {
			t.Errorf("Head(%q, %d) = %q, want %q", c.text, c.most, got, c.want)
		}
		if got, want := Prefix(c.text, c.most), strings.TrimSuffix(c.want, "…"); got != want {
			t.Errorf("Prefix(%q, %d) = %q, want %q", c.text, c.most, got, want)
		}
	}
}
