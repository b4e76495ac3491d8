package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/qwen-agent/qwen-agent/llm/hub"
)

func newPullCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "pull NAME",
		Short: "Fetch a model, or go on with a fetch that was interrupted",
		Long: `Pull fetches a model unless it is here, checks its sha256 and prints the path of its file.

NAME is a name that "qwen-agent models" lists, hf:OWNER/REPO/FILE, ms:OWNER/REPO/FILE (Hugging
Face and ModelScope) or an https URL. Environment: QWEN_AGENT_HOME (where models are kept),
QWEN_AGENT_OFFLINE=1 (fetch nothing), HF_TOKEN, HF_ENDPOINT, HF_HOME.`,
		Example: "  qwen-agent pull " + hub.Default,
		Args:    usageArgs(cobra.ExactArgs(1), "the name of a model"),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, done, err := newHub(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			path, err := h.Pull(cmd.Context(), args[0])
			done()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), path)
			return err
		},
	}
}

// newHub returns the hub that the environment describes, which tells its progress to w:
// as a bar if w is a terminal, and else a line every ten percent. done ends the bar.
func newHub(w io.Writer) (h *hub.Hub, done func(), err error) {
	if h, err = hub.New(); err != nil {
		return nil, nil, err
	}
	t := &teller{w: w}
	if f, ok := w.(*os.File); ok && isTerminal(f) {
		t.terminal = true
	}
	h.Log, h.Progress = t.line, t.progress
	return h, t.done, nil
}

// teller writes the progress of a fetch.
type teller struct {
	w        io.Writer
	terminal bool

	mu      sync.Mutex
	bar     *progressbar.ProgressBar // nil while there is none
	source  string                   // of the bar or of the last line
	percent int64                    // of the last line, a multiple of ten
}

// line writes a line above the bar.
func (t *teller) line(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bar != nil {
		_ = t.bar.Clear()
	}
	fmt.Fprintln(t.w, printable(text))
}

func (t *teller) progress(p hub.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.terminal {
		t.draw(p)
		return
	}
	percent := p.Done * 10 / p.Total * 10
	if p.Source != t.source {
		t.source, t.percent = p.Source, -1
	}
	if percent > t.percent {
		t.percent = percent
		fmt.Fprintf(t.w, "%s: %d%% of %s from %s\n", printable(p.Name), percent, hub.Bytes(p.Total), printable(p.Source))
	}
}

func (t *teller) draw(p hub.Progress) {
	if t.bar == nil || p.Source != t.source {
		t.end()
		t.source = p.Source
		t.bar = progressbar.NewOptions64(p.Total,
			progressbar.OptionSetWriter(t.w), progressbar.OptionSetDescription(printable(p.Name)+" from "+printable(p.Source)),
			progressbar.OptionShowBytes(true), progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetTheme(progressbar.ThemeASCII))
	}
	_ = t.bar.Set64(p.Done)
}

// end leaves the bar as it is and goes on below it.
func (t *teller) end() {
	if t.bar != nil {
		_ = t.bar.Exit()
		fmt.Fprintln(t.w)
		t.bar = nil
	}
}

func (t *teller) done() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end()
}
