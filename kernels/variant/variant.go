// Package variant decides, once for all families, which implementation of a kernel runs.
//
// Every kernel has a plain Go meaning, which runs everywhere. On amd64 most have an AVX2 variant as
// well, chosen when the program starts if the processor has AVX2, FMA and F16C. The environment
// variable QWEN_KERNELS caps the choice:
//
//	QWEN_KERNELS=generic   only plain Go
//	QWEN_KERNELS=avx2      at most AVX2 (what an empty value means today)
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
)

var active, invalid = choose(os.Getenv("QWEN_KERNELS"), hasAVX2)

// Err returns an error if QWEN_KERNELS is a word that means nothing. The generic variant is active then.
// Programs report it before they compute: a misspelt cap would otherwise silently measure other code.
func Err() error { return invalid }

// Name returns the most demanding variant that may run in this process.
func Name() string { return active }

// UseAVX2 reports whether the AVX2 variants run.
func UseAVX2() bool { return active == AVX2 }

// HasAVX2 reports whether this build and this processor can run the AVX2 variants, whatever
// QWEN_KERNELS says. Tests use it to compare both.
func HasAVX2() bool { return hasAVX2 }

// choose returns the variant for the value of QWEN_KERNELS.
func choose(limit string, avx2 bool) (string, error) {
	switch limit {
	case Generic:
		return Generic, nil
	case "", AVX2:
		if avx2 {
			return AVX2, nil
		}
		return Generic, nil
	}
	return Generic, fmt.Errorf("environment variable QWEN_KERNELS is %q, want %q or %q", limit, Generic, AVX2)
}
