#!/usr/bin/env python3
"""Blocks of every GGUF format and what gguf.quants.dequantize makes of them.

    pip install gguf==0.19.0 numpy==2.4.6
    python make_golden.py        # writes TYPE.blocks and TYPE.f32 beside this script

The blocks are random bytes, so that every bit of the integers and packed scales is met. Their float16
scales are chosen: ordinary ones first, then zeros of both signs, the smallest and the largest subnormal,
the smallest and the largest normal number, and one in the middle, of both signs.
"""
import pathlib
import gguf
import numpy as np

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(20260801)
EXTREME = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x0400, 0x8400, 0x7BFF, 0xFBFF, 0x3C00]
# Where the float16 numbers of a block lie.
HALVES = {"F16": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0],
          "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208]}

for name in ["F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K"]:
    kind = gguf.GGMLQuantizationType[name]
    elems, size = gguf.GGML_QUANT_SIZES[kind]
    n = 8 + len(EXTREME) if elems > 1 else 64
    if name == "F32":
        data = rng.standard_normal(n).astype(np.float32).view(np.uint8).reshape(n, size)
    elif name == "BF16":
        data = (rng.standard_normal(n).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).view(np.uint8).reshape(n, size)
    else:
        data = rng.integers(0, 256, (n, size), dtype=np.uint8)
        for at in HALVES[name]:
            d = (rng.standard_normal(n) * 0.01).astype(np.float16).view(np.uint16)
            d[-len(EXTREME):] = rng.permutation(EXTREME) if at else EXTREME
            data[:, at:at + 2] = d.astype("<u2").view(np.uint8).reshape(n, 2)
    want = gguf.quants.dequantize(np.ascontiguousarray(data).reshape(-1), kind) if elems == 1 else gguf.quants.dequantize(data, kind)
    (here / f"{name}.blocks").write_bytes(data.tobytes())
    (here / f"{name}.f32").write_bytes(want.astype("<f4").tobytes())
