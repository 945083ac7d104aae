#!/usr/bin/python3
"""Tests of the segmenter's trainer: python3 models/hashtag/train/test_segmentation.py"""

import tempfile
import unittest
from pathlib import Path

import numpy as np

from data import UNK, Batch, by_length, choose_characters
from pseudo import Mixture, Source
from segmentation import Example, ends_of, read_stan, score, words_of
from shared import read_lines


class SegmentationTest(unittest.TestCase):
    def test_flags_and_words_are_two_forms_of_one_thing(self):
        for hashtag, text, words in [
            ("potroastfail", "pot roast fail", ["pot", "roast", "fail"]),
            ("CantAfford", "can't afford", ["Cant", "Afford"]),
            ("_new_york_", "new york", ["new", "york"]),
            ("a_bc", "a b c", ["a", "b", "c"]),
        ]:
            self.assertEqual(words_of(hashtag, ends_of(hashtag, text)), words)
        self.assertIsNone(ends_of("potroast", "pot roast fail"))
        self.assertIsNone(ends_of("potroasts", "pot roast"))

    def test_any_accepted_segmentation_is_exact(self):
        example = Example("iphone3g", (ends_of("iphone3g", "iphone 3g"), ends_of("iphone3g", "iphone3g")))
        for text, exact in [("iphone3g", 100), ("iphone 3g", 100), ("i phone 3g", 0)]:
            self.assertEqual(score([example], [ends_of("iphone3g", text)])[0], exact)

    def test_lines_without_a_segmentation_are_named(self):
        reports = []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "stan.tsv"
            path.write_text("t\tab\ta b\tab\nt\tab\tx y\nbroken\nt\tcd\tc d\n", encoding="utf-8")
            examples = read_stan(path, read_lines, reports.append)
        self.assertEqual([len(example.accepted) for example in examples], [2, 1])
        self.assertIn("2 lines without a segmentation, the first [2, 3]", reports[0])


class DataTest(unittest.TestCase):
    def test_batches_are_equally_long_and_whole(self):
        examples = [Example.of_words(["ab"] * count) for count in (1, 2, 3, 1, 2, 1)]
        groups = list(by_length(examples, 2))
        self.assertEqual(sorted(len(group) for group in groups), [1, 1, 2, 2])
        for group in groups:
            self.assertEqual(len({len(example.hashtag) for example in group}), 1)
        batch = Batch([Example.of_words(["é東"])], {"é": 5})
        self.assertEqual(batch.characters.tolist(), [[5, UNK]])

    def test_draws_depend_on_the_seed_alone(self):
        words = Source([["new", "york"], ["coffee"]], [1.0, 3.0])
        mixture = Mixture({"words": words}, [Example.of_words(["pot", "roast"])])

        def drawn(seed):
            rng = np.random.default_rng(seed)
            return [mixture.draw(rng, 0.2) for _ in range(50)]

        self.assertEqual(drawn(1), drawn(1))
        self.assertNotEqual(drawn(1), drawn(2))

    def test_characters_are_distinct(self):
        characters = choose_characters()
        self.assertEqual(len(characters), len(set(characters)))


if __name__ == "__main__":
    unittest.main()
