package engine

// What counts as a loop: so many tokens at the end of an answer that they are the same few
// over and over. Text that means something is not like that; small models that do not know
// how to go on are, up to the last token that they may write.
const (
	loopTokens = 160 // as many as this, all told
	loopPeriod = 32  // of at most so many tokens that come again and again
	loopLook   = 16  // how often an answer is looked at, in tokens
)

// loops says whether an answer has come to repeat itself.
func loops(answer []int32) bool {
	if len(answer) < loopTokens || len(answer)%loopLook != 0 {
		return false
	}
	end := answer[len(answer)-loopTokens:]
	for period := 1; period <= loopPeriod; period++ {
		i := period
		for i < len(end) && end[i] == end[i-period] {
			i++
		}
		if i == len(end) {
			return true
		}
	}
	return false
}
