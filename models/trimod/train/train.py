#!/usr/bin/python3
"""Trains a tagger: from the raw data sets to its weights and its vocabulary."""

import pickle

import torch

import checkpoint
import teacher
from architectures import ARCHITECTURES
from batching import EncodedPost, predict
from features import FeatureError
from fitting import Stage, fit
from options import parse, variant_of
from preparing import digest, leave_out, prepare
from pseudo import read_pseudo_posts
from reporting import report
from resume import Resume
from scoring import score, table
from counts import print_counts


def stages_of(options, encoded_train, vocabulary):
    """The labelled tweets together with the training posts, if the recipe has them; then the
    training posts."""
    train = Stage("train", encoded_train, options.epochs, options.rate)
    if not options.pseudo_epochs:
        return [train]
    path = options.pseudo or teacher.make_pseudo_posts(options)
    posts = leave_out(read_pseudo_posts(path, options.runtime), options)
    report(f"{len(posts)} posts labelled by the teacher")
    pseudo = [EncodedPost(post, vocabulary) for post in posts]
    return [
        Stage("pseudo", pseudo + encoded_train, options.pseudo_epochs, options.pseudo_rate),
        train,
    ]


def settings_of(options, stages):
    """What two runs must share for one to go on from the other's state."""
    paths = ("data", "work", "out", "runtime", "compiler", "pseudo", "stats", "threads")
    settings = {name: value for name, value in vars(options).items() if name not in paths}
    ids = [
        (post.words, post.forms, post.visual, post.hashtags, post.target.tobytes())
        for stage in stages
        for post in stage.posts
    ]
    return {**settings, "posts": digest(pickle.dumps(ids))}


def train(options):
    posts, dev, vocabulary, word_table = prepare(options)
    encoded_train = [EncodedPost(post, vocabulary) for post in posts]
    encoded_dev = [EncodedPost(post, vocabulary) for post in dev]
    stages = stages_of(options, encoded_train, vocabulary)
    # Seeded here, so that it makes no difference which intermediate results were there already.
    torch.manual_seed(options.seed)
    tagger = ARCHITECTURES[options.model]
    model = tagger(len(vocabulary.words), len(vocabulary.chars), variant_of(options))
    model.word_embedding.weight.data = torch.from_numpy(word_table)
    options.out.mkdir(parents=True, exist_ok=True)
    resume = Resume(options.out / "unfinished.pt", settings_of(options, stages))
    fit(model, stages, encoded_dev, options, resume)
    model, vocabulary = checkpoint.export(model, vocabulary, options.out)
    if options.compiler:
        model, vocabulary = checkpoint.shrink(options.out, options.compiler)
    resume.finish()
    scores = score([post.tags for post in dev], predict(model, encoded_dev))
    print(f"dev split, exported weights, seed {options.seed}")
    print(table(scores))


def main():
    options = parse()
    torch.set_num_threads(options.threads)
    if options.stats:
        print_counts(options.data)
    else:
        train(options)


if __name__ == "__main__":
    try:
        main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"train.py: {error}")
