package grammar

// plain reads a character of r, in the body of a loop of such characters that ends with
// one that is not plain; this lets masks take the plain tokens together.
type plain struct{ runes }

func (p plain) emit(b *builder, next int32) int32 {
	id := p.runes.emit(b, next)
	if !b.over && p.runes.plain() {
		b.nodes[id].plain = true
	}
	return id
}

var (
	hex = runes{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}

	// unescaped are the characters that stand in a JSON string as they are. JSON allows
	// U+007F as well; terminals do not like it.
	unescaped = runes{{' ', '!'}, {'#', '['}, {']', '~'}, {0x80, 0x10ffff}}

	// stringChar is one character of a JSON string, escaped or not. A surrogate is only
	// half a character and comes with its other half.
	stringChar = &rule{"character", alt{
		plain{unescaped},
		seq{lit(`\`), alt{
			runes{{'"', '"'}, {'/', '/'}, {'\\', '\\'}, {'b', 'b'}, {'f', 'f'}, {'n', 'n'}, {'r', 'r'}, {'t', 't'}},
			seq{lit("u"), alt{
				seq{runes{{'0', '9'}, {'A', 'C'}, {'E', 'F'}, {'a', 'c'}, {'e', 'f'}}, hex, hex, hex},
				seq{runes{{'D', 'D'}, {'d', 'd'}}, runes{{'0', '7'}}, hex, hex},
				seq{
					runes{{'D', 'D'}, {'d', 'd'}}, runes{{'8', '9'}, {'A', 'B'}, {'a', 'b'}}, hex, hex, lit(`\u`),
					runes{{'D', 'D'}, {'d', 'd'}}, runes{{'C', 'F'}, {'c', 'f'}}, hex, hex,
				},
			}},
		}},
	}}

	// plainChar is one character of a text without escapes.
	plainChar = &rule{"character", plain{unescaped}}
)

// escaped returns the characters of r that do not stand in a JSON string as they are, as they do.
func (r runes) escaped() lits {
	var out lits
	for _, x := range r.and(anyRune.minus(unescaped)) {
		for c := x.lo; c <= x.hi; c++ {
			out = append(out, escape(string(c)))
		}
	}
	return out
}

// escape is s as it stands in a JSON string.
func escape(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}

// jsonString is a JSON string of min to max characters.
func jsonString(min, max int) expr {
	return seq{lit(`"`), repeat{stringChar, min, max}, lit(`"`)}
}

// codeLines reads lines of which none starts with two backticks (the first one, with
// three), and then the fence of three, inside a loop that counts the characters; a break that ends a line with something in it is not
// counted, so that the way to the fence is open when no round is left.
type codeLines struct{}

func (codeLines) emit(b *builder, _ int32) int32 {
	again, blank, leave := b.add(node{op: opAgain}), b.add(node{op: opAgain}), b.add(node{op: opLeave})
	counted := func(next int32) int32 { return b.add(node{op: opRoom, a: next}) }
	line := func(tick int32) int32 { // after the beginning of a line, and after one tick or two
		return b.split(
			b.byteRange('`', '`', tick),
			counted(b.byteRange('\n', '\n', blank)),
			counted(plain{runes{{'\t', '\t'}, {' ', '_'}, {'a', '~'}, {0x80, 0x10ffff}}}.emit(b, again)),
		)
	}
	// Two ticks at the beginning of a line are a fence that is about to be closed: the 1.5B
	// model writes them as one token, and goes on in its own words if it may. On the first
	// line a fence would close nothing yet, so that other characters must be left.
	first := line(line(line(b.table(nil))))
	start := line(line(b.byteRange('`', '`', leave)))
	within := b.split(
		b.byteRange('\n', '\n', start),
		counted(plain{runes{{'\t', '\t'}, {' ', '~'}, {0x80, 0x10ffff}}}.emit(b, again)),
	)
	if !b.over {
		b.nodes[again].a, b.nodes[blank].a = within, start
	}
	return first
}

// codeBlock is a block of code up to and with the fence that closes it.
func codeBlock(max int) expr {
	return repeat{&rule{"code", codeLines{}}, 1, max}
}
