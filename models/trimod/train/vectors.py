"""The initial word table: our own skip-gram vectors joined with static vectors of a small
transformer."""

import logging

import numpy as np

import pretrained
from reporting import progress
from vocabulary import PAD, SPECIAL_WORDS, table_key

SKIPGRAM_DIM = 200
# What the transformer reads in place of the special words.
SPOKEN = {"<pad>": "", "<unk>": "", "<url>": "link", "<user>": "user", "<num>": "number"}


def sentences(posts, minimum=2):
    """Key sequences to train on. Rare numbers become <num> and other rare words <unk>, so that
    these rows are trained too."""
    sequences = [[table_key(keys) for keys in post.word_keys] for post in posts]
    counts = {}
    for sequence in sequences:
        for key in sequence:
            counts[key] = counts.get(key, 0) + 1

    def replace(key):
        if key[0].isdigit() and counts[key] < 20:
            return "<num>"
        return key if counts[key] >= minimum else "<unk>"

    return [[replace(key) for key in sequence] for sequence in sequences]


def skipgram(sequences, epochs, seed):
    """word -> 200 numbers."""
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.WARNING)
    model = Word2Vec(
        sequences,
        vector_size=SKIPGRAM_DIM,
        window=5,
        min_count=2,
        sg=1,
        negative=5,
        sample=1e-4,
        epochs=epochs,
        workers=1,
        seed=seed,
    )
    return model.wv.index_to_key, model.wv.vectors


def static_vectors(words, folder, batch=256):
    """Each word read alone by the transformer: the mean of its last hidden states, [words, 384]."""
    import torch

    tokenizer, model = pretrained.load(folder)
    model.eval()
    texts = [SPOKEN.get(word, word.lstrip("#") or word) for word in words]
    order = np.argsort([len(text) for text in texts], kind="stable")
    result = np.zeros((len(words), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for start in progress(range(0, len(words), batch), label="static vectors"):
            rows = order[start : start + batch]
            encoded = tokenizer(
                [texts[row] for row in rows],
                padding=True,
                truncation=True,
                max_length=16,
                return_tensors="pt",
            )
            hidden = model(**encoded).last_hidden_state
            mask = encoded["attention_mask"][:, :, None].float()
            result[rows] = ((hidden * mask).sum(1) / mask.sum(1)).numpy()
    return result


def principal_components(rows, count):
    rows = rows - rows.mean(0)
    _, directions = np.linalg.eigh(rows.T @ rows / len(rows))
    directions = directions[:, ::-1][:, :count]
    # The sign of an eigenvector is the library's choice; fix it.
    signs = np.sign(directions[np.abs(directions).argmax(0), np.arange(count)])
    return rows @ (directions * signs)


def word_table(words, skipgram_words, skipgram_rows, static_rows, dims, scale, seed):
    """[words, sum(dims)]: each source cut to its share by principal components and brought to
    the same spread. A word that the tweets lack takes small random numbers in the skip-gram
    part. static_rows may be None if its share is 0."""
    generator = np.random.default_rng(seed)
    index = {word: row for row, word in enumerate(skipgram_words)}
    known = [position for position, word in enumerate(words) if word in index]
    left = generator.normal(0, 0.1, (len(words), dims[0])).astype(np.float32)
    left[known] = principal_components(
        skipgram_rows[[index[words[position]] for position in known]], dims[0]
    )
    left[known] /= left[known].std()
    parts = [left]
    if dims[1]:
        right = principal_components(static_rows, dims[1])
        right /= right.std()
        # The transformer knows nothing of an unknown word: the mean vector, which centring made 0.
        right[SPECIAL_WORDS.index("<unk>")] = 0
        parts.append(right)
    table = np.concatenate(parts, 1) * scale
    table[PAD] = 0
    return table.astype(np.float32)
