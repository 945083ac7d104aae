#!/usr/bin/python3
"""Tests of the trainer on made-up posts: python3 models/trimod/train/test_training.py"""

import argparse
import random
import tempfile
import unittest
from pathlib import Path

import torch

import calibration
import checkpoint
from batching import Batch, EncodedPost
from corpus import Post, read_conll
from fitting import Average, Stage, fit
from labels import LABELS
from model import TriMod, Variant
from optimizer import Optimizer
from options import RECIPES
from resume import Resume
from vocabulary import SPECIAL_CHARS, SPECIAL_WORDS, Vocabulary

WORDS = ["anna", "sings", "in", "rome", "today"]
CHARS = list("aeginmorsty")


def made_posts(count, seed=0):
    draw = random.Random(seed)
    posts = []
    for index in range(count):
        tokens = [draw.choice(WORDS) for _ in range(draw.randint(1, 7))]
        tags = [{"anna": "B-PER", "rome": "B-LOC"}.get(token, "O") for token in tokens]
        post = Post(str(index), tokens, tags)
        post.word_keys, post.char_forms = [[token] for token in tokens], tokens
        post.visual_words = draw.sample(WORDS, draw.randint(0, 2))
        post.hashtag_words = draw.sample(WORDS, draw.randint(0, 2))
        posts.append(post)
    return posts


VOCABULARY = Vocabulary(SPECIAL_WORDS + WORDS, SPECIAL_CHARS + CHARS, LABELS)
ENCODED = [EncodedPost(post, VOCABULARY) for post in made_posts(24)]


def made_model(**variant):
    torch.manual_seed(1)
    return TriMod(len(VOCABULARY.words), len(VOCABULARY.chars), Variant(**variant))


def made_options(recipe="best", **changes):
    extra = {"l1": 0.0, "l2": 0.0, "average_epochs": 2, "seed": 1, "batch": 4}
    return argparse.Namespace(**{**RECIPES[recipe], **extra, **changes})


class Killed(Exception):
    pass


class KilledResume(Resume):
    """Stops the run after so many epochs."""

    left = 0

    def write(self, **content):
        super().write(**content)
        self.left -= 1
        if not self.left:
            raise Killed


def weights_of(model):
    return torch.cat([value.flatten().float() for value in model.state_dict().values()])


class ResumeTest(unittest.TestCase):
    def run_through(self, folder, options, kill_after=None):
        stages = [Stage("pseudo", ENCODED, 2, 2e-3), Stage("train", ENCODED[:12], 3, 1e-3)]
        path = Path(folder) / "unfinished.pt"
        if kill_after:
            resume = KilledResume(path, {"seed": 1})
            resume.left = kill_after
            with self.assertRaises(Killed):
                fit(made_model(), stages, ENCODED[:8], options, resume)
        model = made_model()
        fit(model, stages, ENCODED[:8], options, Resume(path, {"seed": 1}))
        return weights_of(model)

    def test_killed_anywhere_gives_the_same_weights(self):
        for recipe, keep in (("best", "best"), ("best", "average"), ("paper", "last")):
            options = made_options(recipe, keep=keep, batch=4)
            with tempfile.TemporaryDirectory() as folder:
                whole = self.run_through(folder, options)
            for kill_after in range(1, 6):
                with self.subTest(recipe=recipe, keep=keep, kill_after=kill_after):
                    with tempfile.TemporaryDirectory() as folder:
                        resumed = self.run_through(folder, options, kill_after)
                    self.assertTrue(torch.equal(whole, resumed))

    def test_a_run_of_other_settings_does_not_overwrite_the_state(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "unfinished.pt"
            Resume(path, {"seed": 1}).write(stage="train", epoch=1)
            with self.assertRaisesRegex(ValueError, "found other seed"):
                Resume(path, {"seed": 2}).read()


class ExportTest(unittest.TestCase):
    def test_every_variant_exports_to_the_one_form(self):
        plain = {name: value.shape for name, value in made_model().exported_state().items()}
        for variant in (
            {"batch_norm": True},
            {"share_projection": True},
            {"characters": False},
            {"crf": False},
            {"own_bias": 4.0, "modality_dropout": 0.5},
        ):
            with self.subTest(**variant), tempfile.TemporaryDirectory() as folder:
                model = made_model(**variant)
                fit(
                    model,
                    [Stage("train", ENCODED, 2, 2e-3)],
                    ENCODED,
                    made_options(),
                    Resume(Path(folder) / "unfinished.pt", {}),
                )
                model.eval()
                batch = Batch(ENCODED)
                expected = model.emissions(batch)
                shapes = {name: value.shape for name, value in model.exported_state().items()}
                self.assertEqual(shapes, plain)
                exported, _ = checkpoint.export(model, VOCABULARY, folder)
                found = exported.emissions(batch)
                # The word table is rounded to half precision.
                self.assertLess((found - expected)[batch.mask].abs().max().item(), 5e-3)

    def test_without_crf_labels_do_not_depend_on_each_other(self):
        model = made_model(crf=False).eval()
        batch = Batch(ENCODED)
        emissions = model.emissions(batch)
        log_probability = torch.log_softmax(emissions, 2)
        expected = -(log_probability * batch.target).sum((1, 2))
        self.assertTrue(torch.allclose(model.loss(batch), expected, atol=1e-4))
        paths, _ = model.crf.viterbi(emissions, batch.mask)
        self.assertTrue(torch.equal(paths[batch.mask], emissions.argmax(2)[batch.mask]))


class FusionTest(unittest.TestCase):
    def test_own_bias_is_an_advantage_of_that_size(self):
        model = made_model(own_bias=4.0)
        context = model.visual.bias[None]
        advantage = model.fusion.score(torch.zeros(1, 300)) - model.fusion.score(context)
        self.assertAlmostEqual(advantage.item(), 4.0, delta=1.0)
        self.assertLess(advantage.item(), model.fusion.u.abs().sum().item())

    def test_modality_dropout_is_for_training_alone(self):
        model = made_model(modality_dropout=1.0)
        ids = torch.tensor([[5, 6], [7, 0]])
        self.assertEqual(model.kept(ids).sum().item(), 0)
        self.assertTrue(torch.equal(model.eval().kept(ids), ids))


class OptimizerTest(unittest.TestCase):
    def test_accumulated_batches_make_the_step_of_one_large_batch(self):
        weights = []
        for size, accumulate in ((24, 1), (8, 3)):
            model = made_model(dropout=0.0, state_dropout=0.0)
            options = made_options("paper", accumulate=accumulate)
            optimizer = Optimizer(model, options, 0.005, 24 // size, 1)
            for start in range(0, 24, size):
                batch = Batch(ENCODED[start : start + size])
                optimizer.add(model.loss(batch), 1, start + size == 24)
            weights.append(weights_of(model))
        self.assertTrue(torch.allclose(*weights, atol=1e-5))
        self.assertFalse(torch.allclose(weights[0], weights_of(made_model()), atol=1e-5))

    def test_penalties_shrink_the_weight_matrices(self):
        norms = []
        for changes in ({}, {"l1": 0.1}, {"l2": 0.1}):
            model = made_model(dropout=0.0, state_dropout=0.0)
            optimizer = Optimizer(model, made_options(**changes), 1e-2, 1, 20)
            for _ in range(20):
                optimizer.add(model.loss(Batch(ENCODED)), 1, True)
            norms.append(model.fusion.weight.abs().sum().item())
        self.assertLess(norms[1], norms[0])
        self.assertLess(norms[2], norms[0])

    def test_average(self):
        model, average = made_model(), Average()
        for value in (1.0, 2.0, 6.0):
            torch.nn.init.constant_(model.emission.bias, value)
            average.add(model)
        self.assertTrue(torch.allclose(average.state["emission.bias"], torch.tensor(3.0)))


class CalibrationTest(unittest.TestCase):
    def test_an_entity_is_right_if_span_and_class_are(self):
        posts = [Post("1", ["a", "b", "c"], ["B-PER", "I-PER", "B-LOC"])]
        found = [
            {"first_token": 0, "last_token": 1, "type": "PER", "probability": 0.95},
            {"first_token": 2, "last_token": 2, "type": "ORG", "probability": 0.45},
        ]
        judged = calibration.judge(posts, [{"entities": found}])
        self.assertEqual(judged, [(0.95, True), (0.45, False)])
        self.assertEqual(
            calibration.table(judged)[1:],
            [
                " 0.4 to 0.5        1  0.450  0.000",
                " 0.9 to 1.0        1  0.950  1.000",
                "expected calibration error 0.250",
            ],
        )


class CorpusTest(unittest.TestCase):
    def read(self, content, on_broken):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "posts.txt"
            path.write_bytes(content)
            return read_conll(path, on_broken)

    def test_broken_lines_are_named_and_the_other_posts_used(self):
        broken = []
        posts, repairs = self.read(
            b"IMGID:1\na\tO\nb B-PER\n\nIMGID:2\nc\tI-LOC\n\nd\tB-XYZ\n\n\xff\xff\tO\n\ne\tO\n",
            lambda path, number, problem: broken.append((number, str(problem))),
        )
        self.assertEqual([post.tokens for post in posts], [["c"], ["e"]])
        self.assertEqual(posts[0].tags, ["B-LOC"])
        self.assertEqual(repairs, 1)
        self.assertEqual([number for number, _ in broken], [3, 8, 10])
        self.assertIn("B-XYZ", broken[1][1])

    def test_a_gold_file_must_be_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "posts.txt"
            path.write_text("a\tB-XYZ\n", encoding="utf-8")
            with self.assertRaisesRegex(ValueError, ":1: expected O or B-/I-"):
                read_conll(path)


if __name__ == "__main__":
    unittest.main()
