"""The command line of train.py, and the recipes: named sets of its defaults."""

import argparse
import shlex
from pathlib import Path

from architectures import ARCHITECTURES
from features import add_runtime_option
from model import Variant

BEST = {
    "words": 100000,
    "dims": [80, 120],
    "optimizer": "adam",
    "rate": 1e-3,
    "epochs": 5,
    "pseudo_rate": 2e-3,
    "pseudo_epochs": 4,
    "table_rate": 0.5,
    "batch": 32,
    "accumulate": 1,
    "reduction": "mean",
    "decay": 0.0,
    "clip": 5.0,
    "dropout": 0.3,
    "state_dropout": 0.3,
    "word_dropout": 0.03,
    "keep": "average",
}
# Without a teacher. What few posts show must not be learnt too well.
PLAIN = {
    **BEST,
    "words": 33000,
    "rate": 2e-3,
    "epochs": 12,
    "pseudo_epochs": 0,
    "table_rate": 0.1,
    "dropout": 0.55,
    "keep": "best",
}
# The paper's (V.A): SGD with rate 0.005 and decay 0.05, batches of 10, 9 accumulation steps, dropout
# 0.55, skip-gram vectors. It does not say whether losses are summed or averaged; averaged, the tagger
# still said O everywhere after 5 epochs. Summed without clipping, the loss was not a number in the
# first epoch. The norm of 450 is 5 for each of the 90 posts.
PAPER = {
    **PLAIN,
    "optimizer": "sgd",
    "rate": 0.005,
    "epochs": 20,
    "table_rate": 1.0,
    "batch": 10,
    "accumulate": 9,
    "reduction": "sum",
    "decay": 0.05,
    "clip": 450.0,
    "state_dropout": 0.0,
    "dims": [200, 0],
}
RECIPES = {"best": BEST, "plain": PLAIN, "paper": PAPER}

EXAMPLES = """recipes (defaults of the options below):
  best   ours: a teacher labels tweets, the student learns them first and then the training posts
  plain  ours without a teacher
  paper  SGD 0.005, decay 0.05, batch 10, 9 accumulation steps, dropout 0.55, skip-gram vectors

examples:
  # everything, from the raw data to the two files that are committed
  python3 models/trimod/train/train.py --data DATA --out models/trimod \\
      --compiler build/bin/trimod-compile

  # another seed, without touching the committed weights, with the labels that are there already
  python3 models/trimod/train/train.py --data DATA --out build/other --seed 2 \\
      --pseudo build/train/pseudo.npz

  # another architecture
  python3 models/trimod/train/train.py --data DATA --out models/bilstm_crf --model bilstm_crf \\
      --words 15000

  # an ablation
  python3 models/trimod/train/train.py --data DATA --out build/ablation --recipe plain \\
      --without captions hashtags

  # the paper's Table I
  python3 models/trimod/train/train.py --data DATA --stats

DATA holds twitter2015/{train.txt,valid.txt,captions.tsv} and embeddings/tweets.txt.gz. Slow
intermediate results are kept in --work and used again; delete that folder to start over. A killed
run goes on where it was when it is started again with the same options. No test split is read.
"""


def add_data_options(parser):
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument(
        "--work", type=Path, default=Path("build/train"), help="intermediate results [%(default)s]"
    )
    add_runtime_option(
        parser,
        "build/demo/tagger",
        "the program whose --features gives the text features, hashtags split by the network",
    )
    parser.add_argument("--seed", type=int, default=1, help="[%(default)s]")
    parser.add_argument("--threads", type=int, default=1, help="[%(default)s]")


def add_table_options(group):
    group.add_argument("--words", type=int, help="rows")
    group.add_argument(
        "--dims",
        type=int,
        nargs=2,
        metavar=("SKIPGRAM", "STATIC"),
        help="columns by source",
    )
    group.add_argument("--scale", type=float, default=0.3, help="initial spread [%(default)s]")
    group.add_argument("--skipgram-epochs", type=int, default=8, help="[%(default)s]")


def add_fitting_options(group):
    group.add_argument("--epochs", type=int, help="on the training posts")
    group.add_argument("--rate", type=float, help="at their start")
    group.add_argument("--pseudo-epochs", type=int, help="on labelled tweets and training posts")
    group.add_argument("--pseudo-rate", type=float, help="at their start")
    group.add_argument("--table-rate", type=float, help="the word table's share of the rate")
    group.add_argument("--optimizer", choices=("adam", "sgd"))
    group.add_argument("--decay", type=float, help="sgd: rate / (1 + decay * epoch)")
    group.add_argument("--batch", type=int, help="posts")
    group.add_argument("--accumulate", type=int, help="batches whose gradients are added")
    group.add_argument("--reduction", choices=("mean", "sum"), help="of a batch's losses")
    group.add_argument("--clip", type=float, help="largest norm of the gradient; 0: any")
    group.add_argument("--l1", type=float, default=0.0, help="l1 * sum |w| of the weight matrices")
    group.add_argument("--l2", type=float, default=0.0, help="l2 * sum w^2 of the weight matrices")
    group.add_argument(
        "--keep",
        choices=("best", "last", "average"),
        help="weights of the epoch with the best dev F1, of the last, or the mean over the last ones",
    )
    group.add_argument("--average-epochs", type=int, default=2, help="[%(default)s]")


def add_model_options(group):
    group.add_argument("--dropout", type=float, help="on embeddings")
    group.add_argument("--state-dropout", type=float, help="on the text encoder's states")
    group.add_argument("--word-dropout", type=float, help="words turned to <unk>")
    group.add_argument(
        "--modality-dropout",
        type=float,
        default=0.0,
        help="posts that lose all words of the image, and as many those of the hashtags",
    )
    group.add_argument(
        "--fusion-own-bias",
        type=float,
        default=0.0,
        help="by how much a token's own score in the fusion begins above the context's",
    )
    group.add_argument(
        "--share-projection", action="store_true", help="one for visual and hashtag words"
    )
    group.add_argument("--batch-norm", action="store_true", help="before the emissions")
    group.add_argument(
        "--without",
        nargs="+",
        default=[],
        choices=("captions", "hashtags", "characters", "crf"),
        help="leave parts out (the exported form stays the same)",
    )
    group.add_argument(
        "--visual-words",
        type=int,
        metavar="K",
        help="use only the first K of the content words that --features gives",
    )


def parse(arguments=None):
    parser = argparse.ArgumentParser(
        prog="train.py",
        description="Trains a tagger: from the raw data sets to its weights and its vocabulary.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_data_options(parser)
    parser.add_argument("--out", type=Path, help="folder for the weights and the vocabulary")
    parser.add_argument(
        "--compiler",
        type=shlex.split,
        metavar="COMMAND",
        help="trimod-compile, to write the word table in int8; else it is in half precision",
    )
    parser.add_argument("--stats", action="store_true", help="print the data set's counts and stop")
    parser.add_argument(
        "--model", choices=tuple(ARCHITECTURES), default="trimod", help="[%(default)s]"
    )
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="best", help="[%(default)s]")
    parser.add_argument(
        "--pseudo", type=Path, help="posts labelled by teacher.py; made if the recipe needs them"
    )
    add_table_options(parser.add_argument_group("word table (rows and columns by recipe)"))
    add_fitting_options(parser.add_argument_group("fitting (defaults by recipe)"))
    add_model_options(parser.add_argument_group("model"))
    known = parser.parse_known_args(arguments)[0]
    parser.set_defaults(**RECIPES[known.recipe])
    columns = ARCHITECTURES[known.model].WORD_DIM
    parser.set_defaults(dims=[columns * part // 200 for part in RECIPES[known.recipe]["dims"]])
    options = parser.parse_args(arguments)
    if options.out is None and not options.stats:
        parser.error("expected --out or --stats")
    if sum(options.dims) != columns:
        parser.error(f"--dims: expected a sum of {columns}, found {sum(options.dims)}")
    return options


def variant_of(options):
    return Variant(
        dropout=options.dropout,
        state_dropout=options.state_dropout,
        word_dropout=options.word_dropout,
        modality_dropout=options.modality_dropout,
        own_bias=options.fusion_own_bias,
        share_projection=options.share_projection,
        batch_norm=options.batch_norm,
        characters="characters" not in options.without,
        crf="crf" not in options.without,
    )
