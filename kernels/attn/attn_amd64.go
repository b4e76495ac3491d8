//go:build amd64 && !purego

package attn

import "github.com/qwen-agent/qwen-agent/kernels/variant"

var active = choose()

func choose() steps {
	if variant.UseAVX2() {
		return avx2
	}
	return reference
}

var avx2 = steps{productAVX2, softenAVX2, loadKeysAVX2, loadValuesAVX2}

// productAVX2 splits the rows of c into groups of at most six, none much smaller than the others: a
// small group leaves the multipliers waiting for loads.
func productAVX2(c, a, b []float32, m, k, n int) {
	if n%16 != 0 || k == 0 {
		productRef(c, a, b, m, k, n)
		return
	}
	for groups := (m + 5) / 6; groups > 0; groups-- {
		rows := (m + groups - 1) / groups
		pc, pa, pb := &c[0], &a[0], &b[0]
		switch rows {
		case 1:
			product1(pc, pa, pb, k, n)
		case 2:
			product2(pc, pa, pb, k, n)
		case 3:
			product3(pc, pa, pb, k, n)
		case 4:
			product4(pc, pa, pb, k, n)
		case 5:
			product5(pc, pa, pb, k, n)
		case 6:
			product6(pc, pa, pb, k, n)
		}
		c, a, m = c[rows*n:], a[rows*k:], m-rows
	}
}

func softenAVX2(scores *[Block]float32, seen int, st *state, o []float32) {
	if seen <= 0 {
		clear(scores[:])
		return
	}
	soften32(&scores[0], seen, &st.most, &o[0], len(o))
}

// loadKeysAVX2 takes eight keys at a time where a page has them in one row, reading up to seven that
// are not asked for: their scores are not looked at.
func loadKeysAVX2(columns []float32, k *Pages, p, count, head, dim int) {
	if k.Tokens%8 != 0 {
		loadKeysRef(columns, k, p, count, head, dim)
		return
	}
	for i := 0; i < count; i += 8 {
		if at := k.place(p+i, head); at+7*k.TokenStride+dim <= len(k.Data) {
			keys8(&columns[i], &k.Data[at], 2*k.TokenStride, dim)
		} else {
			loadKeysRef(columns[i:], k, p+i, min(8, count-i), head, dim)
		}
	}
}

func loadValuesAVX2(dst []float32, v *Pages, p, count, head, dim int) {
	for i := 0; i < count; {
		run := min(count-i, v.Tokens-(p+i)%v.Tokens) // as many as the page has in one row
		at := v.place(p+i, head)
		src := v.Data[at : at+(run-1)*v.TokenStride+dim]
		values8(&dst[i*dim], &src[0], 2*v.TokenStride, dim, run)
		i += run
	}
}
