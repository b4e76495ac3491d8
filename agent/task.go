package agent

import (
	"encoding/json"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Task is a task file, read.
type Task struct {
	Name        string
	Description string
	Model       string // a name that the command line knows; "" is its default
	Draft       string // a smaller model that guesses tokens ahead; "" is none
	Format      string // of the prompts, one of react.Formats; "" is auto
	Instruction string // goes into the system text
	Prompt      string // the question, a text/template over the inputs
	Inputs      []Input
	Workspace   string // a folder, relative to the task file's; "" is none
	Tools       []Tool
	Permissions Permissions
	Limits      Limits
	Interpreter Interpreter
	Sampling    *llm.Sampling   // nil is greedy
	Thinking    *llm.Thinking   // nil leaves it to the model
	CallAt      *float64        // as in llm.Choice; nil is what suits the model
	Output      json.RawMessage // JSON Schema of the answer; nil is text
	Grammar     *llm.Grammar    // of the answer, in place of a schema; nil is any text, or that of a file

	grammarFile string // with rules of GBNF, relative to the task file's folder; "" is none
	grammarAt   position
	workspaceAt position

	file string // as it was named to Load, for errors
	dir  string // the folder that Workspace is relative to
}

// Input is one value that the prompt is made from.
type Input struct {
	Name        string
	Type        string // string, integer, number or boolean
	Description string
	Default     any   // of Type; nil is none
	Enum        []any // the values allowed, of Type; nil is all of them
	Required    bool  // a value must be given; one that is neither given nor has a default is the type's zero
}

// Tool is a registered tool that a task uses.
type Tool struct {
	Name     string
	Settings map[string]any // nil is none
	at       position
}

// Permissions has the rules that calls are held against: Deny is looked at first, then
// Allow, then Ask. A call that no rule matches is allowed if the tool only reads, and
// asked about if it does not.
type Permissions struct{ Allow, Ask, Deny []Rule }

// Limits bounds a run; a zero field is the planner's own limit.
type Limits struct {
	Steps     int           // turns of the model
	Tokens    int           // that the model writes
	ToolCalls int           // calls that are run
	Time      time.Duration // from the start of the first turn
}

// Interpreter says how code that the model writes is run; a zero field is the sandbox's
// own default.
type Interpreter struct {
	Timeout   time.Duration // of one call
	Memory    int64         // bytes
	Python    string        // a name that is looked up in PATH, such as python3.12
	Go        string        // compiled, or "" for interpreted
	Overwrite bool          // code may change files of the workspace that it has not made
}

// position is where in its file a thing stands; both count from 1, and 0 is unknown.
type position struct{ line, column int }
