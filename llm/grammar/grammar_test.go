package grammar

import (
	"bytes"
	"strings"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm"
)

// bytesOnly is the vocabulary of single bytes.
var bytesOnly = func() *Vocabulary {
	var tokens [][]byte
	for c := range 256 {
		tokens = append(tokens, []byte{byte(c)})
	}
	return NewVocabulary(tokens)
}()

// verdict says how a grammar takes a text: "yes", "more" if it is only the beginning of
// one, or the number of bytes that fit.
func verdict(g *Grammar, text string) string {
	m := g.Matcher(bytesOnly)
	for i := range len(text) {
		if err := m.AcceptBytes([]byte{text[i]}); err != nil {
			return "no: " + text[:i] + "|" + text[i:]
		}
	}
	if m.Done() {
		return "yes"
	}
	return "more"
}

var schemaTests = []struct {
	name, schema string
	yes, no      []string // no: refused, or, with ... behind, only the beginning of a value
}{
	{"null", `{"type": "null"}`, []string{"null"}, []string{"nul1", "None"}},
	{"boolean", `{"type": "boolean"}`, []string{"true", "false"}, []string{"True", "1"}},
	{"integer", `{"type": "integer"}`,
		[]string{"0", "-1", "7", "1234567890123456", "-1234567890123456"},
		[]string{"-0", "01", "1.0", "1e3", "12345678901234567", "+1", " 1"}},
	{"integer range", `{"type": "integer", "minimum": -12, "maximum": 305}`,
		[]string{"-12", "-9", "-1", "0", "9", "10", "99", "100", "299", "300", "305"},
		[]string{"-13", "-20", "-100", "306", "310", "400", "1000", "-0"}},
	{"integer from", `{"type": "integer", "exclusiveMinimum": 0.5}`, []string{"1", "2", "9999999999999999"}, []string{"0", "-1"}},
	{"integer below", `{"type": "integer", "exclusiveMaximum": 3}`, []string{"2", "0", "-1", "-9999999999999999"}, []string{"3", "30", "21"}},
	{"integer wide", `{"type": "integer", "minimum": 100000000000000000000, "maximum": 100000000000000000002}`,
		[]string{"100000000000000000000", "100000000000000000002"}, []string{"100000000000000000003", "99"}},
	{"number", `{"type": "number"}`,
		[]string{"0", "-0", "1", "-1.5", "1e-9", "2.5E+10", "1e289", "0.1234567890123456", "1e-300"},
		[]string{"01", ".5", "1....", "1e...", "1e290", "1e999", "--1", "0.12345678901234567", "NaN", "1e+-1"}},
	{"string", `{"type": "string"}`,
		[]string{`""`, `"a b"`, `"\"\\\/\b\f\n\r\t"`, `"é"`, `"日本"`, `"😀"`, `"\u00e9"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`, `"\uffff"`},
		[]string{"\"\n\"", "\"\x00\"", "\"\x7f\"", `"\x"`, `"\u12g4"`, `"\ud83d"`, `"\ude00"`, `"\ud83d\u0041"`, "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xc3\"", `'a'`}},
	{"string length", `{"type": "string", "minLength": 2, "maxLength": 3}`,
		[]string{`"ab"`, `"abc"`, `"日本語"`, `"\n\n"`, `"\ud83d\ude00a"`}, []string{`"a"`, `"abcd"`, `"😀"`, `""`}},
	{"enum", `{"enum": ["a", "ab", "b\n", 1, 1.50, null, true, [1, {"x": 2}], "é"]}`,
		[]string{`"a"`, `"ab"`, `"b\n"`, "1", "1.50", "null", "true", `[1, {"x": 2}]`, `"é"`}, []string{`"abc"`, `"b"`, "1.5...", "2", `[1,{"x": 2}]`}},
	{"enum of a type", `{"type": "string", "enum": ["a", 1, "toolong"], "maxLength": 3}`, []string{`"a"`}, []string{"1", `"toolong"`}},
	{"const", `{"const": {"b": [], "a": {}}}`, []string{`{"b": [], "a": {}}`}, []string{`{"a": {}, "b": []}`}},
	{"types", `{"type": ["string", "null"]}`, []string{`"x"`, "null"}, []string{"1"}},
	{"anyOf", `{"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]}`, []string{"12", `"a"`, `""`}, []string{`"ab"`, "null"}},
	{"oneOf with more", `{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}`,
		[]string{`{"a": 1}`, `{"b": 1}`, `{"a": 1, "b": 1}`}, []string{`{}`}},
	{"array", `{"type": "array", "items": {"type": "integer"}}`, []string{"[]", "[1]", "[1, 2, 3]"}, []string{"[1,2]", "[,", "[1, ]", "[1 ]"}},
	{"array length", `{"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3}`, []string{"[1, 2]", "[1, 2, 3]"}, []string{"[]", "[1]", "[1, 2, 3, 4]"}},
	{"array none", `{"type": "array", "maxItems": 0}`, []string{"[]"}, []string{"[1]"}},
	{"prefixItems", `{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": {"type": "null"}, "minItems": 1, "maxItems": 4}`,
		[]string{`[1]`, `[1, "a"]`, `[1, "a", null]`, `[1, "a", null, null]`}, []string{"[]", `["a"]`, "[1, 2]", `[1, "a", null, null, null]`, `[1, "a", 1]`}},
	{"prefixItems only", `{"type": "array", "prefixItems": [{"type": "integer"}], "items": false}`, []string{"[]", "[1]"}, []string{"[1, 2]"}},
	{"object", `{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "null"}}, "required": ["b"]}`,
		[]string{`{"b": "x"}`, `{"a": 1, "b": "x"}`, `{"b": "x", "c": null}`, `{"a": 1, "b": "x", "c": null}`},
		[]string{`{}`, `{"a": 1}`, `{"c": null`, `{"b": "x", "a": 1}`, `{"b": "x",}`, `{"b": "x", }`, `{"b": "x", "b": "x"}`, `{"d": 1`, `{"b":"x"}`}},
	{"object optional", `{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}`,
		[]string{`{}`, `{"a": 1}`, `{"b": 1}`, `{"a": 1, "b": 2}`}, []string{`{, `, `{"b": 1, "a": 2}`}},
	{"object empty", `{"type": "object", "properties": {}}`, []string{`{}`}, []string{`{"a": 1}`}},
	{"object any", `{"type": "object"}`, []string{`{}`, `{"a": 1}`, `{"x y": {"z": [1, null]}, "b": ""}`}, []string{`{a: 1}`}},
	{"object of", `{"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1, "maxProperties": 2}`, []string{`{"a": 1}`, `{"a": 1, "b": 2}`}, []string{`{}`, `{"a": "x"}`, `{"a": 1, "b": 2, "c": 3}`}},
	{"object required but unnamed", `{"type": "object", "properties": {"a": {"type": "null"}}, "required": ["z"]}`, []string{`{"z": 1}`, `{"a": null, "z": "x"}`}, []string{`{}`, `{"a": null}`}},
	{"object required among others", `{"properties": {}, "required": [""], "additionalProperties": {}}`, []string{`{"": 1}`, `{"": 1, "a": 2}`}, []string{`{}`, `{"a": 1}`}},
	{"names with odd characters", `{"type": "object", "properties": {"a\"\\\n\u0001": {"type": "null"}}}`, []string{`{"a\"\\\n\u0001": null}`}, []string{`{"a": null}`}},
	{"object with others", `{"type": "object", "properties": {"a": {"type": "null"}, "ab": {"type": "null"}, "é": {"type": "null"}}, "required": ["a", "zz"], "additionalProperties": {"type": "integer"}, "title": "x"}`,
		[]string{`{"a": null, "zz": 1}`, `{"a": null, "zz": 1, "b": 2, "abc": 3, "": 4, "e": 5, "éé": 6}`, `{"a": null, "ab": null, "é": null, "zz": 3, "日": 1}`},
		[]string{`{"a": null, "zz": 1, "a": 2}`, `{"a": null, "zz": 1, "ab": 2}`, `{"a": null, "zz": 1, "zz": 2}`, `{"a": null, "zz": 1, "é": 2}`, `{"a": null, "zz": 1, "a": 2}`, `{"a": null, "zz": 1, "b": "x"}`, `{"b": 1`}},
	{"object with only others", `{"properties": {"a": {"type": "null"}}, "additionalProperties": true}`, []string{`{}`, `{"a": null}`, `{"b": [1]}`, `{"a": null, "b": 1, "c": 2}`}, []string{`{"a": 1}`, `{"b": 1, "a": null}`}},
	{"number range", `{"type": "number", "minimum": -1.25, "exclusiveMaximum": 20.5}`,
		[]string{"-1.25", "-1.2499", "-1", "-0.5", "-0", "0", "0.0", "1", "9.99", "20", "20.4", "20.49999", "-1.250", "12.5"},
		[]string{"-1.26", "-1.251", "-2", "20.5", "20.50", "20.51", "21", "100", "1e1", "-10"}},
	{"number above", `{"type": "number", "exclusiveMinimum": 0}`, []string{"0.1", "0.0001", "1", "10.0", "9999999999999999.5"}, []string{"0...", "0.0...", "0.000...", "-1", "-0.1", "-0"}},
	{"number between neighbours", `{"type": "number", "exclusiveMinimum": 3.14, "maximum": 3.142}`, []string{"3.141", "3.1400001", "3.142", "3.1420"}, []string{"3.14...", "3.140...", "3.1421", "3...", "3.15", "4", "3.2"}},
	{"float", `{"type": "array", "items": {"type": "number", "format": "float"}}`, []string{"[1.0]", "[-0.5, 12.25]", "[3.0e8]"}, []string{"[1]", "[1, ", "[1e3]", "[1.]"}},
	{"double or nothing", `{"type": ["number", "null"], "format": "double"}`, []string{"1.0", "null"}, []string{"1..."}},
	{"float with bounds", `{"type": "number", "format": "float", "minimum": 0}`, []string{"1", "1.5"}, []string{"-1.0"}},
	{"float that is an integer", `{"type": "integer", "format": "float"}`, []string{"1"}, []string{"1.0"}},
	{"number below zero", `{"type": "number", "minimum": -30, "maximum": -2.5}`, []string{"-2.5", "-2.51", "-3", "-29.99", "-30", "-30.0"}, []string{"-2.4", "-30.1", "-31", "0", "2.5", "-2...", "-0"}},
	{"number wide", `{"type": "number", "minimum": 1e20}`, []string{"100000000000000000000", "999999999999999999999.5"}, []string{"99999999999999999999...", "1..."}},
	{"date", `{"type": "string", "format": "date"}`, []string{`"2024-02-29"`, `"2023-12-31"`, `"2000-02-29"`, `"2023-04-30"`}, []string{`"2023-02-29"`, `"1900-02-29"`, `"2023-04-31"`, `"2023-13-01"`, `"2023-00-10"`, `"2023-1-1"`, `"2023-01-00"`}},
	{"date-time", `{"type": "string", "format": "date-time"}`, []string{`"2024-02-29T23:59:59Z"`, `"2024-01-01T00:00:00.123+02:00"`}, []string{`"2024-01-01 00:00:00Z"`, `"2024-01-01T24:00:00Z"`, `"2024-01-01T00:00:00"`}},
	{"uuid, ipv4, email", `{"type": "array", "prefixItems": [{"format": "uuid"}, {"format": "ipv4"}, {"format": "email"}]}`,
		[]string{`["00112233-4455-6677-8899-aabbccddeeff", "255.0.10.199", "a.b+c@d-e.example.com"]`},
		[]string{`["00112233-4455-6677-8899-aabbccddeef"`, `["00112233-4455-6677-8899-aabbccddeeff", "256`, `["00112233-4455-6677-8899-aabbccddeeff", "01.`, `["00112233-4455-6677-8899-aabbccddeeff", "1.1.1.1", ".a`, `["00112233-4455-6677-8899-aabbccddeeff", "1.1.1.1", "a@b"`}},
	{"enum of a format", `{"format": "date", "enum": ["2024-01-01", "soon"]}`, []string{`"2024-01-01"`}, []string{`"soon"`}},
	{"ref", `{"$defs": {"p": {"type": "object", "properties": {"x": {"$ref": "#/$defs/n"}}, "required": ["x"]}, "n": {"type": "integer"}}, "type": "array", "items": {"$ref": "#/$defs/p", "description": "a point"}}`,
		[]string{"[]", `[{"x": 1}, {"x": 2}]`}, []string{`[{}]`, `[{"x": "a"}]`}},
	{"ref to itself", `{"type": "object", "properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}, "required": ["v"]}`,
		[]string{`{"v": 1}`, `{"v": 1, "next": {"v": 2, "next": {"v": 3}}}`}, []string{`{"next"`, `{"v": 1, "next": {}`, strings.Repeat(`{"v": 1, "next": `, 11)}},
	{"ref over others", `{"definitions": {"t": {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/l"}]}, "l": {"type": "array", "items": {"$ref": "#/definitions/t"}}}, "$ref": "#/definitions/t"}`,
		[]string{"null", "[]", "[[null, []], null]"}, []string{"1", "[1]"}},
	{"ref beside keywords", `{"$defs": {"s": {"type": "string", "maxLength": 3}}, "$ref": "#/$defs/s", "minLength": 2}`, []string{`"ab"`, `"abc"`}, []string{`"a"`, `"abcd"`}},
	{"ref by an escaped pointer", `{"$defs": {"a b/c~": {"const": 1}}, "$ref": "#/$defs/a%20b~1c~0"}`, []string{"1"}, []string{"2"}},
	{"pattern", `{"type": "string", "pattern": "^[A-Z]{2}\\d+$"}`, []string{`"AB1"`, `"XY0042"`}, []string{`"A1"`, `"AB"`, `"ab1"`, `"AB1 "`, `"\u0041B1"`}},
	{"pattern anywhere", `{"type": "string", "pattern": "ab|c$"}`, []string{`"xaby"`, `"ab"`, `"zc"`}, []string{`"a b"`, `"cz"`, `""`}},
	{"pattern with escapes", `{"type": "string", "pattern": "^\"\\\\\\n.é$"}`, []string{`"\"\\\nxé"`, `"\"\\\n\u0000é"`}, []string{`"\"\\\n\né"`}},
	{"pattern and length", `{"type": "string", "pattern": "^(ab)+$", "minLength": 3, "maxLength": 7}`, []string{`"abab"`, `"ababab"`}, []string{`"ab"`, `"aba"`, `"abababa`, `"abababab`}},
	{"pattern of an endless length", `{"type": "string", "pattern": "^a.*z$"}`, []string{`"az"`, `"a` + strings.Repeat("日", 4094) + `z"`}, []string{`"a` + strings.Repeat("日", 4095) + `z"`}},
	{"two patterns", `{"type": "string", "allOf": [{"pattern": "^[a-f]*$"}, {"pattern": "e"}, {"pattern": "^.{3}$"}]}`, []string{`"aea"`, `"eee"`}, []string{`"aaa"`, `"ae"`, `"aeg"`}},
	{"pattern that backtracks", `{"type": "string", "pattern": "^(a|a?)+(a*)*$"}`, []string{`""`, `"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`}, []string{`"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"`}},
	{"pattern with spaces", `{"type": "string", "pattern": "^\\s\\S[^\\s]$"}`, []string{`" xy"`, `"\txy"`}, []string{`"\u000bxy"`, "\" \u00a0y\"", `" x\u000b"`, "\"\u00a0xy\""}},
	{"pattern with the long name of a category", `{"type": "string", "pattern": "^\\p{Uppercase_Letter}\\p{gc=Letter}\\ufffd$"}`, []string{`"Éa�"`}, []string{`"ab`}},
	{"pattern with a letter of any script", `{"type": "string", "pattern": "^\\p{L}+\\P{L}$"}`, []string{`"éß日1"`}, []string{`"1a"`, `"aa...`}},
	{"uri", `{"format": "uri"}`, []string{`"https://example.org/a%20b?q=1#x"`, `"mailto:a@b.org"`, `"http://10.0.0.1:8080/"`}, []string{`"example.org"`, `"https://...`, `"https:///x"`, `"https://a b"`, `"https://a:/"`}},
	{"allOf", `{"allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"minimum": 3}, "b": {"type": "null"}}, "required": ["b"]}]}`,
		[]string{`{"a": 3, "b": null}`}, []string{`{"a": 2}`, `{"a": 3}`, `{"b": null`}},
	{"allOf with others", `{"allOf": [{"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}, {"properties": {"b": {"minimum": 2}}}]}`,
		[]string{`{"a": "x", "b": 2}`, `{"b": 3, "c": -1}`}, []string{`{"b": 1}`, `{"b": 2.5`, `{"c": "x"`}},
	{"allOf of lists", `{"allOf": [{"items": {"type": "integer"}}, {"prefixItems": [{"minimum": 5}], "maxItems": 2}, {"minItems": 1}]}`, []string{"[5]", "[5, 1]"}, []string{"[]", "[4]", "[5, 1, 1]", "[5.5"}},
	{"allOf of numbers", `{"type": "number", "allOf": [{"minimum": 1}, {"exclusiveMaximum": 3, "type": ["integer", "string"]}]}`, []string{"1", "2"}, []string{"3", "1.5", "0", `"x"`}},
	{"allOf with branches", `{"allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"anyOf": [{"minimum": 2}, {"minLength": 2}]}, {"type": ["integer", "string"]}]}`, []string{"2", `"ab"`, `"a"`}, []string{"null", "1.5"}},
	{"allOf of what holds itself", `{"$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}, "m": {"allOf": [{"$ref": "#/$defs/n"}], "properties": {"v": {"type": "null"}, "next": {"$ref": "#/$defs/m"}}, "required": ["v"]}}, "$ref": "#/$defs/m"}`,
		[]string{`{"next": {"v": null}, "v": null}`, `{"v": null}`}, []string{`{"next": {}`, `{}`}},
	{"patternProperties", `{"type": "object", "patternProperties": {"^n_": {"type": "integer"}, "s$": {"minimum": 5}}, "additionalProperties": {"type": "null"}, "properties": {"n_x": {"maximum": 9}}}`,
		[]string{`{"n_x": 3}`, `{"n_x": 3, "n_a": 1, "n_as": 5, "other": null}`, `{"ns": 7.5, "": null}`}, []string{`{"n_x": 10`, `{"n_as": 4}`, `{"n_a": "x"`, `{"other": 1`, `{"n_a": 1, "n_x"`}},
	{"patternProperties alone", `{"patternProperties": {"^x": {"type": "boolean"}}}`, []string{`{}`, `{"x": true, "xy": false}`}, []string{`{"y"`}},
	{"properties, counted", `{"properties": {"a": {"const": 1}, "b": {"const": 1}, "c": {"const": 1}}, "required": ["b"], "minProperties": 2, "maxProperties": 2}`,
		[]string{`{"a": 1, "b": 1}`, `{"b": 1, "c": 1}`}, []string{`{"b": 1}`, `{"a": 1, "b": 1, "c": 1}`, `{"a": 1, "c": 1}`}},
	{"properties, counted with others", `{"properties": {"a": {"const": 1}}, "additionalProperties": {"const": 2}, "minProperties": 2, "maxProperties": 3}`,
		[]string{`{"a": 1, "x": 2}`, `{"a": 1, "x": 2, "y": 2}`}, []string{`{"a": 1}`, `{"x": 2, "x": 2}`, `{"a": 1, "x": 2, "y": 2, "z": 2}`}},
	{"multipleOf", `{"type": "integer", "multipleOf": 3, "minimum": -7, "maximum": 20}`, []string{"-6", "0", "3", "18"}, []string{"-7", "1...", "20", "21", "-9"}},
	{"multipleOf a fraction", `{"type": "number", "multipleOf": 0.05, "minimum": 0}`, []string{"0", "0.05", "1.2", "19.95", "3", "3.000"}, []string{"0.01", "0.051", "-1", "1e1"}},
	{"multipleOf two", `{"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}`, []string{"12", "-24", "0"}, []string{"4...", "6...", "18..."}},
	{"multipleOf of integers", `{"type": "integer", "multipleOf": 1.5}`, []string{"3", "-6"}, []string{"1.5", "2..."}},
	{"anyOf beside properties", `{"properties": {"a": {"type": "integer"}}, "anyOf": [{"additionalProperties": false}, {"properties": {"b": {}}, "required": ["b"]}]}`, []string{`{}`, `{"a": 1, "b": 2}`}, []string{`{"a": "x"`, `{"c"`, `{"a": 1}`}},
	{"enum beside allOf", `{"enum": ["ax", "b", 3, {"k": "v"}], "allOf": [{"type": ["string", "object"]}, {"pattern": "x"}, {"patternProperties": {"k": {"const": "v"}}}]}`, []string{`"ax"`, `{"k": "v"}`}, []string{`"b"`, "3"}},
	{"uniqueItems off", `{"type": "array", "uniqueItems": false, "items": {"const": 1}}`, []string{"[1, 1]"}, []string{"[2]"}},
	{"any", `{}`, []string{"1", `"x"`, "null", `{"a": [[[]]]}`, `[1, [2, {"x": true}]]`}, []string{"[[[[[", "nope"}},
	{"true", `true`, []string{"1", "null"}, []string{"undefined"}},
	{"no type but keywords", `{"properties": {"a": {"minLength": 1}}, "required": ["a"]}`, []string{`{"a": "x"}`}, []string{`{"a": ""}`, `{"a": 1}`, "1"}},
	{"a property that cannot be", `{"type": "object", "properties": {"a": false, "b": {"type": "null"}}}`, []string{`{}`, `{"b": null}`}, []string{`{"a`}},
	{"keyword of another type", `{"type": "null", "minimum": 1, "minItems": 3}`, []string{"null"}, []string{"1", "[]"}},
	{"annotations", `{"$schema": "x", "title": "t", "description": "d", "default": 1, "examples": [], "type": "null"}`, []string{"null"}, []string{"1"}},
}

func TestSchema(t *testing.T) {
	for _, test := range schemaTests {
		t.Run(test.name, func(t *testing.T) {
			g, err := Schema([]byte(test.schema))
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range test.yes {
				if got := verdict(g, text); got != "yes" {
					t.Errorf("%s: %s, want yes", text, got)
				}
			}
			for _, text := range test.no {
				text, part := strings.CutSuffix(text, "...")
				if got := verdict(g, text); got == "yes" || part != (got == "more") {
					t.Errorf("%s: %s, want no", text, got)
				}
			}
		})
	}
}

var schemaErrors = []struct{ name, schema, want string }{
	{"no JSON", `{`, "unexpected EOF"},
	{"two values", `{} {}`, "more text behind the value"},
	{"no schema", `[]`, "at the top is an array, want a schema"},
	{"pattern", `{"properties": {"a": {"pattern": "a(?=b)"}}}`, `pattern "a(?=b)" at /properties/a: lookahead and lookbehind are not supported`},
	{"place", `{"properties": {"a/b": {"items": {"uniqueItems": true}}}}`, `unsupported keyword "uniqueItems" at /properties/a~1b/items`},
	{"branch", `{"anyOf": [{"type": "null"}, {"not": {}}]}`, `unsupported keyword "not" at /anyOf/1`},
	{"type", `{"type": "dict"}`, `unknown type "dict" at the top`},
	{"type kind", `{"type": 1}`, "type at the top has a number"},
	{"bounds", `{"type": "string", "minLength": 3, "maxLength": 2}`, "minLength is 3 and maxLength is 2"},
	{"length", `{"type": "string", "minLength": -1}`, "minLength at the top is -1, want an integer from 0"},
	{"huge", `{"type": "string", "minLength": 1e999999999}`, "minLength at the top"},
	{"range", `{"type": "integer", "minimum": 3, "maximum": 2}`, "no value fits: no integer is within minimum and maximum at the top"},
	{"enum", `{"enum": []}`, "enum at the top is an array, want a list of one or more"},
	{"enum that does not fit", `{"type": "string", "enum": [1]}`, "no value fits: no value of enum or const at the top fits the rest"},
	{"required", `{"type": "object", "required": true}`, "required at the top is a boolean"},
	{"nothing", `false`, "no value fits"},
	{"required nothing", `{"properties": {"a": false}, "required": ["a"]}`, "no value fits"},
	{"deep", strings.Repeat(`{"items":`, 100) + "{}" + strings.Repeat("}", 100), "nested more than 64 deep"},
	{"twice", `{"type": "null", "type": "string"}`, `the name "type" stands twice`},
	{"format", `{"type": "string", "format": "hostname"}`, `unsupported format "hostname" at the top, want one of date, date-time`},
	{"back reference", `{"pattern": "(a)\\1"}`, `at the top: \1, a back reference, is not supported`},
	{"lookbehind", `{"pattern": "(?<!a)b"}`, "lookahead and lookbehind are not supported"},
	{"word boundary", `{"pattern": "\\bx"}`, "a word boundary"},
	{"flags", `{"pattern": "(?i)x"}`, "flags in a pattern are not supported"},
	{"pattern of other kinds", `{"pattern": "[[:alpha:]]"}`, "[:alpha:] is not supported"},
	{"pattern unclosed", `{"pattern": "a(b"}`, "a ( that is not closed, at byte 3"},
	{"pattern kind", `{"pattern": 1}`, "pattern at the top is a number"},
	{"pattern escape", `{"pattern": "\\A"}`, `unknown escape \A`},
	{"pattern repeats nothing", `{"pattern": "*a"}`, "nothing before it to repeat"},
	{"pattern too large", `{"pattern": "^(.{1,900}x){1,900}$"}`, "too large"},
	{"pattern of many states", `{"pattern": "a.{20}$"}`, "too large: its automaton has too many states"},
	{"patterns apart", `{"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "^b"}]}`, "no value fits: no string fits pattern, format and minLength at the top"},
	{"pattern too long", `{"pattern": "^aaaa$", "maxLength": 3}`, "no value fits: what fits pattern and format has 4 characters or more and maxLength is 3"},
	{"types apart", `{"allOf": [{"type": "string"}, {"type": ["null", "array"]}]}`, "no value fits: no type is left at /allOf/1"},
	{"multipleOf nothing", `{"type": "number", "multipleOf": 0}`, "multipleOf at the top is 0, want a number above 0"},
	{"multipleOf a fine fraction", `{"type": "number", "multipleOf": 0.0123456}`, "unsupported: multipleOf"},
	{"multipleOf no decimal", `{"type": "number", "allOf": [{"multipleOf": 7919}, {"multipleOf": 7907}]}`, "unsupported: multipleOf"},
	{"multipleOf between", `{"type": "integer", "multipleOf": 50, "minimum": 1, "maximum": 49}`, "no value fits: no multiple of 50 is within the bounds"},
	{"uniqueItems", `{"uniqueItems": true}`, `unsupported keyword "uniqueItems" at the top`},
	{"names that may be equal", `{"type": "object", "minProperties": 2}`, "unsupported: minProperties 2 with names that are not listed"},
	{"$id below", `{"properties": {"a": {"$id": "x"}}}`, `unsupported keyword "$id" below the top, at /properties/a`},
	{"allOf kind", `{"allOf": {}}`, "allOf at the top is an object, want a list"},
	{"allOf of itself", `{"allOf": [{"$ref": "#"}]}`, "$ref at /allOf/0 is recursive without end"},
	{"allOf of itself over another", `{"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"anyOf": [{"$ref": "#/$defs/a", "minimum": 1}]}}, "$ref": "#/$defs/a"}`, "recursive without end"},
	{"many branches", `{"type": "integer", "allOf": [` + strings.Repeat(`{"anyOf": [{"minimum": 1}, {"minimum": 2}]}, `, 20) + `{}]}`, "more than 4096 branches together"},
	{"pattern of a name", `{"patternProperties": {"(": {}}}`, `the name "(" at /patternProperties: a ( that is not closed`},
	{"ref elsewhere", `{"$ref": "https://example.com/x"}`, "want a place in the same schema"},
	{"ref to nothing", `{"$ref": "#/$defs/x"}`, "want a place in the same schema"},
	{"ref with an unknown word", `{"$defs": {"x": {}}, "$ref": "#/$defs/x", "minLen": 1}`, `unsupported keyword "minLen" at the top`},
	{"ref in a circle", `{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}`, "no value fits"},
	{"ref without an end", `{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}`, "no value fits"},
}

func TestSchemaErrors(t *testing.T) {
	for _, test := range schemaErrors {
		t.Run(test.name, func(t *testing.T) {
			_, err := Schema([]byte(test.schema))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "grammar: schema: ") {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

var calcTool = llm.Tool{Name: "calc", Parameters: []byte(`{"type": "object", "properties": {"expr": {"type": "string"}}, "required": ["expr"]}`)}
var pythonTool = llm.Tool{
	Name:       "python",
	Parameters: []byte(`{"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}`),
	Code:       &llm.Code{Language: "python", Parameter: "code"},
}

func TestTurn(t *testing.T) {
	tools := []llm.Tool{
		calcTool, {Name: "list_files"}, {Name: "no\"w", Parameters: []byte(`{"type": "object"}`)}, pythonTool,
		{Name: "go", Code: &llm.Code{Language: "go", Parameter: "src"},
			Parameters: []byte(`{"type": "object", "properties": {"src": {"type": "string"}, "secs": {"type": "integer"}}, "required": ["src", "secs"]}`)},
	}
	g, err := Turn(TurnSpec{Tools: tools, Answer: true})
	if err != nil {
		t.Fatal(err)
	}
	const open = `{"thought": "I think.", `
	for _, test := range []struct{ text, want string }{
		{open + `"answer": "It is 4."}`, "yes"},
		{open + `"answer": ""`, `no: ` + open + `"answer": "|"`},
		{open + `"tool": "calc", "arguments": {"expr": "1+1"}}`, "yes"},
		{open + `"tool": "calc", "arguments": {}`, `no: ` + open + `"tool": "calc", "arguments": {|}`},
		{open + `"tool": "list_files", "arguments": {}}`, "yes"},
		{open + `"tool": "no\"w", "arguments": {}}`, "yes"},
		{open + `"tool": "rm", `, `no: ` + open + `"tool": "|rm", `},
		{open + "\"tool\": \"python\"}\n```python\nprint(1)\n```", "yes"},
		{open + "\"tool\": \"python\"}\n```python\n``z\n  ```x`y\n`z\n\n```", "yes"},
		{open + "\"tool\": \"python\"}\n```python\nx\n``}`", "no: " + open + "\"tool\": \"python\"}\n```python\nx\n``|}`"},
		{open + "\"tool\": \"python\"}\n```python\n```", "no: " + open + "\"tool\": \"python\"}\n```python\n``|`"},
		{open + "\"tool\": \"python\"}\n```python\nx\n```\n", "no: " + open + "\"tool\": \"python\"}\n```python\nx\n```|\n"},
		{open + "\"tool\": \"python\"}\n```python\nprint(\"日\", '\\n')", "more"},
		{open + "\"tool\": \"go\", \"arguments\": {\"secs\": 3}}\n```go\nx\n```", "yes"},
		{`{"thought": "", `, `no: {"thought": "|", `},
		{`{"thought": "a\"`, `no: {"thought": "a|\"`},
	} {
		if got := verdict(g, test.text); got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
	// Lengths are bounded, and where one is used up there is still a way to the end.
	if got := verdict(g, `{"thought": "`+strings.Repeat("é", 201)); !strings.HasPrefix(got, `no: {"thought": "`+strings.Repeat("é", 200)+"|") {
		t.Error(got)
	}
	g, err = Turn(TurnSpec{Tools: []llm.Tool{pythonTool}, Limits: Limits{Code: 3}})
	if err != nil {
		t.Fatal(err)
	}
	m := g.Matcher(bytesOnly)
	m.AcceptBytes([]byte(`{"thought": "x`))
	if got := string(m.Forced()); got != "" {
		t.Errorf("forced %q inside a thought", got)
	}
	m.AcceptBytes([]byte(`"`))
	if got, want := string(m.Forced()), ", \"tool\": \"python\"}\n```python\n"; got != want {
		t.Errorf("forced %q, want %q", got, want)
	}
	m.AcceptBytes(m.Forced())
	m.AcceptBytes([]byte("abc"))
	if got, want := string(m.Forced()), "\n```"; got != want {
		t.Errorf("forced %q, want %q", got, want)
	}
}

// TestTurnText has answers that are strings of a grammar, with the escapes of JSON and only where these are needed.
func TestTurnText(t *testing.T) {
	const open = `{"thought": "I think.", "answer": "`
	for _, g := range []*llm.Grammar{
		{Regex: `(say|ask) ["'][a-zé\\\n]{1,9}["']`},
		{GBNF: `root ::= ("say" | "ask") " " ["'] [a-z\u00e9\\\n]{1,9} mark` + "\n" + `mark ::= "\"" | "'"`},
	} {
		text, err := Turn(TurnSpec{Tools: []llm.Tool{calcTool}, Answer: true, Text: g})
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct{ text, want string }{
			{open + `say \"é\\\nx\""}`, "yes"},
			{open + `ask 'a'"}`, "yes"},
			{open + `ask 'a\""}`, "yes"},
			{open + `ask 'a`, "more"},
			{open + `ask "`, "no: " + open + `ask |"`},
			{open + `ask '\u0061`, "no: " + open + `ask '\|u0061`},
			{open + `tell`, "no: " + open + `|tell`},
			{`{"thought": "I think.", "tool": "calc", "arguments": {"expr": "1+1"}}`, "yes"},
		} {
			if got := verdict(text, test.text); got != test.want {
				t.Errorf("%+v, %s: got %s, want %s", g, test.text, got, test.want)
			}
		}
	}
}

func TestTurnErrors(t *testing.T) {
	for _, test := range []struct {
		spec TurnSpec
		want string
	}{
		{TurnSpec{}, "neither a tool nor an answer"},
		{TurnSpec{Tools: []llm.Tool{calcTool, calcTool}}, `two tools are called "calc"`},
		{TurnSpec{Tools: []llm.Tool{{}}}, "a tool has no name"},
		{TurnSpec{Tools: []llm.Tool{{Name: "x", Parameters: []byte(`{"type": "string"}`)}}}, `tool "x": parameters: want the schema of an object`},
		{TurnSpec{Tools: []llm.Tool{{Name: "x", Parameters: []byte(`{"properties": {"a": {"not": {}}}}`)}}}, `tool "x": parameters: unsupported keyword "not" at /properties/a`},
		{TurnSpec{Tools: []llm.Tool{{Name: "x", Code: &llm.Code{Language: "go", Parameter: "p"}}}}, `no property "p"`},
		{TurnSpec{Tools: []llm.Tool{{Name: "x", Code: &llm.Code{Language: "g\n", Parameter: "p"}}}}, "does not fit into a line"},
		{TurnSpec{Answer: true, Schema: []byte(`{"type": "x"}`)}, "schema of the answer: unknown type"},
		{TurnSpec{Answer: true, Schema: []byte(`{}`), Text: &llm.Grammar{Regex: "x"}}, "want one of them"},
		{TurnSpec{Answer: true, Text: &llm.Grammar{}}, "answer: a grammar that is none or two"},
		{TurnSpec{Answer: true, Text: &llm.Grammar{Regex: "("}}, `answer: grammar: regular expression "(": a ( that is not closed`},
		{TurnSpec{Answer: true, Text: &llm.Grammar{GBNF: `root ::= root "a" | "b"`}}, "answer: grammar: gbnf: recursive without end"},
		{TurnSpec{Answer: true, Limits: Limits{Digits: 40}}, "limit Digits is 40, want 1 to 18"},
	} {
		if _, err := Turn(test.spec); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

func TestForced(t *testing.T) {
	g, err := Schema([]byte(`{"enum": ["north", "north-east", "south", "southern"]}`))
	if err != nil {
		t.Fatal(err)
	}
	m := g.Matcher(bytesOnly)
	for _, step := range []struct{ write, forced string }{{"", `"`}, {`"`, ""}, {"n", "orth"}, {"orth", ""}, {"-", `east"`}, {`east"`, ""}} {
		if err := m.AcceptBytes([]byte(step.write)); err != nil {
			t.Fatal(err)
		}
		if got := m.Forced(); !bytes.Equal(got, []byte(step.forced)) {
			t.Errorf("after %q: forced %q, want %q", step.write, got, step.forced)
		}
	}
	if !m.Done() || !m.Ended() {
		t.Error("not at the end")
	}
}
