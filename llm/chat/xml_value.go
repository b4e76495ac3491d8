package chat

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// kinds is a set of the types of JSON.
type kinds int

const (
	kindString kinds = 1 << iota
	kindNumber
	kindBoolean
	kindNull
	kindArray
	kindObject

	kindAny = kindString | kindNumber | kindBoolean | kindNull | kindArray | kindObject
)

var kindNames = map[string]kinds{
	"string": kindString, "number": kindNumber, "integer": kindNumber, "boolean": kindBoolean,
	"null": kindNull, "array": kindArray, "object": kindObject,
}

// parameterTypes says which types the parameters of a tool may have.
type parameterTypes struct{ root, properties *node }

func typesOf(t *llm.Tool) parameterTypes {
	if t == nil || len(t.Parameters) == 0 {
		return parameterTypes{}
	}
	root, _, err := parseLenient(string(t.Parameters))
	if err != nil {
		return parameterTypes{}
	}
	return parameterTypes{&root, root.get("properties")}
}

// complete reports whether no parameter is missing among keys that is required.
func (t parameterTypes) complete(keys []string) bool {
	if t.root == nil {
		return true
	}
	required := t.root.get("required")
	if required == nil {
		return true
	}
	for _, name := range required.kids {
		if !slices.Contains(keys, name.text) {
			return false
		}
	}
	return true
}

// append appends the JSON of a value that was written without quotes. It is a string if it may
// only be one or if it is nothing else that is allowed; where both are, what reads as a number, a
// list and so on is one.
func (t parameterTypes) append(dst []byte, name, value string) []byte {
	allowed := kindAny
	if t.properties != nil {
		allowed = t.kinds(t.properties.get(name), 0)
	}
	if allowed == kindString {
		return appendString(dst, value)
	}
	text := strings.TrimSpace(value)
	n, length, err := parseLenient(text)
	if err != nil || length != len(text) || n.kind == '"' || allowed&kindOf(&n) == 0 ||
		allowed&kindString != 0 && n.kind != '0' && !json.Valid([]byte(text)) { // what needs repairs may well be words
		return appendString(dst, value)
	}
	return append(dst, n.source(text)...)
}

// kindOf returns the type of a value.
func kindOf(n *node) kinds {
	switch {
	case n.kind == '{':
		return kindObject
	case n.kind == '[':
		return kindArray
	case n.kind == '"':
		return kindString
	case n.text == "null":
		return kindNull
	case n.text == "true" || n.text == "false":
		return kindBoolean
	}
	return kindNumber
}

// maxRefs bounds how deep a schema is looked into.
const maxRefs = 16

// kinds returns the types that a schema allows; all of them where it does not say.
func (t parameterTypes) kinds(s *node, depth int) kinds {
	if s == nil || s.kind != '{' || depth > maxRefs {
		return kindAny
	}
	allowed := kindAny
	if v := s.get("type"); v != nil {
		names := []node{*v}
		if v.kind == '[' {
			names = v.kids
		}
		var listed kinds
		for i := range names {
			listed |= kindNames[names[i].text]
		}
		if listed != 0 {
			allowed = listed
		}
	}
	if v := s.get("enum"); v != nil && v.kind == '[' {
		var listed kinds
		for i := range v.kids {
			listed |= kindOf(&v.kids[i])
		}
		allowed &= listed
	}
	if v := s.get("const"); v != nil {
		allowed &= kindOf(v)
	}
	for _, key := range []string{"anyOf", "oneOf", "allOf"} {
		v := s.get(key)
		if v == nil || v.kind != '[' || len(v.kids) == 0 {
			continue
		}
		var some kinds
		for i := range v.kids {
			if k := t.kinds(&v.kids[i], depth+1); key == "allOf" {
				allowed &= k
			} else {
				some |= k
			}
		}
		if key != "allOf" {
			allowed &= some
		}
	}
	if v := s.get("$ref"); v != nil {
		allowed &= t.kinds(t.lookup(v.text), depth+1)
	}
	if allowed == 0 { // a contradiction: whoever checks the call says so
		return kindAny
	}
	return allowed
}

// lookup follows a reference within the schema, such as #/$defs/point.
func (t parameterTypes) lookup(ref string) *node {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	n := t.root
	for _, key := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if path == "" {
			break
		}
		if n == nil || n.kind != '{' {
			return nil
		}
		n = n.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
	}
	return n
}
