package suggest

import (
	"slices"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for _, c := range []struct{ word, names, want string }{
		{"note.txt", "sales.csv notes.txt", "notes.txt"},
		{"readfile", "list_files read_file write_file", "read_file"},
		{"Read-File", "list_files read_file write_file", "read_file"},
		{"limts", "limits tools", "limits"},
		{"tols", "limits tools", "tools"},
		{"sale.csv", "sales.csv notes.txt", "sales.csv"},
		{"calcualte", "calc files", "calc"}, // contains it
		{"recieve", "receive relieve", "receive"},
		{"weather", "calc files", ""},
		{"", "calc files", ""},
		{"x", "", ""},
		{"grösse", "größe breite", "größe"},
	} {
		if got := Name(c.word, strings.Fields(c.names)); got != c.want {
			t.Errorf("Name(%q, %s) = %q, want %q", c.word, c.names, got, c.want)
		}
	}
}

func TestSort(t *testing.T) {
	got := Sort("notes", []string{"b", "a", "noted", "notes"})
	if want := []string{"notes", "noted", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("Sort = %v, want %v", got, want)
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ä", "a", 1}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := distance(c.b, c.a); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestLong(t *testing.T) { // a word of a megabyte is compared as quickly as a name
	if got := Name(strings.Repeat("é", 1<<19), []string{"calc"}); got != "" {
		t.Errorf("got %q", got)
	}
}
