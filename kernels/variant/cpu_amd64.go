//go:build amd64 && !purego

package variant

import "golang.org/x/sys/cpu"

// x/sys/cpu has no flag for F16C. Every processor with AVX2 that has been sold has F16C too (it came
// with Ivy Bridge and Piledriver, a generation before AVX2), but an emulator may not, so ask.
var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasOSXSAVE && hasF16C()

// x/sys/cpu sets these only where the system keeps the wide registers.
var hasVNNI = hasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ &&
	cpu.X86.HasAVX512VL && cpu.X86.HasAVX512VNNI

func hasF16C() bool {
	const bit = 1 << 29 // CPUID leaf 1, ECX
	_, _, ecx, _ := cpuid(1, 0)
	return ecx&bit != 0
}

func cpuid(leaf, sub uint32) (eax, ebx, ecx, edx uint32)
