#!/bin/sh
# Shows posts and what a tagger found in them, for people; the tagger's own output is for programs.
# usage: scripts/show-entities.sh TAGGER POSTS.jsonl
set -eu
"$1" "$2" | awk -v posts="$2" '
  # The value of the first string called `name`.
  function text(line, name) {
    if (!match(line, "\"" name "\": *\"([^\"\\\\]|\\\\.)*\"")) return ""
    line = substr(line, RSTART, RLENGTH)
    sub(/^[^:]*: *"/, "", line)
    return substr(line, 1, length(line) - 1)
  }
  # The probability of an entity as " 98 %", or nothing if the model does not tell it.
  function percent(entity) {
    if (!match(entity, /"probability":[0-9.e-]+/)) return ""
    return sprintf(" %.0f %%", 100 * substr(entity, RSTART + 14, RLENGTH - 14))
  }
  {
    getline post < posts
    print "  " text(post, "text")
    if (text($0, "error") != "") {
      print "    !!  " text($0, "error")
      next
    }
    found = ""
    rest = $0
    sub(/.*"entities":\[/, "", rest)
    sub(/\],"hashtags".*/, "", rest)
    while (match(rest, /\{[^}]*\}/)) {
      entity = substr(rest, RSTART, RLENGTH)
      rest = substr(rest, RSTART + RLENGTH)
      found = found "  " text(entity, "type") " " text(entity, "text") percent(entity)
    }
    print "    ->" (found == "" ? "  (nothing)" : found)
  }'
