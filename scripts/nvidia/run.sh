#!/usr/bin/env bash
# Measures a machine with an NVIDIA card, from an unpacked pack.sh or from a built checkout: what the adapter is, whether it computes right (parity), how
# long a step takes beside other engines (bench), and where the time goes. Needs a graphics driver, no network and no home. --help tells the options.
set -uo pipefail

usage() {
  cat <<'TEXT'
usage: run.sh [--size PIXELS] [--rounds N] [--out FOLDER] [--dry]

  --size    of the pictures that the step is measured with, of the paper's model (256)
  --rounds  how often each engine is measured, in turn (3)
  --out     where results go (./cyclegan-results)
  --dry     whether all this works: the smallest model, a part of parity, and a software adapter will do

AGAINST names a program to be measured in turn, for example
  AGAINST="python3 torch_step.py --device cuda" ./run.sh
it is given the options of `npm run bench` and prints its line of JSON.
TEXT
}

fail() {
  echo "error: $1" >&2
  exit 2
}

root=$(cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../.." && pwd)
size=256 rounds=3 out=cyclegan-results dry=
while (($# > 0)); do
  case $1 in
    --size) size=${2:?--size needs a number} && shift 2 ;;
    --rounds) rounds=${2:?--rounds needs a number} && shift 2 ;;
    --out) out=${2:?--out needs a folder} && shift 2 ;;
    --dry) dry=yes && shift ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && fail "unknown option $1." ;;
  esac
done
mkdir -p "$out" && out=$(realpath "$out")
node=$root/bin/node
[[ -x $node ]] || node=$(command -v node) || fail 'there is no Node: run pack.sh on a machine that has it.'
[[ -f $root/dist/scripts/bench.js ]] || fail 'the bench is not built: run "npm run bench -- --help" once, or take what pack.sh made.'
export PATH=$(dirname "$node"):$PATH
cd "$root"

knows() {
  ldconfig -p 2>/dev/null | grep -q "$1"
}

# The loader of Vulkan, by which Dawn finds drivers: the machine's, or the packed one.
if ! knows 'libvulkan\.so\.1' && [[ -f $root/lib/libvulkan.so.1 ]]; then
  export LD_LIBRARY_PATH=$root/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
fi

# The loader is told of a driver by a small JSON file, which containers often lack although the driver is there. Without X11's libraries the driver is
# libEGL_nvidia, else libGLX_nvidia.
if [[ -z ${VK_DRIVER_FILES:-} ]]; then
  icd=$(ls /etc/vulkan/icd.d/nvidia*.json /usr/share/vulkan/icd.d/nvidia*.json 2>/dev/null | head -1)
  driver=libGLX_nvidia.so.0
  knows 'libX11\.so\.6' && knows 'libXext\.so\.6' || driver=libEGL_nvidia.so.0
  if [[ -n $icd ]] && grep -q "$driver" "$icd"; then
    export VK_DRIVER_FILES=$icd
  elif knows "$driver"; then
    icd=$out/nvidia_icd.json
    printf '{ "file_format_version": "1.0.0", "ICD": { "library_path": "%s", "api_version": "1.3.0" } }\n' "$driver" > "$icd"
    export VK_DRIVER_FILES=$icd
  fi
fi
# as older loaders call it
if [[ -n ${VK_DRIVER_FILES:-} ]]; then export VK_ICD_FILENAMES=$VK_DRIVER_FILES; fi

failed=()
# Runs a part of the work, its output into a file as well.
part() {
  local name=$1
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$out/$name.txt"
  local status=${PIPESTATUS[0]}
  if ((status != 0)); then
    failed+=("$name")
    echo "$name ended with status $status" | tee -a "$out/$name.txt"
  fi
  return "$status"
}

machine() {
  echo "cyclegan $(cat VERSION 2>/dev/null || git describe --always)"
  uname -srm
  lscpu | grep -E '^(Model name|CPU\(s\))'
  echo "VK_DRIVER_FILES=${VK_DRIVER_FILES:-}"
  nvidia-smi 2>&1
  true
}

tsx=("$node" node_modules/tsx/dist/cli.mjs --conditions=source)
bench=("$node" dist/scripts/bench.js)
part machine machine
part adapter "${tsx[@]}" scripts/nvidia/adapter.ts ${dry:+--software} || fail "there is no adapter to measure; scripts/nvidia/README.md says what may be missing."

export REQUIRE_BACKENDS=webgpu:webgpu
if [[ -n $dry ]]; then
  part parity "${tsx[@]}" scripts/parity.ts --engines webgpu:webgpu --case matmul
  model=(--size 32 --ngf 2 --blocks 1 --steps 2) engines=webgpu rounds=1 long=10
else
  part parity "${tsx[@]}" scripts/parity.ts --engines webgpu:webgpu
  model=(--size "$size" --steps 20) engines=webgpu,tfjs:webgpu,onnx:webgpu long=500
fi
part kernels "${bench[@]}" "${model[@]}" --backends webgpu --profile
part bench "${bench[@]}" "${model[@]}" --backends "$engines" --rounds "$rounds" --out "$out" ${AGAINST:+--against "$AGAINST"}
part endurance "${bench[@]}" "${model[@]}" --backends webgpu --train-steps "$long"

tar --create --gzip --file "$out.tar.gz" --directory "$(dirname "$out")" "$(basename "$out")"
echo
echo "results: $out, and packed $out.tar.gz"
if ((${#failed[@]} > 0)); then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo 'all parts came to a good end'
