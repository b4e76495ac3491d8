package kerneltest

import "unsafe"

// alignment of the base address of Aligned: a cache line, and more than the widest vector.
const alignment = 64

// Aligned returns n zero elements, the first off elements after an address that is a multiple of 64.
func Aligned[E any](n, off int) []E {
	var e E
	size := int(unsafe.Sizeof(e))
	x := make([]E, n+off+alignment/size)
	shift := 0
	if rest := int(uintptr(unsafe.Pointer(unsafe.SliceData(x))) % alignment); rest != 0 {
		shift = (alignment - rest) / size
	}
	return x[shift+off : shift+off+n : shift+off+n]
}
