#!/usr/bin/env bash
# Packs this checkout with all that it needs to run elsewhere into one file: Node, the packages with Dawn, the build, and the loader of Vulkan. On the
# other machine, Linux on x64, nothing but a graphics driver has to be there, and no network:
#   scripts/nvidia/pack.sh [FILE]
# NODE names another Node than the one here; one from nodejs.org runs on older systems than a distribution's.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
file=$(realpath -m "${1:-cyclegan-nvidia.tar.gz}")
node=$(realpath "$(command -v "${NODE:-node}")")
name=cyclegan-nvidia
# for checks and pages alone, of no use where nothing but bench and parity runs
unneeded=(@biomejs @turbo turbo @typescript typescript playwright-core @ts-morph ts-morph vite vitest @vitest rollup @rollup)

fail() {
  echo "error: $1" >&2
  exit 1
}

[[ "$(uname -sm)" == 'Linux x86_64' ]] || fail 'this packs programs for Linux on x64: run it there.'
cd "$root"
[[ -f node_modules/webgpu/dist/linux-x64/dawn.node ]] || fail 'the packages are not installed: run "npm ci" first.'

npm run build >&2
npx tsc -p scripts/bench/tsconfig.json

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
target=$staging/$name
mkdir -p "$target/bin" "$target/lib"

git ls-files -z | tar --create --null --files-from=- | tar --extract --directory "$target"
for built in dist packages/*/dist apps/*/dist; do
  cp --archive --parents "$built" "$target"
done
excluded=()
for each in "${unneeded[@]}"; do excluded+=("--exclude=node_modules/$each"); done
for other in darwin-universal linux-arm64 win32-arm64 win32-x64; do excluded+=("--exclude=node_modules/webgpu/dist/$other"); done
for other in darwin win32 linux/arm64; do excluded+=("--exclude=node_modules/onnxruntime-node/bin/napi-v6/$other"); done
tar --create --anchored "${excluded[@]}" node_modules | tar --extract --directory "$target"

cp "$node" "$target/bin/node"
loader=$(ldconfig -p | awk '/libvulkan\.so\.1 .*x86-64/ { print $NF; exit }')
if [[ -n "$loader" ]]; then cp --dereference "$loader" "$target/lib/libvulkan.so.1"; fi
git describe --always --dirty --tags > "$target/VERSION"
ln -s scripts/nvidia/run.sh "$target/run.sh"

tar --create --gzip --file "$file" --directory "$staging" "$name"
echo "$file: $(du --human-readable "$file" | cut -f1). On the other machine: tar xzf $(basename "$file") && $name/run.sh"
