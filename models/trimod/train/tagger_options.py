"""The command line of what measures a compiled tagger on a tagged file."""

import argparse
import shlex
from pathlib import Path


def parse_tagger_options(description, examples):
    parser = argparse.ArgumentParser(
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("gold", type=Path, help="CoNLL file, token and tag separated by a tab")
    parser.add_argument("--captions", type=Path, help="IMGID<TAB>caption lines")
    parser.add_argument("--tagger", type=shlex.split, required=True, help="the command to run")
    return parser.parse_args()
