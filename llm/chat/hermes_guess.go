package chat

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"github.com/qwen-agent/qwen-agent/llm"
)

var nameAndArguments = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)"name"\s*:\s*"([^"]+)"\s*,\s*"(?:arguments|parameters)"\s*:\s*(.*)`)
})

// salvage gets a call out of a <tool_call> that is no JSON. The arguments are a JSON
// string of what was written.
func salvage(s string) ([]llm.Call, string, bool) {
	m := nameAndArguments().FindStringSubmatch(s)
	if m == nil {
		return nil, s, false
	}
	written := strings.TrimSpace(m[2])
	written = strings.TrimSuffix(written, "}")
	return []llm.Call{{Name: m[1], Arguments: json.RawMessage(appendString(nil, written))}}, "", true
}

// hasPrefix reports whether b starts with mark, startOf whether b is the start of mark.
func hasPrefix(b []byte, mark string) bool {
	return len(b) >= len(mark) && string(b[:len(mark)]) == mark
}
func startOf(mark string, b []byte) bool { return len(b) <= len(mark) && string(b) == mark[:len(b)] }

// What firstKey found.
const (
	unknown = iota
	no
	yes
)

// firstKey says whether s, which starts with a bracket, may start a call or an array of
// them, by the first key in it. It decides early, so that an answer that just happens to
// have braces in it is not kept back.
func firstKey(s string) int {
	s, _ = strings.CutPrefix(s, "[")
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" {
		return unknown
	}
	if s[0] != '{' {
		return no
	}
	s = strings.TrimLeft(s[1:], " \t\r\n")
	if s == "" {
		return unknown
	}
	if s[0] == '/' {
		return yes // a comment; what comes after is seen at the end
	}
	s = strings.TrimLeft(s, `"'`)
	for _, key := range []string{"name", "arguments", "parameters", "type", "function", "id"} {
		if strings.HasPrefix(s, key) {
			return yes
		}
		if strings.HasPrefix(key, s) {
			return unknown
		}
	}
	return no
}
