package tokenizer

// Encode appends the ids of text to dst. Special tokens' spellings are text like any
// other, so that no text from outside can become one. Text is brought into Unicode's
// normal form C first; bytes that are not UTF-8 stay as they are.
func (t *Tokenizer) Encode(dst []int32, text string) []int32 {
	text = t.classes.normalize(text)
	for i := 0; i < len(text); {
		end := t.classes.next(text, i)
		dst = t.piece(dst, text[i:end])
		i = end
	}
	return dst
}

// EncodeOpen is Encode for a text that may go on. stable is how many of the appended ids
// are the same whatever follows: those in front of the piece of the pre-tokenizer that is
// not closed yet, or of the white space that is not.
func (t *Tokenizer) EncodeOpen(dst []int32, text string) (ids []int32, stable int) {
	text = t.classes.normalize(text)
	first := len(dst)
	blank := false // the piece before is white space
	for i := 0; i < len(text); {
		end := t.classes.next(text, i)
		kind, _ := t.classes.at(text, i)
		here := (kind == space || kind == line) && t.classes.blank(text, i) == end
		if !here || !blank {
			stable = len(dst) - first
		}
		blank = here
		dst = t.piece(dst, text[i:end])
		i = end
	}
	return dst, stable
}

// EncodeSpecial appends the ids of text to dst, where special and added tokens are
// recognised by their spelling. Use it only for text that is our own. What stands between
// them is encoded by itself: it is normalised and split as if it were all there is.
func (t *Tokenizer) EncodeSpecial(dst []int32, text string) []int32 {
	for len(text) > 0 {
		start, end, id := t.special.find(text)
		dst = t.Encode(dst, text[:start])
		if id >= 0 {
			dst = append(dst, id)
		}
		text = text[end:]
	}
	return dst
}

// piece appends the tokens of one piece of the pre-tokenizer.
func (t *Tokenizer) piece(dst []int32, piece string) []int32 {
	if s := t.later.search.Load(); s != nil {
		return s.encode(dst, piece)
	}
	t.later.note(len(piece))
	return t.merge(dst, piece)
}
