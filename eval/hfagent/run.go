package hfagent

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/qwen-agent/qwen-agent/eval"
	"github.com/qwen-agent/qwen-agent/interpreter"
	"github.com/qwen-agent/qwen-agent/interpreter/python"
	"github.com/qwen-agent/qwen-agent/interpreter/sandbox"
	"github.com/qwen-agent/qwen-agent/llm"
)

// Modes are the two halves of the benchmark.
var Modes = []string{"run", "chat"}

// maxTokens of an answer.
const maxTokens = 512

// Runner runs programs in sandboxed sessions.
type Runner struct{ pool *interpreter.Pool }

// Open makes a runner. The error says what the machine lacks.
func Open(ctx context.Context, level sandbox.Level) (*Runner, error) {
	pool, err := interpreter.NewPool(1, interpreter.Options{Language: python.Language{}, Level: level})
	if err != nil {
		return nil, err
	}
	r := &Runner{pool}
	s, err := r.session(ctx)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return r, s.Close()
}

// Close ends the sessions.
func (r *Runner) Close() error { return r.pool.Close() }

// session is one in which interpreter.py is loaded.
func (r *Runner) session(ctx context.Context) (*interpreter.Session, error) {
	s, err := r.pool.Take(ctx, "", nil)
	if err != nil {
		return nil, err
	}
	result, err := s.Run(ctx, interpreterPython)
	if err == nil && result.Error != nil {
		err = fmt.Errorf("hfagent: interpreter.py: %s: %s", result.Error.Type, result.Error.Message)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// execute runs a program over one of the states of a session.
func execute(ctx context.Context, s *interpreter.Session, state, code string, inputs map[string]string) (o outcome, err error) {
	given, err := json.Marshal(inputs)
	if err != nil {
		return o, err
	}
	cell := fmt.Sprintf("print(step(STATES.setdefault(%q, {}), json.loads(%s), %s))", state, strconv.QuoteToASCII(string(given)), strconv.QuoteToASCII(code))
	result, err := s.Run(ctx, cell)
	if err != nil {
		return o, err
	}
	if result.Error != nil || result.Stopped != "" {
		return outcome{Error: "the program was stopped " + string(result.Stopped)}, nil
	}
	if err := json.Unmarshal([]byte(result.Stdout), &o); err != nil {
		return o, fmt.Errorf("hfagent: the interpreter's answer: %w", err)
	}
	return o, nil
}

// Cases makes the cases of both modes: a task of run mode, or a dialogue of chat mode, which
// counts as many times as it has steps. OK is that all results are right; scores are selection, used
// and code, see Scores.
func Cases(r *Runner, p Prompts, format string, modes ...string) ([]eval.Case, error) {
	s, err := load()
	if err != nil {
		return nil, err
	}
	b := &bench{set: s, runner: r, prompts: p, format: format}
	var cases []eval.Case
	for _, mode := range modes {
		if mode == "chat" {
			for i, dialogue := range s.Chat {
				cases = append(cases, b.cases(mode, i, dialogue)...)
			}
			continue
		}
		for i, task := range s.Run {
			cases = append(cases, b.cases(mode, i, []problem{task})...)
		}
	}
	return cases, nil
}

type bench struct {
	set
	runner  *Runner
	prompts Prompts
	format  string
}

// cases makes a case of each wording.
func (b *bench) cases(mode string, i int, steps []problem) (cases []eval.Case) {
	for wording := range steps[0].Tasks {
		cases = append(cases, eval.Case{ID: fmt.Sprintf("%s_%d_%d", mode, i, wording), Group: mode, Run: func(ctx context.Context, m llm.Model) (eval.Result, error) {
			return b.run(ctx, m, mode, wording, steps)
		}})
	}
	return cases
}

// turn is what a result keeps of a step.
type turn struct {
	Task    string `json:"task"`
	Program string `json:"program"`
	Outcome string `json:"outcome"`
	Scores
}

func (b *bench) run(ctx context.Context, m llm.Model, mode string, wording int, steps []problem) (eval.Result, error) {
	r := eval.Result{OK: true, Weight: float64(len(steps)), Scores: map[string]float64{"selection": 0, "used": 0, "code": 0}}
	session, err := b.runner.session(ctx)
	if err != nil {
		return r, err
	}
	defer session.Close()
	var turns []turn
	var want []string
	history := b.fill(b.prompts.Chat, "")
	for _, p := range steps {
		task := p.Tasks[wording]
		request := &llm.Request{Format: b.format, MaxTokens: maxTokens}
		prompt := b.fill(b.prompts.Run, task)
		request.Stop = []string{"Task:"}
		if mode == "chat" {
			prompt = history + "\nHuman: " + task + "\n\nAssistant: "
			if !b.prompts.Original {
				prompt += chatOpening
			}
			request.Stop = []string{"Human:", "====="}
		}
		asked, opening := begun(prompt)
		request.Messages = []llm.Message{{Role: llm.User, Text: asked}}
		if opening != "" {
			request.Grammar = &llm.Grammar{Regex: regexp.QuoteMeta(opening) + `[\s\S]*`}
		}
		end, err := eval.Ask(ctx, m, request)
		if err != nil {
			return r, err
		}
		r.Count(end.Usage)
		r.Raw += end.Message.Text + "\n"
		history = asked + strings.TrimSpace(end.Message.Text) + "\n"
		t, right, err := b.judge(ctx, session, p, end.Message.Text, mode)
		if err != nil {
			return r, err
		}
		t.Task = task
		turns, want = append(turns, t), append(want, p.Answers[0])
		r.Scores["selection"] += t.Selection / r.Weight
		r.Scores["used"] += t.Used / r.Weight
		r.Scores["code"] += t.Code / r.Weight
		if t.Code < 1 && r.OK {
			r.OK, r.Why = false, fmt.Sprintf("%q gives %q, wanted %q", task, t.Outcome, right)
		}
	}
	r.Got, r.Want = turns, want
	return r, nil
}

// judge runs the code of an answer, and the right ones beside it.
func (b *bench) judge(ctx context.Context, s *interpreter.Session, p problem, answer, mode string) (t turn, right string, err error) {
	explanation, code := split(answer, mode == "run")
	got, err := execute(ctx, s, "agent", code, p.Inputs)
	if err != nil {
		return t, "", err
	}
	var want []outcome
	for i, a := range p.Answers {
		o, err := execute(ctx, s, fmt.Sprintf("answer %d", i), a, p.Inputs)
		if err == nil && o.Value == nil {
			err = fmt.Errorf("hfagent: the right program %q gives %s", a, o)
		}
		if err != nil {
			return t, "", err
		}
		want = append(want, o)
	}
	return turn{Program: code, Outcome: got.String(), Scores: b.score(explanation, code, got, want, p.Answers)}, want[0].String(), nil
}
