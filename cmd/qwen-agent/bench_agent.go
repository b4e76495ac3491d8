package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/eval/speed"
	"github.com/qwen-agent/qwen-agent/llm"
)

const benchAgentLong = `Works on the three example tasks with the choices of a recorded run: the planner, its
prompts and the tools are real, the model reads and computes, and then the recorded token is
taken in place of the chosen one. So every model and every program does the same work.

With --server, llama.cpp's llama-server does the same in turn: the same planner asks it over
HTTP, with the same prompts, its prompt cache on, and as many tokens to write as were recorded.
Every run begins with an empty cache, and both sides first read and write a few tokens that are
not counted; nor is the time to open the model.

--record lets the model itself work on the tasks and writes new recordings to a folder.`

// agentOptions are the flags of bench agent.
type agentOptions struct {
	benchOptions
	examples   string
	recordings string
	record     string
	server     string
	peer       string
}

func newBenchAgentCmd() *cobra.Command {
	var o agentOptions
	cmd := &cobra.Command{
		Use:   "agent --model MODEL",
		Short: "Measure the example tasks with recorded choices, beside llama.cpp's server",
		Long:  benchAgentLong,
		Example: `  qwen-agent bench agent --threads 2
  qwen-agent bench agent --threads 2 --server ./llama-server --out rows.jsonl`,
		Args: usageArgs(cobra.NoArgs, "none"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if o.record != "" {
				return recordAgent(cmd, o)
			}
			return benchAgent(cmd, o)
		},
	}
	o.addFlags(cmd, 5, ", of each side in turn")
	f := cmd.Flags()
	f.StringVar(&o.examples, "examples", "examples", "`folder` with the example tasks")
	f.StringVar(&o.recordings, "recordings", "", "`folder` with recordings in place of this program's own")
	f.StringVar(&o.record, "record", "", "`folder` that new recordings are written to")
	f.StringVar(&o.server, "server", "", "`path` of llama.cpp's llama-server")
	f.StringVar(&o.peer, "peer", "llama.cpp server", "`name` of the server in rows and tables")
	return cmd
}

// recordAgent records the tasks anew.
func recordAgent(cmd *cobra.Command, o agentOptions) error {
	e, _, err := o.open(cmd.Context())
	if err != nil {
		return err
	}
	defer e.Close()
	for _, task := range speed.Tasks {
		r, err := speed.Record(cmd.Context(), e, o.examples, task)
		if err != nil {
			return err
		}
		if err := r.Save(o.record); err != nil {
			return err
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s recorded\n", task, count(len(r.Answers), "answer"))
	}
	return nil
}

// agentBench is a comparison under way.
type agentBench struct {
	agentOptions
	path       string // of the model's file
	context    int    // tokens
	vocabulary int

	tapes   []*speed.Recording
	prompts [][][]int32 // by task and request
	rows    []speed.Row
	log     io.Writer
}

func benchAgent(cmd *cobra.Command, o agentOptions) error {
	ctx := cmd.Context()
	b := &agentBench{agentOptions: o, log: cmd.ErrOrStderr()}
	for _, task := range speed.Tasks {
		r, err := speed.LoadRecording(o.recordings, task)
		if err != nil {
			return err
		}
		b.tapes = append(b.tapes, r)
	}
	for range o.reps {
		if err := b.ours(ctx); err != nil {
			return err
		}
		if o.server == "" {
			continue
		}
		if err := b.peers(ctx); err != nil {
			return err
		}
	}
	return b.print(cmd.OutOrStdout())
}

// ours runs the tasks with an engine that is opened for it.
func (b *agentBench) ours(ctx context.Context) error {
	e, row, err := b.open(ctx)
	if err != nil {
		return err
	}
	defer e.Close()
	b.path, b.context, b.vocabulary = e.Path(), e.Options().Context, e.Vocabulary()
	if b.prompts == nil {
		for _, r := range b.tapes {
			p, err := speed.Prompts(ctx, r, e, b.examples)
			if err != nil {
				return err
			}
			b.prompts = append(b.prompts, p)
		}
	}
	local := speed.Engine{Engine: e}
	if err := local.Warm(ctx); err != nil {
		return err
	}
	return b.play(ctx, row, func(int) speed.Replayer { return local })
}

// peers runs the tasks with a server that is started for it.
func (b *agentBench) peers(ctx context.Context) error {
	threads := b.rows[0].Threads
	args := speed.ServerArgs(b.path, threads, b.context)
	c, err := speed.StartServer(ctx, b.server, args)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Warm(ctx, b.vocabulary); err != nil {
		return err
	}
	args[1] = filepath.Base(b.path)
	row := speed.Row{Peer: b.peer, Model: args[1], Threads: threads, System: "llama-server " + strings.Join(args, " ")}
	return b.play(ctx, row, func(task int) speed.Replayer {
		c.Expect(b.prompts[task])
		return &c.Server
	})
}

// play runs all tasks and keeps their row.
func (b *agentBench) play(ctx context.Context, row speed.Row, replayer func(task int) speed.Replayer) error {
	var seconds float64
	var usage llm.Usage
	for i, r := range b.tapes {
		w, err := speed.Play(ctx, r, replayer(i), b.examples)
		if err != nil {
			return err
		}
		fmt.Fprintf(b.log, "%s, %s: %.2f s; read %d of %d tokens in %.2f s, wrote %d (%d forced) in %.2f s\n",
			row.Peer, w.Task, w.Seconds, w.Usage.Prompt-w.Usage.Cached, w.Usage.Prompt, w.Usage.Prefill.Seconds(),
			w.Usage.Generated, w.Usage.Forced, w.Usage.Decode.Seconds())
		row.Set("agent_"+w.Task+"_s", w.Seconds, 3)
		seconds += w.Seconds
		usage = usage.Add(w.Usage)
	}
	row.Set("agent_s", seconds, 3)
	row.Set("agent_read", float64(usage.Prompt-usage.Cached), 0)
	row.Set("agent_cached", float64(usage.Cached), 0)
	row.Set("agent_written", float64(usage.Generated), 0)
	b.rows = append(b.rows, row)
	if b.out == "" {
		return nil
	}
	return speed.AppendRow(b.out, row)
}

// print writes the rows, or what they come to.
func (b *agentBench) print(w io.Writer) error {
	if b.json {
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		for _, r := range b.rows {
			if err := lines.Encode(r); err != nil {
				return err
			}
		}
		return nil
	}
	if b.server == "" {
		return b.printMedians(w)
	}
	table, err := speed.Table(b.rows)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, table)
	return err
}

// printMedians writes how long the tasks took where there is nothing to compare with.
func (b *agentBench) printMedians(w io.Writer) error {
	line := func(name, key string) error {
		var runs []float64
		for _, r := range b.rows {
			runs = append(runs, r.Values[key])
		}
		_, err := fmt.Fprintf(w, "%-10s %8.2f s\n", name, speed.Median(runs))
		return err
	}
	for _, task := range speed.Tasks {
		if err := line(task, "agent_"+task+"_s"); err != nil {
			return err
		}
	}
	return line("all", "agent_s")
}
