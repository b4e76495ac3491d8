package plot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/files"
	"github.com/qwen-agent/qwen-agent/tools/plot"
	"github.com/qwen-agent/qwen-agent/tools/plot/chart"
	"github.com/qwen-agent/qwen-agent/tools/plot/table"
)

const sales = "date,region,product,amount\n2025-01-05,north,tea,120.50\n2025-01-06,south,coffee,80\n2025-01-07,north,coffee,95.25\n2025-01-08,east,tea,60\n2025-01-09,south,tea,\n"

// workspace makes a folder with some files and returns the tool in it.
func workspace(t testing.TB) (string, tools.Tool) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"sales.csv":     sales,
		"wide.csv":      "month,north,south\nJan,3,2\nFeb,5,4\nMar,4,6\n",
		"months.json":   `[{"month": "Jan", "sales": 3}, {"month": "Feb", "sales": 5}]`,
		"people.csv":    "id,name,height,weight\n1,Ann,170,60\n2,Bob,182,85\n3,Cid,175,72\n",
		"data/some.csv": "x,y\n1,2\n2,4\n",
		"empty.csv":     "",
		"words.csv":     "a,b\nx,y\nz,w\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return dir, plot.New(files.In(root, "plot"), chart.Options{Fonts: chart.FontFiles()})
}

// TestCalls: what models write, and what they are told.
func TestCalls(t *testing.T) {
	dir, tool := workspace(t)
	for _, c := range []struct{ name, arguments, want string }{ // want: the part of the result or of the error that matters
		{"a file and columns", `{"kind": "bar", "data": "wide.csv", "x": "month", "y": "north"}`, `chart.png was drawn: a bar chart "North by month" of 960 × 600 pixels. x: month, 3 names: Jan, Feb, Mar. y: north, from 3 to 5.`},
		{"a list of columns", `{"kind": "line", "data": "wide.csv", "y": ["north", "south"]}`, "x: month, 3 names: Jan, Feb, Mar. y: from 2 to 6. Series: 2 names: north, south."},
		{"columns with a comma", `{"kind": "line", "data": "wide.csv", "y": "north, south"}`, "Series: 2 names: north, south."},
		{"nothing but a file", `{"kind": "bar", "data": "wide.csv"}`, "Series: 2 names: north, south."},
		{"rows put together", `{"kind": "bar", "data": "sales.csv", "x": "region", "y": "amount"}`, `"Sum of amount by region" of 960 × 600 pixels. x: region, 3 names: north, south, east. y: sum of amount, from 60 to 215.75. Note: several rows have the same region: y is the sum of amount over them. Note: 1 of 5 values of amount are missing.`},
		{"means", `{"kind": "bar", "data": "sales.csv", "x": "region", "y": "amount", "aggregate": "mean"}`, "y: mean of amount, from 60 to 107.875."},
		{"means, said in y", `{"kind": "bar", "file": "sales.csv", "x": "region", "y": "average of amount"}`, "y: mean of amount, from 60 to 107.875."},
		{"sums, said in y", `{"kind": "bar", "file": "sales.csv", "x": "region", "y": "Total amount"}`, "y: sum of amount, from 60 to 215.75."},
		{"means, said in the title", `{"kind": "bar", "file": "sales.csv", "x": "region", "y": "amount", "title": "Average amount per region"}`, "y: mean of amount, from 60 to 107.875."},
		{"counts", `{"kind": "bar", "data": "sales.csv", "x": "region", "y": "count"}`, `"Count by region" of 960 × 600 pixels. x: region, 3 names: north, south, east. y: count, from 1 to 2.`},
		{"counts where there are no numbers", `{"kind": "bar", "data": "words.csv", "x": "a"}`, "y: count, always 1."},
		{"dates", `{"kind": "line", "data": "sales.csv", "y": "amount"}`, "x: date, from 2025-01-05 to 2025-01-09. y: amount, from 60 to 120.5, 4 points."},
		{"by", `{"kind": "bar", "data": "sales.csv", "x": "region", "y": "amount", "by": "product"}`, "Series: 2 names: tea, coffee."},
		{"scatter", `{"kind": "scatter", "data": "people.csv", "x": "height", "y": "weight"}`, "x: height, from 170 to 182. y: weight, from 60 to 85, 3 points."},
		{"histogram", `{"kind": "histogram", "data": "people.csv", "x": "height"}`, "x: height, from 170 to 182. y: how many values there are in each bin; 3 values in all."},
		{"histogram of y", `{"kind": "histogram", "data": "people.csv", "y": "height"}`, "x: height, from 170 to 182."},
		{"boxes", `{"kind": "box", "data": "sales.csv", "x": "region", "y": "amount"}`, "x: region, 3 names: north, south, east. y: amount, from 60 to 120.5. The median of north is 107.875."},
		{"heat map of a table", `{"kind": "heatmap", "data": "wide.csv"}`, "Columns: 2 names: north, south. Rows: month, 3 names: Jan, Feb, Mar. Values from 2 to 6."},
		{"heat map of pairs", `{"kind": "heatmap", "data": "sales.csv", "x": "product", "y": "region"}`, `"Amount by product and region" of 960 × 600 pixels. Columns: product, 2 names: tea, coffee. Rows: region, 3 names: north, south, east. Values from 60 to 120.5.`},
		{"values by name", `{"kind": "bar", "data": {"Feb": 5, "Apr": 3}}`, "2 names: Feb, Apr. y: from 3 to 5."},
		{"a list of values", `{"kind": "line", "data": [3, 5, 2]}`, "x: from 1 to 3. y: from 2 to 5, 3 points."},
		{"numbers as texts", `{"kind": "line", "data": ["3", "5", "2"]}`, "y: from 2 to 5, 3 points."},
		{"records", `{"kind": "bar", "data": [{"month": "Jan", "sales": 3}, {"month": "Feb", "sales": 5}], "x": "month", "y": "sales"}`, `"Sales by month"`},
		{"columns", `{"kind": "bar", "data": {"month": ["Jan", "Feb"], "sales": [3, 5]}}`, `"Sales by month"`},
		{"JSON in a text", `{"kind": "bar", "data": "{\"Jan\": 3, \"Feb\": 5}"}`, "2 names: Jan, Feb."},
		{"CSV in a text", `{"kind": "bar", "data": "month,sales\nJan,3\nFeb,5"}`, `"Sales by month"`},
		{"values in a text", `{"kind": "line", "data": "3, 5, 2"}`, "y: from 2 to 5, 3 points."},
		{"values in x and y", `{"kind": "bar", "data": "", "x": ["Jan", "Feb"], "y": [3, 5]}`, "x: 2 names: Jan, Feb. y: from 3 to 5."},
		{"numbers in x and y", `{"kind": "scatter", "data": null, "x": [1, 2, 3], "y": [3, 5, 4]}`, "x: from 1 to 3. y: from 3 to 5, 3 points."},
		{"names beside values", `{"kind": "bar", "data": [3, 5], "x": ["Jan", "Feb"]}`, "2 names: Jan, Feb. y: from 3 to 5."},
		{"series in y", `{"kind": "line", "data": "", "x": ["Jan", "Feb"], "y": {"north": [1, 2], "south": [3, 4]}}`, "Series: 2 names: north, south."},
		{"JSON file", `{"kind": "bar", "data": "months.json"}`, `"Sales by month"`},
		{"folder", `{"kind": "line", "data": "./data/some.csv", "path": "/workspace/out/a"}`, "out/a.png was drawn"},
		{"svg", `{"kind": "line", "data": "data/some.csv", "path": "a.SVG"}`, "a.SVG was drawn"},
		{"case of names", `{"kind": "bar", "data": "wide.csv", "x": "Month", "y": "NORTH"}`, "y: north, from 3 to 5."},
		{"labels beside values", `{"kind": "line", "x": "x", "y": "y", "data": [3, 5, 2], "title": ""}`, `a line chart "Y by x" of 960 × 600 pixels. x: x, from 1 to 3. y: y, from 2 to 5, 3 points.`},
		{"a label like the name that was made up", `{"kind": "line", "x": "values", "y": "value", "data": [3, 5, 2]}`, `x: values, from 1 to 3. y: value, from 2 to 5`},
		{"labels of a histogram", `{"kind": "histogram", "x": "age", "y": "count", "data": [3, 5, 2]}`, `"Distribution of age" of 960 × 600 pixels. x: age, from 2 to 5.`},
		{"labels beside columns", `{"kind": "line", "x": "month", "y": "temperature", "data": {"month": ["Jan", "Feb"], "oslo": [-4, 1], "rome": [7, 9]}}`, `"Temperature by month" of 960 × 600 pixels. x: month, 2 names: Jan, Feb. y: temperature, from -4 to 9. Series: 2 names: oslo, rome.`},
		{"a label beside values in y", `{"kind": "bar", "x": "month", "y": [3, 5]}`, `x: month, 1 to 2. y: from 3 to 5, 2 points.`},
		{"a label beside values in x", `{"kind": "histogram", "x": [3, 5, 4], "y": "people"}`, `x: from 3 to 5.`},
		{"a column beside values, misspelt", `{"kind": "bar", "x": "moth", "data": {"month": ["Jan", "Feb"], "sales": [3, 5]}}`, `x names the column "moth", which is not there (did you mean "month"?)`},
		{"a picture as file beside values", `{"kind": "line", "file": "values.png", "data": [3, 5, 2]}`, `values.png was drawn: `},
		{"a picture as file, and as path", `{"kind": "line", "file": "values.png", "data": [3, 5, 2], "path": "out/a.svg"}`, `out/a.svg was drawn: `},
		{"a picture as file beside values in y", `{"kind": "bar", "file": "sums.svg", "x": ["Jan", "Feb"], "y": [3, 5]}`, `sums.svg was drawn: `},
		{"a picture that cannot be drawn as file", `{"kind": "line", "file": "values.jpg", "data": [3, 5, 2]}`, `.jpg cannot be drawn`},
		{"a picture as file and no values", `{"kind": "line", "file": "none.png", "y": "sales"}`, `there is no file none.png`},
		{"Chinese without a font", `{"kind": "bar", "data": {"华北": 3}, "path": "zh.png"}`, "No font on this machine has the characters 北华; they stand as □ in the picture. To see them, install"},

		{"no file", `{"kind": "bar", "file": "sale.csv"}`, "plot: there is no file sale.csv. The files are: sales.csv"},
		{"outside", `{"kind": "bar", "data": "../sales.csv"}`, "is outside the workspace"},
		{"path outside", `{"kind": "bar", "data": "wide.csv", "path": "../a.png"}`, "is outside the workspace"},
		{"another format", `{"kind": "bar", "data": "wide.csv", "path": "a.pdf"}`, `.pdf cannot be drawn, only .png and .svg. Call plot again with {"path": "a.png"}`},
		{"no picture", `{"kind": "bar", "data": "wide.csv", "path": "a.txt"}`, `is no picture`},
		{"no column", `{"kind": "bar", "data": "sales.csv", "y": "amont"}`, `y names the column "amont", which is not there (did you mean "amount"?); the columns are: date (dates), region (texts), product (texts), amount (numbers)`},
		{"no column, and what would be right", `{"kind": "line", "file": "wide.csv", "x": "month", "y": "sales"}`, `y names the column "sales", which is not there; the columns are: month (texts), north (numbers), south (numbers). Call plot again like this: {"kind": "line", "file": "wide.csv", "x": "month", "y": "north,south"}`},
		{"texts as values", `{"kind": "bar", "data": "sales.csv", "x": "amount", "y": "region"}`, `y names the column "region", which has texts and no numbers; the columns with numbers are: amount`},
		{"no numbers", `{"kind": "line", "data": "words.csv"}`, "no column has numbers to draw; the columns are: a (texts), b (texts)"},
		{"kind", `{"kind": "pie", "data": "wide.csv"}`, `"kind" must be one of "line", "bar"`},
		{"empty file", `{"kind": "bar", "data": "empty.csv"}`, "read empty.csv: unusable data: it is empty"},
		{"empty list", `{"kind": "bar", "data": []}`, "there is nothing to draw"},
		{"nothing", `{"kind": "bar", "data": ""}`, `there is nothing to draw. Call plot again with a file`},
		{"no data", `{"kind": "bar"}`, `Call plot again with a file, such as {"kind": "bar", "file": "sales.csv"}`},
		{"file", `{"kind": "bar", "file": "wide.csv", "x": "month", "y": "north"}`, "y: north, from 3 to 5."},
		{"values in place of a file", `{"kind": "bar", "file": {"Jan": 3, "Feb": 5}}`, "2 names: Jan, Feb."},
		{"a file and empty data", `{"kind": "bar", "file": "wide.csv", "data": {}}`, `Series: 2 names: north, south.`},
		{"the file as path", `{"kind": "bar", "path": "wide.csv"}`, "chart.png was drawn: "},
		{"columns in a list", `{"kind": "bar", "file": "wide.csv", "x": ["month"], "y": ["north"]}`, "y: north, from 3 to 5."},
		{"lengths", `{"kind": "bar", "data": "", "x": ["Jan", "Feb"], "y": [3]}`, "x has 2 values and the data 1; give both the same number"},
		{"a picture as data", `{"kind": "bar", "data": "chart.png"}`, "this is no text"},
		{"all missing", `{"kind": "line", "data": [null, null]}`, "no column has numbers to draw"},
		{"infinite", `{"kind": "line", "data": [1e200, 1]}`, "1 values that are infinite or too large"},
		{"by many", `{"kind": "line", "data": "` + manyRows + `", "x": "a", "y": "b", "by": "c"}`, "25 different values; at most 20 series can be told apart"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := tools.Run(t.Context(), tool, json.RawMessage(c.arguments))
			got := r.Text
			if err != nil {
				got = "error: " + err.Error()
				if len(r.Artefacts) > 0 {
					t.Errorf("an error, and the artefacts %v", r.Artefacts)
				}
			}
			if !strings.Contains(got, c.want) {
				t.Fatalf("told\n%s\nwant\n%s", got, c.want)
			}
			if err == nil {
				checkPicture(t, dir, r.Artefacts)
			}
		})
	}
}

var manyRows = func() string {
	s := `a,b,c\n`
	for i := range 25 {
		s += fmt.Sprintf(`%d,%d,s%d\n`, i, i, i)
	}
	return s
}()

// checkPicture opens the picture that a call has left.
func checkPicture(t *testing.T, dir string, list []tools.Artefact) {
	t.Helper()
	if len(list) != 1 {
		t.Fatalf("artefacts %v, want one", list)
	}
	data, err := os.ReadFile(filepath.Join(dir, list[0].Path))
	if err != nil {
		t.Fatal(err)
	}
	if list[0].MediaType == "image/svg+xml" {
		if !bytes.Contains(data, []byte("<svg ")) {
			t.Errorf("%s is no SVG", list[0].Path)
		}
		return
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if b := picture.Bounds(); b.Dx() != chart.DefaultWidth || b.Dy() != chart.DefaultHeight {
		t.Errorf("a picture of %v", b)
	}
}

// TestNothingHalf: a call that fails leaves what was there.
func TestNothingHalf(t *testing.T) {
	dir, tool := workspace(t)
	path := filepath.Join(dir, "chart.png")
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := tool.Call(t.Context(), json.RawMessage(`{"kind": "bar", "data": "sales.csv", "y": "none"}`)); err == nil {
		t.Fatal("no error")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("the file has %q, %v", text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".write-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestOpen(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, c := range []struct {
		name     string
		settings map[string]any
		env      tools.Env
		want     string
	}{
		{"right", map[string]any{"width": 400, "height": 300}, tools.Env{Workspace: root}, ""},
		{"no workspace", nil, tools.Env{}, "plot: the task has no workspace to draw into"},
		{"too small", map[string]any{"width": 4}, tools.Env{Workspace: root}, "setting width is 4, want 120 to 4000 pixels"},
		{"unknown", map[string]any{"widht": 4}, tools.Env{Workspace: root}, `did you mean "width"?`},
	} {
		list, err := plot.Open(c.env, c.settings)
		if c.want == "" {
			if err != nil || len(list) != 1 || !list[0].(tools.Changer).Changes() {
				t.Errorf("%s: %v, %v", c.name, list, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// The tool in a program of its own; a model would make the call.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "charts")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	root, err := os.OpenRoot(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()

	tool := plot.New(files.In(root, "plot"), chart.Options{Width: 640, Height: 400})
	result, err := tools.Run(context.Background(), tool, json.RawMessage(`{"kind": "bar", "data": {"Jan": 3, "Feb": 5}, "title": "Sales"}`))
	fmt.Println(result.Text, err)
	fmt.Println(result.Artefacts)
	// Output:
	// chart.png was drawn: a bar chart "Sales" of 640 × 400 pixels. x: 2 names: Jan, Feb. y: from 3 to 5. <nil>
	// [{chart.png image/png Sales}]
}

// A chart of a table, without a tool.
func ExampleRequest() {
	t, err := table.Read([]byte("month,north,south\nJan,3,2\nFeb,5,4\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := plot.Request{Kind: chart.Line, X: "month"}.Plan(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	var picture bytes.Buffer
	drawn, err := plan.Chart.Draw(&picture, chart.Options{Format: chart.SVG})
	fmt.Println(plan.Describe(drawn), err)
	// Output: a line chart of 960 × 600 pixels. x: month, 2 names: Jan, Feb. y: from 2 to 5. Series: 2 names: north, south. <nil>
}

// FuzzCall: whatever a model writes, there is a result or an error, and no panic.
func FuzzCall(f *testing.F) {
	for _, s := range []string{`{"kind": "bar", "data": "sales.csv"}`, `{"kind": "heatmap", "data": {"a": {"b": 1}}, "x": [1], "y": "a"}`,
		`{"kind": "box", "data": "a,b\nx,1\nx,2", "x": "a", "by": "b"}`, `{"kind": "scatter", "data": "", "x": [1, "2"], "y": {"a": [1, 2]}}`,
		`{"kind": "line", "data": "d,v\n2025-01-01,1\n2025-01-01,2", "aggregate": "count", "y": "d"}`, `{"kind": "histogram", "data": [1, 1, 1e99, -1e99]}`} {
		f.Add([]byte(s))
	}
	_, tool := workspace(f)
	f.Fuzz(func(t *testing.T, arguments []byte) {
		if len(arguments) > 10_000 {
			return
		}
		r, err := tools.Run(t.Context(), tool, arguments)
		if (err == nil) != (len(r.Artefacts) == 1) || (err == nil) != (r.Text != "") {
			t.Fatalf("%+v, %v", r, err)
		}
		if err != nil && strings.Contains(err.Error(), "the tool itself broke") {
			t.Fatal(err)
		}
	})
}

// TestSchema: what a model is told. A change of it is to be tried with small models.
func TestSchema(t *testing.T) {
	_, tool := workspace(t)
	const want = `{"type":"object","properties":{"kind":{"type":"string","description":"kind of chart","enum":["line","bar","scatter","histogram","box","heatmap"]},` +
		`"file":{"type":"string","description":"data file, such as sales.csv"},"x":{"type":"string","description":"column along the x axis"},` +
		`"y":{"type":"string","description":"column of the values; several with commas"},"by":{"type":"string","description":"column that splits the values into series"},` +
		`"data":{"description":"the values, if there is no file, such as {\"Jan\": 3, \"Feb\": 5}"},` +
		`"aggregate":{"type":"string","description":"what to do with several rows of one x","enum":["sum","mean","median","min","max","count"]},` +
		`"title":{"type":"string"},"path":{"type":"string","description":"file to draw into, .png or .svg","default":"chart.png"}},"required":["kind"]}`
	if got := string(tool.Spec().Parameters); got != want {
		t.Errorf("schema\n%s\nwant\n%s", got, want)
	}
}
