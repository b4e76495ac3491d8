package chat

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qwen-agent/qwen-agent/llm"
)

const (
	turnOpen  = "<|im_start|>"
	turnClose = "<|im_end|>"
	callOpen  = "<tool_call>"
	callClose = "</tool_call>"

	thinkOpen   = "<think>"
	thinkClose  = "</think>"
	resultOpen  = "<tool_response>"
	resultClose = "</tool_response>"
)

// prompt collects segments; ordinary text that meets is one segment.
type prompt struct{ segments []Segment }

func (p *prompt) special(token string) {
	p.segments = append(p.segments, Segment{Text: token, Special: true})
}

func (p *prompt) text(s string) {
	if s == "" {
		return
	}
	if n := len(p.segments); n > 0 && !p.segments[n-1].Special {
		p.segments[n-1].Text += s
		return
	}
	p.segments = append(p.segments, Segment{Text: s})
}

// open starts a turn and close ends it, as ChatML does.
func (p *prompt) open(role llm.Role) {
	p.special(turnOpen)
	p.text(string(role) + "\n")
}

func (p *prompt) close() {
	p.special(turnClose)
	p.text("\n")
}

// turn writes a whole turn.
func (p *prompt) turn(role llm.Role, text string) {
	p.open(role)
	p.text(text)
	p.close()
}

// tagged writes text that the template or the model wrote, in which the tags are the
// tokens of that name.
func (p *prompt) tagged(s string, tags ...string) {
	for s != "" {
		i, tag := len(s), ""
		for _, t := range tags {
			if j := strings.Index(s[:i], t); j >= 0 {
				i, tag = j, t
			}
		}
		p.text(s[:i])
		if tag != "" {
			p.special(tag)
		}
		s = s[i+len(tag):]
	}
}

// maxName bounds the name of a tool, in bytes.
const maxName = 256

// check refuses a request that no format can write.
func check(r *llm.Request) error {
	if len(r.Messages) == 0 {
		return fmt.Errorf("chat: writing the prompt: the request has no messages")
	}
	for i, m := range r.Messages {
		switch m.Role {
		case llm.System, llm.User, llm.Assistant, llm.Observer:
		default:
			return fmt.Errorf("chat: writing the prompt: message %d: role %q, want %q, %q, %q or %q",
				i, m.Role, llm.System, llm.User, llm.Assistant, llm.Observer)
		}
	}
	names := map[string]bool{}
	for i, t := range r.Tools {
		switch {
		case t.Name == "" || len(t.Name) > maxName || !utf8.ValidString(t.Name) || strings.ContainsFunc(t.Name, unicode.IsControl):
			return fmt.Errorf("chat: writing the prompt: tool %d: name %.300q, want 1 to %d bytes of text without control characters", i, t.Name, maxName)
		case names[t.Name]:
			return fmt.Errorf("chat: writing the prompt: tool %d: two tools are called %q", i, t.Name)
		}
		names[t.Name] = true
	}
	return nil
}

// whole is a Parser that passes on whole runes only. Invalid UTF-8 goes through as it is.
type whole struct {
	p    Parser
	tail string // the beginning of a rune
}

func (w *whole) Write(s string) []llm.Chunk {
	s = w.tail + s
	n := len(s)
	for i := 1; i <= min(utf8.UTFMax-1, len(s)); i++ {
		if c := s[len(s)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRuneInString(s[len(s)-i:]) {
				n = len(s) - i
			}
			break
		}
	}
	w.tail = s[n:]
	if n == 0 {
		return nil
	}
	return w.p.Write(s[:n])
}

func (w *whole) Close() []llm.Chunk {
	var chunks []llm.Chunk
	if w.tail != "" {
		chunks = w.p.Write(w.tail)
		w.tail = ""
	}
	return append(chunks, w.p.Close()...)
}
