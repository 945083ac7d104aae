"""What the tagger's trainer already has: reading text files, and the runtime's own text rules."""

import sys
from pathlib import Path

# Behind this folder, so that a name that both have means ours.
sys.path.append(str(Path(__file__).resolve().parents[2] / "trimod" / "train"))

from corpus import read_lines  # noqa: E402,F401
from features import FeatureError, add_runtime_option, run_features  # noqa: E402,F401


def rule_words(hashtags, command):
    """How the runtime splits each hashtag without a network: at case and digits. The words are
    lower-case; of a word that a hashtag holds twice, and of more than eight, the runtime tells
    only the first."""
    records = [{"id": str(index), "tokens": ["#" + tag]} for index, tag in enumerate(hashtags)]
    return [row["hashtag_words"] for row in run_features(records, command)]
