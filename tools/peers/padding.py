"""A batch as the padded arrays that engines other than ours need. Time stands first, as in ONNX."""

import numpy as np

ABSENT = -1e9  # added to the score of a context word that a post does not have


def padded(rows, least=1):
    """[longest, rows], of id 0 where a row has ended."""
    out = np.zeros((max(least, max(map(len, rows), default=0)), len(rows)), np.int32)
    for column, row in enumerate(rows):
        out[: len(row), column] = row
    return out


def pad(batch):
    """batch: PostIds. Every distinct character form is given once.

    words, form_of_token [T, B]; mask [T, B, 1]; lengths [B]; forms [L, U]; form_lengths [U];
    form_last [U, 2] = (last step, column); visual [B, K]; hashtags [B, G]; absent [B, K + G, 1]
    """
    forms = sorted({form for ids in batch for form in ids.forms})
    index = {form: position for position, form in enumerate(forms)}
    # Viterbi in ONNX is a scan over all steps but the first, of which there must be one.
    words = padded([ids.words for ids in batch], least=2)
    lengths = np.array([len(ids) for ids in batch], np.int32)
    form_lengths = np.array([len(form) for form in forms], np.int32)
    visual = padded([ids.visual for ids in batch]).T
    hashtags = padded([ids.hashtags for ids in batch]).T
    absent = np.concatenate([visual, hashtags], 1) == 0
    return {
        "words": words,
        "form_of_token": padded([[index[form] for form in ids.forms] for ids in batch], least=2),
        "mask": (np.arange(len(words))[:, None] < lengths)[:, :, None],
        "lengths": lengths,
        "forms": padded(forms),
        "form_lengths": form_lengths,
        "form_last": np.stack([form_lengths - 1, np.arange(len(forms))], 1).astype(np.int64),
        "visual": np.ascontiguousarray(visual),
        "hashtags": np.ascontiguousarray(hashtags),
        "absent": np.where(absent, ABSENT, 0).astype(np.float32)[:, :, None],
    }
