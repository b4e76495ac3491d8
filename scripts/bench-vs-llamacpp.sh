#!/usr/bin/env bash
# Measures qwen-agent beside llama.cpp on this machine: both are built here, run in turn with
# the same model files, tokens and threads, and their medians become a table.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/bench-vs-llamacpp.sh [options]

  --out DIR        raw rows and the table go there       (bench-DATE)
  --venv DIR       virtual environment of the peer       (.peers); made if it is not there
  --models LIST    names for `qwen-agent pull`, or .gguf files or a folder of them, with commas
                   between them                          (qwen2.5-coder-0.5b,qwen2.5-coder-1.5b)
  --rounds N       runs of each program, in turn         (5)
  --threads N      threads of both                       (2)
  --peer-version V of llama-cpp-python                   (0.3.36)
  --only PARTS     speed, agent or both with a comma     (speed,agent)
  --quick          one round of a few short figures, to see that everything works

It needs Go, Python 3 with venv, and a C++ compiler, and takes about 40 minutes: 10 to build
the peer once, the rest to measure. Leave the machine alone meanwhile.
TEXT
}

die() { echo "bench-vs-llamacpp: $*" >&2; exit 1; }
note() { echo "== $*" >&2; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=bench-$(date +%Y%m%d-%H%M%S)
venv=$root/.peers
models=qwen2.5-coder-0.5b,qwen2.5-coder-1.5b
rounds=5
threads=2
version=0.3.36
parts=speed,agent
quick=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes; rounds=1; shift; continue ;;
    -h | --help) usage; exit 0 ;;
    --out | --venv | --models | --rounds | --threads | --peer-version | --only)
      [ $# -ge 2 ] || die "$1 has no value; see --help" ;;
    *) die "found $1, wanted an option; see --help" ;;
  esac
  case $1 in
    --out) out=$2 ;;
    --venv) venv=$2 ;;
    --models) models=$2 ;;
    --rounds) rounds=$2 ;;
    --threads) threads=$2 ;;
    --peer-version) version=$2 ;;
    --only) parts=$2 ;;
  esac
  shift 2
done
case $rounds$threads in *[!0-9]* | "") die "--rounds is $rounds and --threads $threads, wanted numbers" ;; esac
for part in ${parts//,/ }; do
  case $part in speed | agent) ;; *) die "--only has $part, wanted speed or agent" ;; esac
done
has() { case ",$parts," in *",$1,"*) true ;; *) false ;; esac }

mkdir -p "$out" "$venv"
out=$(cd "$out" && pwd)
[ -z "$(ls "$out"/*.jsonl 2>/dev/null)" ] || die "$out has rows of an earlier run, wanted a new folder"
venv=$(cd "$venv" && pwd)
ours=$venv/qwen-agent
server=$venv/bin/llama-server
python=$venv/bin/python
jobs=$(getconf _NPROCESSORS_ONLN)

# The peer: Python's package has the whole source of llama.cpp, so the library and the server
# are built from the same files, with this machine's own instructions.
build_peer() {
  [ -x "$python" ] || python3 -m venv "$venv"
  if [ "$("$python" -c 'import llama_cpp; print(llama_cpp.__version__)' 2>/dev/null)" = "$version" ] && [ -x "$server" ] &&
    [ "$(cat "$server.version" 2>/dev/null)" = "$version" ]; then
    return
  fi
  note "building llama.cpp by llama-cpp-python $version (once, some minutes)"
  for tool in cmake ninja; do
    command -v "$tool" >/dev/null || "$python" -m pip install -q "$tool"
  done
  PATH=$PATH:$venv/bin
  local source=$venv/source
  rm -rf "$source"
  mkdir -p "$source"
  "$python" -m pip download -q --no-deps --no-binary llama-cpp-python -d "$source" "llama-cpp-python==$version"
  CMAKE_ARGS=-DGGML_NATIVE=ON CMAKE_BUILD_PARALLEL_LEVEL=$jobs \
    "$python" -m pip install -q --force-reinstall --no-binary llama-cpp-python "$source"/llama_cpp_python-"$version".tar.gz
  tar -xzf "$source"/llama_cpp_python-"$version".tar.gz -C "$source"
  cmake -G Ninja -S "$source/llama_cpp_python-$version/vendor/llama.cpp" -B "$source/build" \
    -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=ON -DBUILD_SHARED_LIBS=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
    -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF >"$source/build.log"
  cmake --build "$source/build" --target llama-server --parallel "$jobs" >>"$source/build.log" ||
    die "llama-server was not built, see $source/build.log"
  cp "$source/build/bin/llama-server" "$server"
  echo "$version" >"$server.version"
  rm -rf "$source"
}

# model_files prints the path of each model, one a line.
model_files() {
  local m
  for m in ${models//,/ }; do
    if [ -d "$m" ]; then
      ls "$m"/*.gguf
    elif [ -f "$m" ]; then
      echo "$m"
    else
      "$ours" pull "$m" >&2 && "$ours" models --path "$m" || return 1
    fi
  done
}

# figures prints what is measured with a model: all with the smallest ones.
figures() {
  if [ -n "$quick" ]; then
    echo pp128,tg64
  elif [ "$(wc -c <"$1")" -gt 800000000 ]; then
    echo pp512,tg64,tg64@512
  else
    echo pp128,pp512,pp2048,tg64,tg64@512,tg64@4096
  fi
}

# warn_load says if somebody else uses the machine.
warn_load() {
  local load
  load=$(uptime | sed 's/.*load average[s]*: *\([0-9]*[.,][0-9]*\).*/\1/; s/,/./')
  if [ "$(awk -v l="$load" 'BEGIN { print (l > 0.5) }')" = 1 ]; then
    note "warning: the load is $load before the measurement: other programs make the figures worse and uneven"
  fi
}

build_peer
note "building qwen-agent"
(cd "$root" && CGO_ENABLED=0 go build -o "$ours" ./cmd/qwen-agent)
paths=$(model_files)
[ -n "$paths" ] || die "no models in $models"
{
  date
  uname -srm
  grep -m1 '^model name' /proc/cpuinfo 2>/dev/null || sysctl -n machdep.cpu.brand_string 2>/dev/null || true
  "$ours" version
  echo "peer llama-cpp-python $version"
  uptime
} >"$out/machine.txt"
warn_load

if has speed; then
  while IFS= read -r file; do
    only=$(figures "$file")
    for round in $(seq "$rounds"); do
      note "$(basename "$file"): $only, round $round of $rounds"
      "$ours" bench --model "$file" --threads "$threads" --reps 1 --only "$only" --json --out "$out/speed.jsonl" >/dev/null
      "$python" "$root/scripts/llamacpp_speed.py" "$file" --threads "$threads" --reps 1 --only "$only" --out "$out/speed.jsonl" >/dev/null
    done
  done <<<"$paths"
fi
if has agent; then
  while IFS= read -r file; do
    note "$(basename "$file"): the example tasks, $rounds rounds"
    "$ours" bench agent --model "$file" --threads "$threads" --reps "$rounds" --examples "$root/examples" \
      --server "$server" --peer "llama.cpp server of llama-cpp-python $version" --json --out "$out/agent.jsonl" >/dev/null
  done <<<"$paths"
fi
uptime >>"$out/machine.txt"
note "rows and table are in $out"
"$ours" bench table "$out"/*.jsonl | tee "$out/table.md"
