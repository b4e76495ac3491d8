package engine

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/qwen-agent/qwen-agent/llm/grammar"
)

// TestGrammarsKept: one that takes long to build is built once and keeps nobody waiting who wants another; one
// that cannot be built is tried again, and the one left alone for longest goes.
func TestGrammarsKept(t *testing.T) {
	var g grammars
	built := map[string]int{}
	regex := func(key string) (*grammar.Grammar, error) {
		return g.get(key, func() (*grammar.Grammar, error) {
			built[key]++
			return grammar.Regex("x")
		})
	}
	began, goOn := make(chan struct{}), make(chan struct{})
	slow := func() (*grammar.Grammar, error) {
		close(began)
		<-goOn
		return grammar.Regex("slow")
	}
	var wg sync.WaitGroup
	var same [2]*grammar.Grammar
	wg.Go(func() { same[0], _ = g.get("slow", slow) })
	<-began
	wg.Go(func() { same[1], _ = g.get("slow", slow) }) // a second call of slow would panic
	if _, err := regex("quick"); err != nil {
		t.Fatal(err)
	}
	close(goOn)
	wg.Wait()
	if same[0] == nil || same[0] != same[1] {
		t.Errorf("two grammars of one key: %p and %p", same[0], same[1])
	}
	tries := 0
	for range 2 {
		if _, err := g.get("bad", func() (*grammar.Grammar, error) { tries++; return nil, errors.New("no") }); err == nil {
			t.Error("no error")
		}
	}
	if tries != 2 {
		t.Errorf("%d tries of one that cannot be built, want 2", tries)
	}
	for i := range maxGrammars {
		regex(fmt.Sprint(i))
		regex("quick")
	}
	regex("0")
	if built["quick"] != 1 || built["0"] != 2 || len(g.list) != maxGrammars {
		t.Errorf("built %d and %d times, want 1 and 2; %d are kept, want %d", built["quick"], built["0"], len(g.list), maxGrammars)
	}
}
