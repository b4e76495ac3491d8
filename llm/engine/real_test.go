package engine

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/qwen-agent/qwen-agent/internal/testmodel"
	"github.com/qwen-agent/qwen-agent/llm"
)

// TestReal asks a real model: a chat, a continued one, an answer under a schema, and
// several at once; then it gives up a long prompt in the middle.
func TestReal(t *testing.T) {
	e := openAt(t, testmodel.Path(t), Options{})
	r := &llm.Request{
		Messages: []llm.Message{
			{Role: llm.System, Text: "You answer in one word."},
			{Role: llm.User, Text: "Capital of France?"},
		},
		MaxTokens: 20,
	}
	first := collect(t, e, r)
	if !strings.Contains(first.Message.Text, "Paris") || first.Reason != llm.Stop {
		t.Errorf("the answer is %q, the reason %q", first.Message.Text, first.Reason)
	}
	r.Messages = append(r.Messages, first.Message, llm.Message{Role: llm.User, Text: "And of Japan?"})
	second := collect(t, e, r)
	if !strings.Contains(second.Message.Text, "Tokyo") || second.Usage.Cached < first.Usage.Prompt {
		t.Errorf("the answer is %q, %d of %d tokens cached", second.Message.Text, second.Usage.Cached, second.Usage.Prompt)
	}

	schema := *r
	schema.MaxTokens = 60
	schema.Schema = json.RawMessage(`{"type":"object","properties":{"city":{"type":"string","maxLength":20},"continent":{"enum":["Europe","Asia","Africa"]}},"required":["city","continent"]}`)
	third := collect(t, e, &schema)
	var v struct{ City, Continent string }
	if err := json.Unmarshal([]byte(third.Message.Text), &v); err != nil || v.City == "" || v.Continent == "" {
		t.Errorf("the answer under a schema is %q (%v)", third.Message.Text, err)
	}
	if third.Usage.Forced == 0 {
		t.Error("nothing was forced")
	}

	var g errgroup.Group
	for range 4 {
		g.Go(func() error {
			again, err := answerTo(context.Background(), e, r)
			if err == nil && again.Message.Raw != second.Message.Raw {
				err = errors.New("another answer among others: " + again.Message.Raw)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	var at time.Time
	time.AfterFunc(300*time.Millisecond, func() {
		at = time.Now()
		cancel()
	})
	long := ask(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 400))
	_, err := answerTo(ctx, e, long)
	if late := time.Since(at); !errors.Is(err, context.Canceled) || late > 100*time.Millisecond {
		t.Errorf("given up: %v, after %v", err, late)
	}
}
