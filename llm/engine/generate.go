package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
	"github.com/qwen-agent/qwen-agent/llm/chat"
	"github.com/qwen-agent/qwen-agent/llm/grammar"
	"github.com/qwen-agent/qwen-agent/llm/sample"
	"github.com/qwen-agent/qwen-agent/tokenizer"
)

// Generate answers a request. Answers to several requests are computed together. The same
// request, seed included, gets the same answer whatever else is being computed, how many
// threads there are, and whether parts of its prompt were in the cache.
func (e *Engine) Generate(ctx context.Context, r *llm.Request) iter.Seq2[llm.Chunk, error] {
	return e.generate(ctx, r, nil)
}

func (e *Engine) generate(ctx context.Context, r *llm.Request, recorded *tape) iter.Seq2[llm.Chunk, error] {
	return func(yield func(llm.Chunk, error) bool) {
		a, err := e.newAnswer(r)
		if err == nil {
			if recorded != nil {
				err = a.replay(recorded)
			}
		}
		if err == nil {
			err = a.run(ctx, func(c llm.Chunk) bool { return yield(c, nil) })
			if err == nil && a.fixed >= leastPrefix && a.usage.Cached < a.fixed {
				e.prefixes.keep(ctx, a.prompt, a.fixed)
			}
		}
		if err != nil && err != errBroken {
			yield(llm.Chunk{}, err)
		}
	}
}

// errBroken says that the consumer of an answer has had enough.
var errBroken = errors.New("engine: the consumer broke off")

// answer is one answer while it is written.
type answer struct {
	e        *Engine
	prompt   []int32
	fixed    int // tokens of the prompt that the next process may begin with; 0 if prefixes are not kept
	limit    int // tokens of the prompt and the answer
	sampler  *sample.Sampler
	format   chat.Format
	request  *llm.Request
	matcher  *grammar.Matcher // nil if anything goes
	further  *further         // calls, of which this one is the last or not; nil if the model decides
	watch    *watch           // for a call, from where on something does not; nil if none may come
	weighing *weighing        // of a call against words; nil if the model does that itself
	odds     llm.Odds         // what came out of it
	tags     []string         // that are tokens of their own in forced text

	// deadline says that there is room for the shortest answer, so that this one is brought
	// to an end before the limit.
	deadline bool

	decoder *tokenizer.Decoder
	stops   stops
	parser  chat.Parser

	endLoops bool // as the request says
	thinking thinking

	recorded *tape // the tokens that are taken in place of the chosen ones; nil takes those

	tokens  []int32  // the prompt, and what was written
	seen    tokenSet // those of tokens, when the penalties were last asked for
	few     []int32  // memory of wants
	raw     strings.Builder
	thought strings.Builder // of message, which has them at the end
	text    strings.Builder
	message llm.Message
	usage   llm.Usage
	yield   func(llm.Chunk) bool
}

func (e *Engine) newAnswer(r *llm.Request) (*answer, error) {
	if err := check(r); err != nil {
		return nil, err
	}
	f, err := e.chatFormat(r)
	if err != nil {
		return nil, err
	}
	g, err := e.grammar(f, r)
	if err != nil {
		return nil, err
	}
	a := &answer{e: e, format: f, request: r, sampler: sample.New(sampling(r.Sampling)), decoder: e.tokenizer.NewDecoder(), parser: f.Parser(r), endLoops: r.EndLoops}
	a.stops.strings = stopStrings(f, r)
	a.thinking = e.newThinking(f, r)
	if a.prompt, err = e.prompt(f, r); err != nil {
		return nil, err
	}
	if n, most := len(a.prompt), e.options.Context; n >= most {
		return nil, fmt.Errorf("engine: the prompt has %d tokens and the context is %d: no room for an answer", n, most)
	}
	a.tokens = append(a.tokens, a.prompt...)
	a.limit = e.options.Context
	if r.MaxTokens > 0 && r.MaxTokens < a.limit-len(a.prompt) {
		a.limit = len(a.prompt) + r.MaxTokens
	}
	if e.prefixes != nil {
		a.fixed = e.fixed(f, r, a.prompt)
	}
	if err := a.bind(g); err != nil {
		return nil, err
	}
	a.usage.Prompt = len(a.prompt)
	a.message.Role = llm.Assistant
	return a, nil
}

// bind says what the answer must be, or how that is found out. g is the grammar of all of it, or nil.
func (a *answer) bind(g *grammar.Grammar) (err error) {
	r, turn := a.request, a.format.Name() == "turn"
	free := !turn && r.Grammar == nil
	if free || turn {
		if a.weighing, err = a.e.newWeighing(a.format, r); err != nil {
			return err
		}
	}
	switch tools, words := allowed(r); {
	case g == nil:
		a.watch, err = a.e.newWatch(a.format, r)
		return err
	case a.weighing != nil && free: // of calls that are bound to come
		return nil
	case free && !words:
		return a.follow(grammar.CallsSpec{Calls: callsOf(a.format, tools, false)}, "")
	}
	a.matcher = g.Matcher(a.e.grammarTokens())
	a.deadline = a.fits(a.matcher, a.limit-len(a.prompt))
	return nil
}

// run writes the answer.
func (a *answer) run(ctx context.Context, yield func(llm.Chunk) bool) error {
	a.yield = yield
	start := time.Now()
	if a.fixed > 0 {
		a.e.prefixes.restore(ctx, a.prompt, a.fixed)
	}
	seq, err := a.e.Begin(ctx, a.prompt, a.limit)
	if err != nil {
		return err
	}
	defer seq.Close()
	a.usage.Cached = seq.Cached()
	reason := llm.Stop
	if done, err := a.force(); err != nil { // how every answer begins is read with the prompt
		return err
	} else if !done {
		h := newAhead(a, seq)
		defer h.release()
		logits, err := h.next(ctx)
		if err != nil {
			return err
		}
		if a.weighing != nil {
			if err := a.weigh(ctx, h, logits); err != nil {
				return err
			}
			if len(a.tokens) > h.known {
				if logits, err = h.next(ctx); err != nil {
					return err
				}
			}
		}
		a.usage.Prefill = time.Since(start)
		start = time.Now()
		if reason, err = a.write(ctx, h, logits); err != nil {
			return err
		}
		h.close()
	}
	if err := a.close(); err != nil {
		return err
	}
	if a.recorded != nil {
		if err := a.recorded.finish(a.usage.Generated); err != nil {
			return err
		}
	}
	a.usage.Decode = time.Since(start)
	if a.further != nil {
		a.odds.More = a.further.odds
	}
	if reason == llm.Stop && len(a.message.Calls) > 0 {
		reason = llm.ToolCalls
	}
	a.message.Thought, a.message.Text, a.message.Raw = a.thought.String(), a.text.String(), a.raw.String()
	a.yield(llm.Chunk{End: &llm.End{Reason: reason, Message: a.message, Tokens: a.written(), Usage: a.usage, Odds: a.odds}})
	return nil
}
