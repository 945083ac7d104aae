#!/usr/bin/python3
"""Trains TriMod: from the raw data sets to trimod.safetensors and vocabulary.json."""

import argparse
import os
import shlex
import sys
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

import checkpoint
import vectors
from batching import EncodedPost, predict
from corpus import read_lines, read_twitter2015
from features import FeatureError, add_features, tokenize_texts
from fitting import fit
from labels import LABELS
from model import TriMod
from scoring import score, table
from vocabulary import Vocabulary, WordRanking, choose_chars, unknown_share

EXAMPLES = """examples:
  # everything, with the runtime's own text rules, into this folder (about 10 minutes on one idle
  # core)
  python3 models/trimod/train/train.py --data DATA --out models/trimod

  # another seed and a longer run, without touching the committed weights
  python3 models/trimod/train/train.py --data DATA --out build/other --seed 2 --epochs 20

  # with a teacher (see teacher.py)
  python3 models/trimod/train/train.py --data DATA --out models/trimod \\
      --pseudo build/train/pseudo.npz --epochs 5 --rate 1e-3 --dropout 0.4

DATA holds twitter2015/{train.txt,valid.txt,captions.tsv} and embeddings/tweets.txt.gz. Slow
intermediate results are kept in --work and used again; delete that folder to start over. No test
split is read.
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the weights and the vocabulary"
    )
    parser.add_argument(
        "--work", type=Path, default=Path("build/train"), help="intermediate results [%(default)s]"
    )
    parser.add_argument(
        "--runtime",
        type=shlex.split,
        default=["build/bin/trimod-run"],
        metavar="COMMAND",
        help="the program whose --features gives the text features [build/bin/trimod-run]",
    )
    parser.add_argument(
        "--pseudo", type=Path, help="posts labelled by teacher.py; trained on first"
    )
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    parser.add_argument(
        "--words", type=int, default=33000, help="rows of the word table [%(default)s]"
    )
    parser.add_argument(
        "--dims",
        type=int,
        nargs=2,
        default=[80, 120],
        metavar=("SKIPGRAM", "STATIC"),
        help="columns of the word table by source [80 120]",
    )
    parser.add_argument(
        "--scale", type=float, default=0.3, help="spread of the initial word table [%(default)s]"
    )
    parser.add_argument("--skipgram-epochs", type=int, default=8, help="[%(default)s]")
    parser.add_argument("--epochs", type=int, default=12, help="[%(default)s]")
    parser.add_argument(
        "--rate", type=float, default=2e-3, help="Adam's rate at the start [%(default)s]"
    )
    parser.add_argument("--pseudo-epochs", type=int, default=3, help="[%(default)s]")
    parser.add_argument("--pseudo-rate", type=float, default=2e-3, help="[%(default)s]")
    parser.add_argument(
        "--table-rate",
        type=float,
        default=0.1,
        help="the word table's share of the rate [%(default)s]",
    )
    parser.add_argument("--batch", type=int, default=32, help="[%(default)s]")
    parser.add_argument("--dropout", type=float, default=0.55, help="on embeddings [%(default)s]")
    parser.add_argument(
        "--state-dropout", type=float, default=0.3, help="on the text encoder [%(default)s]"
    )
    parser.add_argument(
        "--word-dropout", type=float, default=0.03, help="words turned to <unk> [%(default)s]"
    )
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")
    options = parser.parse_args()
    if sum(options.dims) != 200:
        parser.error(f"--dims: expected a sum of 200, found {sum(options.dims)}")
    return options


def report(line):
    tqdm.write(line, file=sys.stderr)


def progress(iterable, **settings):
    """A bar on a terminal, nothing in a log file."""
    return tqdm(iterable, disable=not sys.stderr.isatty(), leave=False, **settings)


def read_tweets(data):
    """The unlabelled tweets, each text once."""
    return list(dict.fromkeys(read_lines(data / "embeddings" / "tweets.txt.gz")))


def kept(path, make):
    """Arrays computed once and kept in the work folder."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npz")
        np.savez(unfinished, **make())
        os.replace(unfinished, path)
    return np.load(path, allow_pickle=False)


def choose_words(options, train, tweets):
    import wordfreq

    english = {
        word: wordfreq.word_frequency(word, "en") for word in wordfreq.top_n_list("en", 200000)
    }
    return WordRanking(train, tweets, english).best(options.words)


def make_word_table(options, words, sequences):
    def make_skipgram():
        report(f"skip-gram: {len(sequences)} sentences, {options.skipgram_epochs} epochs")
        names, rows = vectors.skipgram(sequences, options.skipgram_epochs, options.seed)
        return {"words": np.array(names), "rows": rows}

    def make_static():
        report(f"static vectors: {len(words)} words")
        folder = vectors.unpack_transformer(options.work / "transformer")
        return {"words": np.array(words), "rows": vectors.static_vectors(words, folder, progress)}

    skipgram = kept(
        options.work / f"skipgram-{options.skipgram_epochs}-{options.seed}.npz", make_skipgram
    )
    static = kept(options.work / f"static-{len(words)}.npz", make_static)
    if static["words"].tolist() != words:
        raise SystemExit(f"{options.work}: made with another vocabulary; delete the folder")
    return vectors.word_table(
        words,
        skipgram["words"].tolist(),
        skipgram["rows"],
        static["rows"],
        options.dims,
        options.scale,
        options.seed,
    )


def prepare(options):
    """(train, dev, vocabulary, word table)"""
    train, dev = read_twitter2015(options.data, report)
    add_features(train, options.runtime)
    add_features(dev, options.runtime)
    report("reading the unlabelled tweets")
    tweets = tokenize_texts(read_tweets(options.data), options.runtime)
    vocabulary = Vocabulary(choose_words(options, train, tweets), choose_chars(train), LABELS)
    every, entity = unknown_share(dev, vocabulary)
    report(
        f"vocabulary: {len(vocabulary.words)} words, {len(vocabulary.chars)} characters; "
        f"dev tokens without a row: {every:.1f} %, of entities {entity:.1f} %"
    )
    return (
        train,
        dev,
        vocabulary,
        make_word_table(options, vocabulary.words, vectors.sentences(tweets + train)),
    )


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    train, dev, vocabulary, word_table = prepare(options)
    # Seeded here, so that it makes no difference which intermediate results were there already.
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    model = TriMod(
        len(vocabulary.words),
        len(vocabulary.chars),
        options.dropout,
        options.state_dropout,
        options.word_dropout,
    )
    model.word_embedding.weight.data = torch.from_numpy(word_table)
    encoded_train = [EncodedPost(post, vocabulary) for post in train]
    encoded_dev = [EncodedPost(post, vocabulary) for post in dev]
    if options.pseudo:
        from teacher import read_pseudo_posts

        pseudo = [
            EncodedPost(post, vocabulary)
            for post in read_pseudo_posts(options.pseudo, options.runtime)
        ]
        report(f"{len(pseudo)} posts labelled by the teacher")
        fit(
            model,
            pseudo + encoded_train,
            encoded_dev,
            options.pseudo_epochs,
            options.pseudo_rate,
            options,
            rng,
            report,
            progress,
            "pseudo",
        )
    fit(
        model,
        encoded_train,
        encoded_dev,
        options.epochs,
        options.rate,
        options,
        rng,
        report,
        progress,
    )
    model, vocabulary = checkpoint.export(model, vocabulary, options.out)
    scores = score([post.tags for post in dev], predict(model, encoded_dev))
    print(f"dev split, exported weights, seed {options.seed}")
    print(table(scores))


if __name__ == "__main__":
    try:
        main()
    except (FeatureError, FileNotFoundError, ValueError) as error:
        raise SystemExit(f"train.py: {error}")
