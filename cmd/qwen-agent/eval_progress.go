package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/qwen-agent/qwen-agent/eval"
)

// evalBar shows how far a benchmark is: a bar on a terminal, else a line now and then.
type evalBar struct {
	w        io.Writer
	terminal bool
	measures bool // nothing is right or wrong

	bar  *progressbar.ProgressBar
	told time.Duration // of the run, when the last line was written
}

// quiet is the time between two lines where there is no terminal.
const quiet = 30 * time.Second

func newEvalBar(w io.Writer, measures bool) *evalBar {
	b := &evalBar{w: w, measures: measures}
	if f, ok := w.(*os.File); ok {
		b.terminal = isTerminal(f)
	}
	return b
}

// show is an eval.Options.Progress.
func (b *evalBar) show(p eval.Progress) {
	if !b.terminal {
		if p.Last == nil && p.Began > 0 || p.Last != nil && (p.Done == p.Total || p.Elapsed-b.told > quiet) {
			b.told = p.Elapsed
			fmt.Fprintln(b.w, b.words(p))
		}
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(p.Total, progressbar.OptionSetWriter(b.w), progressbar.OptionFullWidth(),
			progressbar.OptionSetPredictTime(false), progressbar.OptionSetElapsedTime(false), // resumed ones take no time
			progressbar.OptionSetTheme(progressbar.ThemeASCII))
	}
	b.bar.Describe(b.words(p))
	_ = b.bar.Set(p.Done)
}

// words are such as "12 of 60, 10 right, 3m20s left".
func (b *evalBar) words(p eval.Progress) string {
	s := fmt.Sprintf("%d of %d", p.Done, p.Total)
	if !b.measures {
		s += fmt.Sprintf(", %d right", p.Right)
	}
	if left := p.Left(); left > 0 {
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}

// end goes on below the bar.
func (b *evalBar) end() {
	if b.bar != nil {
		_ = b.bar.Exit()
		fmt.Fprintln(b.w)
	}
}
