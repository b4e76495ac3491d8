package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// hermesQwen3 is the format of the chat template of Qwen3: the calls of hermes, no system
// turn of its own, and a block <think> in which the model reasons before it answers. The
// prompt ends with an empty one if llm.Thinking.Off says so. Thoughts are shown to the
// model again until a user speaks, so that they stay through the calls of one task.
type hermesQwen3 struct{ hermes }

func (h hermesQwen3) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	var p prompt
	messages := r.Messages
	system := messages[0].Role == llm.System
	if system || len(r.Tools) > 0 {
		p.open(llm.System)
		if system {
			p.text(messages[0].Text)
		}
		if len(r.Tools) > 0 {
			if system {
				p.text("\n\n")
			}
			if err := h.tools(&p, r.Tools); err != nil {
				return nil, err
			}
		}
		p.close()
	}
	if system {
		messages = messages[1:]
	}
	asked := lastQuestion(messages, func(s string) string { return s })
	for i, m := range messages {
		switch m.Role {
		case llm.Assistant:
			if err := h.assistant(&p, r, m, i > asked, i == len(messages)-1); err != nil {
				return nil, err
			}
		case llm.Observer:
			if i == 0 || messages[i-1].Role != llm.Observer {
				p.special(turnOpen)
				p.text("user")
			}
			p.text("\n")
			p.special(resultOpen)
			p.text("\n" + m.Text + "\n")
			p.special(resultClose)
			if i == len(messages)-1 || messages[i+1].Role != llm.Observer {
				p.close()
			}
		default:
			p.turn(m.Role, m.Text)
		}
	}
	p.open(llm.Assistant)
	if thinksNot(r) {
		p.emptyThought()
	}
	return p.segments, nil
}

// lastQuestion returns the index of the last message that a user wrote, len(messages) if there
// is none. trim is what the template does to a text.
func lastQuestion(messages []llm.Message, trim func(string) string) int {
	asked := len(messages)
	for i, m := range messages {
		if m.Role == llm.User && !isResult(trim(m.Text)) {
			asked = i
		}
	}
	return asked
}

// isResult reports whether a user's text is a result in its tags, which the template takes
// for no question.
func isResult(s string) bool {
	return strings.HasPrefix(s, resultOpen) && strings.HasSuffix(s, resultClose)
}

// thinksNot reports whether the answer to r has no thoughts. Where a schema binds the whole
// answer, or it must be a call, there is no place for them.
func thinksNot(r *llm.Request) bool {
	return r.Thinking != nil && r.Thinking.Off || r.Choice != nil && r.Choice.NoText || (r.Schema != nil || r.Grammar != nil) && len(callable(r)) == 0
}

func (p *prompt) emptyThought() { p.thought("") }

func (p *prompt) thought(s string) {
	p.special(thinkOpen)
	p.text("\n" + s + "\n")
	p.special(thinkClose)
	p.text("\n\n")
}

// assistant writes a turn; current says that no user has spoken since.
func (h hermesQwen3) assistant(p *prompt, r *llm.Request, m llm.Message, current, last bool) error {
	p.open(llm.Assistant)
	defer p.close()
	if m.Raw != "" {
		raw := m.Raw
		switch {
		case !current:
			if i := strings.LastIndex(raw, thinkClose); i >= 0 {
				raw = strings.TrimLeft(raw[i+len(thinkClose):], "\n")
			}
		case thinksNot(r):
			p.emptyThought() // as the prompt of this answer ended
		}
		p.tagged(raw, callOpen, callClose, thinkOpen, thinkClose)
		return nil
	}
	text, thought := m.Text, m.Thought
	if thought == "" {
		text, thought = splitThought(text)
	}
	thought = strings.Trim(thought, "\n")
	if current && (last || thought != "") {
		p.thought(thought)
		p.text(strings.TrimLeft(text, "\n"))
	} else {
		p.text(text)
	}
	for i, c := range m.Calls {
		if i > 0 || text != "" {
			p.text("\n")
		}
		if err := p.call(c); err != nil {
			return err
		}
	}
	return nil
}

// splitThought takes the thought out of a text that has one in its tags.
func splitThought(s string) (text, thought string) {
	before, _, ok := strings.Cut(s, thinkClose)
	if !ok {
		return s, ""
	}
	thought = before[max(0, strings.LastIndex(before, thinkOpen)):]
	return strings.TrimLeft(s[strings.LastIndex(s, thinkClose)+len(thinkClose):], "\n"), strings.TrimPrefix(thought, thinkOpen)
}

func (h hermesQwen3) Parser(r *llm.Request) Parser {
	return parser(&thinker{next: h.hermes.Parser(r)})
}
