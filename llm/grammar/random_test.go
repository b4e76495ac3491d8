package grammar

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomBounds returns keywords for the bounds of a count or number, either or both or none.
func randomBounds(r *rand.Rand, least, most string, n int) string {
	lo, hi := r.IntN(n), r.IntN(n)
	if lo > hi {
		lo, hi = hi, lo
	}
	s := ""
	if r.IntN(2) == 0 {
		s += fmt.Sprintf(`, "%s": %d`, least, lo)
	}
	if r.IntN(2) == 0 {
		s += fmt.Sprintf(`, "%s": %d`, most, hi)
	}
	return s
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// randomSchema returns a schema of keywords that are known.
func randomSchema(r *rand.Rand, depth int) string {
	kinds := 17
	if depth == 0 {
		kinds = 10
	}
	switch r.IntN(kinds) {
	case 0:
		return `{"type": "string"` + randomBounds(r, "minLength", "maxLength", 9) + `}`
	case 1:
		return `{"type": "integer"` + randomBounds(r, "minimum", "maximum", 2000) + `}`
	case 2:
		return `{"type": "integer"` + fmt.Sprintf(`, "minimum": %d, "exclusiveMaximum": %d.5`, -r.IntN(300), r.IntN(300)) + `}`
	case 3:
		return randomNumber(r)
	case 4:
		if r.IntN(3) == 0 {
			return `{"type": "string", "format": "` + pick(r, "date", "time", "date-time", "uuid", "ipv4", "email", "uri") + `"}`
		}
		return pick(r, `{"type": "boolean"}`, `{"type": "null"}`, `{"type": ["string", "null"]}`, `{"type": ["integer", "number", "boolean"]}`)
	case 5:
		return `{"enum": ["a", "ab", "ac\n", "日本", 1, 1.5, null, true, [1, "x"], {"k": {}}]}`
	case 6:
		return pick(r, `{"const": "x"}`, `{"const": {"a": [1, 2]}}`, `{}`, `true`, `{"type": "string", "enum": ["x", "y", 3]}`,
			`{"enum": ["ax", "bx", "b"], "allOf": [{"pattern": "x$"}]}`)
	case 7, 8:
		return randomText(r)
	case 9:
		return pick(r,
			`{"type": "integer", "multipleOf": 7`+randomBounds(r, "minimum", "maximum", 2000)+`}`,
			`{"type": "number", "multipleOf": 0.25, "minimum": -1000}`,
			`{"type": "number", "multipleOf": 2.5}`,
			`{"allOf": [{"multipleOf": 4}, {"multipleOf": 6, "maximum": 100000}], "type": "integer"}`)
	case 10, 11:
		return randomObject(r, depth)
	case 12:
		s := `{"type": "array", "items": ` + randomSchema(r, depth-1)
		if r.IntN(3) == 0 {
			s += `, "prefixItems": [` + randomSchema(r, depth-1) + `, ` + randomSchema(r, depth-1) + `]`
		}
		return s + randomBounds(r, "minItems", "maxItems", 5) + `}`
	case 13:
		return `{"anyOf": [` + randomSchema(r, depth-1) + `, ` + randomSchema(r, depth-1) + `]}`
	case 14:
		return pick(r,
			`{"allOf": [`+randomObject(r, depth)+`, `+randomObject(r, depth)+`]}`,
			`{"allOf": [`+randomSchema(r, depth-1)+`], "anyOf": [`+randomSchema(r, 0)+`, {}]}`,
			`{"type": "string", "allOf": [{"pattern": "^[a-z]+$"}, {"minLength": 2}], "anyOf": [{"maxLength": 3}, {"pattern": "[aeo]"}]}`,
			`{"type": "array", "allOf": [{"items": `+randomSchema(r, depth-1)+`}, {"prefixItems": [{}, `+randomSchema(r, 0)+`], "maxItems": 4}]}`)
	case 15:
		s := `{"type": "object", "patternProperties": {"^x": ` + randomSchema(r, depth-1)
		if r.IntN(2) == 0 {
			s += `, "y$": ` + randomSchema(r, 0)
		}
		s += `}`
		if r.IntN(2) == 0 {
			s += `, "properties": {"xa": ` + randomSchema(r, 0) + `}`
		}
		return s + randomOthers(r, depth) + `}`
	default:
		return `{"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"}, "c": {}}` + randomBounds(r, "minProperties", "maxProperties", 4) +
			pick(r, ``, `, "required": ["b"]`, `, "additionalProperties": {"type": "boolean"}`) + `}`
	}
}

func randomNumber(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return `{"type": "number"}`
	}
	lo := float64(r.IntN(4000)-2000) / []float64{1, 2, 10, 250, 1000}[r.IntN(5)]
	hi := lo + float64(1+r.IntN(4000))/[]float64{1, 2, 10, 250, 1000}[r.IntN(5)]
	least, most := pick(r, "minimum", "exclusiveMinimum"), pick(r, "maximum", "exclusiveMaximum")
	return pick(r,
		fmt.Sprintf(`{"type": "number", "%s": %v}`, least, lo),
		fmt.Sprintf(`{"type": "number", "%s": %v}`, most, hi),
		fmt.Sprintf(`{"type": "number", "%s": %v, "%s": %v}`, least, lo, most, hi))
}

func randomText(r *rand.Rand) string {
	pattern := `"pattern": ` + quote(pick(r, patterns...))
	return pick(r,
		`{"type": "string", `+pattern+`}`,
		`{`+pattern+`, "minLength": 2, "maxLength": 9}`,
		`{"type": ["null", "string"], `+pattern+`, "minLength": 1}`,
		`{"type": "string", "format": "uri"}`,
		`{"format": "email", "pattern": "org$", "maxLength": 40}`)
}

func randomOthers(r *rand.Rand, depth int) string {
	if r.IntN(2) == 0 {
		return ""
	}
	return `, "additionalProperties": ` + []string{"false", "true", randomSchema(r, max(depth-1, 0))}[r.IntN(3)]
}

func randomObject(r *rand.Rand, depth int) string {
	var names, required []string
	for i := range r.IntN(5) {
		name := []string{`a`, `b c`, `d\"e`, `日`, `ab`}[i]
		names = append(names, fmt.Sprintf(`"%s": %s`, name, randomSchema(r, max(depth-1, 0))))
		if r.IntN(2) == 0 {
			required = append(required, `"`+name+`"`)
		}
	}
	s := `{"type": "object", "properties": {` + strings.Join(names, ", ") + `}`
	if len(required) > 0 {
		s += `, "required": [` + strings.Join(required, ", ") + `]`
	}
	return s + randomOthers(r, depth) + `}`
}
