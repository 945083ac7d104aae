#!/usr/bin/python3
"""Entity precision, recall and F1 of a tagger's output against a CoNLL file (seqeval's default
counting)."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from corpus import read_captions, read_conll
from scoring import score, table

EXAMPLES = """examples:
  # what the compiled tagger reaches on the dev split, with captions in place of images
  python3 models/trimod/train/evaluate.py --gold DATA/twitter2015/valid.txt \\
      --captions DATA/twitter2015/captions.tsv --tagger build/demo/tagger

  # score an output file that is there already (JSON Lines, or CoNLL if it does not end in .jsonl)
  python3 models/trimod/train/evaluate.py --gold DATA/twitter2015/valid.txt --predicted out.jsonl

  # only write the input, to be tagged elsewhere
  python3 models/trimod/train/evaluate.py --gold DATA/twitter2015/valid.txt --write-input dev.jsonl
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--gold", type=Path, required=True, help="CoNLL file, token and tag separated by a tab"
    )
    parser.add_argument(
        "--captions", type=Path, help="IMGID<TAB>caption lines, given to the tagger"
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--tagger", help="a compiled tagger to run")
    action.add_argument("--predicted", type=Path, help="a tagger's output")
    action.add_argument("--write-input", type=Path, help="write the posts as JSON Lines and stop")
    parser.add_argument("--save-output", type=Path, help="keep what --tagger wrote")
    return parser.parse_args()


def write_input(posts, path):
    with open(path, "w", encoding="utf-8") as file:
        for post in posts:
            file.write(json.dumps(post.as_input(), ensure_ascii=False) + "\n")


def run_tagger(tagger, posts):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.jsonl"
        write_input(posts, path)
        done = subprocess.run([tagger, str(path)], stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise ValueError(f"{tagger}: exit code {done.returncode}")
    return done.stdout.decode("utf-8")


def tags_of_json_lines(text, posts):
    tags = []
    for number, line in enumerate((line for line in text.split("\n") if line), 1):
        record = json.loads(line)
        if "error" in record:
            raise ValueError(f"output line {number}: {record['error']}")
        tags.append(record["tags"])
    check_count(tags, posts)
    return tags


def check_count(tags, posts):
    if len(tags) != len(posts):
        raise ValueError(f"expected {len(posts)} tagged posts, found {len(tags)}")


def predicted_tags(options, posts):
    if options.tagger:
        output = run_tagger(options.tagger, posts)
        if options.save_output:
            options.save_output.write_text(output, encoding="utf-8")
        return tags_of_json_lines(output, posts)
    if options.predicted.suffix == ".jsonl":
        return tags_of_json_lines(options.predicted.read_text(encoding="utf-8"), posts)
    tags = [post.tags for post in read_conll(options.predicted)[0]]
    check_count(tags, posts)
    return tags


def main():
    options = arguments()
    posts, repairs = read_conll(options.gold)
    captions = read_captions(options.captions) if options.captions else {}
    for post in posts:
        post.caption = captions.get(post.id, "")
    if options.write_input:
        write_input(posts, options.write_input)
        return
    print(
        f"{options.gold.name}: {len(posts)} posts, {repairs} I- tags repaired to B-",
        file=sys.stderr,
    )
    print(table(score([post.tags for post in posts], predicted_tags(options, posts))))


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, KeyError) as error:
        raise SystemExit(f"evaluate.py: {error}")
