//go:build unix

package code

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/tools"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opened returns a tool whose session works in a folder with the given files.
func opened(t *testing.T, f tools.Factory, files map[string]string, i tools.Interpreter, settings map[string]any) (tools.Tool, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	list, err := f(tools.Env{Workspace: root, Interpreter: i}, settings)
	if err != nil {
		t.Fatal(err)
	}
	s := list[0].(tools.Starter)
	err = s.Start(t.Context())
	var missing *sandbox.MissingError
	if errors.As(err, &missing) {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "no usable") {
		t.Skipf("this machine cannot: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return list[0], dir
}

// told runs a program and returns what the model is told, an error with "error: " before it.
func told(t *testing.T, tool tools.Tool, program string) string {
	t.Helper()
	arguments, err := json.Marshal(map[string]string{"code": program})
	if err != nil {
		t.Fatal(err)
	}
	text, err := tool.Call(t.Context(), arguments)
	if err != nil {
		return "error: " + err.Error()
	}
	return text
}

func TestPython(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{"a.csv": "name,n\nx,1\ny,2\n"}, tools.Interpreter{}, nil)
	for _, c := range []struct{ name, program, want string }{ // in one session, one after another; want with "…" at its end is a beginning
		{"printed", "print(6 * 7)", "42"},
		{"value", "x = 20\nx + 1", "21"},
		{"kept", "x", "20"},
		{"printed and value", "print('a')\nx", "a\n20"},
		{"assigned", "total = sum([1, 2, 3])", "total = 6"},
		{"assigned over lines", "table = [\n  1,\n  2,\n]", "table = [1, 2]"},
		{"assigned after a semicolon", "a = 1; b = 2", "b = 2"},
		{"added to", "total += 1", "total = 7"},
		{"nothing to show", "def f():\n    return 1", nothingShown},
		{"modules", "math.sqrt(16), statistics.mean([1, 2]), json.dumps([1]), re.sub('a', 'b', 'a')", `(4.0, 1.5, '[1]', 'b')`},
		{"names of modules", "Counter('aab').most_common(1), sqrt(4)", "([('a', 2)], 2.0)"},
		{"own function of such a name", "def mean(v):\n    return 'own'\nmean([1])", "'own'"},
		{"datetime the class", "datetime(2024, 2, 28) + timedelta(days=2)", "datetime.datetime(2024, 3, 1, 0, 0)"},
		{"files", "sum(int(r['n']) for r in csv.DictReader(open('a.csv')))", "3"},
		{"a column that is not there", "total = 0\nfor r in csv.DictReader(open('a.csv')):\n    if 'm' in r:\n        total += 1\nprint(total)", "0\na.csv begins like this:\nname,n\nx,1\ny,2"},
		{"nothing found", "print([r for r in csv.DictReader(open('a.csv')) if r['name'] == 'z'])", "[]\na.csv begins like this:\nname,n\nx,1\ny,2"},
		{"texts as numbers", "sum(1 for r in csv.DictReader(open('a.csv')) if r['n'] in [1, 2])", "2\nThe values of a row are texts, so this ran with r['n'] in ['1', '2']."},
		{"and with an error then", "print([r['m'] for r in csv.DictReader(open('a.csv')) if r[\"n\"] == 2])", "error: KeyError: 'm' (line 1: print([r['m'] for r in csv.DictReader(open('a.csv')) if r['n'] == '2']))\na.csv begins like this:\nname,n\nx,1\ny,2\n" +
			"The values of a row are texts, so this ran with r['n'] == '2'."},
		{"and still nothing", "print([r for r in csv.DictReader(open('a.csv')) if r['n'] == 3])", "[]\na.csv begins like this:\nname,n\nx,1\ny,2\nThe values of a row are texts, so this ran with r['n'] == '3'."},
		{"no text", "csv.reader; print([r for r in [{'n': 1}] if r['n'] == 1])", "[{'n': 1}]"},
		{"nothing of no file", "print(0)", "0"},
		{"a fence in the text", "```python\n1 + 1\n```", "2"},
		{"nothing", "  \n", "error: there is no code. Write it on the lines of the block after the call"},
		{"unknown name", "print(totals)", "error: NameError: name 'totals' is not defined (line 1: print(totals))\nGive totals a value first, in the same code, with the numbers written in. The variables are: x, total, table, a, b, r."},
		{"a tool in a program", "print(read_file('a.csv'))", "error: NameError: name 'read_file' is not defined (line 1: print(read_file('a.csv')))\nread_file is a tool and no function of Python. Write open(\"name\").read() to read a file."},
		{"line of the error", "y = 1\n\nz = y / 0", "error: ZeroDivisionError: division by zero (line 3: z = y / 0)"},
		{"printed before", "print('half')\n1 / 0", "error: ZeroDivisionError: division by zero (line 2: 1 / 0)\nPrinted before the error:\nhalf"},
		{"one line", "t = 0; for i in range(3): t += i", "error: SyntaxError: invalid syntax (line 1: t = 0; for i in range(3): t += i)\nWrite each statement on a line of its own, with what is inside of for, if, with and def indented below it."},
		{"no such file", "open('b.csv')", "error: FileNotFoundError: [Errno 2] No such file or directory: 'b.csv' (line 1: open('b.csv'))\nThe files are: a.csv."},
		{"no such module", "import nothing_like_it", "error: There is no module nothing_like_it here. Write it with the standard library."},
		{"installing", "pip install pandas", "error: Nothing can be installed. Write the code with the standard library: csv, json, math, statistics."},
		{"input", "input('n? ')", "error: RuntimeError: input() cannot be used…"},
		{"no such column", "[r['m'] for r in csv.DictReader(open('a.csv'))]", "error: KeyError: 'm' (line 1: [r['m'] for r in csv.DictReader(open('a.csv'))])\na.csv begins like this:\nname,n\nx,1\ny,2"},
		{"another column", "sum(float(line.split(',')[0]) for line in open(\"a.csv\"))", "error: ValueError: could not convert string to float: 'name' (line 1: sum(float(line.split(',')[0]) for line in open(\"a.csv\")))\na.csv begins like this:\nname,n\nx,1\ny,2"},
		{"no such key", "{}['k']", "error: KeyError: 'k' (line 1: {}['k'])\nThere is no such key. Print…"},
		{"no match", "re.search('z', open('a.csv').read()).group(1)", "error: AttributeError: 'NoneType' object has no attribute 'group' (line 1: re.search('z', open('a.csv').read()).group(1))\nThe pattern is not in the text. Write the numbers from it into the code.\na.csv begins like this:\nname,n\nx,1\ny,2"},
		{"no number", "float('$12')", "error: ValueError: could not convert string to float: '$12' (line 1: float('$12'))\nThat text is no number. Leave…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := told(t, tool, c.program)
			if begin, cut := strings.CutSuffix(c.want, "…"); cut && strings.HasPrefix(got, begin) {
				return
			}
			if got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestMendedColumn: a program that looks for a value in the wrong column runs with the right one, if there is just one.
func TestMendedColumn(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{
		"a.csv": "who,site,next,kg\nx,Ulm,Graz,4\ny,Graz,Ulm,5\nz,Passau,,6\n", "b.csv": "owner\nx\n",
	}, tools.Interpreter{}, nil)
	sum := "print(sum(float(r['kg']) for r in csv.DictReader(open('a.csv')) if %s))"
	for condition, want := range map[string]string{
		"r['name'] == 'y'":                        "5.0\ny is in the column who, so this ran with r['who'] == 'y'.",
		`r["site"] == "z"`:                        "6.0\nz is in the column who, so this ran with r['who'] == 'z'.",
		"r['site'] == 'Ulm'":                      "4.0",
		"r['who'] == 'Ulm'":                       "0\na.csv begins like this:\nwho,site,next,kg\nx,Ulm,Graz,4\ny,Graz,Ulm,5", // in two columns
		"r['who'] == 'v'":                         "0\na.csv begins like this:\nwho,site,next,kg\nx,Ulm,Graz,4\ny,Graz,Ulm,5",
		"r['who'] == 'x' and r['site'] == 'Graz'": "0\na.csv begins like this:\nwho,site,next,kg\nx,Ulm,Graz,4\ny,Graz,Ulm,5", // each is where it says
		"r['name'] == 'x' and r['kg'] == 4":       "4.0\nx is in the column who, so this ran with r['who'] == 'x'.\nThe values of a row are texts, so this ran with r['kg'] == '4'.",
	} {
		if got := told(t, tool, fmt.Sprintf(sum, condition)); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", condition, got, want)
		}
	}
	many := fmt.Sprintf(sum, strings.Repeat("r['name'] == 'nobody' or ", 9)+"r['name'] == 'y'")
	if got := told(t, tool, many); !strings.HasPrefix(got, "error: KeyError: 'name'") || strings.Contains(got, "so this ran") {
		t.Errorf("more than are looked for: %q", got)
	}
	if got := told(t, tool, "print([r['who'] for r in csv.DictReader(open('a.csv')) if r['who'] == 'q'])"); strings.Contains(got, "column") {
		t.Errorf("a value of no table: %q", got)
	}
}

// TestMendedTypes: texts that are calculated with are taken for the numbers and dates that they are.
func TestMendedTypes(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{"a.csv": "name,week,n,price\nx,21,2,1.50\ny,22,3,2.25\nx,22,,1\n"}, tools.Interpreter{}, nil)
	const rows = "for r in csv.DictReader(open('a.csv')):\n"
	const numbers = "The values of a row are texts, so this ran with those that are numbers as numbers."
	for _, c := range []struct{ program, want string }{
		{"t = 0\n" + rows + "    if r['week'] == '21':\n        t += float(r['n'] * float(r['price']))\nprint(t)", "3.0\n" + numbers},
		{"print(sum(r['n'] for r in csv.DictReader(open('a.csv')) if r['n']))", "5.0\n" + numbers},
		{rows + "    if r['name'] == 'y' and r['price'] > 2:\n        print(r['n'], r['price'].split('.')[1], len(r['name']))", "3 25 1\n" + numbers},
		{"names = {'21': 'first', '22': 'second'}\n" + rows + "    if r['name'] == 'y':\n        print(names[r['week']], r['n'] * r['price'], [r['n']])", "second 6.75 [3]\n" + numbers},
		{"a = '2025-09-08'\nb = \"2025-12-01\"\nprint((b - a).days)", "84\n'2025-09-08' is a text, so this ran with datetime.date.fromisoformat('2025-09-08')."},
	} {
		if got := told(t, tool, c.program); got != c.want {
			t.Errorf("%s:\n%q, wanted\n%q", c.program, got, c.want)
		}
	}
	for _, program := range []string{"'a' - 'b'", "len(5)", "print('1' + 2)", "'a' * 2.5"} {
		if got := told(t, tool, program); !strings.HasPrefix(got, "error: TypeError") || strings.Contains(got, "this ran with") {
			t.Errorf("%s: %q", program, got)
		}
	}
}

// TestMendedOnce: a program that has written a file does not run again.
func TestMendedOnce(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{"a.csv": "name,n\nx,1\n"}, tools.Interpreter{}, nil)
	count := "print(sum(1 for r in csv.DictReader(open('a.csv')) if r['n'] == 1))"
	if got := told(t, tool, "w = open('new.txt', 'a'); w.write('x'); w.close(); "+count); !strings.HasPrefix(got, "0\n") {
		t.Errorf("with a file written: %q", got)
	}
	if got := told(t, tool, "print(open('new.txt').read())"); got != "x" {
		t.Errorf("the file has %q, want one x", got)
	}
	if got := told(t, tool, count); !strings.HasPrefix(got, "1\n") {
		t.Errorf("without: %q", got)
	}
}

// TestOtherTable: a program that looks for a column in the wrong table is told where it is.
func TestOtherTable(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{
		"a.csv": "name,n\nx,1\n", "b.csv": "team,name,rate\nred,x,16.80\n", "c.csv": "\"the city\",zip\nUlm,89073\n", "till.log": "08:01 order done\n08:02 order done\n", "empty.csv": "",
		"d.csv": "name,week\nx,21\nx,22\n", "e.csv": "name,unit price\nx,2\n",
	}, tools.Interpreter{}, nil)
	row := "[r[%s] for r in csv.DictReader(open('a.csv'))]"
	for column, want := range map[string]string{
		"'rate'": "rate is a column of b.csv. Take it from there by name, like this:\nimport csv\n" +
			"rate = {r[\"name\"]: r[\"rate\"] for r in csv.DictReader(open(\"b.csv\"))}\nand for each row of a.csv it is rate[row[\"name\"]].\na.csv begins like this:\nname,n\nx,1",
		"'unit price'": "unit price is a column of e.csv. Take it from there by name, like this:\nimport csv\n" +
			"column = {r[\"name\"]: r[\"unit price\"] for r in csv.DictReader(open(\"e.csv\"))}\nand for each row of a.csv it is column[row[\"name\"]].\na.csv begins like this:\nname,n\nx,1",
		"'zip'":  "zip is a column of c.csv.\na.csv begins like this:\nname,n\nx,1",
		"'week'": "week is a column of d.csv.\na.csv begins like this:\nname,n\nx,1",
		"'gone'": "a.csv begins like this:\nname,n\nx,1",
	} {
		got := told(t, tool, fmt.Sprintf(row, column))
		if _, advice, _ := strings.Cut(got, "\n"); advice != want {
			t.Errorf("%s: got\n%s\nwant\n%s", column, got, want)
		}
	}
	if got := told(t, tool, "[r for r in csv.DictReader(open('a.csv')) if r['rate'] == 5]"); !strings.HasSuffix(got, "x,1\nThe values of a row are texts: write r['rate'] == '5'") {
		t.Errorf("compared with a number: %q", got)
	}
	if got := told(t, tool, "rate = {r['name']: r['rate'] for r in csv.DictReader(open('b.csv'))}\nsum(int(r['n']) * float(rate[r['name']]) for r in csv.DictReader(open('a.csv')))"); got != "16.8" {
		t.Errorf("as it is told, it gives %q", got)
	}
	if got := told(t, tool, "open('tills.log')"); !strings.Contains(got, "\nThere is till.log, so write open('till.log'). The files are: till.log, ") {
		t.Errorf("misspelt: %q", got)
	}
	if got := told(t, tool, "open('tills.txt')"); !strings.Contains(got, "\nThe files are: till.log, ") {
		t.Errorf("of another kind: %q", got)
	}
	const log = "error: KeyError: 'message' (line 1: [r['message'] for r in csv.DictReader(open('till.log'))])\ntill.log is no table with columns. " +
		"Go through its lines, like this:\nfor line in open('till.log'):\n    words = line.split()\ntill.log begins like this:\n08:01 order done\n08:02 order done"
	if got := told(t, tool, "[r['message'] for r in csv.DictReader(open('till.log'))]"); got != log {
		t.Errorf("got\n%s\nwant\n%s", got, log)
	}
}

// TestNoPandas: where the module that models take for granted is not there, the description
// says what there is, and the error shows how to do without it.
func TestNoPandas(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{"a.csv": "name,n\nx,1\n"}, tools.Interpreter{}, nil)
	missing := tool.Spec().Description == pythonPlain
	if got := told(t, tool, "import importlib.util\nimportlib.util.find_spec('pandas') is None"); got != map[bool]string{true: "True", false: "False"}[missing] {
		t.Errorf("the description says %q, the session %s", tool.Spec().Description, got)
	}
	if !missing {
		t.Skip("pandas is installed")
	}
	const want = `error: Write it with the csv module in place of pandas, like this:
import csv
rows = list(csv.DictReader(open('a.csv')))
print(sum(float(row['price']) for row in rows))
a.csv begins like this:
name,n
x,1`
	for _, program := range []string{"import pandas as pd\npd.read_csv('a.csv')", "pd.read_csv('a.csv')"} {
		if got := told(t, tool, program); got != want {
			t.Errorf("%s: got\n%s", program, got)
		}
	}
}

// TestFiles shows that what a program makes comes back, and what was there is left alone.
func TestFiles(t *testing.T) {
	const program = "open('in.txt', 'w').write('changed')\nopen('out.txt', 'w').write('made')"
	for _, c := range []struct {
		overwrite bool
		kept      string // what in.txt holds afterwards
		told      string
	}{
		{false, "mine", "File created: out.txt\nFile changed: in.txt\nin.txt was there before the session, so it is changed only inside: write under another name."},
		{true, "changed", "File created: out.txt\nFile changed: in.txt"},
	} {
		tool, dir := opened(t, OpenPython, map[string]string{"in.txt": "mine"}, tools.Interpreter{Overwrite: c.overwrite}, nil)
		if got := told(t, tool, program+"\nNone"); got != c.told {
			t.Errorf("overwrite %v: got\n%s\nwant\n%s", c.overwrite, got, c.told)
		}
		for name, want := range map[string]string{"in.txt": c.kept, "out.txt": "made"} {
			if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
				t.Errorf("overwrite %v: %s holds %q, %v; want %q", c.overwrite, name, text, err, want)
			}
		}
		if got := told(t, tool, "open('out.txt', 'w').write('again')\nopen('in.txt').read()"); !strings.HasPrefix(got, "'changed'") {
			t.Errorf("overwrite %v: the session sees %q in its file", c.overwrite, got)
		}
		if text, _ := os.ReadFile(filepath.Join(dir, "out.txt")); string(text) != "again" {
			t.Errorf("overwrite %v: a file that the session made holds %q after it was changed", c.overwrite, text)
		}
	}
}

// TestArtefacts shows that the files that come back are artefacts, those of a program that
// fails too, and that others are not.
func TestArtefacts(t *testing.T) {
	tool, _ := opened(t, OpenPython, map[string]string{"in.txt": "mine"}, tools.Interpreter{}, nil)
	for program, want := range map[string][]tools.Artefact{
		"open('in.txt', 'w').close()": nil,
		"open('a.CSV', 'w').close()":  {{Path: "a.CSV", MediaType: "text/csv"}},
		"os.mkdir('d'); open('d/b', 'w').close(); open('c.png', 'w').close(); 1/0": {
			{Path: "c.png", MediaType: "image/png"}, {Path: "d/b", MediaType: "application/octet-stream"},
		},
	} {
		arguments, _ := json.Marshal(map[string]string{"code": program})
		r, err := tools.Run(t.Context(), tool, arguments)
		if diff := cmp.Diff(want, r.Artefacts); diff != "" || (err != nil) != strings.Contains(program, "1/0") {
			t.Errorf("%s: error %v, artefacts\n%s", program, err, diff)
		}
	}
}

// TestCut shows that long results are cut in the middle and say by how much.
func TestCut(t *testing.T) {
	tool, _ := opened(t, OpenPython, nil, tools.Interpreter{}, map[string]any{"max_bytes": 100})
	got := told(t, tool, "for i in range(1000): print(i)")
	if len(got) > 160 || !strings.HasPrefix(got, "0\n1\n") || !strings.HasSuffix(got, "\n999") || !strings.Contains(got, " lines are left out here]") {
		t.Errorf("got %d bytes:\n%s", len(got), got)
	}
	if got := told(t, tool, "'é' * 2000"); !strings.Contains(got, " characters are left out here]") || len(got) > 160 {
		t.Errorf("got %d bytes:\n%s", len(got), got)
	}
}

// TestLifetime shows that a session ends with Close, that a call after it begins anew, and
// that what ends a session is told.
func TestLifetime(t *testing.T) {
	tool, _ := opened(t, OpenPython, nil, tools.Interpreter{}, nil)
	told(t, tool, "kept = 1")
	if got := told(t, tool, "kept"); got != "1" {
		t.Fatalf("kept is %s", got)
	}
	if err := tool.(tools.Starter).Close(); err != nil {
		t.Fatal(err)
	}
	if got := told(t, tool, "print('kept' in globals())"); got != "False" {
		t.Errorf("after Close: %s", got)
	}
	told(t, tool, "kept = 1")
	if got := told(t, tool, "os._exit(3)"); !strings.Contains(got, "Crash: the cell ended the interpreter") {
		t.Errorf("got %s", got)
	}
	if got := told(t, tool, "math.pi > 3"); !strings.HasPrefix(got, "True\nThe interpreter was started again") {
		t.Errorf("got %s", got)
	}
}

func TestTimeout(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a second")
	}
	tool, _ := opened(t, OpenPython, nil, tools.Interpreter{Timeout: 1e9}, nil)
	if got := told(t, tool, "while True: pass"); !strings.HasPrefix(got, "Timeout: the cell ran longer than its limit of 1s") && !strings.HasPrefix(got, "error: Timeout: the cell ran longer than its limit of 1s") || !strings.Contains(got, "Write a faster way") {
		t.Errorf("got %s", got)
	}
}

func TestGo(t *testing.T) {
	for _, how := range []string{"", tools.GoCompiled} {
		t.Run("go: "+how, func(t *testing.T) {
			if how != "" && testing.Short() {
				t.Skip("compiles the standard library if that has not been done")
			}
			tool, _ := opened(t, OpenGo, map[string]string{"a.txt": "1 2 3"}, tools.Interpreter{Go: how}, nil)
			for _, c := range []struct{ program, want string }{ // want with "…" at its end is a beginning
				{"package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(6 * 7)\n}", "42"},
				{"6 * 7", "42"},
				{"text, _ := os.ReadFile(\"a.txt\")\nfmt.Println(len(strings.Fields(string(text))))", "3"},
				{"func double(n int) int { return 2 * n }", nothingShown},
				{"double(4)", "8"},
				{"fmt.Println(totals)", "error: …"},
				{"os.WriteFile(\"b.txt\", []byte(\"made\"), 0o644)", "…File created: b.txt"},
				{"v := []int{1}\nv[3] = 0", "error: …"},
			} {
				got := told(t, tool, c.program)
				switch begin, end, cut := strings.Cut(c.want, "…"); {
				case cut && strings.HasPrefix(got, begin) && strings.HasSuffix(got, end):
					t.Log(got)
				case got != c.want:
					t.Errorf("%s: got\n%s\nwant\n%s", c.program, got, c.want)
				default:
					t.Log(got)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name     string
		open     tools.Factory
		i        tools.Interpreter
		settings map[string]any
		want     string // of the error when it is opened, or else when it is started
	}{
		{"setting", OpenPython, tools.Interpreter{}, map[string]any{"max_byte": 3}, `unknown setting "max_byte" (did you mean "max_bytes"?)`},
		{"negative", OpenPython, tools.Interpreter{}, map[string]any{"max_bytes": -1}, "max_bytes is -1, want 1 or more"},
		{"python", OpenPython, tools.Interpreter{Python: filepath.Join(dir, "none")}, nil, "no usable Python"},
		{"go", OpenGo, tools.Interpreter{Go: "interpreted"}, nil, `interpreter.go is "interpreted"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := c.open(tools.Env{Interpreter: c.i}, c.settings)
			if err == nil {
				err = list[0].(tools.Starter).Start(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestNoSandbox shows that nothing runs where the sandbox cannot be had.
func TestNoSandbox(t *testing.T) {
	if _, err := python.Find(t.Context(), ""); err != nil {
		t.Skip(err)
	}
	o, err := sessionOptions(tools.Env{})
	if err != nil {
		t.Fatal(err)
	}
	o.Language, o.Without = python.Language{}, []sandbox.Layer{sandbox.Seccomp}
	tool := New(o, Settings{})
	err = tool.(tools.Starter).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no code is run, because it could not be kept from doing harm here") {
		t.Errorf("Start: %v", err)
	}
	if got := told(t, tool, "print('ran')"); !strings.HasPrefix(got, "error: python: no code is run") {
		t.Errorf("Call: %s", got)
	}
}

func ExampleOpenPython() {
	list, err := OpenPython(tools.Env{}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(list[0].Spec().Name, list[0].Spec().Code.Language)
	// Output: python python
}
