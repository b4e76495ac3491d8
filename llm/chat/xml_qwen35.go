package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// xmlQwen35 is the format of the chat template of Qwen3.5: the calls of xml, the tools as JSON
// and before the system text, and thoughts as in hermes-qwen3. A prompt ends within the block
// <think> unless llm.Thinking.Off closes it, so an answer begins with the thought. All texts
// are without white space around them.
type xmlQwen35 struct{ xml }

func (x xmlQwen35) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	var p prompt
	messages := r.Messages
	system, given := "", messages[0].Role == llm.System
	if given {
		system, messages = strip(messages[0].Text), messages[1:]
	}
	if given || len(r.Tools) > 0 {
		p.open(llm.System)
		if len(r.Tools) > 0 {
			p.text("# Tools\n\nYou have access to the following functions:\n\n<tools>")
			for _, t := range r.Tools {
				line, err := toolJSON(t)
				if err != nil {
					return nil, err
				}
				p.text("\n" + line)
			}
			p.text("\n</tools>")
			x.instruct(&p)
			if system != "" {
				p.text("\n\n")
			}
		}
		p.text(system)
		p.close()
	}
	asked := lastQuestion(messages, strip)
	for i, m := range messages {
		switch m.Role {
		case llm.Assistant:
			if err := x.assistant(&p, r, m, i > asked); err != nil {
				return nil, err
			}
		case llm.Observer:
			if i == 0 || messages[i-1].Role != llm.Observer {
				p.special(turnOpen)
				p.text("user")
			}
			p.text("\n")
			p.special(resultOpen)
			p.text("\n" + strip(m.Text) + "\n")
			p.special(resultClose)
			if i == len(messages)-1 || messages[i+1].Role != llm.Observer {
				p.close()
			}
		default:
			p.turn(m.Role, strip(m.Text))
		}
	}
	p.open(llm.Assistant)
	x.begin(&p, r)
	return p.segments, nil
}

// begin writes how every answer to r begins.
func (xmlQwen35) begin(p *prompt, r *llm.Request) {
	if thinksNot(r) {
		p.emptyThought()
		return
	}
	p.special(thinkOpen)
	p.text("\n")
}

// assistant writes a turn; current says that no user has spoken since.
func (x xmlQwen35) assistant(p *prompt, r *llm.Request, m llm.Message, current bool) error {
	p.open(llm.Assistant)
	defer p.close()
	if m.Raw != "" {
		raw := m.Raw
		switch i := strings.LastIndex(raw, thinkClose); {
		case current:
			x.begin(p, r)
		case i >= 0:
			raw = strip(raw[i+len(thinkClose):])
		case m.Thought != "" && m.Text == "" && len(m.Calls) == 0:
			raw = "" // a thought that did not come to its end
		}
		p.tagged(raw, callOpen, callClose, thinkOpen, thinkClose)
		return nil
	}
	text, thought := strip(m.Text), m.Thought
	if thought == "" {
		text, thought = splitThought(text)
	}
	if current {
		p.thought(strip(thought))
	}
	p.text(text)
	for i, c := range m.Calls {
		switch {
		case i > 0:
			p.text("\n")
		case strip(text) != "":
			p.text("\n\n")
		}
		if err := p.callInTags(c); err != nil {
			return err
		}
	}
	return nil
}

func (x xmlQwen35) Parser(r *llm.Request) Parser {
	t := &thinker{next: x.xml.Parser(r)}
	if !thinksNot(r) {
		t.state = thinkInside
	}
	return parser(t)
}
