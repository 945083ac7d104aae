#!/usr/bin/python3
"""Posts per second of PyTorch eager on one thread with the committed weights, as a yardstick.

Posts are batched by falling length. Two encoders: nn.GRU on packed sequences, as most people write it, and
the trainer's own step-by-step GRU. Reading the posts and the text features is not timed; making the padded
batches is reported apart from the model's time. Every run is the best of --repeats passes.
"""

import argparse
import json
import shlex
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import checkpoint
from batching import Batch, EncodedPost
from corpus import read_captions, read_conll
from features import add_features
from scoring import score

EXAMPLES = """example:
  python3 models/trimod/train/baseline.py --weights models/trimod --gold DATA/twitter2015/valid.txt \\
      --captions DATA/twitter2015/captions.tsv --runtime build/bin/trimod-run --tags torch.jsonl
"""


class PackedGRU(nn.Module):
    """nn.GRU on packed sequences behind the interface of gru.BiGRU."""

    def __init__(self, own):
        super().__init__()
        self.gru = nn.GRU(own.input_size, own.hidden_size, batch_first=True, bidirectional=True)
        self.gru.load_state_dict(own.state_dict())

    def forward(self, x, lengths):
        packed, last = self.gru(pack_padded_sequence(x, lengths, batch_first=True))
        states, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
        return states, torch.cat([last[0], last[1]], 1)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="folder of trimod.safetensors")
    parser.add_argument("--gold", type=Path, required=True, help="CoNLL file")
    parser.add_argument("--captions", type=Path, help="IMGID<TAB>caption lines")
    parser.add_argument("--runtime", type=shlex.split, default=["build/bin/trimod-run"], metavar="COMMAND",
                        help="the program whose --features gives the text features")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 32, 128], help="[1 32 128]")
    parser.add_argument("--repeats", type=int, default=3, help="[%(default)s]")
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")
    parser.add_argument("--tags", type=Path, help="write the tags as JSON Lines, in the file's order")
    return parser.parse_args()


def make_batches(encoded, size):
    order = sorted(encoded, key=len, reverse=True)
    return [Batch(order[start:start + size]) for start in range(0, len(order), size)]


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
    tags = {id(post): path for batch, group in zip(made, paths) for post, path in zip(batch.posts, group)}
    return making, running, [tags[id(e.post)] for e in encoded]


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    posts, _ = read_conll(options.gold)
    captions = read_captions(options.captions) if options.captions else {}
    for post in posts:
        post.caption = captions.get(post.id, "")
    add_features(posts, options.runtime)
    model, vocabulary = checkpoint.load(options.weights)
    encoded = [EncodedPost(post, vocabulary) for post in posts]
    encoders = {"trainer's GRU": model}
    packed, _ = checkpoint.load(options.weights)
    packed.char_gru, packed.word_gru = PackedGRU(packed.char_gru), PackedGRU(packed.word_gru)
    encoders["packed nn.GRU"] = packed.eval()
    print(f"PyTorch {torch.__version__}, {options.threads} thread(s), {len(posts)} posts, "
          f"{sum(len(post.tokens) for post in posts)} tokens")
    print(f"{'encoder':14} {'batch':>5} {'posts/s, model':>15} {'with batching':>14} {'dev F1':>7}")
    with torch.no_grad():
        for name, encoder in encoders.items():
            for size in options.batch:
                making, running, tags = measure(encoder, encoded, size, options.repeats)
                f1 = score([post.tags for post in posts], tags)["all"].f1
                print(f"{name:14} {size:5} {len(posts) / running:15.0f} {len(posts) / (running + making):14.0f} "
                      f"{f1:7.2f}", flush=True)
    if options.tags:
        with open(options.tags, "w", encoding="utf-8") as file:
            for post, path in zip(posts, tags):
                file.write(json.dumps({"id": post.id, "tokens": post.tokens, "tags": path}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"baseline.py: {error}")
