package llm

// Formats are the names of the chat formats that Request.Format can ask for. Package llm/chat
// has them and docs/formats.md describes them.
var Formats = []string{"turn", "hermes", "hermes-braces", "hermes-qwen3", "xml", "xml-tools", "xml-qwen3.5", "qwen", "qwen-parallel", "react"}
