package speed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/qwen-agent/qwen-agent/llm"
)

// Server replays with llama.cpp's own server: one HTTP request for each answer, with the
// prompt's tokens, its cache of earlier prompts on, and as many tokens to write as were
// recorded. What it writes is its own choice; the next prompt has those tokens where the
// recording has the recorded ones, as in a real run, so that its cache serves it as well.
type Server struct {
	URL    string // of the server, such as http://127.0.0.1:8080
	Client *http.Client

	prompts [][]int32 // of the requests to come, as recorded

	recorded, actual [][]int32 // prompts and answers so far, of the same lengths
}

// Expect sets the prompts of the requests to come, from Prompts.
func (s *Server) Expect(prompts [][]int32) { s.prompts = slices.Clone(prompts) }

// Replay has the server answer the next of the expected prompts.
func (s *Server) Replay(ctx context.Context, _ *llm.Request, a *RecordedAnswer) (llm.Usage, error) {
	if len(s.prompts) == 0 {
		return llm.Usage{}, errors.New("no prompt is expected any more")
	}
	recorded := s.prompts[0]
	s.prompts = s.prompts[1:]
	prompt := s.substitute(recorded)
	got, err := s.complete(ctx, prompt, len(a.Tokens))
	if err != nil {
		return llm.Usage{}, err
	}
	s.recorded = append(s.recorded, slices.Concat(recorded, a.Tokens))
	s.actual = append(s.actual, slices.Concat(prompt, got.Tokens[:len(a.Tokens)]))
	return llm.Usage{
		Prompt: len(prompt), Cached: len(prompt) - got.Timings.Prompt, Generated: len(a.Tokens),
		Prefill: milliseconds(got.Timings.PromptTime), Decode: milliseconds(got.Timings.PredictedTime),
	}, nil
}

// substitute returns a recorded prompt with what the server wrote in place of what was
// recorded, as far as the prompt goes on from an earlier one.
func (s *Server) substitute(prompt []int32) []int32 {
	best, from := 0, 0
	for i, r := range s.recorded {
		if n := common(r, prompt); n > best {
			best, from = n, i
		}
	}
	if best == 0 {
		return prompt
	}
	return slices.Concat(s.actual[from][:best], prompt[best:])
}

// common returns how many tokens two texts begin with alike.
func common(a, b []int32) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// Warm has the server read and write a few tokens of a model with such a vocabulary.
func (s *Server) Warm(ctx context.Context, vocabulary int) error {
	_, err := s.complete(ctx, tokens(warmTokens, 1, vocabulary), 2)
	return err
}

// completion is a request to the server; docs of llama.cpp's server, POST /completion.
type completion struct {
	Prompt      []int32  `json:"prompt"`
	Predict     int      `json:"n_predict"`
	IgnoreEOS   bool     `json:"ignore_eos"`
	CachePrompt bool     `json:"cache_prompt"`
	Tokens      bool     `json:"return_tokens"`
	Temperature float64  `json:"temperature"`
	Samplers    []string `json:"samplers"` // none: the likeliest token, without a search
}

// completed is its answer.
type completed struct {
	Tokens  []int32 `json:"tokens"`
	Timings struct {
		Prompt        int     `json:"prompt_n"`  // tokens of the prompt that had to be read
		PromptTime    float64 `json:"prompt_ms"` // and the milliseconds for it
		PredictedTime float64 `json:"predicted_ms"`
	} `json:"timings"`
}

func milliseconds(t float64) time.Duration { return time.Duration(t * float64(time.Millisecond)) }

const (
	maxAnswer = 1 << 24 // bytes of the server's answer
	slack     = 4       // tokens that it may write beyond those asked for, to complete a character
)

func (s *Server) complete(ctx context.Context, prompt []int32, n int) (completed, error) {
	var got completed
	body, err := json.Marshal(completion{Prompt: prompt, Predict: n, IgnoreEOS: true, CachePrompt: true, Tokens: true, Samplers: []string{}})
	if err != nil {
		return got, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/completion", bytes.NewReader(body))
	if err != nil {
		return got, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client.Do(req)
	if err != nil {
		return got, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case err != nil:
		return got, err
	case resp.StatusCode != http.StatusOK:
		return got, fmt.Errorf("the server answers %s: %.300s", resp.Status, text)
	}
	if err := json.Unmarshal(text, &got); err != nil {
		return got, fmt.Errorf("the server's answer: %w", err)
	}
	if k := len(got.Tokens); k < n || k > n+slack {
		return got, fmt.Errorf("the server wrote %d tokens, wanted %d", k, n)
	}
	if p := got.Timings.Prompt; p < 0 || p > len(prompt) {
		return got, fmt.Errorf("the server read %d tokens of a prompt of %d", p, len(prompt))
	}
	return got, nil
}
