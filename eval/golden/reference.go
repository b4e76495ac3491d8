// Package golden measures how far an engine's arithmetic is from a reference: logits that
// another program computed in float32 from the same weights.
package golden

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
)

// Reference is a folder of reference logits: prompts.json and last_logits.f32.
type Reference struct {
	Model        string   `json:"model"`
	Transformers string   `json:"transformers"`
	Vocabulary   int      `json:"vocabulary"`
	Prompts      []Prompt `json:"prompts"`

	dir string
}

// Prompt is one text. From PositionsFrom on, every position has the likeliest next tokens
// and their log-probabilities.
type Prompt struct {
	Name          string      `json:"name"`
	IDs           []int32     `json:"ids"`
	PositionsFrom int         `json:"positions_from"`
	TopIDs        [][]int32   `json:"top_ids"`
	TopLogprobs   [][]float64 `json:"top_logprobs"`
	Greedy        []int32     `json:"greedy"`
}

// maxJSON bounds prompts.json, in bytes.
const maxJSON = 256 << 20

// Read reads a folder and checks that its parts fit each other.
func Read(dir string) (*Reference, error) {
	path := filepath.Join(dir, "prompts.json")
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxJSON+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxJSON {
		return nil, fmt.Errorf("golden: read %s: more than %d bytes", path, maxJSON)
	}
	r, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("golden: read %s: %w", path, err)
	}
	r.dir = dir
	logits := filepath.Join(dir, "last_logits.f32")
	info, err := os.Stat(logits)
	if err != nil {
		return nil, err
	}
	if want := int64(len(r.Prompts)) * int64(r.Vocabulary) * 4; info.Size() != want {
		return nil, fmt.Errorf("golden: read %s: found %d bytes, wanted %d for %d prompts and a vocabulary of %d", logits, info.Size(), want, len(r.Prompts), r.Vocabulary)
	}
	return r, nil
}

// parse reads prompts.json.
func parse(data []byte) (*Reference, error) {
	var r Reference
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, err
	}
	if r.Vocabulary < 1 || r.Vocabulary > math.MaxInt32 || len(r.Prompts) == 0 {
		return nil, fmt.Errorf("found a vocabulary of %d and %d prompts", r.Vocabulary, len(r.Prompts))
	}
	for i, p := range r.Prompts {
		if err := p.check(r.Vocabulary); err != nil {
			return nil, fmt.Errorf("prompt %d, %q: %w", i, p.Name, err)
		}
	}
	return &r, nil
}

func (p *Prompt) check(vocabulary int) error {
	if p.PositionsFrom < 0 || len(p.IDs) <= p.PositionsFrom || len(p.TopIDs) != len(p.IDs)-p.PositionsFrom || len(p.TopLogprobs) != len(p.TopIDs) {
		return fmt.Errorf("found %d ids from position %d, and likeliest tokens of %d and %d positions", len(p.IDs), p.PositionsFrom, len(p.TopIDs), len(p.TopLogprobs))
	}
	rows := append([][]int32{p.IDs, p.Greedy}, p.TopIDs...)
	for _, row := range rows {
		for _, id := range row {
			if id < 0 || int(id) >= vocabulary {
				return fmt.Errorf("found token %d, wanted one of %d", id, vocabulary)
			}
		}
	}
	for i, row := range p.TopIDs {
		if len(row) == 0 || len(row) != len(p.TopLogprobs[i]) {
			return fmt.Errorf("position %d: found %d tokens and %d log-probabilities", p.PositionsFrom+i, len(row), len(p.TopLogprobs[i]))
		}
	}
	return nil
}

// lastLogits returns the logits after the last token of prompt i.
func (r *Reference) lastLogits(i int) ([]float32, error) {
	f, err := os.Open(filepath.Join(r.dir, "last_logits.f32"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, 4*r.Vocabulary)
	if _, err := f.ReadAt(data, int64(i)*int64(len(data))); err != nil {
		return nil, fmt.Errorf("golden: read %s: %w", f.Name(), err)
	}
	out := make([]float32, r.Vocabulary)
	for j := range out {
		out[j] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*j:]))
	}
	return out, nil
}
