#!/bin/sh
# Measures how much of its writing speed qwen-agent, and llama.cpp, keep beside a process that never rests.
#
#   scripts/bench-beside-busy.sh MODEL.gguf [QWEN-AGENT [PYTHON]]
#
# QWEN-AGENT is the program, PYTHON one that has llama-cpp-python; without it only ours is measured. On as many
# cores as THREADS says (default 2), each program writes 64 tokens ROUNDS times (default 3) alone and beside a busy
# loop, in turn; printed are tokens a second and the share that is kept, which is what counts: the machine drifts.
set -eu
model=$1 ours=${2:-qwen-agent} python=${3:-}
threads=${THREADS:-2} rounds=${ROUNDS:-3}
here=$(dirname "$0")

figure() { sed -n 's/.*"tg64": *\([0-9.]*\).*/\1/p'; }
measure_ours() { "$ours" bench --model "$model" --threads "$threads" --only tg64 --reps 1 --json | figure; }
measure_peer() { "$python" "$here/llamacpp_speed.py" "$model" --threads "$threads" --only tg64 --reps 1 | figure; }

busy=
rest() { [ -z "$busy" ] || kill "$busy" 2>/dev/null || true; busy=; }
trap rest EXIT INT TERM

round() { # program
	alone=$(measure_"$1")
	sh -c 'while :; do :; done' &
	busy=$!
	beside=$(measure_"$1")
	rest
	awk -v p="$1" -v a="$alone" -v b="$beside" 'BEGIN { printf "%-5s alone %6.1f  beside a busy process %6.1f  kept %.2f\n", p, a, b, b / a }'
}

for i in $(seq "$rounds"); do
	round ours
	[ -z "$python" ] || round peer
done
