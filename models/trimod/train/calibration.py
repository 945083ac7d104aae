#!/usr/bin/python3
"""How far the probabilities that a compiled tagger prints with its entities can be trusted: of the
entities with a probability in each tenth, how many are right (same span, same class)."""

import json
import subprocess

from corpus import read_gold
from labels import entities
from tagger_options import parse_tagger_options

EXAMPLES = """example:
  python3 models/trimod/train/calibration.py --tagger build/demo/tagger \\
      --captions DATA/twitter2015/captions.tsv DATA/twitter2015/valid.txt
"""
BINS = 10


def tag(posts, command):
    """The tagger's records, in order."""
    lines = "".join(json.dumps(post.as_input()) + "\n" for post in posts)
    done = subprocess.run(
        command, check=True, input=lines, stdout=subprocess.PIPE, encoding="utf-8"
    )
    records = [json.loads(line) for line in done.stdout.split("\n") if line]
    if len(records) != len(posts):
        raise ValueError(f"expected {len(posts)} results, found {len(records)}")
    for post, record in zip(posts, records):
        if "entities" not in record:
            found = record.get("error", "a result without them")
            raise ValueError(f"post {post.id}: expected entities, found {found}")
    return records


def judge(posts, records):
    """(probability, is right) of each entity found."""
    judged = []
    for post, record in zip(posts, records):
        gold = entities(post.tags)
        for found in record["entities"]:
            span = (found["first_token"], found["last_token"] + 1, found["type"])
            judged.append((found["probability"], span in gold))
    return judged


def table(judged):
    """Lines of a table, and the expected calibration error: the mean distance of probability and
    share of right ones, weighted by how many entities a tenth has."""
    tenths = [[] for _ in range(BINS)]
    for probability, is_right in judged:
        tenths[min(int(probability * BINS), BINS - 1)].append((probability, is_right))
    lines, error = [f"{'probability':>11} {'entities':>8} {'mean':>6} {'right':>6}"], 0.0
    for number, members in enumerate(tenths):
        if not members:
            continue
        mean = sum(probability for probability, _ in members) / len(members)
        right = sum(is_right for _, is_right in members) / len(members)
        error += abs(mean - right) * len(members) / len(judged)
        span = f"{number / BINS:.1f} to {(number + 1) / BINS:.1f}"
        lines.append(f"{span:>11} {len(members):8} {mean:6.3f} {right:6.3f}")
    return [*lines, f"expected calibration error {error:.3f}"]


def main():
    options = parse_tagger_options(__doc__, EXAMPLES)
    posts = read_gold(options.gold, options.captions)
    records = tag(posts, options.tagger)
    judged = judge(posts, records)
    if not judged:
        raise ValueError(f"{options.gold}: expected posts with entities, found none")
    print("\n".join(table(judged)))


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"calibration.py: {error}")
