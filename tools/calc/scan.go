package calc

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end kind = iota
	number
	word   // sum, of, x
	quoted // text is what stands between the quotes
	sign   // an operator, bracket or comma, in its plain form
)

type token struct {
	kind kind
	text string
	at   int // the character that it begins with, from 1
	num  *big.Rat
}

func (t token) is(sign string) bool { return t.kind != quoted && t.text == sign && t.kind != end }

// plain gives the signs that models copy from texts their plain form.
var plain = map[rune]string{
	'×': "*", '✕': "*", '·': "*", '⋅': "*", '∙': "*", '÷': "/", '∕': "/", '⁄': "/",
	'−': "-", '–': "-", '—': "-", '％': "%", '（': "(", '）': ")", '＝': "=", '＋': "+",
}

// powers are the exponents that are written as small digits.
var powers = map[rune]int64{'²': 2, '³': 3}

const currencies = "$€£¥₹"

// scanner turns an expression into tokens.
type scanner struct {
	rest     string
	at       int // characters before rest, plus 1
	tokens   []token
	brackets []bracket
	currency rune
}

// bracket is an open one, or the whole expression.
type bracket struct {
	list   bool   // commas separate in it
	spaced bool   // a comma with a blank beside it was seen
	tight  *token // the number before a comma that may group thousands
}

func scan(expr string) ([]token, error) {
	if !utf8.ValidString(expr) {
		return nil, fmt.Errorf("the expression is not valid UTF-8: write digits and operators")
	}
	s := scanner{rest: strings.ReplaceAll(expr, "(rounded)", ""), at: 1, brackets: []bracket{{}}}
	for {
		s.skipBlanks()
		if s.rest == "" {
			break
		}
		if err := s.next(); err != nil {
			return nil, err
		}
	}
	for len(s.brackets) > 0 { // those left open are the parser's to complain about
		if err := s.close(); err != nil {
			return nil, err
		}
	}
	return append(s.tokens, token{kind: end, at: s.at}), nil
}

func (s *scanner) take(n int) string {
	text := s.rest[:n]
	s.rest = s.rest[n:]
	s.at += utf8.RuneCountInString(text)
	return text
}

func (s *scanner) skipBlanks() {
	s.take(len(s.rest) - len(strings.TrimLeftFunc(s.rest, unicode.IsSpace)))
}

func (s *scanner) add(k kind, text string, at int) {
	s.tokens = append(s.tokens, token{kind: k, text: text, at: at})
}

func (s *scanner) previous() token {
	if len(s.tokens) == 0 {
		return token{}
	}
	return s.tokens[len(s.tokens)-1]
}

func (s *scanner) next() error {
	c, size := utf8.DecodeRuneInString(s.rest)
	at := s.at
	switch {
	case isDigit(s.rest, 0), c == '.' && isDigit(s.rest, 1):
		return s.number()
	case c == '_' || unicode.IsLetter(c):
		return s.word()
	case strings.ContainsRune("\"'`", c):
		i := strings.IndexByte(s.rest[1:], byte(c))
		if i < 0 {
			return fmt.Errorf("cannot read %s at character %d: the quote has no end, leave it out", s.rest[:1], at)
		}
		s.add(quoted, s.take(i + 2)[1:i+1], at)
		return nil
	case strings.ContainsRune(currencies, c):
		if s.currency != 0 && s.currency != c {
			return fmt.Errorf("cannot read %q at character %d after %q: nothing is converted here, write plain numbers in one currency", c, at, s.currency)
		}
		s.currency = c
		s.take(size)
		return nil
	case powers[c] != 0:
		s.take(size)
		s.add(sign, "^", at)
		s.tokens = append(s.tokens, token{kind: number, text: string(c), at: at, num: big.NewRat(powers[c], 1)})
		return nil
	}
	text := plain[c]
	for _, long := range []string{"**", "//", "==", "<=", ">=", "!=", "&&", "||"} {
		if strings.HasPrefix(s.rest, long) {
			text, size = long, len(long)
		}
	}
	if text == "" {
		text = string(c)
	}
	switch text {
	case "<", ">", "<=", ">=", "==", "!=", "&&", "||", "?", ":", "!", "&", "|":
		return fmt.Errorf("cannot read %q at character %d: nothing is compared or decided here, calculate one number, such as a difference", text, at)
	case ";", "{", "}", "#", "@", "\\", "~":
		return fmt.Errorf("cannot read %q at character %d: write one expression of numbers, such as 3 * (4 + 5)", text, at)
	case "**":
		text = "^"
	case ",":
		return s.comma(at)
	case "(", "[":
		s.open(text)
	case ")", "]":
		if len(s.brackets) > 1 {
			if err := s.close(); err != nil {
				return err
			}
		}
	}
	if !strings.Contains("+ - * / // % ^ ( ) [ ] =", text) {
		return fmt.Errorf("cannot read %q at character %d: write numbers and the operators + - * / %% ^ ( )", text, at)
	}
	s.take(size)
	s.add(sign, text, at)
	return nil
}

// open notes whether commas separate inside a bracket: in a list, in a call, and in
// parentheses that stand where an element of one of these may stand.
func (s *scanner) open(text string) {
	p, outer := s.previous(), s.brackets[len(s.brackets)-1]
	list := text == "[" || p.kind == word && !p.is("of") || outer.list && (p.is("(") || p.is("[") || p.is(","))
	s.brackets = append(s.brackets, bracket{list: list})
}

// close leaves the innermost bracket and checks its commas.
func (s *scanner) close() error {
	b := s.brackets[len(s.brackets)-1]
	s.brackets = s.brackets[:len(s.brackets)-1]
	if b.tight != nil && b.spaced {
		return thousands(*b.tight)
	}
	return nil
}

func thousands(t token) error {
	return fmt.Errorf("cannot tell whether the comma after %s at character %d groups thousands or separates two numbers: write numbers without commas in them, and a blank after the commas between numbers", t.text, t.at)
}

// comma notes what a comma looks like. Between up to three digits and exactly three it may
// group thousands: it does so beyond doubt in none of the brackets where commas separate,
// but 2,000 is no two numbers, nor is 1,234.50 likely to be.
func (s *scanner) comma(at int) error {
	b := &s.brackets[len(s.brackets)-1]
	p := s.previous()
	beside := p.kind == number && p.at+utf8.RuneCountInString(p.text) == at
	s.take(1)
	if three := digits(s.rest, 0); beside && three == 3 && plainDigits(p.text) && len(p.text) <= 3 {
		if s.rest[0] == '0' || strings.HasPrefix(s.rest[3:], ".") && isDigit(s.rest, 4) {
			return thousands(p)
		}
		if b.tight == nil {
			b.tight = &p
		}
	} else if !beside || three == 0 {
		b.spaced = true
	}
	s.add(sign, ",", at)
	return nil
}

// number reads a number with its exponent and, where commas do not separate, its commas.
func (s *scanner) number() error {
	text, at := s.rest, s.at
	n := digits(text, 0)
	for strings.HasPrefix(text[n:], "_") && digits(text, n+1) > 0 {
		n += 1 + digits(text, n+1)
	}
	if !s.brackets[len(s.brackets)-1].list && n <= 3 && plainDigits(text[:n]) {
		for strings.HasPrefix(text[n:], ",") && digits(text, n+1) == 3 {
			n += 4
		}
	}
	if strings.HasPrefix(text[n:], ".") {
		n++
		n += digits(text, n)
	}
	if e := exponent(text[n:]); e > 0 {
		n += e
	}
	text = s.take(n)
	num, err := readNumber(text)
	if err != nil {
		return fmt.Errorf("cannot read %s at character %d: %w", short(text), at, err)
	}
	s.tokens = append(s.tokens, token{kind: number, text: text, at: at, num: num})
	if strings.HasPrefix(s.rest, ".") {
		return fmt.Errorf("cannot read %s at character %d: a number has one decimal point", short(text+"."), at)
	}
	// 3x4 and 3 x 4 are products; 0x10 is not.
	if after := strings.TrimLeft(s.rest, " "); len(after) > 1 && (after[0] == 'x' || after[0] == 'X') && !unicode.IsLetter(rune(after[1])) && text != "0" {
		s.skipBlanks()
		s.add(sign, "*", s.at)
		s.take(1)
	}
	return nil
}

func readNumber(text string) (*big.Rat, error) {
	text = strings.NewReplacer(",", "", "_", "").Replace(strings.TrimSuffix(text, "."))
	mantissa, exp, _ := strings.Cut(strings.ToLower(text), "e")
	if exp != "" {
		e, err := strconv.Atoi(exp)
		if err != nil || e > maxDigits || e < -maxDigits {
			return nil, fmt.Errorf("its exponent is beyond %d", maxDigits)
		}
	}
	if len(mantissa) > maxDigits {
		return nil, fmt.Errorf("it has more than %d digits", maxDigits)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, fmt.Errorf("it is not a number")
	}
	return r, nil
}

func (s *scanner) word() error {
	n := strings.IndexFunc(s.rest, func(c rune) bool {
		return c != '_' && c != '.' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
	if n < 0 {
		n = len(s.rest)
	}
	at := s.at
	text := strings.TrimRight(s.rest[:n], ".")
	s.take(len(text))
	s.add(word, text, at)
	return nil
}

// exponent returns the length of an exponent at the start of text, or 0.
func exponent(text string) int {
	if text == "" || text[0] != 'e' && text[0] != 'E' {
		return 0
	}
	n := 1
	if len(text) > 1 && (text[1] == '+' || text[1] == '-') {
		n++
	}
	if d := digits(text, n); d > 0 {
		return n + d
	}
	return 0
}

// digits counts the ASCII digits of text from i on.
func digits(text string, i int) int {
	n := 0
	for isDigit(text, i+n) {
		n++
	}
	return n
}

func isDigit(text string, i int) bool { return i < len(text) && '0' <= text[i] && text[i] <= '9' }

func plainDigits(text string) bool { return text != "" && digits(text, 0) == len(text) }

// short quotes a text, cut where it is long.
func short(text string) string {
	if r := []rune(text); len(r) > 40 {
		text = string(r[:40]) + "…"
	}
	return strconv.Quote(text)
}
