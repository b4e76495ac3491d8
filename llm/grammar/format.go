package grammar

// formats are the strings of each format, without their quotes. No escapes are written,
// and of several spellings the usual ones only: no leap seconds, and addresses of mail
// without quotes and comments.
//
// Sources: RFC 3339 (date, time, date-time), RFC 9562 (uuid), RFC 2673 (ipv4), RFC 5321.
var formats = func() map[string]expr {
	either := func(words ...string) (a alt) { // characters, and ranges of two
		for _, w := range words {
			var s seq
			for i := 0; i < len(w); i++ {
				if w[i] == '[' {
					var set runes
					for i++; w[i] != ']'; i++ {
						set = append(set, runeRange{rune(w[i]), rune(w[i])})
					}
					s = append(s, set)
					continue
				}
				s = append(s, lit(w[i:i+1]))
			}
			a = append(a, s)
		}
		return a
	}
	two := func(tens runes) expr { return seq{tens, digits(1, 1)} }
	sixty := two(runes{{'0', '5'}})
	hour := alt{two(runes{{'0', '1'}}), seq{lit("2"), runes{{'0', '3'}}}}
	day := func(last ...string) alt { // 01 to 28, and these
		return append(either(last...), seq{lit("0"), runes{{'1', '9'}}}, two(runes{{'1', '1'}}), seq{lit("2"), runes{{'0', '8'}}})
	}
	fourth := either("0[48]", "[2468][048]", "[13579][26]") // 04, 08 … 96
	date := alt{
		seq{digits(4, 4), lit("-"), alt{
			seq{either("0[13578]", "1[02]"), lit("-"), day("29", "3[01]")},
			seq{either("0[469]", "11"), lit("-"), day("29", "30")},
			seq{lit("02-"), day()},
		}},
		seq{alt{seq{digits(2, 2), fourth}, seq{append(alt{lit("00")}, fourth...), lit("00")}}, lit("-02-29")},
	}
	zone := alt{lit("Z"), seq{runes{{'+', '+'}, {'-', '-'}}, hour, lit(":"), sixty}}
	time := seq{hour, lit(":"), sixty, lit(":"), sixty, optional(seq{lit("."), digits(1, 9)}), zone}

	hexes := func(n int) expr { return repeat{&rule{"hexadecimal digit", hex}, n, n} }
	octet := append(either("25[012345]"),
		seq{lit("2"), runes{{'0', '4'}}, digits(1, 1)}, seq{lit("1"), digits(2, 2)}, seq{optional(runes{{'1', '9'}}), digits(1, 1)})

	atom := repeat{&rule{"letter", runes{{'+', '+'}, {'-', '-'}, {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}}, 1, 14}
	letters := runes{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}
	label := seq{letters, repeat{&rule{"rest of a label", seq{optional(lit("-")), letters}}, 0, 24}}
	return map[string]expr{
		"date":      date,
		"time":      time,
		"date-time": seq{date, lit("T"), time},
		"uuid":      seq{hexes(8), lit("-"), hexes(4), lit("-"), hexes(4), lit("-"), hexes(4), lit("-"), hexes(12)},
		"ipv4":      seq{octet, lit("."), octet, lit("."), octet, lit("."), octet},
		"email": seq{
			atom, repeat{&rule{"more of the name", seq{lit("."), atom}}, 0, 3}, lit("@"),
			label, repeat{&rule{"domain", seq{lit("."), label}}, 1, 4},
		},
	}
}()

// hasFormat says whether s is spelled as the format wants it.
func hasFormat(format, s string) bool {
	e, ok := formats[format]
	if !ok {
		return false
	}
	g, err := newGrammar(e)
	if err != nil {
		return false
	}
	m := g.Matcher(NewVocabulary(nil))
	return m.AcceptBytes([]byte(s)) == nil && m.Done()
}
