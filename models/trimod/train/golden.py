#!/usr/bin/python3
"""Golden tensors: what PyTorch computes on a few posts from the exported weights.

For post number i (from 0) of the posts file the output holds, with the names `i.<name>`:
  words [T], visual [K], hashtags [H]   I32   word ids
  chars [sum of lengths]                I32   character ids of all tokens, one after the other
  char_offsets [T + 1]                  I32   token t has chars[offsets[t] : offsets[t + 1]]
  emissions [T, 9]                      F32
  score [1]                             F32   of the best path
  labels [T]                            I32   the best path
Emissions and score are computed in double precision from the rounded weights and stored in single.
The file's metadata holds `tolerance` (absolute, emissions), `score_tolerance` (absolute) and
`posts`.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

import checkpoint
from batching import Batch, EncodedPost
from corpus import Post, read_json_lines
from features import add_runtime_option, fill, run_features

# PyTorch's own single precision stays within 2e-6; the rest is room for approximations of exp and
# tanh.
TOLERANCE = 5e-5
SCORE_TOLERANCE = 5e-4

EXAMPLES = """example:
  python3 models/trimod/train/golden.py --weights models/trimod --runtime build/bin/trimod-run \\
      --posts test/numerical/golden/posts.jsonl --out test/numerical/golden/trimod.safetensors
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", type=Path, required=True, help="folder of trimod.safetensors")
    parser.add_argument("--posts", type=Path, required=True, help="posts with tokens, JSON Lines")
    parser.add_argument("--out", type=Path, required=True)
    add_runtime_option(parser, "build/bin/trimod-run")
    return parser.parse_args()


def read_posts(path, command):
    records = read_json_lines(path)
    posts = [Post(record["id"], record["tokens"]) for record in records]
    for post, row in zip(posts, run_features(records, command)):
        fill(post, row)
    return posts


def run(model, encoded):
    batch = Batch([encoded])
    with torch.no_grad():
        emissions = model.emissions(batch)
        labels, score = model.crf.viterbi(emissions, batch.mask)
    return emissions[0], score, labels[0]


def tensors_of(encoded, model):
    emissions, score, labels = run(model, encoded)
    char_offsets = [0]
    for form in encoded.forms:
        char_offsets.append(char_offsets[-1] + len(form))
    ids = {
        "words": encoded.words,
        "visual": encoded.visual,
        "hashtags": encoded.hashtags,
        "chars": [char for form in encoded.forms for char in form],
        "char_offsets": char_offsets,
        "labels": labels.tolist(),
    }
    tensors = {name: torch.tensor(values, dtype=torch.int32) for name, values in ids.items()}
    return {**tensors, "emissions": emissions.float().contiguous(), "score": score.float()}


def largest_rounding_error(encoded_posts, model, tensors):
    """How far PyTorch's own single precision is from the stored values; the labels must agree."""
    worst = 0.0
    for number, encoded in enumerate(encoded_posts):
        emissions, _, labels = run(model, encoded)
        worst = max(worst, (emissions - tensors[f"{number}.emissions"]).abs().max().item())
        if labels.tolist() != tensors[f"{number}.labels"].tolist():
            raise ValueError(
                f"post {encoded.post.id}: two precisions decode two paths; reword the post"
            )
    return worst


def main():
    options = arguments()
    torch.set_num_threads(1)
    single, vocabulary = checkpoint.load(options.weights)
    double = checkpoint.load(options.weights)[0].double()
    encoded = [EncodedPost(post, vocabulary) for post in read_posts(options.posts, options.runtime)]
    tensors = {}
    for number, post in enumerate(encoded):
        tensors.update(
            (f"{number}.{name}", value) for name, value in tensors_of(post, double).items()
        )
    metadata = {
        "posts": str(len(encoded)),
        "tolerance": str(TOLERANCE),
        "score_tolerance": str(SCORE_TOLERANCE),
    }
    save_file(tensors, options.out, metadata)
    options.out.chmod(0o644)
    worst = largest_rounding_error(encoded, single, tensors)
    print(
        f"{len(encoded)} posts, {len(tensors)} tensors, {options.out.stat().st_size} bytes; "
        f"PyTorch in single precision differs by at most {worst:.1e}"
    )


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"golden.py: {error}")
