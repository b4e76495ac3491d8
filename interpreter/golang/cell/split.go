package cell

import (
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"strings"
)

// lexeme is a token of a cell.
type lexeme struct {
	token  token.Token
	text   string
	offset int
}

// splitter cuts a cell at its outermost semicolons.
type splitter struct {
	source     string
	file       *token.File
	open       []lexeme // brackets that are not closed
	piece      []lexeme // tokens of the piece that is being read
	header     bool     // it holds a for, if or switch outside of brackets
	tried      int      // how often it was parsed to see whether that is complete
	pieces     []Piece
	directives []Directive
}

func split(source string) (_ []Piece, _ []Directive, err error) {
	files := token.NewFileSet()
	s := &splitter{source: source, file: files.AddFile("", -1, len(source))}
	var wrong *SyntaxError
	var scan scanner.Scanner
	scan.Init(s.file, []byte(source), func(at token.Position, message string) {
		if wrong == nil {
			wrong = &SyntaxError{at.Line, at.Column, message}
		}
	}, scanner.ScanComments)
	for {
		pos, tok, text := scan.Scan()
		if wrong != nil {
			return nil, nil, wrong
		}
		l := lexeme{tok, text, s.file.Offset(pos)}
		if tok == token.EOF {
			break
		}
		if err := s.take(l); err != nil {
			return nil, nil, err
		}
	}
	if n := len(s.open); n > 0 {
		return nil, nil, s.wrong(s.open[n-1], "the %s is not closed", s.open[n-1].token)
	}
	s.cut()
	return s.pieces, s.directives, nil
}

// take reads one token.
func (s *splitter) take(l lexeme) error {
	switch l.token {
	case token.COMMENT:
		if name, ok := directive(l.text); ok {
			s.directives = append(s.directives, Directive{s.file.Line(s.file.Pos(l.offset)), name})
		}
		return nil
	case token.SEMICOLON:
		if len(s.open) == 0 && !(l.text == ";" && s.inHeader()) {
			s.cut()
			return nil
		}
	case token.FOR, token.IF, token.SWITCH:
		s.header = s.header || len(s.open) == 0
	case token.LPAREN, token.LBRACK, token.LBRACE:
		s.open = append(s.open, l)
	case token.RPAREN, token.RBRACK, token.RBRACE:
		if len(s.open) == 0 {
			return s.wrong(l, "unexpected %s", l.token)
		}
		last := s.open[len(s.open)-1]
		if l.token != closing[last.token] {
			return s.wrong(l, "unexpected %s, the %s of line %d is not closed", l.token, last.token, s.file.Line(s.file.Pos(last.offset)))
		}
		s.open = s.open[:len(s.open)-1]
	}
	s.piece = append(s.piece, l)
	return nil
}

// maxTries bounds how often a piece is parsed before all of it has been read.
const maxTries = 16

// inHeader says whether a semicolon that comes now parts the header of a for, if or
// switch. One after a block does not, unless the block is that of a function literal.
func (s *splitter) inHeader() bool {
	if !s.header || len(s.piece) == 0 {
		return false
	}
	if s.piece[len(s.piece)-1].token != token.RBRACE {
		return true
	}
	if s.tried++; s.tried > maxTries {
		return false
	}
	from, to := s.extent()
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p; func _() {"+s.source[from:to]+"\n}", parser.SkipObjectResolution)
	return err != nil
}

// extent is where the piece that is being read begins and ends.
func (s *splitter) extent() (from, to int) {
	last := s.piece[len(s.piece)-1]
	switch {
	case last.token.IsOperator():
		to = last.offset + len(last.token.String())
	case last.token == token.STRING && last.text[0] == '`': // the scanner takes carriage returns out
		to = last.offset + 2 + strings.IndexByte(s.source[last.offset+1:], '`')
	default:
		to = last.offset + len(last.text)
	}
	return s.piece[0].offset, to
}

var closing = map[token.Token]token.Token{token.LPAREN: token.RPAREN, token.LBRACK: token.RBRACK, token.LBRACE: token.RBRACE}

// directive returns the name of a directive that a comment is.
func directive(comment string) (string, bool) {
	for _, prefix := range []string{"//go:", "//export ", "//line ", "/*line ", "//extern "} {
		if strings.HasPrefix(comment, prefix) {
			name, _, _ := strings.Cut(comment, " ")
			return strings.TrimSpace(name), true
		}
	}
	return "", false
}

func (s *splitter) wrong(l lexeme, format string, arguments ...any) error {
	at := s.file.Position(s.file.Pos(l.offset))
	return &SyntaxError{at.Line, at.Column, fmt.Sprintf(format, arguments...)}
}

// cut ends the piece that is being read.
func (s *splitter) cut() {
	if len(s.piece) == 0 {
		return
	}
	from, to := s.extent()
	at := s.file.Position(s.file.Pos(from))
	s.pieces = append(s.pieces, Piece{Kind: kindOf(s.piece), Text: s.source[from:to], Line: at.Line, Column: at.Column})
	s.piece, s.header, s.tried = nil, false, 0
}

// kindOf tells a piece by its first tokens.
func kindOf(tokens []lexeme) Kind {
	switch tokens[0].token {
	case token.PACKAGE:
		return Package
	case token.IMPORT:
		return Import
	case token.CONST:
		return Const
	case token.TYPE:
		return Type
	case token.VAR:
		return Var
	case token.FUNC:
		if declares(tokens[1:]) {
			return Func
		}
	}
	return Statement
}

// declares tells the declaration of a function or method, whose name is followed by a
// bracket, from a function literal.
func declares(tokens []lexeme) bool {
	if len(tokens) > 0 && tokens[0].token == token.LPAREN {
		depth := 0
		for i, l := range tokens {
			switch l.token {
			case token.LPAREN:
				depth++
			case token.RPAREN:
				depth--
			}
			if depth == 0 {
				tokens = tokens[i+1:]
				return len(tokens) > 1 && tokens[0].token == token.IDENT && tokens[1].token == token.LPAREN
			}
		}
		return false
	}
	return len(tokens) > 0 && tokens[0].token == token.IDENT
}
