package devicetest

import (
	"math"
	"slices"

	"github.com/qwen-agent/qwen-agent/kernels"
	"github.com/qwen-agent/qwen-agent/kernels/quant"
)

// greatest asks again and again, as a device may take its time to make itself ready for it, and compares
// with what Linear of the same device gives.
func (h *harness) greatest(typ quant.Type) {
	const cols, height, rows = 256, 1003, 3
	w := h.weight(typ, height, cols, Blocks(typ, height*cols, h.rng()))
	exact, roughly := h.empty(rows, height), h.empty(rows, height)
	want, got := make([]float32, height), make([]float32, height)
	for round := range 40 {
		x := h.random(rows, cols)
		h.device.Linear(x.device, kernels.Output{Dst: exact.device, Weight: w.device})
		h.device.Estimate(roughly.device, x.device, w.device)
		h.naive.Estimate(roughly.naive, x.naive, w.naive)
		for row := range rows {
			if err := h.device.Read(want, exact.device, row); err != nil {
				h.t.Fatal(err)
			}
			for _, k := range []int{0, 1, 2, 20, height - 1, height, 2 * height} {
				ids := []int32{height - 1, 0, 5, 5, int32(round)}
				if k == 1 {
					ids = nil
				}
				estimates := roughly.device
				if k == height && row == 1 {
					estimates = nil
				}
				floor, err := h.device.Greatest(got, estimates, x.device, w.device, row, k, ids)
				if err != nil {
					h.t.Fatal(err)
				}
				h.checkGreatest(got, want, floor, k, ids)
				if round%16 == 0 {
					if _, err := h.naive.Greatest(got, roughly.naive, x.naive, w.naive, row, k, ids); err != nil {
						h.t.Fatal(err)
					}
				}
			}
			floor, err := h.device.Greatest(got, nil, x.device, w.device, row, 0, []int32{7, 3})
			if err != nil {
				h.t.Fatal(err)
			}
			h.checkGreatest(got, want, floor, 0, []int32{7, 3})
		}
	}
}

// checkGreatest compares with the products.
func (h *harness) checkGreatest(got, products []float32, floor float32, k int, ids []int32) {
	h.t.Helper()
	least := float32(math.Inf(1)) // the k-th product
	if k > 0 {
		least = slices.Sorted(slices.Values(products))[max(0, len(products)-k)]
	}
	for i, v := range got {
		switch {
		case v == products[i]:
		case !math.IsInf(float64(v), -1):
			h.t.Fatalf("the product with row %d is %v, want %v", i, v, products[i])
		case products[i] >= least || slices.Contains(ids, int32(i)) || !(products[i] < floor):
			h.t.Fatalf("the product with row %d, %v, is left out of the %d greatest, which end with %v, and %v; the floor is %v", i, products[i], k, least, ids, floor)
		}
	}
}
