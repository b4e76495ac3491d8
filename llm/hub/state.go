package hub

// state is what is kept about a file that is under way.
type state struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // wanted; "" if it is not known
	// What tells that a server's file is still the same, where no sha256 does.
	Link         string  `json:"link,omitempty"`
	ETag         string  `json:"etag,omitempty"`
	LastModified string  `json:"last_modified,omitempty"`
	Chunk        int64   `json:"chunk"`           // bytes of each chunk but the last
	Done         []int64 `json:"done"`            // of each chunk, the bytes that are here, from its beginning
	Parts        []int64 `json:"parts,omitempty"` // lengths of the packages' parts that are here
}

// valid reports whether the numbers of s, which was read from the disk, agree.
func (s *state) valid() bool {
	if s.Size <= 0 || s.Size > maxSize || s.Chunk <= 0 || int64(len(s.Done)) != (s.Size+s.Chunk-1)/s.Chunk {
		return false
	}
	for i, n := range s.Done {
		if n < 0 || n > s.length(i) {
			return false
		}
	}
	for _, n := range s.Parts {
		if n <= 0 || n > s.Size {
			return false
		}
	}
	return s.joined() <= s.prefix()
}

// length returns the bytes of chunk i.
func (s *state) length(i int) int64 { return min(s.Chunk, s.Size-int64(i)*s.Chunk) }

// prefix returns the bytes that are here without a gap from the file's beginning.
func (s *state) prefix() int64 {
	total := int64(0)
	for i, n := range s.Done {
		if total += n; n < s.length(i) {
			break
		}
	}
	return total
}

func (s *state) count() int64 {
	total := int64(0)
	for _, n := range s.Done {
		total += n
	}
	return total
}

// reach returns the end of the last byte that is here.
func (s *state) reach() int64 {
	for i := len(s.Done) - 1; i >= 0; i-- {
		if s.Done[i] > 0 {
			return int64(i)*s.Chunk + s.Done[i]
		}
	}
	return 0
}

// setPrefix makes the contiguous beginning n bytes and nothing else.
func (s *state) setPrefix(n int64) {
	for i := range s.Done {
		s.Done[i] = max(0, min(s.length(i), n-int64(i)*s.Chunk))
	}
}

// dropLast forgets the chunk that ends last, and the parts that it belonged to, and
// reports whether there was one.
func (s *state) dropLast() bool {
	for i := len(s.Done) - 1; i >= 0; i-- {
		if s.Done[i] > 0 {
			s.Done[i] = 0
			for len(s.Parts) > 0 && s.joined() > s.prefix() {
				s.Parts = s.Parts[:len(s.Parts)-1]
			}
			return true
		}
	}
	return false
}

// joined returns the bytes of the parts that are here.
func (s *state) joined() int64 {
	total := int64(0)
	for _, n := range s.Parts {
		total += n
	}
	return total
}
