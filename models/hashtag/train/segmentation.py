"""Segmentations of hashtags, as one flag a character: a word ends after it.

An underscore is a word end of its own on both sides, and no word; the last character always ends
one. Only letters and digits are compared, and without their case: `can't afford` and `Cant Afford`
are the same segmentation of cantafford. So two segmentations are equal if their flags are.
"""

from dataclasses import dataclass

UNDERSCORE = "_"


def ends_of(hashtag, text):
    """The flags that the segmentation `text` (words between spaces) gives the characters of
    `hashtag`, or None if the two are not the same characters."""
    ends = [False] * len(hashtag)
    position = 0

    def skip_underscores():
        nonlocal position
        while position < len(hashtag) and hashtag[position] == UNDERSCORE:
            position += 1

    for word in text.split():
        for character in word:
            if not character.isalnum():
                continue
            skip_underscores()
            if position == len(hashtag) or hashtag[position].lower() != character.lower():
                return None
            position += 1
        if position:
            ends[position - 1] = True
    skip_underscores()
    return close(hashtag, ends) if position == len(hashtag) else None


def close(hashtag, ends):
    """Adds the ends that need no judgement: around underscores and after the last character."""
    ends = list(ends)
    for position, character in enumerate(hashtag):
        if character == UNDERSCORE:
            ends[position] = True
            if position:
                ends[position - 1] = True
    ends[-1] = True
    return tuple(ends)


def words_of(hashtag, ends):
    words, word = [], ""
    for character, end in zip(hashtag, ends):
        if character != UNDERSCORE:
            word += character
        if end and word:
            words.append(word)
            word = ""
    return words


@dataclass(frozen=True)
class Example:
    """A hashtag without its #, and the segmentations that are accepted."""

    hashtag: str
    accepted: tuple  # of flags

    def words(self):
        """Of the first segmentation."""
        return words_of(self.hashtag, self.accepted[0])

    @staticmethod
    def of_words(words, separator=""):
        """The one segmentation that joins `words`; None if they hold no character."""
        hashtag = separator.join(words)
        ends = ends_of(hashtag, " ".join(words)) if hashtag else None
        return Example(hashtag, (ends,)) if ends else None


def read_stan(path, read_lines, report):
    """STAN: `tweet<TAB>hashtag<TAB>segmentation[<TAB>alternative...]`."""
    examples, rejected = [], []
    for number, line in enumerate(read_lines(path), 1):
        fields = line.split("\t")
        accepted = (
            dict.fromkeys(ends_of(fields[1], text) for text in fields[2:])
            if len(fields) > 2 and fields[1]
            else {}
        )
        accepted.pop(None, None)
        if accepted:
            examples.append(Example(fields[1], tuple(accepted)))
        else:
            rejected.append(number)
    if rejected:
        report(
            f"{path.name}: {len(rejected)} lines without a segmentation, the first {rejected[:5]}"
        )
    return examples


def score(examples, predicted):
    """(share of exact matches, F1 of the boundaries inside hashtags against the alternative that
    is nearest), both in percent."""
    exact = right = found = gold = 0
    for example, ends in zip(examples, predicted):
        exact += ends in example.accepted
        best = min(example.accepted, key=lambda flags: sum(a != b for a, b in zip(flags, ends)))
        right += sum(a and b for a, b in zip(best, ends)) - 1
        found += sum(ends) - 1
        gold += sum(best) - 1
    f1 = 2 * right / (found + gold) if found + gold else 1.0
    return 100 * exact / len(examples), 100 * f1
