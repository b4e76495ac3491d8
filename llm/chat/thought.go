package chat

import "github.com/qwen-agent/qwen-agent/llm"

// Thought says where a model reasons in a block of its own before it answers.
type Thought struct {
	Inside      bool   // the prompt ends within the block: the answer begins there
	Open, Close string // the tokens around the block, which a vocabulary may lack

	// Cut is what ends a block in the middle, when the model has thought for long enough.
	// It goes on with its answer then.
	//
	// Source: Yang et al., Qwen3 Technical Report (2025), section 4.3, thinking budget.
	Cut []Segment
}

// thinking is a Format whose answers may begin with a thought.
type thinking interface {
	thought(r *llm.Request) Thought
}

// ThoughtOf reports whether an answer to r may begin with a thought, and how it stands there.
func ThoughtOf(f Format, r *llm.Request) (t Thought, ok bool) {
	if f, ok := f.(thinking); ok && !thinksNot(r) {
		return f.thought(r), true
	}
	return Thought{}, false
}

// BeginsAloud reports whether every answer in a format begins with a thought in words, so that how it begins tells nothing of
// a call.
func BeginsAloud(f Format) bool { return f == Format(react{}) }

const thinkEnough = "\n\nConsidering the limited time by the user, I have to give the solution based on the thinking directly now.\n"

func (hermesQwen3) thought(*llm.Request) Thought {
	return Thought{Open: thinkOpen, Close: thinkClose, Cut: []Segment{{Text: thinkEnough}, {Text: thinkClose, Special: true}, {Text: "\n\n"}}}
}

func (x xmlQwen35) thought(r *llm.Request) Thought {
	t := hermesQwen3{}.thought(r)
	t.Inside = true
	return t
}
