#!/bin/sh
# Gives a tagger one post after the other, each only after the answer to the one before.
# usage: ask-one-by-one.sh FOLDER TAGGER...
set -eu
folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
mkfifo "$folder/posts" "$folder/answers"
"$@" < "$folder/posts" > "$folder/answers" &
exec 3> "$folder/posts" 4< "$folder/answers"
for id in 1 2 3 4; do
  echo "{\"id\": $id, \"text\": \"Adele\"}" >&3
  read -r answer <&4
  echo "$answer"
done
exec 3>&-
wait
