package plugin

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	yaml "go.yaml.in/yaml/v4"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
)

// pieces are the tokens of a text: the model's own if it tells them, else words and signs.
func pieces(m llm.Model, text string) []string {
	var list []string
	if e, ok := m.(*engine.Engine); ok {
		for _, id := range e.Tokenizer().Encode(nil, text) {
			list = append(list, string(e.Tokenizer().Token(id)))
		}
		return list
	}
	return strings.FieldsFunc(strings.NewReplacer(`"`, ` " `, ",", " , ", ":", " : ", "{", " { ", "}", " } ").Replace(text),
		func(r rune) bool { return r == ' ' })
}

// rougeL is the F measure of the longest common subsequence.
//
// Source: Lin, ROUGE: A Package for Automatic Evaluation of Summaries (2004), section 3, with
// beta 1.
func rougeL(got, want []string) float64 {
	if len(got) == 0 || len(want) == 0 {
		return 0
	}
	row := make([]int, len(want)+1) // of the table of the dynamic programme
	for _, g := range got {
		diagonal := 0
		for j, w := range want {
			above := row[j+1]
			if g == w {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	common := float64(row[len(want)])
	return 2 * common / float64(len(got)+len(want))
}

// maxArguments is the longest text that is compared, in bytes.
const maxArguments = 16 << 10

// normal writes arguments in one way: JSON with sorted keys, separators ", " and ": " and no
// escapes beyond need. Text that is no JSON, nor what JSON5 allows besides (other quotes, bare
// keys, a last comma), is "".
func normal(arguments string) string {
	arguments = strings.TrimSpace(arguments)
	if len(arguments) > maxArguments {
		arguments = arguments[:maxArguments]
	}
	var v any
	if json.Unmarshal([]byte(arguments), &v) != nil {
		if !strings.HasPrefix(arguments, "{") && !strings.HasPrefix(arguments, "[") {
			return ""
		}
		if yaml.Unmarshal([]byte(arguments), &v) != nil { // flow style has all that
			return ""
		}
	}
	if _, err := json.Marshal(v); err != nil {
		return "" // what YAML has besides, such as numbers for keys
	}
	var b strings.Builder
	write(&b, v)
	return b.String()
}

func write(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, key := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, key)
			b.WriteString(": ")
			write(b, v[key])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, item)
		}
		b.WriteByte(']')
	default:
		b.WriteString(scalar(v))
	}
}

// scalar is a value that json.Marshal takes.
func scalar(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSuffix(b.String(), "\n")
}
