// Package peak has the loops that show what a processor can do at most: the roof that a profile compares
// the kernels with.
package peak

// Read brings b into the processor, from end to end, and does nothing with it.
func Read(b []byte) { read(b) }

// MultiplyAdd multiplies and adds integers that are already in registers, with the instructions that the
// products of the active variant spend most of their time with, and returns how many operations it did,
// a multiplication and an addition being two. More rounds take longer.
func MultiplyAdd(rounds int) (operations int64) { return multiplyAdd(rounds) }
