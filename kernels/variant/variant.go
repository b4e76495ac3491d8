// Package variant decides, once for all families, which implementation of a kernel runs.
//
// Every kernel has a plain Go meaning, which runs everywhere. On amd64 most have an AVX2 variant as
// well, chosen when the program starts if the processor has AVX2, FMA and F16C, and packages gemm, attn and
// peak have one for processors that have AVX-512 with VNNI too. The environment variable QWEN_KERNELS caps
// the choice:
//
//	QWEN_KERNELS=generic   only plain Go
//	QWEN_KERNELS=avx2      at most AVX2
//	QWEN_KERNELS=vnni      at most AVX-512 VNNI (what an empty value means today)
//
// A test run can name what must be active, so that a skipped variant is seen:
//
//	QWEN_KERNELS_WANT=avx2 go test ./kernels/...
package variant

import (
	"fmt"
	"os"
)

// Names of the variants, from the least to the most demanding.
const (
	Generic = "generic"
	AVX2    = "avx2" // AVX2, FMA and F16C
	VNNI    = "vnni" // these, and AVX-512 F, BW, DQ, VL and VNNI
)

var active, invalid = choose(os.Getenv("QWEN_KERNELS"), hasAVX2, hasVNNI)

// Err returns an error if QWEN_KERNELS is a word that means nothing. The generic variant is active then.
// Programs report it before they compute: a misspelt cap would otherwise silently measure other code.
func Err() error { return invalid }

// Name returns the most demanding variant that may run in this process.
func Name() string { return active }

// UseAVX2 reports whether the AVX2 variants run, where there is no more demanding one.
func UseAVX2() bool { return active != Generic }

// UseVNNI reports whether the AVX-512 VNNI variants run.
func UseVNNI() bool { return active == VNNI }

// HasAVX2 reports whether this build and this processor can run the AVX2 variants, whatever
// QWEN_KERNELS says. Tests use it to compare both.
func HasAVX2() bool { return hasAVX2 }

// HasVNNI is HasAVX2 for the AVX-512 VNNI variants.
func HasVNNI() bool { return hasVNNI }

// choose returns the variant for the value of QWEN_KERNELS.
func choose(limit string, avx2, vnni bool) (string, error) {
	switch limit {
	case "", Generic, AVX2, VNNI:
	default:
		return Generic, fmt.Errorf("environment variable QWEN_KERNELS is %q, want %q, %q or %q", limit, Generic, AVX2, VNNI)
	}
	switch {
	case !avx2 || limit == Generic:
		return Generic, nil
	case !vnni || limit == AVX2:
		return AVX2, nil
	}
	return VNNI, nil
}
