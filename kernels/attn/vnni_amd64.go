//go:build amd64 && !purego

package attn

// What is not of its own is AVX2's: it is little, or waits for memory.
var vnni = steps{
	quantizeAVX2,
	loadKeysBy(keysVNNIF16, keysVNNIQ8),
	loadValuesBy(valuesVNNIF16),
	scoreBy{scoreVNNI1, scoreVNNI2, scoreVNNI3, scoreVNNI4, scoreVNNI5, scoreVNNI6}.score,
	softenVNNI,
	mixBy{mixVNNI1, mixVNNI2, mixVNNI3, mixVNNI4, mixVNNI5, mixVNNI6}.mix,
	mergeAVX2,
}

// softenVNNI is softenAVX2 by other kernels. It calls them by their names: over a table, shrink would be allocated.
func softenVNNI(scores *[Block]float32, seen int, st *state) (shrink float32) {
	switch {
	case seen <= 0:
		clear(scores[:])
		return 1
	case seen < Block:
		softenSomeVNNI(&scores[0], seen, &st.most, &shrink)
	default:
		softenAllVNNI(&scores[0], seen, &st.most, &shrink)
	}
	return shrink
}
