"""Writes small.gguf with the gguf package: every kind of metadata value and every
tensor type that llm/gguf reads, and beside each quantised tensor "x" its elements as
the package dequantises them, in the F32 tensor "x.f32".

    python3 make_golden.py small.gguf
"""

import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as T, GGUFValueType as V

rng = np.random.default_rng(7)
w = gguf.GGUFWriter(sys.argv[1], "qwen2")
w.add_name("Small")
w.add_license("apache-2.0")
w.add_file_type(15)
w.add_context_length(4096)
w.add_block_count(3)

w.add_uint8("kind.uint8", 0xF8)
w.add_int8("kind.int8", -8)
w.add_uint16("kind.uint16", 0xFF16)
w.add_int16("kind.int16", -16000)
w.add_uint32("kind.uint32", 0xFFFFFF32)
w.add_int32("kind.int32", -2_000_000_032)
w.add_float32("kind.float32", 0.32)
w.add_bool("kind.true", True)
w.add_bool("kind.false", False)
w.add_string("kind.string", "naïve 中文 🙂 \0 end")
w.add_uint64("kind.uint64", 2**64 - 64)
w.add_int64("kind.int64", -(2**63) + 64)
w.add_float64("kind.float64", 1e-300)
w.add_array("array.int32", [1, -2, 3])
w.add_array("array.float32", [0.5, -1.5])
w.add_array("array.bool", [True, False, True])
w.add_array("array.string", ["", "Ġthe", "é"])
w.add_array("array.array", [[1, 2], [3], [4, 5, 6]])
w.add_array("array.array.string", [["a", "bc"], ["def"]])
for kind, values in [
    (V.UINT8, [1, 255]), (V.INT8, [-1, 127]), (V.UINT16, [1, 65535]), (V.INT16, [-1, 32767]),
    (V.UINT32, [1, 2**32 - 1]), (V.UINT64, [1, 2**64 - 1]), (V.INT64, [-1, 2**63 - 1]), (V.FLOAT64, [0.25, -1e300]),
]:
    w.add_key_value(f"array.{kind.name.lower()}", values, V.ARRAY, kind)


def add(name, data, kind):
    w.add_tensor(name, data, raw_dtype=kind)
    w.add_tensor(name + ".f32", gguf.quants.dequantize(data, kind).astype(np.float32))


x = rng.normal(size=(2, 64)).astype(np.float32)
w.add_tensor("f32", x)
for kind in [T.F16, T.BF16, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q8_0]:
    add(kind.name.lower(), gguf.quants.quantize(x, kind), kind)
# The package cannot quantise to these; random blocks with sensible scales do as well.
for kind, halves in [(T.Q4_K, [0, 2]), (T.Q5_K, [0, 2]), (T.Q6_K, [208])]:
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = rng.integers(0, 256, size=(2, size), dtype=np.uint8)
    for at in halves:
        scale = rng.normal(scale=0.01, size=2).astype(np.float16)
        data[:, at : at + 2] = scale.view(np.uint8).reshape(2, 2)
    add(kind.name.lower(), data, kind)
w.add_tensor("four.dimensions", rng.normal(size=(2, 3, 4, 5)).astype(np.float32))

w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
