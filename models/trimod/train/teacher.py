#!/usr/bin/python3
"""A teacher for TriMod: a small pretrained transformer, fine-tuned as a tagger, labels tweets.

The transformer is uncased, so each word's case enters as a learned "shape" vector. Its CRF's token
marginals on tweets are the soft labels on which train.py --pseudo trains the student before the
training posts.
"""

import argparse
import json
import re
import shlex
from pathlib import Path

import numpy as np
import torch
from torch import nn

import vectors
from batching import target_of
from corpus import Post, read_twitter2015
from crf import CRF
from features import FeatureError, add_features, tokenize_texts
from labels import LABELS
from scoring import score
from train import progress, read_tweets, report

EXAMPLES = """example:
  python3 models/trimod/train/teacher.py --data DATA --out build/train/pseudo.npz
  python3 models/trimod/train/train.py --data DATA --out models/trimod \\
      --pseudo build/train/pseudo.npz --epochs 5 --rate 1e-3 --dropout 0.4
"""

SHAPES = (
    "none lower title upper mixed digit mark user link #lower #title #upper #mixed opening".split()
)
SHAPE_ID = {shape: index for index, shape in enumerate(SHAPES)}
MAX_PIECES = 8


def is_link(keys):
    return keys[0] == "<url>"


def is_mention(keys):
    return keys[-1] == "<user>"


def is_hashtag(token):
    return len(token) > 1 and token[0] == "#"


def case_of(text):
    if text.islower():
        return "lower"
    if text.istitle():
        return "title"
    if text.isupper():
        return "upper"
    if re.search(r"[^\W\d_]", text):
        return "mixed"
    return "digit" if any(character.isdigit() for character in text) else "mark"


def shape_of(token, keys, position):
    if is_link(keys):
        return SHAPE_ID["link"]
    if is_mention(keys):
        return SHAPE_ID["user"]
    if is_hashtag(token):
        return SHAPE_ID.get("#" + case_of(token[1:]), SHAPE_ID["#lower"])
    case = case_of(token)
    return SHAPE_ID["opening" if position == 0 and case == "title" else case]


class Teacher(nn.Module):
    """Encoder -> mean of each token's pieces -> emissions -> CRF."""

    def __init__(self, folder, dropout=0.1):
        super().__init__()
        self.tokenizer, self.encoder = vectors.load_transformer(folder)
        # The piece embeddings stay as they are: most pieces are too rare to be tuned.
        for parameter in self.encoder.embeddings.parameters():
            parameter.requires_grad_(False)
        size = self.encoder.config.hidden_size
        self.shape = nn.Embedding(len(SHAPES), size, padding_idx=0)
        nn.init.zeros_(self.shape.weight)
        self.dropout = nn.Dropout(dropout)
        self.emission = nn.Linear(size, len(LABELS))
        self.crf = CRF()
        self._pieces = {}

    def pieces(self, token, keys):
        """Piece ids of a token; links and mentions read as one word."""
        if token not in self._pieces:
            text = "http" if is_link(keys) else "user" if is_mention(keys) else token
            ids = self.tokenizer(text, add_special_tokens=False)["input_ids"][:MAX_PIECES]
            self._pieces[token] = ids or [self.tokenizer.unk_token_id]
        return self._pieces[token]

    def forward(self, batch):
        hidden = self.encoder.embeddings(input_ids=batch.ids) + self.shape(batch.shapes)
        bias = (1.0 - batch.attention[:, None, None, :].float()) * -1e4
        for layer in self.encoder.encoder.layer:
            hidden = layer(hidden, bias)[0]
        return self.emission(self.dropout(batch.pooling @ hidden))

    def loss(self, batch):
        return self.crf.loss(self(batch), batch.target, batch.mask).mean()


class TeacherBatch:
    """ids, shapes, attention [B, P] of the pieces; pooling [B, T, P] averages them to tokens;
    mask [B, T]."""

    def __init__(self, posts, teacher):
        self.posts = posts
        tokenizer = teacher.tokenizer
        rows = [self._row(post, teacher) for post in posts]
        width, tokens = max(len(ids) for ids, _, _ in rows), max(len(post.tokens) for post in posts)
        self.ids = torch.full((len(rows), width), tokenizer.pad_token_id)
        self.shapes = torch.zeros(len(rows), width, dtype=torch.long)
        self.attention = torch.zeros(len(rows), width, dtype=torch.long)
        self.pooling = torch.zeros(len(rows), tokens, width)
        self.target = torch.zeros(len(rows), tokens, len(LABELS))
        for row, (ids, shapes, owners) in enumerate(rows):
            self.ids[row, : len(ids)] = torch.tensor(ids)
            self.shapes[row, : len(ids)] = torch.tensor(shapes)
            self.attention[row, : len(ids)] = 1
            self.pooling[row, owners, torch.arange(1, len(ids) - 1)] = 1
            if posts[row].tags is not None:
                self.target[row, : len(posts[row].tags)] = torch.from_numpy(target_of(posts[row]))
        self.pooling /= self.pooling.sum(2, keepdim=True).clamp(min=1)
        self.mask = (
            torch.arange(tokens)[None] < torch.tensor([len(post.tokens) for post in posts])[:, None]
        )

    @staticmethod
    def _row(post, teacher):
        ids, shapes, owners = [teacher.tokenizer.cls_token_id], [0], []
        for position, (token, keys) in enumerate(zip(post.tokens, post.word_keys)):
            pieces = teacher.pieces(token, keys)
            ids += pieces
            shapes += [shape_of(token, keys, position)] * len(pieces)
            owners += [position] * len(pieces)
        return [*ids, teacher.tokenizer.sep_token_id], [*shapes, 0], torch.tensor(owners)


def teacher_batches(posts, size, rng=None):
    lengths = np.array([len(post.tokens) for post in posts], float)
    if rng is not None:
        lengths += rng.uniform(-2, 2, len(lengths))
    order = np.argsort(lengths, kind="stable")
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    if rng is not None:
        rng.shuffle(groups)
    return [[posts[index] for index in group] for group in groups]


@torch.no_grad()
def dev_f1(teacher, posts):
    teacher.eval()
    teacher_tags, gold = [], []
    for group in teacher_batches(posts, 64):
        batch = TeacherBatch(group, teacher)
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
    rates = [options.rate, 10 * options.rate]
    optimizer = torch.optim.AdamW([{"params": encoder}, {"params": head}], weight_decay=0.01)
    steps, step = -(-len(train) // options.batch) * options.epochs, 0
    warm_up = 0.06 * steps
    for epoch in range(1, options.epochs + 1):
        teacher.train()
        for group in progress(teacher_batches(train, options.batch, rng), desc=f"teacher {epoch}"):
            factor = min((step + 1) / warm_up, max(0.02, (steps - step) / (steps - warm_up)))
            for part, rate in zip(optimizer.param_groups, rates):
                part["lr"] = rate * factor
            loss = teacher.loss(TeacherBatch(group, teacher))
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
    for group in progress(teacher_batches(posts, 64), desc="labelling"):
        batch = TeacherBatch(group, teacher)
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


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="labelled posts, .npz")
    parser.add_argument("--work", type=Path, default=Path("build/train"), help="[%(default)s]")
    parser.add_argument(
        "--runtime",
        type=shlex.split,
        default=["build/bin/trimod-run"],
        metavar="COMMAND",
        help="the program whose --features gives the text features",
    )
    parser.add_argument("--tweets", type=int, default=40000, help="tweets to label [%(default)s]")
    parser.add_argument("--epochs", type=int, default=3, help="[%(default)s]")
    parser.add_argument(
        "--rate",
        type=float,
        default=2e-4,
        help="AdamW's, ten times as much for the head [%(default)s]",
    )
    parser.add_argument("--batch", type=int, default=16, help="[%(default)s]")
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    train, dev = read_twitter2015(options.data, report)
    add_features(train, options.runtime)
    add_features(dev, options.runtime)
    teacher = Teacher(vectors.unpack_transformer(options.work / "transformer"))
    fine_tune(teacher, train, dev, options)
    posts, marginals = label(teacher, choose_tweets(options))
    write_pseudo_posts(options.out, posts, marginals)
    report(f"{options.out}: {len(posts)} tweets labelled")


if __name__ == "__main__":
    try:
        main()
    except (FeatureError, FileNotFoundError, ValueError) as error:
        raise SystemExit(f"teacher.py: {error}")
