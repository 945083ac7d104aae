#!/bin/sh
# Installs what building and testing need, by name, from Debian's packages. Does nothing where all is there.
# usage: scripts/install-deps.sh [--train]      --train adds what models/trimod/train needs
set -eu

packages="
  cmake ninja-build make git ccache
  clang-22 clang-format-22 lld-22 libclang-rt-22-dev
  llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools
  nlohmann-json3-dev libutf8proc-dev libgtest-dev
  python3"
# The test runner lit is a Python program. Zlib and friends are what LLVM's own CMake files ask for.
packages="$packages zlib1g-dev libzstd-dev libxml2-dev"

if [ "${1:-}" = "--train" ]; then
  packages="$packages python3-torch python3-numpy python3-venv"
elif [ $# -gt 0 ]; then
  echo "install-deps.sh: unknown argument '$1'; expected nothing or --train" >&2
  exit 1
fi

missing=""
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "install-deps.sh: these packages are missing:$missing" >&2
  echo "install-deps.sh: run it as root, or: sudo apt-get install$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086  # one word a package
apt-get install -q -y --no-install-recommends $missing
