package speed

import (
	"fmt"
	"strings"
	"time"
)

// Markdown returns the profile as a table, each part beside the roof.
func (p *Profile) Markdown(roof Roof) string {
	var b strings.Builder
	unit, each := "ms", 1.0
	if p.Job.Write > 0 {
		unit, each = "ms a token", float64(p.Tokens)
	}
	ms := func(t time.Duration) float64 { return t.Seconds() * 1e3 / each }
	fmt.Fprintf(&b, "| %s | share | %s | steps | workers idle | GB/s | of %.1f | GOPS | of %.0f |\n", p.title(), unit, roof.Bandwidth/1e9, roof.Ops/1e9)
	b.WriteString("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	row := func(q Part) {
		fmt.Fprintf(&b, "| %s | %.1f %% | %.3f | %.0f |", q.Name, 100*q.Wall.Seconds()/p.Wall.Seconds(), ms(q.Wall), float64(q.Count)/each)
		if q.Shared {
			fmt.Fprintf(&b, " %.0f %%", 100*max(0, 1-q.Busy.Seconds()/(q.Wall.Seconds()*float64(p.Threads))))
		}
		b.WriteString(" |")
		beside(&b, float64(q.Bytes)/q.Wall.Seconds(), roof.Bandwidth, "%.1f")
		beside(&b, float64(q.Ops)/q.Wall.Seconds(), roof.Ops, "%.0f")
		b.WriteString("\n")
	}
	all := Part{Name: "all", Count: p.Tokens, Wall: p.Wall, Shared: true}
	for _, q := range p.Parts {
		row(q)
		all.Busy += q.Busy
		all.Bytes += q.Bytes
		all.Ops += q.Ops
	}
	row(all)
	return b.String()
}

func beside(b *strings.Builder, v, most float64, format string) {
	if v == 0 {
		b.WriteString(" | |")
		return
	}
	fmt.Fprintf(b, " "+format+" | %.0f %% |", v/1e9, 100*v/most)
}

// title says what was done, and how fast.
func (p *Profile) title() string {
	speed := float64(p.Tokens) / p.Wall.Seconds()
	if p.Job.Write == 0 {
		return fmt.Sprintf("reading %d tokens, %.0f a second", p.Tokens, speed)
	}
	return fmt.Sprintf("writing at %d tokens, %.1f a second", p.Job.Prompt, speed)
}
