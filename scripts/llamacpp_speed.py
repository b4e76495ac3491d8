#!/usr/bin/env python3
"""Measures llama.cpp as `qwen-agent bench` measures itself, and adds a row to a file.

    python llamacpp_speed.py MODEL.gguf --threads 2 --reps 1 --only pp512,tg64 --out rows.jsonl

The row has the same keys: tokens a second for reading a prompt (pp512) and for writing 64
tokens after one (tg64@512), the seconds to load the model, and the most resident memory in MiB.
Both programs run the same tokens, each figure after a run that warms up, except the long ones.
"""

import argparse
import ctypes
import json
import os
import resource
import statistics
import sys
import time

import llama_cpp as api

WRITTEN = 64  # tokens of every tg figure
BATCH = 2048  # tokens that one call may read
JOBS = {  # prompt tokens, tokens written
    "pp128": (128, 0),
    "pp512": (512, 0),
    "pp2048": (2048, 0),
    "tg64": (0, WRITTEN),
    "tg64@512": (512, WRITTEN),
    "tg64@4096": (4096, WRITTEN),
}
LONG = 2048  # prompts from here on run a third as often


def token_stream(count, seed, vocabulary):
    """Token ids of the linear congruential generator of C's rand."""
    ids = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        ids.append(seed % min(100000, vocabulary))
    return ids


class Llama:
    """An open model with one context."""

    def __init__(self, path, threads, context):
        started = time.perf_counter()
        options = api.llama_model_default_params()
        options.n_gpu_layers = 0
        self.model = api.llama_model_load_from_file(os.fsencode(path), options)
        if not self.model:
            sys.exit(f"llamacpp_speed: load {path}: llama.cpp does not open it")
        self.load_seconds = time.perf_counter() - started
        options = api.llama_context_default_params()
        options.n_ctx = context
        options.n_batch = BATCH
        options.n_threads = threads
        options.n_threads_batch = threads
        self.context = api.llama_init_from_model(self.model, options)
        if not self.context:
            sys.exit(f"llamacpp_speed: load {path}: no context of {context} tokens")
        self.vocabulary = api.llama_vocab_n_tokens(api.llama_model_get_vocab(self.model))

    def forget(self):
        api.llama_memory_clear(api.llama_get_memory(self.context), True)

    def append(self, ids):
        for at in range(0, len(ids), BATCH):
            part = ids[at : at + BATCH]
            array = (api.llama_token * len(part))(*part)  # the batch only points to it
            code = api.llama_decode(self.context, api.llama_batch_get_one(array, len(part)))
            if code != 0:
                sys.exit(f"llamacpp_speed: llama_decode of {len(part)} tokens: code {code}")

    def wait(self):
        api.llama_synchronize(self.context)


def run(llama, prompt, written):
    """Tokens a second of one run of a job."""
    llama.forget()
    ids = token_stream(prompt, 1, llama.vocabulary)
    started = time.perf_counter()
    if ids:
        llama.append(ids)
        llama.wait()
    if not written:
        return prompt / (time.perf_counter() - started)
    ids = token_stream(written, 7, llama.vocabulary)
    started = time.perf_counter()
    for token in ids:
        llama.append([token])
        api.llama_get_logits_ith(llama.context, -1)
    llama.wait()
    return written / (time.perf_counter() - started)


def measure(llama, prompt, written, reps):
    """The median of several runs."""
    if prompt >= LONG:
        reps = max(1, reps // 3)
    else:
        run(llama, prompt, written)
    return statistics.median(run(llama, prompt, written) for _ in range(reps))


def peak_mib():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB, on macOS bytes
    return peak >> (20 if sys.platform == "darwin" else 10)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--reps", type=int, default=5)
    parser.add_argument("--context", type=int, default=8192)
    parser.add_argument("--only", default=",".join(JOBS), help="such as pp512,tg64")
    parser.add_argument("--out", help="file that the row is added to")
    options = parser.parse_args()
    jobs = options.only.split(",")
    unknown = [job for job in jobs if job not in JOBS]
    if unknown or options.reps < 1:
        parser.error(f"no measurement is called {unknown}" if unknown else "--reps is below 1")

    silent = api.llama_log_callback(lambda *_: None)
    api.llama_log_set(silent, ctypes.c_void_p(0))
    api.llama_backend_init()
    llama = Llama(options.model, options.threads, options.context)
    row = {
        "peer": f"llama.cpp by llama-cpp-python {api.__version__}",
        "model": os.path.basename(options.model),
        "threads": options.threads,
        "system": api.llama_print_system_info().decode().strip(),
        "load_s": round(llama.load_seconds, 2),
    }
    for job, (prompt, written) in JOBS.items():
        if job in jobs:
            row[job] = round(measure(llama, prompt, written, options.reps), 1)
    row["peak_rss_mb"] = peak_mib()
    line = json.dumps(row)
    if options.out:
        with open(options.out, "a", encoding="utf-8") as out:
            out.write(line + "\n")
    print(line)


if __name__ == "__main__":
    main()
