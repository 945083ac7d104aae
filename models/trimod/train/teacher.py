#!/usr/bin/python3
"""Teachers for TriMod: pretrained transformers, fine-tuned as taggers, label tweets.

The token marginals of their CRFs, averaged, are the soft labels on which train.py trains the
student before the training posts. A killed run goes on from the teacher's last epoch, or from the
last PIECE of tweets labelled.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

import pretrained
from corpus import read_twitter2015
from features import FeatureError, add_features, tokenize_texts
from labels import LABELS, repair_bio
from options import add_data_options
from preparing import digest, kept, read_tweets
from pseudo import write_pseudo_posts
from reporting import progress, report
from resume import Resume
from scoring import score
from transformer_tagger import TaggerBatch, TransformerTagger, batches_of

EXAMPLES = """example:
  python3 models/trimod/train/teacher.py --data DATA --out build/train/pseudo.npz
  python3 models/trimod/train/train.py --data DATA --out models/trimod \\
      --pseudo build/train/pseudo.npz
"""

DEFAULTS = {"teachers": ["mpnet"], "tweets": 43008, "epochs": 3, "batch": 16, "captions": False}
RATES = {"mpnet": 5e-5, "minilm": 2e-4}
HEAD_RATE = 2e-3  # of what is not pretrained
PIECE = 2048


@torch.no_grad()
def marginals_of(teacher, posts, label=None):
    """[tokens, labels] of each post, in order."""
    teacher.eval()
    found = {}
    groups = batches_of(posts, 64)
    for group in progress(groups, len(groups), label) if label else groups:
        batch = TaggerBatch(group, teacher)
        rows = teacher.crf.marginals(teacher(batch), batch.mask).numpy()
        found.update((id(post), row[: len(post.tokens)]) for post, row in zip(group, rows))
    return [found[id(post)] for post in posts]


def f1_of(marginals, posts):
    """Of the most probable label of every token, which is about what the best paths give."""
    tags = [repair_bio([LABELS[label] for label in rows.argmax(1)])[0] for rows in marginals]
    return score([post.tags for post in posts], tags)["all"].f1


class FineTuning:
    """AdamW at two rates, which rise over the first steps and then fall linearly."""

    WARM_UP = 0.06
    LOWEST = 0.02

    def __init__(self, teacher, rate, steps):
        self.teacher, self.steps, self.step_count = teacher, steps, 0
        named = [(name, p) for name, p in teacher.named_parameters() if p.requires_grad]
        encoder = [p for name, p in named if name.startswith("encoder.")]
        head = [p for name, p in named if not name.startswith("encoder.")]
        self.rates = [rate, HEAD_RATE]
        self.adam = torch.optim.AdamW([{"params": encoder}, {"params": head}], weight_decay=0.01)

    def step(self, loss):
        warm_up = self.WARM_UP * self.steps
        factor = min(
            (self.step_count + 1) / warm_up,
            max(self.LOWEST, (self.steps - self.step_count) / (self.steps - warm_up)),
        )
        for group, rate in zip(self.adam.param_groups, self.rates):
            group["lr"] = rate * factor
        self.adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.teacher.parameters(), 1.0)
        self.adam.step()
        self.step_count += 1


def fine_tune(teacher, name, train, dev, options):
    """Leaves the weights of the last epoch in the teacher."""
    rng = np.random.default_rng(options.seed)
    steps = -(-len(train) // options.batch)
    tuning = FineTuning(teacher, RATES[name], steps * options.epochs)
    settings = {"epochs": options.epochs, "batch": options.batch, "posts": len(train)}
    resume = Resume(
        options.work / f"teacher-{run_name(name, options)}.unfinished.pt",
        {**settings, "seed": options.seed},
    )
    saved, done = resume.read(), 0
    if saved:
        teacher.load_state_dict(saved["model"])
        tuning.adam.load_state_dict(saved["optimizer"])
        tuning.step_count, done = saved["step_count"], saved["epoch"]
        rng.bit_generator.state = saved["rng"]
    for epoch in range(done + 1, options.epochs + 1):
        teacher.train()
        label = f"{name} {epoch}/{options.epochs}"
        for group in progress(batches_of(train, options.batch, rng), steps, label):
            tuning.step(teacher.loss(TaggerBatch(group, teacher)))
        report(
            f"{name} epoch {epoch}/{options.epochs}: dev F1 {f1_of(marginals_of(teacher, dev), dev):.2f}"
        )
        resume.write(
            stage=name,
            epoch=epoch,
            model=teacher.state_dict(),
            optimizer=tuning.adam.state_dict(),
            step_count=tuning.step_count,
            rng=rng.bit_generator.state,
        )
    return resume


def run_name(name, options):
    return f"{name}-{options.seed}" + ("-captions" if options.captions else "")


def tuned_teacher(name, train, dev, options):
    """Its weights are kept in the work folder."""
    torch.manual_seed(options.seed)
    folder = pretrained.unpack(name, options.work)
    teacher = TransformerTagger(folder, reads_captions=options.captions)
    path = options.work / f"teacher-{run_name(name, options)}.pt"
    if path.exists():
        teacher.load_state_dict(torch.load(path))
    else:
        resume = fine_tune(teacher, name, train, dev, options)
        torch.save(teacher.state_dict(), path)
        resume.finish()
    return teacher


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


def label(teacher, name, posts, options):
    """Marginals of the posts, labelled and kept in pieces."""
    marginals = []
    for start in range(0, len(posts), PIECE):
        piece = posts[start : start + PIECE]
        # Named after its tokens: other text rules or tweets are not labelled with these.
        text = digest(json.dumps([post.tokens for post in piece]).encode())
        rows = kept(
            options.work / f"labels-{run_name(name, options)}" / f"{start:06}-{text}.npz",
            lambda: {
                "rows": np.concatenate(
                    marginals_of(teacher, piece, f"{name}: tweets from {start} of {len(posts)}")
                ).astype(np.float16)
            },
        )["rows"]
        marginals += np.split(rows, np.cumsum([len(post.tokens) for post in piece])[:-1])
    return marginals


def teach(options, out):
    train, dev = read_twitter2015(options.data, report)
    add_features(train, options.runtime)
    add_features(dev, options.runtime)
    tweets = choose_tweets(options)
    on_dev, on_tweets = [], []
    for name in options.teachers:
        teacher = tuned_teacher(name, train, dev, options)
        on_dev.append(marginals_of(teacher, dev))
        report(f"{name}: dev F1 {f1_of(on_dev[-1], dev):.2f}")
        on_tweets.append(label(teacher, name, tweets, options))
    if len(options.teachers) > 1:
        report(f"together: dev F1 {f1_of(mean_of(on_dev), dev):.2f}")
    write_pseudo_posts(out, tweets, mean_of(on_tweets))
    report(f"{out}: {len(tweets)} tweets labelled")


def mean_of(marginals):
    """Over teachers, post by post."""
    return [
        np.mean([rows.astype(np.float32) for rows in of_post], 0) for of_post in zip(*marginals)
    ]


def make_pseudo_posts(options):
    """The file of labelled tweets in the work folder of train.py, made if it is not there. All
    students share seed 1's teacher."""
    path = options.work / "pseudo.npz"
    if not path.exists():
        teach(argparse.Namespace(**{**vars(options), **DEFAULTS, "seed": 1}), path)
    return path


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_data_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="labelled posts, .npz")
    parser.add_argument(
        "--teachers", nargs="+", choices=tuple(RATES), help="averaged [%(default)s]"
    )
    parser.add_argument("--tweets", type=int, help="tweets to label [%(default)s]")
    parser.add_argument("--epochs", type=int, help="[%(default)s]")
    parser.add_argument("--batch", type=int, help="[%(default)s]")
    parser.add_argument(
        "--captions",
        action="store_true",
        help="the teacher reads the images' captions too (tweets to label have none)",
    )
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
