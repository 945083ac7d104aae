"""Exported weights: safetensors with the state dict's names, and the vocabulary beside it."""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from labels import LABELS
from model import TriMod
from vocabulary import Vocabulary

WEIGHTS, VOCABULARY = "trimod.safetensors", "vocabulary.json"


def export(model, vocabulary, folder):
    """Rounds the word table to half precision and writes both files. Returns the model as a
    reader of the files will see it."""
    state = {name: value.float().contiguous() for name, value in model.exported_state().items()}
    state["word_embedding.weight"] = state["word_embedding.weight"].half()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(state, folder / WEIGHTS)
    (folder / WEIGHTS).chmod(0o644)  # save_file leaves it readable by its owner alone
    vocabulary.save(folder / VOCABULARY)
    return load(folder)


def load(folder):
    """(model, vocabulary) of an exported folder; the word table is widened back to single
    precision."""
    folder = Path(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY)
    if vocabulary.labels != LABELS:
        raise ValueError(
            f"{folder / VOCABULARY}: expected the labels {LABELS}, found {vocabulary.labels}"
        )
    model = TriMod(len(vocabulary.words), len(vocabulary.chars))
    state = {name: value.to(torch.float32) for name, value in load_file(folder / WEIGHTS).items()}
    model.load_state_dict(state)
    return model.eval(), vocabulary
