package tokenizer

import (
	"fmt"
	"strings"
)

// maxSpecials bounds the tree of the special tokens; Qwen's vocabularies have up to 208.
const maxSpecials = 1 << 14

// specials finds special and added tokens in text.
type specials struct {
	ids    map[string]int32
	tree   []specialNode // the root is first
	first  [256]bool     // bytes that a special token starts with
	single int           // that byte if there is only one, else -1
}

// specialNode is one byte further into a spelling.
type specialNode struct {
	next  string  // bytes that go on
	child []int32 // where each of them leads
	id    int32   // of the token that ends here, or -1
}

func (s *specials) build() error {
	if len(s.ids) > maxSpecials {
		return fmt.Errorf("tokenizer: vocabulary has %d special tokens, want at most %d", len(s.ids), maxSpecials)
	}
	s.tree = []specialNode{{id: -1}}
	s.single = -1
	for spelling, id := range s.ids {
		at := int32(0)
		for i := range len(spelling) {
			k := strings.IndexByte(s.tree[at].next, spelling[i])
			if k < 0 {
				s.tree = append(s.tree, specialNode{id: -1})
				s.tree[at].next += spelling[i : i+1]
				s.tree[at].child = append(s.tree[at].child, int32(len(s.tree)-1))
				k = len(s.tree[at].child) - 1
			}
			at = s.tree[at].child[k]
		}
		s.tree[at].id = id
		s.first[spelling[0]] = true
	}
	if len(s.tree[0].next) == 1 {
		s.single = int(s.tree[0].next[0])
	}
	return nil
}

// find returns where the first special token in s starts and ends, and its id, -1 if
// there is none. Of several that start there it is the longest, as in the reference.
func (s *specials) find(text string) (start, end int, id int32) {
	if len(s.ids) == 0 {
		return len(text), len(text), -1
	}
	for i := 0; i < len(text); i++ {
		if s.single >= 0 {
			k := strings.IndexByte(text[i:], byte(s.single))
			if k < 0 {
				break
			}
			i += k
		} else if !s.first[text[i]] {
			continue
		}
		if end, id := s.match(text, i); id >= 0 {
			return i, end, id
		}
	}
	return len(text), len(text), -1
}

// match returns the longest special token that starts at byte i, or id -1.
func (s *specials) match(text string, i int) (end int, id int32) {
	id = -1
	for at := int32(0); i < len(text); {
		node := &s.tree[at]
		k := strings.IndexByte(node.next, text[i])
		if k < 0 {
			break
		}
		at = node.child[k]
		i++
		if s.tree[at].id >= 0 {
			end, id = i, s.tree[at].id
		}
	}
	return end, id
}
