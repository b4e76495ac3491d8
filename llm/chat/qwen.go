package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// qwen is Qwen-Agent's own format, which Qwen1.5 and Qwen2 were trained on: a call is a line
// ✿FUNCTION✿ and one ✿ARGS✿, results are lines ✿RESULT✿, and behind ✿RETURN✿ the model goes
// on, all in one assistant's turn until a user speaks. The instructions are in Chinese if there
// is Chinese in the system text or the first question; Qwen-Agent looks at later questions too,
// which would change the beginning of a prompt. With parallel they tell the model to make
// several calls at once, which these models were not trained to do.
//
// A prompt ends right behind ✿RETURN✿: the colon and the blank after it may be one token with
// what follows, so they are the model's to write.
type qwen struct {
	name     string
	parallel bool
}

const (
	markFunction = "✿FUNCTION✿"
	markArgs     = "✿ARGS✿"
	markResult   = "✿RESULT✿"
	markReturn   = "✿RETURN✿"
)

func (f qwen) Name() string  { return f.name }
func (qwen) Stops() []string { return []string{markResult, markReturn} }

func (f qwen) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	w := qwenWriter{code: map[string]*llm.Code{}}
	for _, t := range r.Tools {
		w.code[t.Name] = t.Code
	}
	messages := r.Messages
	system, given := reactSystem, messages[0].Role == llm.System
	if given {
		system, messages = messages[0].Text, messages[1:]
	}
	if len(r.Tools) > 0 {
		instructions, err := f.instructions(r)
		if err != nil {
			return nil, err
		}
		if system += "\n\n" + instructions; !given {
			system = instructions
		}
	}
	w.p.turn(llm.System, system)
	for i, m := range messages {
		switch m.Role {
		case llm.Assistant:
			if err := w.assistant(m); err != nil {
				return nil, err
			}
		case llm.Observer:
			w.result(m.Text, i == len(messages)-1 || messages[i+1].Role != llm.Observer)
		default:
			w.end()
			w.p.turn(m.Role, m.Text)
		}
	}
	w.begin()
	return w.p.segments, nil
}

// qwenWriter writes turns; an assistant's is open as long as nobody else speaks.
type qwenWriter struct {
	p    prompt
	code map[string]*llm.Code // by the name of the tool

	open     bool
	written  bool // the open turn has something in it
	newline  bool // it ends with a line break that the model wrote
	returned bool // it ends with a ✿RETURN✿ whose colon is the model's to write
}

func (w *qwenWriter) begin() {
	if !w.open {
		w.p.open(llm.Assistant)
		w.open, w.written, w.newline = true, false, false
	}
}

func (w *qwenWriter) end() {
	w.colon()
	if w.open {
		w.p.close()
		w.open = false
	}
}

// colon writes what the model did not get to write.
func (w *qwenWriter) colon() {
	if w.returned {
		w.p.text(": ")
		w.returned = false
	}
}

func (w *qwenWriter) write(s string) {
	if s != "" {
		w.p.text(s)
		w.written, w.newline = true, false
	}
}

// line writes s on a line of its own.
func (w *qwenWriter) line(s string) {
	if w.written && !w.newline {
		s = "\n" + s
	}
	w.write(s)
}

func (w *qwenWriter) assistant(m llm.Message) error {
	w.begin()
	if m.Raw != "" {
		w.returned = false
		w.write(m.Raw)
		w.newline = strings.HasSuffix(m.Raw, "\n")
		return nil
	}
	w.colon()
	w.write(m.Text)
	for _, c := range m.Calls {
		arguments, err := w.arguments(c)
		if err != nil {
			return err
		}
		w.line(markFunction + ": " + c.Name + "\n" + markArgs + ": " + arguments)
	}
	return nil
}

// arguments returns the arguments of a call, a program alone in its fence.
func (w *qwenWriter) arguments(c llm.Call) (string, error) {
	if k := w.code[c.Name]; k != nil {
		if program, ok := programOf(c, k); ok {
			return "\n```" + k.Language + "\n" + strings.TrimSuffix(program, "\n") + "\n```", nil
		}
	}
	b, err := appendArguments(nil, c)
	return string(b), err
}

// result writes a result; last says that no other follows it.
func (w *qwenWriter) result(text string, last bool) {
	w.begin()
	w.colon()
	w.line(markResult + ": " + text)
	if last {
		w.write("\n" + markReturn)
		w.returned = true
	}
}
