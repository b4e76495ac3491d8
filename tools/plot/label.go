package plot

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

// Beside values of their own, models name in x and y what the values are, and in file the
// picture: the names of columns and files that are nowhere, but are what a reader of the
// chart wants to be told.

// label takes a name that is of no column for the label of its axis, and reports whether it was
// one. A name that is spelled nearly like a column's is a mistake.
func label(t *table.Table, name string) bool {
	if len(t.Columns) == 1 && t.Columns[0].Made { // it is chosen anyway
		return true
	}
	if t.Column(name) != nil {
		return false
	}
	var names []string
	for i := range t.Columns {
		if c := &t.Columns[i]; !c.Made {
			names = append(names, c.Name)
		}
	}
	return suggest.Name(name, names) == ""
}

// labels moves such names of a request for values in the call from columns to labels. Lists of
// columns in y are left, since a chart has one label there.
func labels(r *Request, t *table.Table) {
	if r.X != "" && label(t, r.X) {
		r.X, r.XLabel = "", r.X
	}
	if len(r.Y) == 1 && r.Y[0] != "" && !aggregates(r.Y[0]) && label(t, r.Y[0]) {
		r.Y, r.YLabel = nil, r.Y[0]
	}
}

// aggregates says whether y asks for a way of putting rows together.
func aggregates(y string) bool {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(y)), " ")
	return aggregateWords[word] != ""
}

// pictured returns the name of the picture that stands in file although the values are in the
// call.
func pictured(a in) string {
	var name string
	if json.Unmarshal(a.File, &name) != nil || !pictureEndings[strings.ToLower(path.Ext(name))] {
		return ""
	}
	if empty(a.Data) && !listed(a.X) && !listed(a.Y) {
		return ""
	}
	return name
}

// pictureEndings are those of the names of pictures, also of such that cannot be drawn.
var pictureEndings = map[string]bool{".png": true, ".svg": true, ".jpg": true, ".jpeg": true, ".pdf": true, ".gif": true, ".webp": true}

// listed says whether an argument has values and not the name of a column.
func listed(raw json.RawMessage) bool {
	raw = bytes.TrimSpace(raw)
	return !empty(raw) && (raw[0] == '[' || raw[0] == '{')
}
