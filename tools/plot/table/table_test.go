package table

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// written shows a table on one line: name:kind=values.
func written(t *Table) string {
	var b strings.Builder
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(" ")
		}
		fmt.Fprintf(&b, "%s:%s=", c.Name, c.Kind)
		for j := range c.Text {
			if j > 0 {
				b.WriteString(",")
			}
			switch {
			case c.Kind == Text:
				b.WriteString(c.Text[j])
			case math.IsNaN(c.Number[j]):
				b.WriteString("_")
			case c.Kind == Date:
				b.WriteString(time.Unix(int64(c.Number[j]), 0).UTC().Format("2006-01-02T15:04"))
			default:
				fmt.Fprint(&b, c.Number[j])
			}
		}
	}
	for _, n := range t.Notes {
		b.WriteString(" [" + n + "]")
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{ // want: the table, or the part of the error that names the fault
		{"csv", "month,sales\nJan,3\nFeb,5\n", "month:text=Jan,Feb sales:number=3,5"},
		{"no last newline, blank lines, CRLF, BOM", "\ufeffmonth,sales\r\n\r\nJan,3\r\n,,\r\nFeb,5", "month:text=Jan,Feb sales:number=3,5"},
		{"no header", "1,2\n3,4\n", "column 1:number=1,3 column 2:number=2,4"},
		{"no header, one column", "3\n5\n2\n", "column 1:number=3,5,2"},
		{"a single line of values", "3,5,2", "value:number=3,5,2"},
		{"semicolons and decimal commas", "a;b\n1,5;x\n1.002,25;y\n", "a:number=1.5,1002.25 b:text=x,y"},
		{"semicolons, commas in texts", "a;b\nx,y;1\nz;2\n", "a:text=x,y,z b:number=1,2"},
		{"tabs", "a\tb\n1\t2\n", "a:number=1 b:number=2"},
		{"bars", "a|b\n1|2\n", "a:number=1 b:number=2"},
		{"quotes", "a,b\n\"x, \"\"y\"\"\",\"1,234.5\"\n", `a:text=x, "y" b:number=1234.5`},
		{"short rows", "a,b\n1\n2,3\n", "a:number=1,2 b:number=_,3"},
		{"long row", "a,b\n1,2,3\n", `line 2 has 3 values, and the first line 2; put a text`},
		{"long row of nothing", "a,b\n1,2,,\n", "a:number=1 b:number=2"},
		{"same names", "a,a,\n1,2,3\n", "a:number=1 a (2):number=2 column 3:number=3"},
		{"years as names", "region,2023,2024\nnorth,5,6\n", "region:text=north 2023:number=5 2024:number=6"},
		{"years as values", "2023,5\n2024,6\n", "column 1:number=2023,2024 column 2:number=5,6"},
		{"numbers as people write them", "a\n\"1,200\"\n-3\n+4\n$5.50\n€ 6\n7 €\n12%\n(8)\n1e3\n−2\n1 000 000\n.5\n", "a:number=1200,-3,4,5.5,6,7,12,-8,1000,-2,1e+06,0.5"},
		{"no numbers", "a\n1-2\n", "a:text=1-2"},
		{"no hexadecimal", "a\n0x10\n", "a:text=0x10"},
		{"one text among numbers", "a\n1\n2\nmany\n", "a:text=1,2,many"},
		{"missing", "a,b\n1,\nNA,2\nn/a,3\nNaN,4\n-,5\nnull,6\n", "a:number=1,_,_,_,_,_ b:number=_,2,3,4,5,6"},
		{"infinite", "a\n1\nInf\n-inf\n1e300\n1e999\n", "a:number=1,_,_,_,_ [a has 4 values that are infinite or too large to draw; they count as missing]"},
		{"nothing in a column", "a,b\n1,\n2,\n", "a:number=1,2 b:text=,"},
		{"dates", "d,v\n2025-01-31,1\n2025-02-28,2\n", "d:date=2025-01-31T00:00,2025-02-28T00:00 v:number=1,2"},
		{"months", "d\n2025-01\n2025-02\n", "d:date=2025-01-01T00:00,2025-02-01T00:00"},
		{"times", "d\n2025-01-31 10:30\n2025-01-31T12:00:00+02:00\n", "d:date=2025-01-31T10:30,2025-01-31T10:00"},
		{"Chinese dates", "日期\n2025年1月31日\n2025年2月1日\n", "日期:date=2025-01-31T00:00,2025-02-01T00:00"},
		{"names of months", "d\nJan 2025\nFeb 2025\n", "d:date=2025-01-01T00:00,2025-02-01T00:00"},
		{"a date is missing", "d,e\n2025-01-31,1\n,2\n", "d:date=2025-01-31T00:00,_ e:number=1,2"},
		{"day first", "d\n3/4/2025\n31/1/2025\n", "d:date=2025-04-03T00:00,2025-01-31T00:00"},
		{"month first", "d\n3/4/2025\n1/31/2025\n", "d:date=2025-03-04T00:00,2025-01-31T00:00"},
		{"either", "d\n3/4/2025\n", "d:date=2025-03-04T00:00 [the dates of d were read with the month first; write them like 2006-01-31 to be sure]"},
		{"either, with points", "d\n3.4.2025\n", "d:date=2025-04-03T00:00 [the dates of d were read with the day first; write them like 2006-01-31 to be sure]"},
		{"either, and it does not matter", "d\n4/4/2025\n", "d:date=2025-04-04T00:00"},
		{"neither", "d\n31/1/2025\n1/31/2025\n", "d:text=31/1/2025,1/31/2025"},
		{"UTF-16", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00", "a:number=1 b:number=2"},
		{"invisible characters", "\u200bа\x07,b\n1,2\n", "а:number=1 b:number=2"},

		{"list", `[3, 5, 2]`, "value:number=3,5,2"},
		{"list of texts that are numbers", `["3", "5.5", null]`, "value:number=3,5.5,_"},
		{"rows", `[[1, 2], [3, 4]]`, "column 1:number=1,3 column 2:number=2,4"},
		{"rows below names", `[["month", "sales"], ["Jan", 3]]`, "month:text=Jan sales:number=3"},
		{"records", `[{"month": "Jan", "sales": 3}, {"sales": "5", "month": "Feb", "more": true}]`, "month:text=Jan,Feb sales:number=3,5 more:text=,true"},
		{"values by name, in their order", `{"Feb": 5, "Apr": 3}`, "name:text=Feb,Apr value:number=5,3"},
		{"columns", `{"month": ["Jan", "Feb"], "sales": [3, 5]}`, "month:text=Jan,Feb sales:number=3,5"},
		{"columns and a remark", `{"title": "x", "month": ["Jan"], "sales": [3]}`, "month:text=Jan sales:number=3"},
		{"rows by name", `{"north": {"q1": 1, "q2": 2}, "south": {"q1": 3}}`, "name:text=north,south q1:number=1,3 q2:number=2,_"},
		{"labels and datasets", `{"labels": ["Jan", "Feb"], "datasets": [{"label": "north", "data": [1, 2]}, {"data": [3, 4]}]}`, "label:text=Jan,Feb north:number=1,2 series 2:number=3,4"},
		{"columns and data", `{"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}`, "a:number=1,3 b:number=2,4"},
		{"wrapped", `{"data": [{"a": 1}, {"a": 2}]}`, "a:number=1,2"},
		{"lines", "{\"a\": 1}\n{\"a\": 2}\n", "a:number=1,2"},

		{"empty", "", "it is empty"},
		{"blank", " \n\t\n", "it is empty"},
		{"only names", "a,b\n", "there are no rows"},
		{"only separators", ",,\n,,\n", "there are no values"},
		{"empty list", "[]", "the list is empty"},
		{"empty object", "{}", "the object is empty"},
		{"empty objects", "[{}, {}]", "the objects are empty"},
		{"cut off", `[1, 2`, "it ends too early"},
		{"cut off in an object", `{"a": `, "it ends too early"},
		{"not JSON", `[1, x]`, "the JSON is not valid: at byte"},
		{"lengths", `{"month": ["Jan", "Feb"], "sales": [3]}`, `"month" has 2 values and "sales" has 1; give both the same number`},
		{"lengths of rows", `[[1, 2], [3, 4, 5]]`, "row 2 has 3 values, and row 1 has 2"},
		{"lengths of datasets", `{"labels": ["Jan"], "datasets": [{"label": "north", "data": [1, 2]}]}`, `"labels" has 1 values and "north" has 2`},
		{"mixed", `[1, {"a": 2}]`, `values of several kinds. Write rows such as [{"month"`},
		{"a list in a record", `[{"a": [1]}]`, `"a" in row 1 is a list, want a number or a text`},
		{"deep", `[[[[[[[[1]]]]]]]]`, "nested more than 6 deep"},
		{"Latin-1", "caf\xe9,1\n", "byte 0xe9 on line 1 is not UTF-8"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "is 0, so this is no text"},
		{"many columns", strings.Repeat("a,", MaxColumns) + "b\n", "1001 columns, at most 1000 are read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, err := Read([]byte(c.data))
			if err != nil {
				if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v, want %s", err, c.want)
				}
				return
			}
			if got := written(table); got != c.want {
				t.Errorf("read\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	if _, err := Read(make([]byte, MaxBytes+1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("too many bytes: %v", err)
	}
	if _, err := Read([]byte(strings.Repeat("1\n", MaxRows+2))); err == nil || !strings.Contains(err.Error(), "rows") {
		t.Errorf("too many rows: %v", err)
	}
	if testing.Short() {
		return
	}
	if _, err := Read([]byte("[" + strings.Repeat("1,", maxCells) + "1]")); err == nil || !strings.Contains(err.Error(), "at most so many") {
		t.Errorf("too many values: %v", err)
	}
}

func TestColumn(t *testing.T) {
	table, err := Read([]byte("Unit Price,unit_price,Sum\n1,2,\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Unit Price": "Unit Price", "unit_price": "unit_price", "UNITPRICE": "", "sum": "Sum", "x": ""} {
		got := ""
		if c := table.Column(name); c != nil {
			got = c.Name
		}
		if got != want {
			t.Errorf("%q is the column %q, want %q", name, got, want)
		}
	}
	if n := table.Column("Sum").Missing(); n != 1 {
		t.Errorf("%d values are missing, want 1", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"month,sales\nJan,3\nFeb,5\n", "a;b\n1,5;x\n", "\xff\xfea\x00", `[{"a": 1}, {"b": "2025-01-31"}]`, `{"a": [1, 2], "b": ["x", null]}`,
		`{"labels": ["Jan"], "datasets": [{"label": "n", "data": [1]}]}`, "{\"a\": 1}\n{\"a\": 2}", "d\n3/4/2025\n", "\"a\nb\",c\n", `{"a":{"b":{"c":[[1]]}}}`, "a|b\n1,000|(3)\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read(data)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if len(table.Columns) == 0 || len(table.Columns) > MaxColumns || table.Rows() == 0 || table.Rows() > MaxRows+1 {
			t.Fatalf("%d columns of %d rows", len(table.Columns), table.Rows())
		}
		names := map[string]bool{}
		for _, c := range table.Columns {
			if c.Name == "" || names[c.Name] || len(c.Text) != table.Rows() || (c.Kind == Text) != (c.Number == nil) || c.Number != nil && len(c.Number) != len(c.Text) {
				t.Fatalf("column %+v", c)
			}
			names[c.Name] = true
			for _, v := range c.Number {
				if math.IsInf(v, 0) || math.Abs(v) > most {
					t.Fatalf("%s has %v", c.Name, v)
				}
			}
		}
	})
}
