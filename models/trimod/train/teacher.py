#!/usr/bin/python3
"""A teacher for TriMod: a pretrained transformer, fine-tuned as a tagger, labels tweets.

The token marginals of its CRF on tweets are the soft labels on which train.py trains the student
before the training posts.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import vectors
from corpus import Post, read_twitter2015
from features import FeatureError, add_features, tokenize_texts
from labels import LABELS
from options import add_data_options
from preparing import read_tweets
from reporting import progress, report
from scoring import score
from transformer_tagger import TaggerBatch, TransformerTagger, batches_of

EXAMPLES = """example:
  python3 models/trimod/train/teacher.py --data DATA --out build/train/pseudo.npz
  python3 models/trimod/train/train.py --data DATA --out models/trimod \\
      --pseudo build/train/pseudo.npz
"""

DEFAULTS = {"tweets": 40000, "epochs": 3, "rate": 2e-4, "head_rate": 2e-3, "batch": 16}


@torch.no_grad()
def dev_f1(teacher, posts):
    teacher.eval()
    teacher_tags, gold = [], []
    for group in batches_of(posts, 64):
        batch = TaggerBatch(group, teacher)
        paths, _ = teacher.crf.viterbi(teacher(batch), batch.mask)
        teacher_tags += [
            [LABELS[label] for label in path[: len(post.tokens)]]
            for path, post in zip(paths.tolist(), group)
        ]
        gold += [post.tags for post in group]
    return score(gold, teacher_tags)["all"].f1


def fine_tune(teacher, train, dev, options):
    rng = np.random.default_rng(options.seed)
    encoder = [
        p
        for name, p in teacher.named_parameters()
        if name.startswith("encoder.") and p.requires_grad
    ]
    head = [p for name, p in teacher.named_parameters() if not name.startswith("encoder.")]
    rates = [options.rate, options.head_rate]
    optimizer = torch.optim.AdamW([{"params": encoder}, {"params": head}], weight_decay=0.01)
    steps, step = -(-len(train) // options.batch) * options.epochs, 0
    warm_up = 0.06 * steps
    for epoch in range(1, options.epochs + 1):
        teacher.train()
        for group in progress(batches_of(train, options.batch, rng), label=f"teacher {epoch}"):
            factor = min((step + 1) / warm_up, max(0.02, (steps - step) / (steps - warm_up)))
            for part, rate in zip(optimizer.param_groups, rates):
                part["lr"] = rate * factor
            loss = teacher.loss(TaggerBatch(group, teacher))
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            step += 1
        report(f"teacher epoch {epoch}/{options.epochs}: dev F1 {dev_f1(teacher, dev):.2f}")


def is_informative(post):
    """Likely to hold an entity: a capitalised word that does not open it, but not all capitals."""
    words = [token for token in post.tokens if token.lstrip("#")[:1].isalpha()]
    capitalised = [token for token in words[1:] if token.lstrip("#")[:1].isupper() and token != "I"]
    return bool(capitalised) and sum(token.isupper() for token in words) < 0.5 * len(words)


def choose_tweets(options):
    tweets = tokenize_texts(read_tweets(options.data), options.runtime)
    tweets = [post for post in tweets if 5 <= len(post.tokens) <= 40 and is_informative(post)]
    np.random.default_rng(options.seed).shuffle(tweets)
    return tweets[: options.tweets]


@torch.no_grad()
def label(teacher, posts):
    """(posts, their marginals) in the order of labelling."""
    teacher.eval()
    labelled, marginals = [], []
    for group in progress(batches_of(posts, 64), label="labelling"):
        batch = TaggerBatch(group, teacher)
        rows = teacher.crf.marginals(teacher(batch), batch.mask).numpy()
        labelled += group
        marginals += [row[: len(post.tokens)] for row, post in zip(rows, group)]
    return labelled, marginals


def write_pseudo_posts(path, posts, marginals):
    path.parent.mkdir(parents=True, exist_ok=True)
    tokens = json.dumps([post.tokens for post in posts], ensure_ascii=False)
    np.savez(path, marginals=np.concatenate(marginals).astype(np.float16), tokens=np.array(tokens))


def read_pseudo_posts(path, command):
    """Posts with soft labels and features."""
    content = np.load(path, allow_pickle=False)
    marginals, start, posts = content["marginals"].astype(np.float32), 0, []
    for index, tokens in enumerate(json.loads(str(content["tokens"]))):
        post = Post(f"pseudo{index}", tokens)
        post.soft_labels = marginals[start : start + len(tokens)]
        start += len(tokens)
        posts.append(post)
    return add_features(posts, command)


def teach(options, out):
    torch.manual_seed(options.seed)
    train, dev = read_twitter2015(options.data, report)
    add_features(train, options.runtime)
    add_features(dev, options.runtime)
    teacher = TransformerTagger(vectors.unpack_transformer(options.work / "transformer"))
    fine_tune(teacher, train, dev, options)
    posts, marginals = label(teacher, choose_tweets(options))
    write_pseudo_posts(out, posts, marginals)
    report(f"{out}: {len(posts)} tweets labelled")


def make_pseudo_posts(options):
    """The file of labelled tweets in the work folder of train.py, made if it is not there."""
    path = options.work / "pseudo.npz"
    if not path.exists():
        teach(argparse.Namespace(**{**vars(options), **DEFAULTS}), path)
    return path


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="labelled posts, .npz")
    parser.add_argument("--tweets", type=int, help="tweets to label [%(default)s]")
    parser.add_argument("--epochs", type=int, help="[%(default)s]")
    parser.add_argument("--rate", type=float, help="AdamW's [%(default)s]")
    parser.add_argument("--head-rate", type=float, help="of what is new [%(default)s]")
    parser.add_argument("--batch", type=int, help="[%(default)s]")
    parser.set_defaults(**DEFAULTS)
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    teach(options, options.out)


if __name__ == "__main__":
    try:
        main()
    except (FeatureError, FileNotFoundError, ValueError) as error:
        raise SystemExit(f"teacher.py: {error}")
