#!/usr/bin/python3
"""Trains the hashtag segmenter: from the raw data sets to segmenter.safetensors and
vocabulary.json."""

import argparse
import copy
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tqdm import tqdm

from data import Batch, by_length, choose_characters, make_sources, read_gold
from evaluate import rule_ends
from network import CHAR_DIM, Segmenter
from prediction import predict
from pseudo import Mixture
from segmentation import score
from shared import FeatureError, add_runtime_option

EXAMPLES = """examples:
  # everything, into this folder; the runtime's rule splits the hashtags that show their words
  python3 models/hashtag/train/train.py --data DATA --out models/hashtag

  # another seed, shorter, and without HashSet; the committed weights stay as they are
  python3 models/hashtag/train/train.py --data DATA --out build/other --work build/other \\
      --seed 2 --rounds 10 --hashset 0

DATA holds hashtags/{stan_large_train.tsv,stan_large_dev.tsv,hashset_distant_sampled.csv} and
embeddings/tweets.txt.gz. A run that was stopped goes on where its last round ended when it is
started again with the same options; delete --work to start over.
"""
STATE = "state.pt"


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the weights and the vocabulary"
    )
    parser.add_argument(
        "--work",
        type=Path,
        default=Path("build/hashtag"),
        help="the state of the run [%(default)s]",
    )
    add_runtime_option(
        parser, "build/bin/trimod-run", "the program whose --features gives the rule's words"
    )
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    parser.add_argument("--rounds", type=int, default=36, help="[%(default)s]")
    parser.add_argument(
        "--round-size", type=int, default=50000, help="hashtags of a round [%(default)s]"
    )
    parser.add_argument("--batch", type=int, default=64, help="[%(default)s]")
    parser.add_argument(
        "--rate", type=float, default=2e-3, help="Adam's rate at the start [%(default)s]"
    )
    parser.add_argument("--dropout", type=float, default=0.05, help="[%(default)s]")
    parser.add_argument(
        "--gold",
        type=float,
        nargs=2,
        default=[0.06, 0.25],
        metavar=("FIRST", "LAST"),
        help="share of STAN's hashtags in most rounds and in the last fifth of them [0.06 0.25]",
    )
    parser.add_argument(
        "--hashset",
        type=float,
        default=0.5,
        help="weight of a hashtag of HashSet where one of the tweets weighs 1; 0: without "
        "[%(default)s]",
    )
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")
    return parser.parse_args()


def report(line):
    tqdm.write(line, file=sys.stderr)


def progress(iterable, **settings):
    """A bar on a terminal, nothing in a log file."""
    return tqdm(iterable, disable=not sys.stderr.isatty(), leave=False, **settings)


def skipgram(characters, mixture, seed):
    """Initial rows of the embedding: skip-gram over the characters of pseudo-hashtags."""
    from gensim.models import Word2Vec

    rng = np.random.default_rng(seed)
    texts = [list(mixture.draw(rng, 0.1).hashtag) for _ in range(60000)]
    vectors = Word2Vec(
        texts, vector_size=CHAR_DIM, window=4, min_count=1, sg=1, epochs=3, workers=1, seed=seed
    ).wv
    rows = rng.normal(0, 0.5, (len(characters), CHAR_DIM)).astype(np.float32)
    known = [row for row, character in enumerate(characters) if character in vectors]
    rows[known] = [vectors[characters[row]] for row in known]
    rows[known] /= rows[known].std() * 2
    return torch.from_numpy(rows)


class Trainer:
    """Adam on single-precision weights with gradients of a bfloat16 copy, which takes half the
    time; the rate rises for a while, then falls linearly to nothing."""

    CLIP, WARM_UP = 1.0, 200

    def __init__(self, model, rate):
        self.model, self.rate = model, rate
        self.copy = copy.deepcopy(model).bfloat16()
        self.optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        self.steps = 0

    def step(self, batch, left):
        """`left`: the share of the training that is left."""
        with torch.no_grad():
            for copied, own in zip(self.copy.parameters(), self.model.parameters()):
                copied.copy_(own)
                copied.grad = None
        loss = self.copy.loss(batch.characters, batch.targets, batch.present)
        loss.backward()
        for copied, own in zip(self.copy.parameters(), self.model.parameters()):
            own.grad = copied.grad.float()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.CLIP)
        self.steps += 1
        self.optimizer.param_groups[0]["lr"] = (
            self.rate * left * min(1.0, self.steps / self.WARM_UP)
        )
        self.optimizer.step()
        return loss.item()

    def state(self):
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "steps": self.steps,
        }

    def load(self, state):
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps = state["steps"]


def run_round(trainer, mixture, ids, number, options):
    """One round; its draws depend on the seed and its number alone."""
    rng = np.random.default_rng([options.seed, number])
    torch.manual_seed(options.seed * 1000003 + number)
    gold = options.gold[number >= 0.8 * options.rounds]
    examples = (mixture.draw(rng, gold) for _ in range(options.round_size))
    trainer.copy.train()
    total, seen = 0.0, 0
    bar = progress(None, total=options.round_size, desc=f"round {number + 1}")
    for examples in by_length(examples, options.batch):
        left = 1 - (number + seen / options.round_size) / options.rounds
        total += trainer.step(Batch(examples, ids), left) * len(examples)
        seen += len(examples)
        bar.update(len(examples))
    bar.close()
    return total / seen


def settings_of(options):
    names = ("seed", "rounds", "round_size", "batch", "rate", "dropout", "gold", "hashset")
    return {name: getattr(options, name) for name in names}


def fit(model, mixture, ids, dev, options):
    trainer, first = Trainer(model, options.rate), 0
    path = options.work / STATE
    if path.exists():
        state = torch.load(path)
        if state["settings"] != settings_of(options):
            raise ValueError(
                f"{path}: expected the state of a run with the same options, found "
                f"one with {state['settings']}; delete it or give another --work"
            )
        trainer.load(state["trainer"])
        first = state["round"]
        report(f"going on after round {first}")
    for number in range(first, options.rounds):
        started = time.monotonic()
        loss = run_round(trainer, mixture, ids, number, options)
        exact, f1 = score(dev, predict(model.eval(), ids, dev))
        report(
            f"round {number + 1:2}/{options.rounds}: loss {loss:.4f}, dev exact {exact:.2f}, "
            f"boundary F1 {f1:.2f}, {time.monotonic() - started:.0f} s"
        )
        unfinished = path.with_suffix(".part")
        torch.save(
            {"settings": settings_of(options), "round": number + 1, "trainer": trainer.state()},
            unfinished,
        )
        os.replace(unfinished, path)


def export(model, characters, folder):
    folder.mkdir(parents=True, exist_ok=True)
    state = {
        "segmenter." + name: value.detach().float().contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(state, folder / "segmenter.safetensors")
    (folder / "segmenter.safetensors").chmod(0o644)  # save_file leaves it to its owner alone
    text = json.dumps({"hashtag_characters": characters}, ensure_ascii=False, indent=0)
    (folder / "vocabulary.json").write_text(text + "\n", encoding="utf-8")


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    train, dev = read_gold(options.data, report)
    sources = make_sources(options, report)
    mixture = Mixture(sources, train)
    characters = choose_characters()
    ids = {character: row for row, character in enumerate(characters)}
    torch.manual_seed(options.seed)
    model = Segmenter(len(characters), options.dropout)
    model.embedding.weight.data = skipgram(characters, mixture, options.seed)
    report(f"{sum(p.numel() for p in model.parameters())} weights")
    fit(model, mixture, ids, dev, options)
    export(model.eval(), characters, options.out)
    rule = rule_ends(dev, options.runtime)
    exact, f1 = score(dev, rule)
    print(f"dev, rule:    exact {exact:.2f}, boundary F1 {f1:.2f}")
    exact, f1 = score(dev, predict(model, ids, dev))
    print(f"dev, network: exact {exact:.2f}, boundary F1 {f1:.2f} (seed {options.seed})")


if __name__ == "__main__":
    try:
        main()
    except (FeatureError, FileNotFoundError, ValueError) as error:
        raise SystemExit(f"train.py: {error}")
