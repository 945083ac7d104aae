"""Posts -> padded tensors."""

import numpy as np
import torch

from labels import LABELS, LABEL_ID
from vocabulary import PAD


class EncodedPost:
    """A post as ids, computed once."""

    def __init__(self, post, vocabulary):
        self.post = post
        self.words = [vocabulary.word_id(keys) for keys in post.word_keys]
        self.forms = [tuple(vocabulary.char_ids(form)) for form in post.char_forms]
        self.visual = [vocabulary.word_id([word]) for word in post.visual_words]
        self.hashtags = [vocabulary.word_id([word]) for word in post.hashtag_words]
        self.target = target_of(post)

    def __len__(self):
        return len(self.words)


def target_of(post):
    """[tokens, labels]: a teacher's distributions, or one-hot tags, or None."""
    if post.soft_labels is not None:
        return post.soft_labels
    if post.tags is None:
        return None
    target = np.zeros((len(post.tags), len(LABELS)), np.float32)
    target[np.arange(len(post.tags)), [LABEL_ID[tag] for tag in post.tags]] = 1
    return target


def padded(rows):
    out = np.full((len(rows), max(1, max(map(len, rows), default=0))), PAD, np.int64)
    for index, row in enumerate(rows):
        out[index, : len(row)] = row
    return torch.from_numpy(out)


class Batch:
    """words, form_of_token [B, T]; forms [U, L] with form_lengths [U]; visual, hashtags [B, K];
    mask [B, T]; target [B, T, labels]. Posts stand by falling length."""

    def __init__(self, encoded):
        encoded = sorted(encoded, key=len, reverse=True)
        self.posts = [e.post for e in encoded]
        self.lengths = torch.tensor([len(e) for e in encoded])
        self.words = padded([e.words for e in encoded])
        self.mask = torch.arange(self.words.shape[1])[None] < self.lengths[:, None]
        forms = sorted(
            {form for e in encoded for form in e.forms}, key=lambda form: (-len(form), form)
        )
        index = {form: position for position, form in enumerate(forms)}
        self.forms = padded(forms)
        self.form_lengths = torch.tensor([len(form) for form in forms])
        self.form_of_token = padded([[index[form] for form in e.forms] for e in encoded])
        self.visual = padded([e.visual for e in encoded])
        self.hashtags = padded([e.hashtags for e in encoded])
        self.target = self._target(encoded)

    def _target(self, encoded):
        if any(e.target is None for e in encoded):
            return None
        target = np.zeros((*self.words.shape, len(LABELS)), np.float32)
        for row, e in zip(target, encoded):
            row[: len(e)] = e.target
        return torch.from_numpy(target)


def batches(encoded, size, rng=None):
    """Batches of posts of similar length; with a generator, shuffled, and mixed anew in every
    epoch."""
    lengths = np.array([len(e) for e in encoded], float)
    if rng is not None:
        lengths += rng.uniform(-1.5, 1.5, len(lengths))
    order = np.argsort(lengths, kind="stable")
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    if rng is not None:
        rng.shuffle(groups)
    for group in groups:
        yield Batch([encoded[index] for index in group])


def predict(model, encoded, size=64):
    """Tags of every post, in the given order."""
    model.eval()
    tags = {}
    for batch in batches(encoded, size):
        tags.update((id(post), path) for post, path in zip(batch.posts, model.predict(batch)))
    return [tags[id(e.post)] for e in encoded]
