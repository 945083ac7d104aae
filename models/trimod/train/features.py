"""Text features by the runtime itself: `trimod-run --features`.

Tokenising, word keys, character forms, hashtag words and content words exist once, in the runtime;
the trainer reads them from the binary, so training and serving cannot drift apart.
"""

import json
import shlex
import subprocess
import tempfile

from corpus import Post


class FeatureError(RuntimeError):
    pass


def add_runtime_option(
    parser, default, purpose="the program whose --features gives the text features"
):
    """A compiled tagger splits hashtags by its network, trimod-run alone by case and digits."""
    parser.add_argument(
        "--runtime",
        type=shlex.split,
        default=[default],
        metavar="COMMAND",
        help=f"{purpose} [{default}]",
    )


def run_features(records, command):
    """Input records -> feature records, in order. `command` is the program, split into words."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        done = subprocess.run(
            [*command, "--features", file.name], stdout=subprocess.PIPE, check=False
        )
    if done.returncode != 0:
        raise FeatureError(f"{' '.join(command)} --features: exit code {done.returncode}")
    rows = [json.loads(line) for line in done.stdout.decode("utf-8").split("\n") if line]
    if len(rows) != len(records):
        raise FeatureError(f"expected {len(records)} feature records, found {len(rows)}")
    for record, row in zip(records, rows):
        if "error" in row:
            raise FeatureError(f"post {record['id']}: {row['error']}")
    return rows


def fill(post, row):
    if len(row["word_keys"]) != len(row["tokens"]) or len(row["char_form"]) != len(row["tokens"]):
        raise FeatureError(f"post {post.id}: expected one word_keys and one char_form a token")
    post.tokens = row["tokens"]
    post.word_keys = row["word_keys"]
    post.char_forms = row["char_form"]
    post.visual_words = row["visual_words"]
    post.hashtag_words = row["hashtag_words"]


def add_features(posts, command):
    """Completes tokenised posts in place."""
    rows = run_features([post.as_input() for post in posts], command)
    for post, row in zip(posts, rows):
        if row["tokens"] != post.tokens:
            raise FeatureError(f"post {post.id}: the runtime changed the given tokens")
        fill(post, row)
    return posts


def tokenize_texts(texts, command):
    """Raw texts -> posts with features."""
    posts = [Post(str(index), []) for index in range(len(texts))]
    rows = run_features(
        [{"id": post.id, "text": text} for post, text in zip(posts, texts)], command
    )
    for post, row in zip(posts, rows):
        fill(post, row)
    return posts
