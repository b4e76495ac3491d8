package calc_test

import (
	"context"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/qwen-agent/qwen-agent/tools"
	"github.com/qwen-agent/qwen-agent/tools/calc"
)

func TestEval(t *testing.T) {
	for _, c := range []struct{ expr, want string }{
		// exact decimals
		{"6*7", "42"},
		{"0.1+0.2", "0.3"},
		{"361.95/3", "120.65"},
		{"1/8", "0.125"},
		{"100/3", "33.3333333333 (rounded)"},
		{"1/3*3", "1"},
		{"1/7000", "0.000142857142857 (rounded)"},
		{"2/3*1000000000000", "666666666666.666667 (rounded)"},
		{"-1/3", "-0.333333333333 (rounded)"},
		{"1e3 + 2.5e-3", "1000.0025"},
		{"1e-300/3", "3.33333333333e-301 (rounded)"},
		{".5 + 5.", "5.5"},
		{"12345678901234567890 * 98765432109876543210", "1219326311370217952237463801111263526900"},
		{"2^100", "1267650600228229401496703205376"},

		// order
		{"2 + 3 * 4", "14"},
		{"(2 + 3) * 4", "20"},
		{"10 - 4 - 3", "3"},
		{"100 / 10 / 2", "5"},
		{"2^3^2", "512"},
		{"2**10", "1024"},
		{"-2^2", "-4"},
		{"(-2)^2", "4"},
		{"2^-2", "0.25"},
		{"--3", "3"},
		{"-(4 + 5)", "-9"},
		{"2 * -3", "-6"},
		{"7 % 3", "1"},
		{"-7 % 3", "2"},
		{"7.5 % 2", "1.5"},
		{"7 // 2", "3"},
		{"-7 // 2", "-4"},
		{"10%3", "1"},

		// percent
		{"17.5% of 2340", "409.5"},
		{"17.5 percent of 2340", "409.5"},
		{"20% * 50", "10"},
		{"50 * 20%", "10"},
		{"2340 + 10%", "2574"},
		{"2340 - 10%", "2106"},
		{"100 + 10% + 10%", "121"},
		{"10% + 5%", "0.15"},
		{"2340 + 10% of 100", "2350"},
		{"2340 + 10% * 100", "2350"},
		{"(1 + 10%) * 100", "110"}, // 1 + a tenth of 1
		{"100 + (10%)", "100.1"},
		{"-50%", "-0.5"},
		{"1/4 of 200", "50"},
		{"80 / 20% of 100", "4"},
		{"17.5% of 2340 + 88", "497.5"},
		{"100 - 3/4 of 80", "40"},
		{"10^-400 * 3", "3e-400"},

		// lists and functions
		{"sum([12.5, 7, 3])", "22.5"},
		{"sum(12.5, 7, 3) * 2", "45"},
		{"SUM(1, 2)", "3"},
		{"sum([])", "0"},
		{"sum([1, [2, 3]], 4)", "10"},
		{"sum((1, 2, 3))", "6"},
		{"sum([1, 2,])", "3"},
		{"mean([1, 2, 4])", "2.33333333333 (rounded)"},
		{"average(1, 2, 3, 4)", "2.5"},
		{"avg([1, 2])", "1.5"},
		{"median(3, 1, 2)", "2"},
		{"median([4, 1, 2, 3])", "2.5"},
		{"min(3, -1, 2)", "-1"},
		{"max([3, 9.5, 2])", "9.5"},
		{"max([1, 5]) - min([1, 5])", "4"},
		{"len([1, 2, 3])", "3"},
		{"count(1, 2)", "2"},
		{"sum([1, 2, 3]) / len([1, 2, 3])", "2"},
		{"abs(-4.5)", "4.5"},
		{"round(3.14159, 2)", "3.14"},
		{"round(2.5)", "3"},
		{"round(-2.5)", "-3"},
		{"round(1.005, 2)", "1.01"},
		{"round(1234, -2)", "1200"},
		{"round(100/3, 2)", "33.33"},
		{"round(2/3)", "1"},
		{"floor(-1.5)", "-2"},
		{"ceil(1.2)", "2"},
		{"ceil(-1.2)", "-1"},
		{"pow(2, 0.5)^2", "2 (rounded)"},
		{"sqrt(144)", "12"},
		{"sqrt(0.25)", "0.5"},
		{"sqrt(2)", "1.41421356237 (rounded)"},
		{"math.sqrt(16) + np.sum([1, 2])", "7"},
		{"27^(1/3)", "3"},
		{"8^(2/3)", "4"},
		{"4^1.5", "8"},
		{"2^0.3", "1.23114441334 (rounded)"},
		{"pi * 2", "6.28318530718 (rounded)"},
		{"product(2, 3, 4)", "24"},
		{"[1, 2 + 3]", "[1, 5]"},
		{"1^1000000000000", "1"},
		{"(-1)^1000000000001", "-1"},
		{"0^0", "1"},

		// thousands
		{"1,234.50 * 2", "2469"},
		{"1,234,567 + 1", "1234568"},
		{"(1,200 + 3,400) / 2", "2300"},
		{"1_000 * 3", "3000"},
		{"max(1,234)", "234"},
		{"sum(100,200,300)", "600"},
		{"sum(1,2,3)", "6"},
		{`sum("1,234.50", "2,000")`, "3234.5"},
		{"17.5% of (1,200 + 800)", "350"},

		// what models write
		{"3 × 4 ÷ 2 − 1", "5"},
		{"3x4", "12"},
		{"3 x 4", "12"},
		{"x = 3*4", "12"},
		{"total_price = 3*4", "12"},
		{"3*4 =", "12"},
		{`"3*4"`, "12"},
		{"'3' * '4'", "12"},
		{"calc(3*4)", "12"},
		{`calc("3*4")`, "12"},
		{"float('3.5') * 2", "7"},
		{"$4.50 * 3", "13.5"},
		{"$1,234.50 - $34.50", "1200"},
		{"4.50€ + 1€", "5.5"},
		{"5² + 2³", "33"},
		{"33.3333333333 (rounded) * 3", "99.9999999999"},
		{"12.5\n+ 7\n", "19.5"},
		{"（3＋4）*2", "14"},
	} {
		got, err := calc.Eval(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
		} else if got != c.want {
			t.Errorf("%s = %s, want %s", c.expr, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ expr, want string }{ // want: the part that names the fault
		{"", "empty"},
		{"  ", "empty"},
		{"x * 2", `cannot read "x" at character 1: calc sees no files and no names. Put the numbers from the results above into expr`},
		{"2 * total", `cannot read "total" at character 5`},
		{"(distance * fuel_use) * fuel_price", `cannot read "distance" at character 2`},
		{"sum([float(row['amount']) for row in data])", `cannot read "row"`},
		{"sum(x for x in [1, 2])", `cannot read "x"`},
		{"[1 for x in 2]", `cannot read "for" at character 4: calc sees no files`},
		{"3 kg * 2", `cannot read "kg"`},
		{"3kg", `cannot read "kg" at character 2`},
		{"(1+", "a number is missing"},
		{"(1+2", `")" is missing at the end`},
		{"[1, 2", `"]" is missing at the end`},
		{"[1, 2)", `cannot read ")" at character 6`},
		{"1+2)", `cannot read ")" at character 4`},
		{"3 +", `ends after "+"`},
		{"* 3", `cannot read "*" at character 1`},
		{"3 4", "an operator is missing"},
		{"2(3+4)", "an operator is missing"},
		{"12.5\n13", "several numbers stand in a list"},
		{"1/0", "cannot divide by 0"},
		{"5 % 0", "cannot divide by 0"},
		{"0^-1", "cannot divide by 0"},
		{"sqrt(-4)", "square root of the negative number -4"},
		{"(-8)^(1/3)", "negative number -8"},
		{"2^1000000", "2 to the power of 1000000 has too many digits"},
		{"9^9^9^9", "too many digits"},
		{"10^400^2", "too many digits"},
		{"2^(10^20)", "too many digits"},
		{"1e999999999", "its exponent is beyond 2500"},
		{"1" + strings.Repeat("0", 2600), "more than 2500 digits"},
		{strings.Repeat("1e400*", 9) + "1", "the result has about"},
		{strings.Repeat("(", 5000) + "1" + strings.Repeat(")", 5000), "nested more than 100 deep"},
		{strings.Repeat("-", 5000) + "1", "nested more than 100 deep"},
		{strings.Repeat("1+", 20000) + "1", "at most 20000 are read"},
		{"2026-05-16 - 40", "2026-05-16 is a date and no number: calculate it with a program, where it is datetime.date(2026, 5, 16)"},
		{"3 > 2", `cannot read ">" at character 3: nothing is compared`},
		{"3 == 3", `cannot read "=="`},
		{"3*4 = 12", `cannot read "=" at character 5: write only the expression`},
		{"a = 1; b = 2", `cannot read ";"`},
		{"1, 2, 3", `cannot read "," at character 2: a list`},
		{"1,5 * 2", `cannot read "," at character 2`},
		{"1.234,50", `cannot read ","`},
		{"1.2.3", "one decimal point"},
		{"sum(1,200, 3,400)", "cannot tell whether the comma after 1 "},
		{"sum(2,000)", "cannot tell"},
		{"sum(1,234.50)", "cannot tell"},
		{"$5 + 4€", `cannot read '€' at character 7 after '$'`},
		{"[1, 2] * 2", `"*" needs numbers, not a list`},
		{"sqrt(1, 2)", "sqrt: it takes 1 number, not 2"},
		{"mean([])", "mean: the list is empty"},
		{"max()", "max: the list is empty"},
		{"round(1, 0.5)", "whole number"},
		{"round()", "as in round(3.14159, 2)"},
		{"sum 1, 2", "brackets"},
		{"sin(1)", `cannot read "sin" at character 1: the functions are abs, ceil, floor, len`},
		{"get_value('a')", `cannot read "get_value"`},
		{"__import__('os')", `cannot read "__import__"`},
		{`"3*4`, "the quote has no end"},
		{"0x10", `cannot read "x10"`},
		{"5!", `cannot read "!"`},
		{"()", "nothing between the brackets"},
		{"3 ♥ 4", `cannot read "♥" at character 3`},
		{"\xff", "not valid UTF-8"},
		{"and", "nothing is decided"},
	} {
		got, err := calc.Eval(c.expr)
		if err == nil {
			t.Errorf("%.40s = %s, want an error with %q", c.expr, got, c.want)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40s: error %q, want one with %q", c.expr, err, c.want)
		} else if !strings.HasPrefix(err.Error(), "calc: ") || len(err.Error()) > 400 {
			t.Errorf("%.40s: error %q", c.expr, err)
		}
	}
}

// TestAgainstRat compares sums of products of random decimals with big.Rat.
func TestAgainstRat(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := new(big.Rat)
		var b strings.Builder
		for i := range 1 + r.IntN(6) {
			x, y := big.NewRat(int64(r.IntN(2e6)-1e6), 1000), big.NewRat(int64(r.IntN(2e6)-1e6), 100)
			if i > 0 {
				b.WriteString(" + ")
			}
			b.WriteString("(" + x.FloatString(3) + ")*(" + y.FloatString(2) + ")")
			want.Add(want, new(big.Rat).Mul(x, y))
		}
		text, err := calc.Eval(b.String())
		got, ok := new(big.Rat).SetString(text)
		if err != nil || !ok || got.Cmp(want) != 0 {
			t.Fatalf("%s = %s, %v; want %s", b.String(), text, err, want.FloatString(5))
		}
	}
}

func TestTool(t *testing.T) {
	tool := calc.New()
	if got, want := string(tool.Spec().Parameters), `{"type":"object","properties":{"expr":{"type":"string","description":"numbers and operators, such as 17.5% of 2340 or (12.5 + 7) * 3"}},"required":["expr"]}`; got != want {
		t.Errorf("parameters %s, want %s", got, want)
	}
	for _, c := range []struct{ arguments, want string }{
		{`{"expr": "6*7"}`, "42"},
		{`{"expr": 42}`, "42"},
		{`"6*7"`, "42"},
		{`{}`, `calc: "expr" is missing. Call calc again like this: {"expr": "(12.5 + 7) * 3"}`},
		{`{"expr": "x"}`, `calc: cannot read "x"`},
	} {
		got, err := tool.Call(context.Background(), json.RawMessage(c.arguments))
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.arguments, got, c.want)
		}
	}
	if _, err := calc.Open(tools.Env{}, map[string]any{"digits": 3}); err == nil || !strings.Contains(err.Error(), `unknown setting "digits"`) {
		t.Errorf("a setting that it does not have: %v", err)
	}
}

func FuzzEval(f *testing.F) {
	for _, s := range []string{"1+2*3", "sum([1,2.5],3)", "17.5% of 2,340", "2^0.5", "'1'+\"2\"", "x=1=", "9^9^9", "1e400/3", "round(1/3,400)", "((((", "1,000,", "pow(10,-400)", "3x4²"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		begun := time.Now()
		text, err := calc.Eval(expr)
		if took := time.Since(begun); took > 5*time.Second {
			t.Fatalf("%q took %v", expr, took)
		}
		if err != nil || strings.HasPrefix(text, "[") {
			return
		}
		if again, err := calc.Eval(text); err != nil { // a result can be calculated with
			t.Fatalf("%q = %q, which gives %v", expr, text, err)
		} else if !strings.Contains(text, "rounded") && again != text {
			t.Fatalf("%q = %q = %q", expr, text, again)
		}
	})
}
