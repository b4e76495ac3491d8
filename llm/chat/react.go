package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// react is the text format of the first Qwen, in the variant of Qwen-Agent's ReActChat:
// "tools" in the first sentence, names joined by ",", each tool followed by the form of
// its input (a JSON object, or code in backticks for a tool with llm.Tool.Code), and
// "Thought: " after the question.
//
// The model completes one assistant turn: what it wrote, the results as "Observation: "
// lines and the next "Thought: " are added to each other in it until a user speaks again.
// In one thing this departs from ReActChat, which moves the instructions to the last
// question: they stay in the first, where the first Qwen's own demo has them for a second
// question as well, so that a prompt stays the beginning of the next. Without tools it is
// plain ChatML.
//
// ReAct has one call at a time, so of several calls in a message each comes with its result.
type react struct{}

const (
	reactSystem = "You are a helpful assistant."

	reactHead = "Answer the following questions as best you can. You have access to the following tools:\n\n"

	reactBody = `

Use the following format:

Question: the input question you must answer
Thought: you should always think about what to do
Action: the action to take, should be one of [{names}]
Action Input: the input to the action
Observation: the result of the action
... (this Thought/Action/Action Input/Observation can be repeated zero or more times)
Thought: I now know the final answer
Final Answer: the final answer to the original input question

Begin!

`
	reactJSON = " Format the arguments as a JSON object."
	reactCode = " Enclose the code within triple backticks (`) at the beginning and end of the code."

	reactObservation = "\nObservation: "
	reactThought     = "\nThought: "
)

func (react) Name() string { return "react" }

// Stops returns "Observation:": the result is not for the model to write.
func (react) Stops() []string { return []string{"Observation:"} }

func (f react) Render(r *llm.Request) ([]Segment, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	w := reactWriter{tools: len(r.Tools) > 0}
	messages := r.Messages
	system := reactSystem
	if messages[0].Role == llm.System {
		system, messages = messages[0].Text, messages[1:]
	}
	w.p.turn(llm.System, trim(system))
	instructions, err := reactInstructions(r.Tools)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(messages); i++ {
		switch m := messages[i]; m.Role {
		case llm.Assistant:
			results := messages[i+1:]
			for j := range results {
				if results[j].Role != llm.Observer {
					results = results[:j]
					break
				}
			}
			if err := w.assistant(m, results); err != nil {
				return nil, err
			}
			i += len(results)
		case llm.Observer:
			w.result(m)
		case llm.System:
			w.end()
			w.p.turn(m.Role, trim(m.Text))
		default:
			w.end()
			w.p.open(m.Role)
			w.question(instructions, m.Text)
			w.p.close()
			instructions = ""
		}
	}
	w.begin()
	if w.results {
		w.write(reactThought)
	}
	return w.p.segments, nil
}

// reactInstructions returns what comes before the first question.
func reactInstructions(tools []llm.Tool) (string, error) {
	if len(tools) == 0 {
		return "", nil
	}
	lines := make([]string, len(tools))
	names := make([]string, len(tools))
	for i, t := range tools {
		parameters, err := appendParameters(nil, t)
		if err != nil {
			return "", err
		}
		form := reactJSON
		if t.Code != nil {
			form = reactCode
		}
		names[i] = t.Name
		lines[i] = t.Name + ": Call this tool to interact with the " + t.Name + " API. What is the " + t.Name +
			" API useful for? " + t.Description + " Parameters: " + string(parameters) + form
	}
	body := strings.Replace(reactBody, "{names}", strings.Join(names, ","), 1)
	return reactHead + strings.Join(lines, "\n\n") + body, nil
}

// trim drops what the first Qwen was trained without: line breaks before a message and
// white space after it.
func trim(s string) string { return strings.TrimRight(strings.TrimLeft(s, "\n"), " \t\r\n\f\v") }

// reactWriter writes turns; an assistant's is open as long as nobody else speaks.
type reactWriter struct {
	p       prompt
	tools   bool
	open    bool
	results bool // the open turn ends with a result
	newline bool // the open turn ends with a line break
	stopped bool // the open turn ends with "Observation:"
}

func (w *reactWriter) begin() {
	if !w.open {
		w.p.open(llm.Assistant)
		w.open, w.results, w.newline, w.stopped = true, false, true, false
	}
}

func (w *reactWriter) end() {
	if w.open {
		w.p.close()
		w.open = false
	}
}

// write adds to the assistant's turn.
func (w *reactWriter) write(s string) {
	if s != "" {
		w.p.text(s)
		w.newline = strings.HasSuffix(s, "\n")
		w.stopped = strings.HasSuffix(s, "\nObservation:")
	}
}

func (w *reactWriter) question(instructions, text string) {
	text = trim(text)
	if !w.tools {
		w.p.text(text)
		return
	}
	w.p.text(instructions + "Question: " + text + reactThought)
}

func (w *reactWriter) result(m llm.Message) {
	w.begin()
	observation := reactObservation
	switch { // the model may have written a part of it
	case w.stopped:
		observation = " "
	case w.newline:
		observation = observation[1:]
	}
	w.write(observation + m.Text)
	w.results = true
}

func (w *reactWriter) assistant(m llm.Message, results []llm.Message) error {
	if w.open && w.results {
		w.write(reactThought) // as the prompt of this answer ended
	} else {
		w.end()
	}
	w.begin()
	w.results = false
	if m.Raw != "" {
		w.write(m.Raw)
	} else if err := w.compose(m, &results); err != nil {
		return err
	}
	for _, r := range results {
		w.result(r)
	}
	return nil
}

// compose writes an answer that is not the model's own. It takes the results that stand
// between its calls from results.
func (w *reactWriter) compose(m llm.Message, results *[]llm.Message) error {
	if !w.tools {
		w.write(trim(m.Text))
		return nil
	}
	thought := trim(m.Thought)
	if len(m.Calls) == 0 {
		if thought == "" {
			thought = "I now know the final answer."
		}
		w.write(thought + "\nFinal Answer: " + trim(m.Text))
		return nil
	}
	if thought == "" {
		thought = trim(m.Text)
	}
	w.write(thought)
	for i, c := range m.Calls {
		arguments, err := appendArguments(nil, c)
		if err != nil {
			return err
		}
		w.write("\nAction: " + c.Name + "\nAction Input: " + string(arguments))
		if i < len(m.Calls)-1 {
			if len(*results) > 0 {
				w.result((*results)[0])
				*results = (*results)[1:]
			}
			w.write(reactThought)
			w.results = false
		}
	}
	return nil
}
