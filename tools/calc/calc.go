// Package calc is a calculator for models: exact, and forgiving about how small models
// write arithmetic.
//
// It reads numbers (1,234.50 and 1_000 and 1.5e3 too), + - * / // (rounded down) % (rest)
// ^ or **, parentheses, lists [1, 2, 3], and the functions of the table in functions.go. The
// signs × ÷ − ², one kind of currency sign, a leading "x =", a trailing "=" and quotes around
// numbers or expressions are understood.
//
// A percent sign that no operand follows is a hundredth: 20% * 50 is 10 and 17.5% of 2340 is
// 409.5. Right after + or - it is meant of what stands to the left, as on a pocket
// calculator: 2340 + 10% is 2574. Before an operand it is the rest of a division: 7 % 3 is 1.
//
// A comma between digits groups thousands where there is nothing to separate; inside a list or
// a call it separates: max(1,234) is 234. Where both readings are possible (sum(1,200, 3,400))
// the expression is refused.
//
// A date such as 2026-05-16 is refused, as it would be a subtraction.
//
// Results are exact decimals. One that has no end, or more than 30 decimals, or that comes
// from a root that is not exact, is rounded to at least 12 digits and marked "(rounded)".
package calc

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/qwen-agent/qwen-agent/tools"
)

type in struct {
	Expr string `json:"expr" jsonschema:"numbers and operators, such as 17.5% of 2340 or (12.5 + 7) * 3" example:"(12.5 + 7) * 3"`
}

// New returns the calculator.
func New() tools.Tool {
	return tools.New("calc", "Calculates one expression of numbers, such as 17.5% of 2340 or (12.5 + 7) * 3.",
		func(_ context.Context, a in) (string, error) { return Eval(a.Expr) })
}

// Open is the tools.Factory of the calculator, which has no settings.
func Open(_ tools.Env, settings map[string]any) ([]tools.Tool, error) {
	if _, err := tools.Settings("calc", settings, struct{}{}); err != nil {
		return nil, err
	}
	return []tools.Tool{New()}, nil
}

// Limits of an expression. They bound the time of Eval to well under a second.
const (
	maxLength = 20000 // bytes
	maxDepth  = 100   // brackets and signs inside each other
	maxDigits = 2500  // of one number as it is written, and the size of its exponent
	maxBits   = 8192  // of the numerator or denominator of any value: 2467 digits
)

// Eval calculates an expression. The error says what could not be read and what to write.
func Eval(expr string) (string, error) {
	v, err := eval(expr, 0)
	if err != nil {
		return "", fmt.Errorf("calc: %w", err)
	}
	return v.String(), nil
}

// date is one as models write it into expressions. Taken for a subtraction, it gives a number that looks like a year.
var date = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

func eval(expr string, depth int) (value, error) {
	if len(expr) > maxLength {
		return value{}, fmt.Errorf("the expression has %d characters, at most %d are read: calculate it in parts", len(expr), maxLength)
	}
	if d := date.FindString(expr); d != "" {
		t, err := time.Parse(time.DateOnly, d)
		if err == nil {
			return value{}, fmt.Errorf("%s is a date and no number: calculate it with a program, where it is datetime.date(%d, %d, %d)", d, t.Year(), t.Month(), t.Day())
		}
	}
	tokens, err := scan(expr)
	if err != nil {
		return value{}, err
	}
	p := parser{tokens: trim(tokens), depth: depth}
	if p.at(end) {
		return value{}, fmt.Errorf(`the expression is empty: write one, such as 3 * (4 + 5)`)
	}
	v, _, err := p.sum()
	if err != nil {
		return value{}, err
	}
	if !p.at(end) {
		return value{}, p.surprise()
	}
	return v, nil
}

// trim takes off what models write around an expression: "x =" before, "=" after.
func trim(tokens []token) []token {
	if len(tokens) > 2 && tokens[0].kind == word && tokens[1].is("=") {
		tokens = tokens[2:]
	}
	for n := len(tokens); n > 2 && tokens[n-2].is("="); n-- { // the last one is the end
		tokens = append(tokens[:n-2:n-2], tokens[n-1])
	}
	return tokens
}
