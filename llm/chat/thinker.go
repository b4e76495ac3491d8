package chat

import (
	"strings"

	"github.com/qwen-agent/qwen-agent/llm"
)

// thinker gives out what stands in a <think> block at the start of an answer as thoughts,
// without the white space around it, and leaves the rest to another parser. A block that
// never closes is thought to its end: calls in it are none.
type thinker struct {
	next  Parser
	state thinkState
	buf   string // what is not decided yet
	spoke bool   // a thought was given out
}

type thinkState int

const (
	thinkBegin  thinkState = iota // nothing but white space yet
	thinkInside                   // in the block
	thinkGap                      // in the line breaks behind it
	thinkOver                     // in the answer
)

// maxBlank bounds the white space that is kept back because the block may end behind it.
const maxBlank = 4096

func (t *thinker) Write(s string) []llm.Chunk {
	if t.state == thinkOver {
		return t.next.Write(s)
	}
	t.buf += s
	var out []llm.Chunk
	if t.state == thinkBegin {
		trimmed := strings.TrimLeft(t.buf, blank)
		switch {
		case strings.HasPrefix(trimmed, thinkOpen):
			t.state, t.buf = thinkInside, trimmed[len(thinkOpen):]
		case strings.HasPrefix(thinkOpen, trimmed) && len(t.buf) < maxBlank:
			return nil
		default:
			return t.answer()
		}
	}
	if t.state == thinkInside {
		i := strings.Index(t.buf, thinkClose)
		if i < 0 {
			n := len(t.buf)
			for k := min(len(thinkClose)-1, n); k > 0; k-- {
				if strings.HasSuffix(t.buf, thinkClose[:k]) {
					n -= k
					break
				}
			}
			if trimmed := strings.TrimRight(t.buf[:n], blank); n-len(trimmed) < maxBlank {
				n = len(trimmed)
			}
			out = t.think(out, t.buf[:n])
			t.buf = t.buf[n:]
			return out
		}
		out = t.think(out, strings.TrimRight(t.buf[:i], blank))
		t.state, t.buf = thinkGap, t.buf[i+len(thinkClose):]
	}
	if t.buf = strings.TrimLeft(t.buf, "\n"); t.buf == "" {
		return out
	}
	return append(out, t.answer()...)
}

// answer hands the rest on.
func (t *thinker) answer() []llm.Chunk {
	s := t.buf
	t.state, t.buf = thinkOver, ""
	return t.next.Write(s)
}

func (t *thinker) think(out []llm.Chunk, s string) []llm.Chunk {
	if !t.spoke {
		s = strings.TrimLeft(s, blank)
	}
	if s == "" {
		return out
	}
	t.spoke = true
	return append(out, llm.Chunk{Thought: s})
}

func (t *thinker) Close() []llm.Chunk {
	var out []llm.Chunk
	switch {
	case t.buf == "":
	case t.state == thinkInside:
		out = t.think(out, strings.TrimRight(t.buf, blank))
		t.buf = ""
	default:
		out = t.answer()
	}
	return append(out, t.next.Close()...)
}
