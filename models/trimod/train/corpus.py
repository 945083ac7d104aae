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


def is_hashtag(token):
    return len(token) > 1 and token[0] == "#"


def normalise_tag(tag):
    if tag == "O":
        return tag
    prefix, _, name = tag.partition("-")
    if prefix not in ("B", "I") or name not in CLASS_NAMES:
        raise ValueError(f"expected O or B-/I- with one of {sorted(CLASS_NAMES)}, found {tag!r}")
    return f"{prefix}-{CLASS_NAMES[name]}"


def numbered_lines(path):
    """(number, line). A line that is not UTF-8 is None."""
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield number, line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                yield number, None


def raise_at(path, number, problem):
    raise ValueError(f"{path}:{number}: {problem}")


def split_token_line(line):
    if line is None:
        raise ValueError("expected UTF-8")
    columns = line.split("\t")
    if len(columns) < 2:
        raise ValueError(f"expected a token, a tab and a tag, found {line[:80]!r}")
    return columns[0].strip() or "_", normalise_tag(columns[-1].strip())


def read_conll(path, on_broken=raise_at):
    """Posts separated by empty lines, `token<TAB>tag` lines, an optional `IMGID:n` line on top.
    Returns the posts and the number of repaired I- tags. If on_broken(path, line, problem) returns,
    the post that holds the line is left out: tags on both sides of a gap would be wrong."""
    posts, repairs = [], 0
    name, tokens, tags, whole = None, [], [], True

    def finish():
        nonlocal name, tokens, tags, whole, repairs
        if tokens and whole:
            repaired, count = repair_bio(tags)
            repairs += count
            posts.append(Post(name or str(len(posts)), tokens, repaired))
        name, tokens, tags, whole = None, [], [], True

    for number, line in numbered_lines(path):
        if line is not None and not line.strip():
            finish()
        elif line is not None and line.startswith("IMGID:"):
            finish()
            name = line[len("IMGID:") :].strip()
        else:
            try:
                token, tag = split_token_line(line)
                tokens.append(token)
                tags.append(tag)
            except ValueError as error:
                whole = False
                on_broken(path, number, error)
    finish()
    return posts, repairs


def read_captions(path, on_broken=raise_at):
    """`IMGID<TAB>caption` -> dictionary."""
    captions = {}
    for number, line in numbered_lines(path):
        if line is None or "\t" not in line:
            on_broken(path, number, "expected IMGID, a tab and a caption")
            continue
        name, caption = line.split("\t", 1)
        captions.setdefault(name, caption)  # of two the first, as in the runtime
    return captions


def read_gold(path, captions=None):
    """The posts of a tagged file, with the captions of another one. A broken line is an error."""
    posts, _ = read_conll(path)
    by_id = read_captions(captions) if captions else {}
    for post in posts:
        post.caption = by_id.get(post.id, "")
    return posts


class BrokenLines:
    """Counts broken lines and reports each with its place."""

    def __init__(self, report):
        self.report, self.count = report, 0

    def __call__(self, path, number, problem):
        self.count += 1
        self.report(f"{path}:{number}: {problem}")


def read_twitter2015(data, report=print):
    """Train and dev posts of data/twitter2015 with their captions. Repairs and broken lines are
    reported; posts without broken lines are used."""
    folder = Path(data) / "twitter2015"
    broken = BrokenLines(report)
    captions = read_captions(folder / "captions.tsv", broken)
    splits = []
    for name in ("train", "valid"):
        posts, repairs = read_conll(folder / f"{name}.txt", broken)
        if not posts:
            raise ValueError(f"{folder / name}.txt: expected posts, found none")
        for post in posts:
            post.caption = captions.get(post.id, "")
        report(f"{name}: {len(posts)} posts, {repairs} I- tags repaired to B-")
        splits.append(posts)
    if broken.count:
        report(f"{broken.count} broken lines; the posts that hold them are not used")
    return splits


def read_lines(path):
    """The lines of a text file, gzipped or not, without their line ends."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n") for line in lines]


def read_json_lines(path):
    return [json.loads(line) for line in read_lines(path) if line.strip()]
