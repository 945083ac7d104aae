"""From the data sets to examples, and from examples to batches of equally long hashtags."""

import csv

import torch

import pseudo
from segmentation import ends_of, read_stan, words_of
from shared import read_lines, rule_words

SPECIAL = ["<pad>", "<unk>"]
UNK = 1


def read_gold(data, report):
    """(train, dev) of STAN."""
    return tuple(
        read_stan(data / "hashtags" / f"stan_large_{part}.tsv", read_lines, report)
        for part in ("train", "dev")
    )


def read_hashset(path, report):
    """Hashtag -> words of HashSet's distant supervision, of the rows that its own rule split well:
    every word is a number or a capitalised word of three letters or more (#UAEwithModi became
    UA Ewith Modi)."""
    kept, rows = {}, 0
    with open(path, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            rows += 1
            hashtag, text = row["Unsegmented_hashtag"].lstrip("#"), row["Segmented_hashtag"]
            words = text.lstrip("#").split()
            is_clean = words and all(
                word.isdigit() or word.istitle() and word.isalpha() and len(word) > 2
                for word in words
            )
            if is_clean and hashtag == "".join(words):
                kept[hashtag] = words
    report(f"{path.name}: {len(kept)} of {rows} kept")
    return kept


def seen_hashtags(data, train):
    """Hashtags, in lower case, that the training data may hold with their words: STAN's training
    part, and those of tweets and of HashSet, which are split where their case shows the words."""
    texts = read_lines(data / "embeddings" / "tweets.txt.gz")
    hashset = data / "hashtags" / "hashset_distant_sampled.csv"
    with open(hashset, encoding="utf-8", newline="") as lines:
        rows = [row["Unsegmented_hashtag"].lstrip("#") for row in csv.DictReader(lines)]
    known = [example.hashtag for example in train] + rows + list(pseudo.hashtags_of(texts))
    return {hashtag.lower() for hashtag in known}


def camel_hashtags(counts, runtime, report):
    """Real hashtags with a capital or a digit inside, split by the runtime's rule."""
    tags = [tag for tag in counts if tag[1:] != tag[1:].lower() or any(c.isdigit() for c in tag)]
    tags = [tag for tag in tags if tag.isascii() and not tag.isdigit()]
    kept = {}
    for tag, words in zip(tags, rule_words(tags, runtime)):
        ends = ends_of(tag, " ".join(words))
        if ends and not (tag.isupper() and len(words) == 1 and len(tag) > 5):
            kept[tag] = words_of(tag, ends)
    report(f"{len(kept)} of {len(counts)} hashtags of the tweets split at case and digits")
    return kept


def make_sources(options, report):
    texts = list(dict.fromkeys(read_lines(options.data / "embeddings" / "tweets.txt.gz")))
    english, pairs = pseudo.english_words(), pseudo.english_pairs()
    joined = pseudo.split_words(english, pairs)
    report(f"{len(english)} English words, {len(joined)} of them rather two; {len(pairs)} pairs")
    english = {word: frequency for word, frequency in english.items() if word not in joined}
    runs = [run for text in texts for run in pseudo.runs_of(text)]
    report(f"{len(texts)} tweets: {sum(map(len, runs))} words in {len(runs)} runs")
    counts = pseudo.hashtags_of(texts)
    camel = camel_hashtags(counts, options.runtime, report)
    weights = {tag: counts[tag] ** 0.3 for tag in camel}
    if options.hashset:
        hashset = read_hashset(options.data / "hashtags" / "hashset_distant_sampled.csv", report)
        for tag in hashset.keys() - camel.keys():
            camel[tag], weights[tag] = hashset[tag], options.hashset
    foreign = pseudo.foreign_words()
    # Single words that people do write as hashtags count more.
    tagged = {tag.lower(): count for tag, count in counts.items()}
    return {
        "phrases": pseudo.Phrases(runs),
        "words": pseudo.Source(
            [[word] for word in english],
            [f**0.35 * (1 + 2 * (word in tagged)) for word, f in english.items()],
        ),
        "pairs": pseudo.Source(list(pairs), [count**0.3 for count in pairs.values()]),
        "names": pseudo.Names(),
        "places": pseudo.Source(*pseudo.places()),
        "camel": pseudo.Source(list(camel.values()), [weights[tag] for tag in camel]),
        "foreign": pseudo.Source([[word] for word in foreign], [f**0.35 for f in foreign.values()]),
        "unknown": pseudo.UnknownCharacters(),
    }


def choose_characters():
    """The ASCII letters, digits and the underscore, and the
    letters of Western Europe."""
    ascii_word = [c for c in map(chr, range(128)) if c.isalnum() or c == "_"]
    latin = [c for c in map(chr, range(0xC0, 0x100)) if c.isalpha()]
    return SPECIAL + ascii_word + latin


class Batch:
    """Examples of one length. Those with fewer accepted segmentations than the others repeat
    their first one, marked as not present."""

    def __init__(self, examples, ids):
        self.examples = examples
        self.characters = torch.tensor([[ids.get(c, UNK) for c in e.hashtag] for e in examples])
        most = max(len(e.accepted) for e in examples)
        self.targets = torch.tensor(
            [(list(e.accepted) + [e.accepted[0]] * most)[:most] for e in examples], dtype=torch.long
        )
        self.present = torch.tensor(
            [[float(a < len(e.accepted)) for a in range(most)] for e in examples]
        )


def by_length(examples, size):
    """Lists of at most `size` equally long examples; a list is given away when it is full, the
    rest at the end."""
    waiting = {}
    for example in examples:
        length = len(example.hashtag)
        waiting.setdefault(length, []).append(example)
        if len(waiting[length]) == size:
            yield waiting.pop(length)
    for length in sorted(waiting):
        yield waiting[length]
