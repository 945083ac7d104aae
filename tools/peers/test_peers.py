#!/usr/bin/env python3
"""Tests of the comparison's own parts on made-up posts:

  build/peers-venv/bin/python tools/peers/test_peers.py

Needs numpy and onnx, and no engine but one: the ONNX graph is run by ONNX Runtime, if it is there.
"""

import tempfile
import unittest
from pathlib import Path

import numpy as np

import onnx_graph
import report
import weights
from bench_peers import wrong_engines
from agreement import compare, path_score
from measuring import ONE, Result, Timing
from padding import ABSENT, pad
from posts import PostIds, groups, load, save

try:
    import onnxruntime
except ImportError:
    onnxruntime = None

LABELS = 9
POSTS = [
    PostIds([2, 3, 4], [(1, 2), (3,), (1, 2)], [5], []),
    PostIds([4], [(2,)], [], [3, 2]),
    PostIds([1, 2], [(3, 1, 2), (1,)], [], []),
]


def made_state(words=8, chars=4, char_dim=3, char_hidden=2, word_dim=5, hidden=4):
    draw = np.random.default_rng(3)
    d = 2 * hidden
    shapes = {
        "word_embedding.weight": (words, word_dim),
        "char_embedding.weight": (chars, char_dim),
        "visual.weight": (d, word_dim),
        "visual.bias": (d,),
        "hashtag.weight": (d, word_dim),
        "hashtag.bias": (d,),
        "fusion.weight": (d, d),
        "fusion.bias": (d,),
        "fusion.u": (d,),
        "emission.weight": (LABELS, d),
        "emission.bias": (LABELS,),
        "crf.transitions": (LABELS, LABELS),
        "crf.start_transitions": (LABELS,),
        "crf.end_transitions": (LABELS,),
    }
    grus = {"char_gru": (char_dim, char_hidden), "word_gru": (word_dim + 2 * char_hidden, hidden)}
    for name, (inputs, size) in grus.items():
        for suffix in ("", "_reverse"):
            shapes[f"{name}.weight_ih_l0{suffix}"] = (3 * size, inputs)
            shapes[f"{name}.weight_hh_l0{suffix}"] = (3 * size, size)
            for kind in ("ih", "hh"):
                shapes[f"{name}.bias_{kind}_l0{suffix}"] = (3 * size,)
    return {name: draw.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


STATE = made_state()


class AgreementTest(unittest.TestCase):
    """The comparison must not be able to pass over a wrong label."""

    def setUp(self):
        draw = np.random.default_rng(1)
        self.emissions = [draw.normal(size=(length, LABELS)) for length in (3, 1, 2)]
        self.labels = [[0, 1, 2], [4], [5, 6]]

    def compare(self, theirs):
        return compare(self.labels, self.emissions, theirs, STATE)

    def test_equal_labels_agree(self):
        result = self.compare([list(post) for post in self.labels])
        self.assertEqual((result.differing, str(result)), (0, "0"))

    def test_any_altered_label_is_found(self):
        for post, labels in enumerate(self.labels):
            for token in range(len(labels)):
                altered = [list(other) for other in self.labels]
                altered[post][token] = 8
                result = self.compare(altered)
                self.assertEqual([found for found, _ in result.wrong], [post])
                self.assertIn("WRONG", str(result))

    def test_it_fails_the_run(self):
        same, other = self.compare(self.labels), self.compare([[0, 1, 2], [4], [5, 7]])
        results = {ONE: {"Same": Result(agreement=same), "Other": Result(agreement=other)}}
        self.assertEqual(len(wrong_engines(results)), 1)
        self.assertIn("Other, one thread: 1 of 3 WRONG", wrong_engines(results)[0])

    def test_a_missing_label_is_wrong(self):
        self.assertEqual(len(self.compare([[0, 1], [4], [5, 6]]).wrong), 1)

    def test_a_missing_post_is_an_error(self):
        with self.assertRaises(ValueError):
            self.compare(self.labels[:2])

    def test_a_tie_is_told_apart(self):
        """Two labels of one score: which of them wins is left to rounding."""
        other = [list(post) for post in self.labels]
        other[1] = [3]
        state = {**STATE, "crf.start_transitions": np.zeros(LABELS, np.float32)}
        state["crf.end_transitions"] = state["crf.start_transitions"]
        self.emissions[1][0, 3] = self.emissions[1][0, 4] + 1e-6
        result = compare(self.labels, self.emissions, other, state)
        self.assertEqual((len(result.ties), len(result.wrong)), (1, 0))


class PaddingTest(unittest.TestCase):
    def test_arrays_hold_the_posts(self):
        arrays = pad(POSTS)
        for column, ids in enumerate(POSTS):
            self.assertEqual(arrays["words"][: len(ids), column].tolist(), ids.words)
            self.assertEqual(arrays["mask"][:, column, 0].sum(), len(ids))
            for token, form in enumerate(ids.forms):
                place = arrays["form_of_token"][token, column]
                length = arrays["form_lengths"][place]
                self.assertEqual(tuple(arrays["forms"][:length, place]), form)

    def test_only_given_context_words_are_present(self):
        absent = pad(POSTS)["absent"][:, :, 0]
        self.assertEqual((absent != ABSENT).sum(1).tolist(), [1, 2, 0])

    def test_every_form_is_there_once(self):
        self.assertEqual(pad(POSTS)["forms"].shape, (3, 5))

    def test_groups_hold_every_post_once_and_fall_in_length(self):
        batches = groups(POSTS, 2)
        self.assertEqual([len(POSTS[n]) for batch in batches for n in batch], [3, 2, 1])
        self.assertEqual(groups(POSTS, 1), [[0], [1], [2]])

    def test_ids_survive_their_file(self):
        with tempfile.TemporaryDirectory() as folder:
            save(POSTS, Path(folder) / "ids.json")
            self.assertEqual(load(Path(folder) / "ids.json"), POSTS)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_states(rows, state, name, suffix):
    """PyTorch's GRU, written down: gates r, z, n."""
    w, r, b, c = (
        state[f"{name}.{kind}_l0{suffix}"]
        for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    h, states = np.zeros(r.shape[1]), []
    for x in rows if not suffix else rows[::-1]:
        (xr, xz, xn), (hr, hz, hn) = np.split(w @ x + b, 3), np.split(r @ h + c, 3)
        z = sigmoid(xz + hz)
        h = (1 - z) * np.tanh(xn + sigmoid(xr + hr) * hn) + z * h
        states.append(h)
    return np.array(states if not suffix else states[::-1])


def emissions_of(ids, state):
    """Of one post, by the model's equations and nothing else."""

    def last(form):
        rows = state["char_embedding.weight"][list(form)]
        forward, backward = (gru_states(rows, state, "char_gru", s) for s in ("", "_reverse"))
        return np.concatenate([forward[-1], backward[0]])

    words = state["word_embedding.weight"]
    tokens = [np.concatenate([words[w], last(f)]) for w, f in zip(ids.words, ids.forms)]
    states = np.concatenate([gru_states(tokens, state, "word_gru", s) for s in ("", "_reverse")], 1)
    context = [
        state[f"{name}.weight"] @ words[word] + state[f"{name}.bias"]
        for name, row in (("visual", ids.visual), ("hashtag", ids.hashtags))
        for word in row
    ]
    fused = []
    for h in states:
        f = np.array([h, *context])
        gamma = np.exp(
            np.tanh(f @ state["fusion.weight"].T + state["fusion.bias"]) @ state["fusion.u"]
        )
        fused.append(gamma @ f / gamma.sum())
    return np.array(fused) @ state["emission.weight"].T + state["emission.bias"]


def best_labels(emissions, state):
    """By trying every path."""
    paths = np.stack(np.meshgrid(*[range(LABELS)] * len(emissions), indexing="ij"), -1)
    paths = paths.reshape(-1, len(emissions))
    return max(paths.tolist(), key=lambda labels: path_score(emissions, labels, state))


@unittest.skipIf(onnxruntime is None, "onnxruntime is not installed")
class GraphTest(unittest.TestCase):
    def test_both_forms_give_the_best_paths(self):
        expected = [best_labels(emissions_of(ids, STATE), STATE) for ids in POSTS]
        for form in onnx_graph.FORMS:
            session = onnxruntime.InferenceSession(
                onnx_graph.build(STATE, form).SerializeToString(),
                providers=["CPUExecutionProvider"],
            )
            names = [value.name for value in session.get_inputs()]
            for batch in (range(3), [0], [1], [2, 1]):
                arrays = pad([POSTS[n] for n in batch])
                found = session.run(None, {name: arrays[name] for name in names})[0].T.tolist()
                for labels, n in zip(found, batch):
                    self.assertEqual(labels[: len(POSTS[n])], expected[n], f"{form}, post {n}")


class WeightsTest(unittest.TestCase):
    def test_rows_of_int8_are_multiplied_by_their_scales(self):
        from safetensors.numpy import save_file

        tensors = {
            "table": np.array([[1, -2], [3, 4]], np.int8),
            "table.scale": np.array([0.5, 2], np.float32),
            "other.scale": np.array([7], np.float32),
        }
        with tempfile.TemporaryDirectory() as folder:
            save_file(tensors, Path(folder) / "w.safetensors")
            wide = weights.load(Path(folder) / "w.safetensors")
        self.assertEqual(wide["table"].tolist(), [[0.5, -1], [6, 8]])
        self.assertEqual(wide["other.scale"].tolist(), [7])
        self.assertNotIn("table.scale", wide)


class TimingTest(unittest.TestCase):
    def test_an_interrupted_call_is_not_counted(self):
        timing = Timing(1, 2)
        for calls in ([1, 2], [1, 50], [70, 2]):
            timing.add({"wall": sum(calls), "cpu": 1, "calls": calls}, one_at_a_time=True)
        self.assertEqual(timing.wall_per_post, 1.5)


class ReportTest(unittest.TestCase):
    def test_ratios_are_of_medians_and_failures_are_rows(self):
        def result(seconds):
            timing = Timing(1, 10, [seconds, 9, seconds], [seconds / 2, seconds / 2, 9])
            return Result("1", timing, timing, compare([], [], [], STATE), 5.0)

        results = {"TriMod": result(1), "Other": result(3), "Broken": Result(error="no such thing")}
        shown = report.one_thread(results)
        self.assertIn("| 3.00 (3.00) |", shown)
        self.assertIn("fails: no such thing", shown)
        self.assertEqual(report.fastest_peer({ONE: results}, 1, True)[0], "Other")
        self.assertIn("| 5 |", report.start_and_memory({"Other": 0.1}, {"Other": 5.0}))


if __name__ == "__main__":
    unittest.main()
