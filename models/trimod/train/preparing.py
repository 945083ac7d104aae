"""From the raw data sets to what train.py fits: posts with features, vocabulary, word table.

What is slow to make is kept in the work folder.
"""

import hashlib
import json
import os
from functools import cached_property

import numpy as np

import pretrained
import vectors
from corpus import read_lines, read_twitter2015
from features import add_features, tokenize_texts
from labels import LABELS
from reporting import report
from vocabulary import Vocabulary, WordRanking, choose_chars, unknown_share


def read_tweets(data):
    """The unlabelled tweets, each text once."""
    return list(dict.fromkeys(read_lines(data / "embeddings" / "tweets.txt.gz")))


def digest(content):
    """A few characters that are others for other bytes."""
    return hashlib.sha256(content).hexdigest()[:12]


def kept(path, make):
    """Arrays computed once and kept in the work folder."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npz")
        np.savez(unfinished, **make())
        os.replace(unfinished, path)
    return np.load(path, allow_pickle=False)


def runtime_options(options):
    """What --without and --visual-words ask of the text rules; the vocabulary says it to them."""
    limits = {}
    if "captions" in options.without:
        limits["visual_words"] = 0
    elif options.visual_words is not None:
        limits["visual_words"] = options.visual_words
    if "hashtags" in options.without:
        limits["hashtag_words"] = 0
    return limits


def leave_out(posts, options):
    """Features come from the text rules without a vocabulary, so their limits are kept here."""
    limits = runtime_options(options)
    for post in posts:
        post.visual_words = post.visual_words[: limits.get("visual_words")]
        post.hashtag_words = post.hashtag_words[: limits.get("hashtag_words")]
    return posts


class Sources:
    """The training posts and the tweets, which are read only if something has to be made of them."""

    def __init__(self, options, train):
        self.options, self.train = options, train
        # In the names of what is made of them.
        posts = json.dumps([[post.word_keys, post.visual_words, post.hashtag_words] for post in train])
        tweets = (options.data / "embeddings" / "tweets.txt.gz").read_bytes()
        self.digest = digest(posts.encode() + tweets)

    @cached_property
    def tweets(self):
        report("reading the unlabelled tweets")
        return tokenize_texts(read_tweets(self.options.data), self.options.runtime)


def choose_words(options, sources):
    def make():
        import wordfreq

        english = {
            word: wordfreq.word_frequency(word, "en") for word in wordfreq.top_n_list("en", 200000)
        }
        ranking = WordRanking(sources.train, sources.tweets, english)
        return {"words": np.array(ranking.best(options.words))}

    return kept(options.work / f"words-{options.words}-{sources.digest}.npz", make)["words"].tolist()


def make_word_table(options, words, sources):
    def make_skipgram():
        sequences = vectors.sentences(sources.tweets + sources.train)
        report(f"skip-gram: {len(sequences)} sentences, {options.skipgram_epochs} epochs")
        names, rows = vectors.skipgram(sequences, options.skipgram_epochs, options.seed)
        return {"words": np.array(names), "rows": rows}

    def make_static():
        report(f"static vectors: {len(words)} words")
        folder = pretrained.unpack("minilm", options.work)
        return {"words": np.array(words), "rows": vectors.static_vectors(words, folder)}

    skipgram = kept(
        options.work
        / f"skipgram-{options.skipgram_epochs}-{options.seed}-{sources.digest}.npz",
        make_skipgram,
    )
    if options.dims[1] == 0:
        static_rows = None
    else:
        static = kept(options.work / f"static-{len(words)}-{sources.digest}.npz", make_static)
        if static["words"].tolist() != words:
            raise SystemExit(f"{options.work}: made with another vocabulary; delete the folder")
        static_rows = static["rows"]
    return vectors.word_table(
        words,
        skipgram["words"].tolist(),
        skipgram["rows"],
        static_rows,
        options.dims,
        options.scale,
        options.seed,
    )


def prepare(options):
    """(train, dev, vocabulary, word table)"""
    train, dev = read_twitter2015(options.data, report)
    add_features(train, options.runtime)
    add_features(dev, options.runtime)
    sources = Sources(options, train)
    words, chars = choose_words(options, sources), choose_chars(train)
    vocabulary = Vocabulary(words, chars, LABELS, runtime_options(options))
    every, entity = unknown_share(dev, vocabulary)
    report(
        f"vocabulary: {len(vocabulary.words)} words, {len(vocabulary.chars)} characters; "
        f"dev tokens without a row: {every:.1f} %, of entities {entity:.1f} %"
    )
    word_table = make_word_table(options, vocabulary.words, sources)
    return leave_out(train, options), leave_out(dev, options), vocabulary, word_table
