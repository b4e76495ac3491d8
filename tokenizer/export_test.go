package tokenizer

// What the tests of package tokenizer_test see of the inside; they are outside because
// the built-in vocabularies import tokenizer.

// Merge and MergeLong are the definition of the encoding of a piece.
func (t *Tokenizer) Merge(dst []int32, piece string) []int32     { return t.merge(dst, piece) }
func (t *Tokenizer) MergeLong(dst []int32, piece string) []int32 { return t.mergeLong(dst, piece) }

// Piece is what Encode does with a piece.
func (t *Tokenizer) Piece(dst []int32, piece string) []int32 { return t.piece(dst, piece) }

// Searches makes what the fast way needs, if it is not made yet, and reports whether that
// way is taken from now on.
func (t *Tokenizer) Searches() bool {
	t.later.build()
	return t.later.search.Load() != nil
}

// Searching reports whether the fast way is taken already.
func (t *Tokenizer) Searching() bool { return t.later.search.Load() != nil }

// Worthwhile is how many bytes are encoded by merging before the fast way is prepared.
const Worthwhile = worthwhile

// MergeArray is the longest piece that Merge does not give to MergeLong.
const MergeArray = mergeArray

// Normalize is the normal form C of the reference.
func Normalize(s string) string { return classesOnce().normalize(s) }

// Split returns the pieces of the pre-tokenizer.
func Split(s string) (pieces []string) {
	for i := 0; i < len(s); {
		end := classesOnce().next(s, i)
		pieces = append(pieces, s[i:end])
		i = end
	}
	return pieces
}

// ClassOf returns whether the reference takes r for a letter, a number, white space.
func ClassOf(r rune) (isLetter, isNumber, isSpace bool) {
	c := classesOnce().of(r)
	return c == letter, c == number, c == space || c == line
}

// Blocks is how many different pages of classes there are; a page has a byte for its block.
func Blocks() int { return len(classesOnce().block) }
