package kernels

import "time"

// Work is one step of an operation, as a device tells those who make a profile of it.
type Work struct {
	Name    string   // such as "norm", "quantize" or "product"; an operation may have several steps
	Outputs []Output // of a product
	Bytes   int64    // of weights, or of keys and values, that it reads
	Ops     int64    // multiplications and additions with weights
	Wall    time.Duration
	Busy    time.Duration // what the workers computed, together; the rest of Wall they waited
}
