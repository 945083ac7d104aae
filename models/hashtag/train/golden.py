#!/usr/bin/python3
"""Golden tensors: what PyTorch computes on a few hashtags from the exported weights.

For line number i (from 0) of the hashtags file the output holds
  i.characters [T]   I32   character ids
  i.split [T]        F32   P(a word ends after this character), in double precision from the stored
                           weights
The file's metadata holds `tolerance` (absolute) and `hashtags` (their number).
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from data import UNK
from prediction import load
from shared import read_lines

# PyTorch's own single precision stays within 1e-6; the rest is room for approximations of exp and
# tanh, and for sums in another order.
TOLERANCE = 2e-5

EXAMPLES = """example:
  python3 models/hashtag/train/golden.py --weights models/hashtag \\
      --hashtags test/numerical/golden/hashtags.txt \\
      --out test/numerical/golden/segmenter.safetensors
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weights", type=Path, required=True, help="folder of segmenter.safetensors"
    )
    parser.add_argument("--hashtags", type=Path, required=True, help="one a line, without the #")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    single, ids = load(options.weights)
    double = load(options.weights)[0].double()
    tensors, worst = {}, 0.0
    hashtags = read_lines(options.hashtags)
    for number, hashtag in enumerate(hashtags):
        characters = torch.tensor([[ids.get(character, UNK) for character in hashtag]])
        with torch.no_grad():
            split = double.probabilities(characters)[0]
            worst = max(worst, (single.probabilities(characters)[0] - split).abs().max().item())
        tensors[f"{number}.characters"] = characters[0].int()
        tensors[f"{number}.split"] = split.float()
    save_file(tensors, options.out, {"hashtags": str(len(hashtags)), "tolerance": str(TOLERANCE)})
    options.out.chmod(0o644)
    print(
        f"{len(hashtags)} hashtags, {options.out.stat().st_size} bytes; PyTorch in single "
        f"precision differs by at most {worst:.1e}"
    )


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"golden.py: {error}")
