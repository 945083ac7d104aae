"""The vocabulary: which words and characters get a row, and their look-up."""

import json
from collections import Counter

PAD, UNK = 0, 1
SPECIAL_WORDS = ["<pad>", "<unk>", "<url>", "<user>", "<num>"]
SPECIAL_CHARS = ["<pad>", "<unk>"]


class Vocabulary:
    def __init__(self, words, chars, labels, options=None):
        """options: what the runtime's text rules are to do otherwise, by name."""
        self.words, self.chars, self.labels = list(words), list(chars), list(labels)
        self.options = dict(options or {})
        self._word_ids = {word: index for index, word in enumerate(self.words)}
        self._char_ids = {char: index for index, char in enumerate(self.chars)}

    def word_id(self, keys):
        """The row of the first known key."""
        return next((self._word_ids[key] for key in keys if key in self._word_ids), UNK)

    def char_ids(self, form):
        return [self._char_ids.get(char, UNK) for char in form]

    def save(self, path):
        content = {"words": self.words, "chars": self.chars, "labels": self.labels}
        if self.options:
            content["options"] = self.options
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=0)
            file.write("\n")

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        return cls(content["words"], content["chars"], content["labels"], content.get("options"))


def choose_chars(posts, minimum=2):
    """Characters that the training posts hold at least `minimum` times, the most frequent first."""
    counts = Counter(char for post in posts for form in post.char_forms for char in form)
    kept = [char for char, count in counts.items() if count >= minimum]
    return SPECIAL_CHARS + sorted(kept, key=lambda char: (-counts[char], char))


def table_key(keys):
    """The key under which a token's row would stand: links, mentions and hashtags share theirs
    with others (`<url>`, `<user>`, the word after the #); a number stands for itself while it
    is frequent."""
    return keys[0] if keys[-1] == "<num>" else keys[-1]


class WordRanking:
    """How much a row is worth: how often the word is to be expected, more if it looks like a name.

    The three sources are counted in occurrences per unlabelled tweet token. Training posts count
    most, since they are drawn as the posts to be tagged are; general English fills in what
    tweets are too few to show. Entities are what the tagger is for, so a word that tweets
    capitalise in mid-sentence is worth more.
    """

    TRAIN_WEIGHT = 20.0
    ENGLISH_WEIGHT = 2.5
    NAME_BONUS = 6.0
    NUMBER_WEIGHT = 0.1

    def __init__(self, train, tweets, english):
        """`english`: word -> share of running English text."""
        self.english = english
        self.in_train, self.in_tweets, self.as_name = Counter(), Counter(), Counter()
        for post in train:
            self.in_train.update(table_key(keys) for keys in post.word_keys)
            for word in post.visual_words + post.hashtag_words:
                self.in_train[word] += 0.5
        for post in tweets:
            self._count_tweet(post)
        self.tweet_tokens = sum(self.in_tweets.values())

    def _count_tweet(self, post):
        for position, (token, keys) in enumerate(zip(post.tokens, post.word_keys)):
            key = table_key(keys)
            self.in_tweets[key] += 1
            word = token.lstrip("#")
            if position > 0 and word[:1].isupper() and not word.isupper():
                self.as_name[key] += 1

    def value(self, word):
        tweets = self.in_tweets[word]
        expected = (
            self.TRAIN_WEIGHT * self.in_train[word]
            + tweets
            + self.ENGLISH_WEIGHT * self.english.get(word, 0.0) * self.tweet_tokens
        )
        name_share = min(1.0, (self.as_name[word] + 0.3) / (tweets + 2))
        weight = self.NUMBER_WEIGHT if word[0].isdigit() else 1.0
        return weight * expected * (1 + self.NAME_BONUS * name_share)

    def best(self, count):
        """The special words and the `count` - 5 most valuable ones, in order."""
        words = set(self.in_train) | set(self.in_tweets) | set(self.english)
        words = {
            word for word in words if word and word not in SPECIAL_WORDS and word[0] not in "@<"
        }
        values = {word: self.value(word) for word in words}
        ranked = sorted(words, key=lambda word: (-values[word], word))
        return SPECIAL_WORDS + ranked[: count - len(SPECIAL_WORDS)]


def unknown_share(posts, vocabulary):
    """Percentages of all tokens and of entity tokens without a row."""
    unknown = {True: [], False: []}
    for post in posts:
        for keys, tag in zip(post.word_keys, post.tags):
            unknown[tag != "O"].append(vocabulary.word_id(keys) == UNK)
    everything = unknown[True] + unknown[False]
    return (100 * sum(everything) / len(everything), 100 * sum(unknown[True]) / len(unknown[True]))
