#!/usr/bin/env python3
"""Measures a Jupyter kernel's start and round trip, as `qwen-agent bench sessions` does for our own sessions.

    scripts/jupyter_sessions.py --out rows.jsonl                   # makes a virtual environment, for this once
    scripts/jupyter_sessions.py --venv DIR --out rows.jsonl        # uses or makes that one
    qwen-agent bench sessions table rows.jsonl

A start is from starting the kernel's process until it answers that it is ready (wait_for_ready of jupyter_client);
first_ms goes on to the answer of a first cell. A cell is over when its value and the kernel's "idle" have come. The
kernel has no sandbox. alone_ms is the interpreter alone, without kernel: it starts, does nothing and ends.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import venv

PACKAGES = ["jupyter_client", "ipykernel"]


def spread(times):
    """Milliseconds of sorted seconds, as eval/sessions has them."""
    times = sorted(times)

    def at(percent):
        return round(times[(len(times) - 1) * percent // 100] * 1e3, 3)

    return {"n": len(times), "min": at(0), "p50": at(50), "p95": at(95), "max": at(100)}


def ask(client):
    """Runs the cell and waits for its value and for idle."""
    message = client.execute("1 + 1")
    value = None
    while True:
        said = client.get_iopub_msg(timeout=30)
        if said["parent_header"].get("msg_id") != message:
            continue
        if said["msg_type"] == "execute_result":
            value = said["content"]["data"]["text/plain"]
        elif said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
            break
    if value != "2":
        sys.exit("the cell 1 + 1 is %r, wanted 2" % value)
    client.get_shell_msg(timeout=30)


def start():
    from jupyter_client.manager import KernelManager

    began = time.perf_counter()
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    ready = time.perf_counter() - began
    ask(client)
    return manager, client, ready, time.perf_counter() - began


def stop(manager, client):
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def alone():
    began = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
    return time.perf_counter() - began


def measure(reps):
    import ipykernel
    import jupyter_client

    ready, first = [], []
    for _ in range(reps):
        manager, client, r, f = start()
        stop(manager, client)
        ready.append(r)
        first.append(f)
    manager, client, _, _ = start()
    cells = []
    for _ in range(10 * reps):
        began = time.perf_counter()
        ask(client)
        cells.append(time.perf_counter() - began)
    stop(manager, client)
    system = "%s/%s, %d cores, jupyter_client %s, ipykernel %s, no sandbox" % (
        platform.system().lower(), platform.machine(), os.cpu_count(), jupyter_client.__version__, ipykernel.__version__)
    return {
        "peer": "Jupyter", "language": "python", "version": "CPython " + platform.python_version(), "system": system,
        "start_ms": spread(ready), "first_ms": spread(first), "cell_ms": spread(cells),
        "alone_ms": spread([alone() for _ in range(2 * reps)]),
    }


def environment(folder):
    """The Python of a virtual environment that has the packages; makes what is missing."""
    python = os.path.join(folder, "bin", "python")
    if not os.path.exists(python):
        venv.create(folder, with_pip=True)
    if subprocess.run([python, "-c", "import jupyter_client, ipykernel"], stderr=subprocess.DEVNULL).returncode:
        subprocess.run([python, "-m", "pip", "install", "--quiet"] + PACKAGES, check=True, stdout=sys.stderr)
    return python


def main():
    parser = argparse.ArgumentParser(description="Measure a Jupyter kernel's start and round trip.")
    parser.add_argument("--venv", help="virtual environment to use, made if it is not there; else one that is removed again")
    parser.add_argument("--reps", type=int, default=30, help="number of starts; cells are run ten times as often")
    parser.add_argument("--out", help="file that the row is added to")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reps < 1:
        parser.error("--reps is %d, wanted 1 or more" % options.reps)
    if not options.inside:
        with tempfile.TemporaryDirectory(prefix="jupyter-sessions-") as scratch:
            python = environment(options.venv or scratch)
            result = subprocess.run([python, os.path.abspath(__file__), "--inside"] + sys.argv[1:])
        sys.exit(result.returncode)
    row = json.dumps(measure(options.reps))
    print(row)
    if options.out:
        with open(options.out, "a") as f:
            f.write(row + "\n")


if __name__ == "__main__":
    main()
