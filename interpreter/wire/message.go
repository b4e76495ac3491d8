package wire

// Command is what a session sends to the kernel that runs its cells.
type Command struct {
	ID   uint64 `json:"id"`   // by chance, so that no cell can answer for a later one
	Cell int    `json:"cell"` // number of the cell in the session, as errors name it
	Code string `json:"code"`
}

// Reply is what the kernel sends: one with Ready when it can take cells, then one for
// each command.
type Reply struct {
	Ready    bool     `json:"ready,omitempty"`
	ID       uint64   `json:"id,omitempty"` // of the command
	Value    string   `json:"value,omitempty"`
	Cut      bool     `json:"cut,omitempty"`      // the value is longer than what is shown
	Pictures []string `json:"pictures,omitempty"` // names in the workspace
	Error    *Error   `json:"error,omitempty"`
}

// Error is a failure of the cell's code as its language shows it.
type Error struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Line    int    `json:"line,omitempty"` // of the cell, from 1; 0 if it is not known
	Trace   string `json:"trace,omitempty"`
}
