package agent

import _ "embed"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a task file, for editors and other
// programs. What Parse refuses beyond it are things that such a schema cannot say: keys
// that come twice, aliases, a default that is not in its enum, a prompt that is no
// template or names an input that is not there.
func Schema() []byte { return append([]byte(nil), schema...) }
