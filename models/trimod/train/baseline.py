#!/usr/bin/python3
"""Posts per second of PyTorch eager on one thread with the committed weights, as a yardstick.

Posts are batched by falling length, sequences are packed, each distinct word's characters are
encoded once a batch. Reading the posts and their text features is not timed; the time with and
without making the padded batches is given. Every figure is the best of --repeats passes. The BLAS
that PyTorch is linked to matters more than anything else; see the README.
"""

import argparse
import json
import time
from pathlib import Path

import torch

import checkpoint
from batching import Batch, EncodedPost
from corpus import read_gold
from features import add_features, add_runtime_option
from scoring import score

EXAMPLES = """example:
  python3 models/trimod/train/baseline.py --weights models/trimod --tags torch.jsonl \\
      --gold DATA/twitter2015/valid.txt --captions DATA/twitter2015/captions.tsv
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, required=True, help="folder of trimod.safetensors")
    parser.add_argument("--gold", type=Path, required=True, help="CoNLL file")
    parser.add_argument("--captions", type=Path, help="IMGID<TAB>caption lines")
    add_runtime_option(parser, "build/demo/tagger")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32, 128], help="[1 32 128]")
    parser.add_argument("--repeats", type=int, default=3, help="[%(default)s]")
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")
    parser.add_argument(
        "--tags", type=Path, help="write the tags as JSON Lines, in the file's order"
    )
    return parser.parse_args()


def make_batches(encoded, size):
    order = sorted(encoded, key=len, reverse=True)
    return [Batch(order[start : start + size]) for start in range(0, len(order), size)]


def best_time(action, repeats):
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        result = action()
        times.append(time.perf_counter() - started)
    return min(times), result


def measure(model, encoded, size, repeats):
    making, made = best_time(lambda: make_batches(encoded, size), repeats)
    running, paths = best_time(lambda: [model.predict(batch) for batch in made], repeats)
    tags = {
        id(post): path
        for batch, group in zip(made, paths)
        for post, path in zip(batch.posts, group)
    }
    return making, running, [tags[id(e.post)] for e in encoded]


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    posts = read_gold(options.gold, options.captions)
    add_features(posts, options.runtime)
    model, vocabulary = checkpoint.load(options.weights)
    encoded = [EncodedPost(post, vocabulary) for post in posts]
    print(
        f"PyTorch {torch.__version__}, {options.threads} thread(s), {len(posts)} posts, "
        f"{sum(len(post.tokens) for post in posts)} tokens"
    )
    print(f"{'batch':>5} {'posts/s, model':>15} {'with batching':>14} {'F1':>6}")
    for size in options.batch:
        making, running, tags = measure(model, encoded, size, options.repeats)
        f1 = score([post.tags for post in posts], tags)["all"].f1
        rates = (len(posts) / running, len(posts) / (running + making))
        print(f"{size:5} {rates[0]:15.0f} {rates[1]:14.0f} {f1:6.2f}", flush=True)
    if options.tags:
        with open(options.tags, "w", encoding="utf-8") as file:
            for post, path in zip(posts, tags):
                record = {"id": post.id, "tokens": post.tokens, "tags": path}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"baseline.py: {error}")
