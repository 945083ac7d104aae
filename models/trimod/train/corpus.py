"""Reading the data sets: tagged posts (CoNLL), captions, unlabelled tweets."""

import gzip
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional

from labels import repair_bio

# Twitter-2015 calls the fourth class OTHER.
CLASS_NAMES = {"PER": "PER", "LOC": "LOC", "ORG": "ORG", "OTHER": "MISC", "MISC": "MISC"}


@dataclass
class Post:
    """A post as read, then completed by features.add_features with what the runtime made of it."""

    id: str
    tokens: List[str]
    tags: Optional[List[str]] = None
    caption: str = ""
    word_keys: List[List[str]] = field(default_factory=list)
    char_forms: List[str] = field(default_factory=list)
    visual_words: List[str] = field(default_factory=list)
    hashtag_words: List[str] = field(default_factory=list)
    soft_labels: Optional[object] = None  # [tokens, labels], a teacher's distributions

    def as_input(self):
        """The post as an input record of trimod-run."""
        record = {"id": self.id, "tokens": self.tokens}
        if self.caption:
            record["caption"] = self.caption
        return record


def normalise_tag(tag, where):
    if tag == "O":
        return tag
    prefix, _, name = tag.partition("-")
    if prefix not in ("B", "I") or name not in CLASS_NAMES:
        raise ValueError(
            f"{where}: expected O or B-/I- with one of {sorted(CLASS_NAMES)}, found {tag!r}"
        )
    return f"{prefix}-{CLASS_NAMES[name]}"


def read_conll(path):
    """Posts separated by empty lines, `token<TAB>tag` lines, an optional `IMGID:n` line on top.
    Returns the posts and the number of repaired I- tags."""
    posts, repairs = [], 0
    name, tokens, tags = None, [], []

    def finish():
        nonlocal name, tokens, tags, repairs
        if tokens:
            repaired, count = repair_bio(tags)
            repairs += count
            posts.append(Post(name or str(len(posts)), tokens, repaired))
        name, tokens, tags = None, [], []

    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\n")
            if not line.strip():
                finish()
            elif line.startswith("IMGID:"):
                finish()
                name = line[len("IMGID:") :].strip()
            else:
                columns = line.split("\t")
                tokens.append(columns[0].strip() or "_")
                tags.append(normalise_tag(columns[-1].strip(), f"{path}:{number}"))
    finish()
    return posts, repairs


def read_captions(path):
    """`IMGID<TAB>caption` -> dictionary."""
    with open(path, encoding="utf-8") as lines:
        return dict(line.rstrip("\n").split("\t", 1) for line in lines)


def read_twitter2015(data, report=print):
    """Train and dev posts of data/twitter2015 with their captions. The repairs are reported."""
    folder = Path(data) / "twitter2015"
    captions = read_captions(folder / "captions.tsv")
    splits = []
    for name in ("train", "valid"):
        posts, repairs = read_conll(folder / f"{name}.txt")
        for post in posts:
            post.caption = captions.get(post.id, "")
        report(f"{name}: {len(posts)} posts, {repairs} I- tags repaired to B-")
        splits.append(posts)
    return splits


def read_lines(path):
    """The lines of a text file, gzipped or not, without their line ends."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines]


def read_json_lines(path):
    return [json.loads(line) for line in read_lines(path) if line.strip()]
