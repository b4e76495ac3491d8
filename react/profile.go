package react

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qwen-agent/qwen-agent/internal/suggest"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Profile is what a model was found to work best with.
type Profile struct {
	// Format names the chat format (llm.Formats); "template" or "" is the one that the model was
	// trained on.
	Format string

	// Redecode is how many turns of a run may be thrown away because all their calls were
	// already made. Such a turn is decoded again with these tools left out; the last one
	// with no tool at all, so that an answer is left. 0 throws no turn away: the first
	// repeated call is answered by words, and the next turn must answer.
	Redecode int

	// Founded throws away, once in a run for each kind, a turn that leaves out a file or a number of the question, or has
	// a number from nowhere, and has a call take its place. And it has the planner read the files that the question names
	// (docs/planner.md).
	Founded bool
}

// decodedAgain is where the 1.5B model solves most tasks; the 0.5B model is driven from
// call to call by it and does better when its first repeat ends the search.
const decodedAgain = 3

// ProfileFor returns the profile that was measured to be best for a model, or for those
// like it.
func ProfileFor(m llm.Info) Profile {
	if !strings.HasPrefix(m.Architecture, "qwen") {
		return Profile{}
	}
	return Profile{Format: "turn", Redecode: redecode("turn", m), Founded: true}
}

// Formats are the names that ProfileNamed knows: "auto" (ProfileFor), "template" (what the
// model was trained on, by the chat template in its file) and those of llm.Formats.
var Formats = append([]string{auto, template}, llm.Formats...)

const (
	auto     = "auto"
	template = "template"
)

// ProfileNamed returns the profile of a model in a chat format that a user chose, one of
// Formats; "" is "auto".
func ProfileNamed(format string, m llm.Info) (Profile, error) {
	if format == "" || format == auto {
		return ProfileFor(m), nil
	}
	if slices.Contains(Formats, format) {
		return Profile{Format: format, Redecode: redecode(format, m), Founded: format == "turn"}, nil
	}
	if s := suggest.Name(format, Formats); s != "" {
		return Profile{}, fmt.Errorf("there is no format %q (did you mean %q?)", format, s)
	}
	return Profile{}, fmt.Errorf("there is no format %q; the formats are: %s", format, strings.Join(Formats, ", "))
}

// request returns the format as a request names it.
func (p Profile) request() string {
	if p.Format == template {
		return ""
	}
	return p.Format
}

// redecode needs a format whose grammar can leave a tool out.
func redecode(format string, m llm.Info) int {
	if format == "turn" && m.Parameters > 1e9 {
		return decodedAgain
	}
	return 0
}
