"""Posts as ids, the same for every engine, and batches of them.

The features are those of the compiled tagger (`--features`) and the look-up is the trainer's, so
no text rule is written a second time.
"""

import json
from dataclasses import dataclass

import trainer  # noqa: F401  (makes the trainer's modules importable)
from corpus import Post, read_gold, read_json_lines
from features import fill, run_features
from vocabulary import Vocabulary


@dataclass
class PostIds:
    """What the network reads of a post. The names are those that the trainer's Batch reads."""

    words: list
    forms: list  # characters of each token, tuples
    visual: list
    hashtags: list
    post: object = None
    target: object = None

    def __len__(self):
        return len(self.words)


def read_records(path, captions=None):
    """Input records of CoNLL (*.txt, *.conll) or JSON Lines."""
    if path.suffix not in (".txt", ".conll"):
        return read_json_lines(path)
    return [post.as_input() for post in read_gold(path, captions)]


def encode(records, tagger, vocabulary_path):
    """Records -> PostIds, and the label names."""
    vocabulary = Vocabulary.load(vocabulary_path)
    encoded = []
    for record, row in zip(records, run_features(records, [str(tagger)])):
        post = Post(record.get("id"), [])
        fill_checked(post, row)
        encoded.append(
            PostIds(
                words=[vocabulary.word_id(keys) for keys in post.word_keys],
                forms=[tuple(vocabulary.char_ids(form)) for form in post.char_forms],
                visual=[vocabulary.word_id([word]) for word in post.visual_words],
                hashtags=[vocabulary.word_id([word]) for word in post.hashtag_words],
            )
        )
    return encoded, vocabulary.labels


def fill_checked(post, row):
    fill(post, row)
    if not post.tokens:
        raise ValueError(f"post {post.id}: expected at least one token")


def save(encoded, path):
    rows = [[ids.words, ids.forms, ids.visual, ids.hashtags] for ids in encoded]
    path.write_text(json.dumps(rows), encoding="utf-8")


def load(path):
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [
        PostIds(words, [tuple(form) for form in forms], visual, hashtags)
        for words, forms, visual, hashtags in rows
    ]


def groups(encoded, size):
    """Positions of the posts of each batch: by falling length, so that there is little padding;
    posts of one alone stay in their order."""
    order = list(range(len(encoded)))
    if size > 1:
        order.sort(key=lambda position: -len(encoded[position]))
    return [order[start : start + size] for start in range(0, len(order), size)]
