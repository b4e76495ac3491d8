package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/engine"
	"github.com/qwen-agent/qwen-agent/llm/llmtest"
)

func TestMain(m *testing.M) {
	if os.Getenv("QWEN_AGENT_TEST_SERVER") != "" { // it stands for llama-server
		pretendServer()
		return
	}
	if os.Getenv("QWEN_AGENT_TEST_MAIN") != "" { // this binary stands for the program, see command
		standIn()
	}
	testscript.Main(m, map[string]func(){"qwen-agent": standIn})
}

// standIn is the program, with a script in place of the model if MODEL_SCRIPT names one.
func standIn() {
	if file := os.Getenv("MODEL_SCRIPT"); file != "" {
		openModel = func(_ context.Context, name string, o engine.Options) (llm.Model, func() error, error) {
			if os.Getenv("MODEL_OPENS_SLOWLY") != "" { // and does not look at its context
				fmt.Fprintln(os.Stderr, "opening")
				time.Sleep(time.Minute)
			}
			s, err := readScript(file)
			if err != nil {
				return nil, nil, err
			}
			s.About.Name = fmt.Sprintf("script %q with %d threads", name, o.Threads)
			if o.Draft != "" {
				s.About.Name += ", drafts by " + o.Draft
			}
			return s, func() error { return nil }, nil
		}
	}
	os.Exit(execute(os.Args[1:]))
}

// command is the program with some arguments, as a process of its own.
func command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "QWEN_AGENT_TEST_MAIN=1")
	return cmd
}

// scripted is llmtest.Script whose turns come in pieces and can be slow.
type scripted struct {
	llmtest.Script
	waits []time.Duration // before each turn
	deaf  bool            // does not look at its context while it waits
}

// readScript reads a list of turns.
func readScript(file string) (*scripted, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var turns []struct {
		Thought, Text, Reason, Error, Wait string
		Calls                              []llm.Call
		Deaf                               bool
	}
	if err := json.Unmarshal(data, &turns); err != nil {
		return nil, err
	}
	s := &scripted{Script: *llmtest.New()}
	for _, t := range turns {
		turn := llmtest.Turn{Thought: t.Thought, Text: t.Text, Calls: t.Calls, Reason: llm.Reason(t.Reason)}
		if t.Error != "" {
			turn.Err = errors.New(t.Error)
		}
		wait, err := time.ParseDuration(t.Wait)
		if t.Wait != "" && err != nil {
			return nil, err
		}
		s.deaf = s.deaf || t.Deaf
		s.Turns, s.waits = append(s.Turns, turn), append(s.waits, wait)
	}
	return s, nil
}

func (s *scripted) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		if n := len(s.Requests); n < len(s.waits) && s.waits[n] > 0 {
			if !yield(llm.Chunk{Thought: "I am thinking."}, nil) {
				return
			}
			fmt.Fprintln(os.Stderr, "\nthe model waits")
			done := ctx.Done()
			if s.deaf {
				done = nil
			}
			select {
			case <-time.After(s.waits[n]):
			case <-done:
				yield(llm.Chunk{}, ctx.Err())
				return
			}
		}
		for c, err := range s.Script.Generate(ctx, r) {
			for _, p := range pieces(c) {
				if !yield(p, err) {
					return
				}
			}
		}
	}
}

// pieces cuts words into chunks of a few bytes, as a model writes them.
func pieces(c llm.Chunk) []llm.Chunk {
	cut := func(s string, wrap func(string) llm.Chunk) (out []llm.Chunk) {
		for len(s) > 4 {
			out, s = append(out, wrap(s[:4])), s[4:]
		}
		return append(out, wrap(s))
	}
	switch {
	case c.Thought != "":
		return cut(c.Thought, func(s string) llm.Chunk { return llm.Chunk{Thought: s} })
	case c.Text != "":
		return cut(c.Text, func(s string) llm.Chunk { return llm.Chunk{Text: s} })
	}
	return []llm.Chunk{c}
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("QWEN_AGENT_HOME", e.WorkDir+"/home")
			e.Setenv("QWEN_AGENT_OFFLINE", "1")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": code},
		Condition: func(name string) (bool, error) {
			if name != "sandbox" {
				return false, fmt.Errorf("no condition %q", name)
			}
			return sandboxMissing() == nil, nil
		},
	})
}

// code runs a program that must end with an exit code: code 2 qwen-agent run …
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	if err != nil {
		ts.Fatalf("code: %v", err)
	}
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
