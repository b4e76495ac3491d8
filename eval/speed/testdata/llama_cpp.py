"""Stands for llama-cpp-python in TestScript: it has what scripts/llamacpp_speed.py calls, and
computes nothing, but refuses what llama.cpp would refuse."""

import ctypes
import types

__version__ = "0.3.36"
llama_token = ctypes.c_int32
_length = 0
_options = types.SimpleNamespace()


def llama_log_callback(function):
    return function


def llama_log_set(callback, data):
    pass


def llama_backend_init():
    pass


def llama_model_default_params():
    return types.SimpleNamespace(n_gpu_layers=-1)


def llama_model_load_from_file(path, options):
    assert options.n_gpu_layers == 0
    with open(path, "rb") as file:
        return file.read(4) == b"GGUF"


def llama_context_default_params():
    return types.SimpleNamespace(n_ctx=512, n_batch=2048, n_threads=4, n_threads_batch=4)


def llama_init_from_model(model, options):
    assert options.n_threads == options.n_threads_batch == 2
    global _options
    _options = options
    return "context"


def llama_model_get_vocab(model):
    return "vocabulary"


def llama_vocab_n_tokens(vocab):
    return 320


def llama_get_memory(context):
    return "memory"


def llama_memory_clear(memory, data):
    global _length
    _length = 0


def llama_batch_get_one(tokens, count):
    assert len(tokens) == count and all(0 <= t < 320 for t in tokens)
    return count


def llama_decode(context, count):
    global _length
    _length += count
    return 0 if 0 < count <= _options.n_batch and _length <= _options.n_ctx else 1


def llama_get_logits_ith(context, i):
    assert _length > 0


def llama_synchronize(context):
    pass


def llama_print_system_info():
    return b"CPU : STUB = 1 | "
