#!/usr/bin/python3
"""Measures the compiled segmenter on STAN's dev hashtags, beside the runtime's split at case and
digits."""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from data import read_gold, seen_hashtags
from prediction import load, predict
from segmentation import close, ends_of, score, words_of
from shared import FeatureError, add_runtime_option, rule_words


EXAMPLES = """example:
  python3 models/hashtag/train/evaluate.py --data DATA --tagger build/demo/tagger --errors
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument(
        "--tagger",
        type=shlex.split,
        default=["build/demo/tagger"],
        metavar="COMMAND",
        help="the compiled model [build/demo/tagger]",
    )
    parser.add_argument(
        "--weights", type=Path, help="folder of segmenter.safetensors: what the network alone gives"
    )
    add_runtime_option(
        parser, "build/bin/trimod-run", "the program whose --features gives the rule's words"
    )
    parser.add_argument("--errors", action="store_true", help="list what is wrong, by kind")
    return parser.parse_args()


def tagger_words(hashtags, command):
    """The words that the compiled model splits each hashtag into."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for hashtag in hashtags:
            file.write(json.dumps({"tokens": ["#" + hashtag]}, ensure_ascii=False) + "\n")
        file.flush()
        done = subprocess.run([*command, file.name], stdout=subprocess.PIPE, check=True)
    posts = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    return [post["hashtags"][0]["words"] for post in posts]


def ends_of_words(examples, words):
    """The flags of split hashtags. A hashtag of which words are missing counts as not split."""
    return [
        ends_of(example.hashtag, " ".join(split))
        or close(example.hashtag, [False] * len(example.hashtag))
        for example, split in zip(examples, words)
    ]


def rule_ends(examples, runtime):
    """The runtime's split at case and digits, as flags."""
    words = rule_words([example.hashtag for example in examples], runtime)
    return ends_of_words(examples, words)


def error_kind(example, ends):
    """What is wrong, against the accepted segmentation that is nearest."""
    nearest = min(example.accepted, key=lambda flags: sum(a != b for a, b in zip(flags, ends)))
    missed = any(gold and not found for gold, found in zip(nearest, ends))
    added = any(found and not gold for gold, found in zip(nearest, ends))
    if missed and added:
        return "split at another place"
    if missed:
        return "not split enough"
    whole = len(words_of(example.hashtag, nearest)) == 1
    return "one word split" if whole else "split too much"


def compare(examples, predicted, rule, seen):
    """Lines of a table: exact matches and boundary F1 of both, on parts of the examples. `seen` are
    the hashtags of the training data, in lower case."""

    def has_rule_right(example, _, by_rule):
        return by_rule in example.accepted

    def is_lower(example, *_):
        return example.hashtag == example.hashtag.lower()

    parts = {
        "all": lambda *_: True,
        "rule is right": has_rule_right,
        "rule is wrong": lambda *row: not has_rule_right(*row),
        "seen in training": lambda example, *_: example.hashtag.lower() in seen,
        "not seen": lambda example, *_: example.hashtag.lower() not in seen,
        "no capitals": is_lower,
        "with capitals": lambda *row: not is_lower(*row),
        "with digits": lambda example, *_: any(c.isdigit() for c in example.hashtag),
        "one word": lambda example, *_: any(
            len(words_of(example.hashtag, flags)) == 1 for flags in example.accepted
        ),
        "several words": lambda example, *_: all(
            len(words_of(example.hashtag, flags)) > 1 for flags in example.accepted
        ),
    }
    yield "| part | hashtags | exact | F1 | rule exact | rule F1 |"
    yield "|---|---|---|---|---|---|"
    rows = list(zip(examples, predicted, rule))
    for name, belongs in parts.items():
        part = [row for row in rows if belongs(*row)]
        by_tagger = score([row[0] for row in part], [row[1] for row in part])
        by_rule = score([row[0] for row in part], [row[2] for row in part])
        numbers = " | ".join(f"{value:.2f}" for value in by_tagger + by_rule)
        yield f"| {name} | {len(part)} | {numbers} |"


def main():
    options = arguments()
    torch.set_num_threads(1)
    train, dev = read_gold(options.data, lambda line: print(line, file=sys.stderr))
    words = tagger_words([example.hashtag for example in dev], options.tagger)
    predicted = ends_of_words(dev, words)
    seen = seen_hashtags(options.data, train)
    for line in compare(dev, predicted, rule_ends(dev, options.runtime), seen):
        print(line)
    if options.weights:
        exact, f1 = score(dev, predict(*load(options.weights), dev))
        print(f"\nthe network alone, in PyTorch: exact {exact:.2f}, F1 {f1:.2f}")
    if not options.errors:
        return
    errors = {}
    for example, ends in zip(dev, predicted):
        if ends not in example.accepted:
            errors.setdefault(error_kind(example, ends), []).append((example, ends))
    for kind, wrong in sorted(errors.items(), key=lambda item: -len(item[1])):
        print(f"\n{kind}: {len(wrong)}")
        for example, ends in wrong:
            gold = " / ".join(
                " ".join(words_of(example.hashtag, flags)) for flags in example.accepted
            )
            print(f"  {' '.join(words_of(example.hashtag, ends))}   [{gold}]")


if __name__ == "__main__":
    try:
        main()
    except (FeatureError, OSError, ValueError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"evaluate.py: {error}")
