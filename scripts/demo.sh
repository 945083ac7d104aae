#!/bin/sh
# Compiles the bundled model into one executable and lets it tag some posts.
# usage: scripts/demo.sh BUILD_DIR OUTPUT_DIR
set -eu
build=$1
out=$2
model=models/trimod
mkdir -p "$out"

echo "Compiling $model/trimod.mlir to $out/tagger"
"$build/bin/trimod-compile" "$model/trimod.mlir" --weights "$model/trimod.safetensors" \
  --vocabulary "$model/vocabulary.json" --dump-phases-to="$out/phases" -o "$out/tagger"

echo "Tagging $model/demo.jsonl"
"$out/tagger" -o "$out/demo.out.jsonl" "$model/demo.jsonl"
cat "$out/demo.out.jsonl"
echo
echo "The program after each phase: $out/phases"
echo "Try it:  echo '{\"text\": \"Angela Merkel visits Paris\"}' | $out/tagger"
