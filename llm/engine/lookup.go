package engine

const (
	pairBits  = 13  // of the hash of two tokens
	maxChain  = 256 // places with the same hash that are looked at
	maxCopied = 32  // tokens that are compared to tell which place fits best
)

// lookup guesses how a text goes on: as it went on at the place where the tokens before
// agree with its end for longest, of equals the latest. Answers copy much of what is before
// them, such as code that is edited and what a tool returned.
//
// Source: Saxena, Prompt Lookup Decoding (2023). The index is the hash chains of Deflate
// (RFC 1951, section 4), over pairs of tokens.
type lookup struct {
	heads  []int32 // by hash of a pair: the last place behind one; 0 is none
	before []int32 // by place: the one before it with the same hash
	at     int     // the place found last, 0 if none
	end    int     // and how many tokens there were then
}

func pair(a, b int32) uint32 {
	return (uint32(a)*0x9e3779b1 ^ uint32(b)*0x85ebca77) >> (32 - pairBits)
}

// find returns the place of the token that tokens may go on with, and how many tokens
// before it agree with the end of tokens, at least two; 0, 0 if there is none. tokens are
// those of the last call and more.
func (l *lookup) find(tokens []int32) (at, agree int) {
	if l.heads == nil {
		l.heads = make([]int32, 1<<pairBits)
	}
	n := len(tokens)
	for i := len(l.before); i < n; i++ {
		before := int32(0)
		if i >= 2 {
			head := &l.heads[pair(tokens[i-2], tokens[i-1])]
			before, *head = *head, int32(i)
		}
		l.before = append(l.before, before)
	}
	if n < 3 {
		return 0, 0
	}
	if l.at > 0 { // what goes on with being copied may be too far back to be found again
		at = l.at + n - l.end
		agree = agreement(tokens, at)
	}
	i := l.heads[pair(tokens[n-2], tokens[n-1])]
	for range maxChain {
		if i == 0 || agree == maxCopied {
			break
		}
		if a := agreement(tokens, int(i)); a > agree || a == agree && int(i) > at {
			at, agree = int(i), a
		}
		i = l.before[i]
	}
	if agree < 2 {
		at, agree = 0, 0
	}
	l.at, l.end = at, n
	return at, agree
}

// agreement returns how many tokens before at are those at the end, maxCopied at most.
func agreement(tokens []int32, at int) int {
	n := len(tokens)
	for i := range min(at, maxCopied) {
		if tokens[at-1-i] != tokens[n-1-i] {
			return i
		}
	}
	return min(at, maxCopied)
}

// follow appends to dst the n tokens from at on; behind the end of tokens those that are
// appended themselves go on.
func follow(dst, tokens []int32, at, n int) []int32 {
	first := len(dst)
	for i := at; i < at+n; i++ {
		if i < len(tokens) {
			dst = append(dst, tokens[i])
		} else {
			dst = append(dst, dst[first+i-len(tokens)])
		}
	}
	return dst
}
