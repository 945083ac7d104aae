"""Exported weights in PyTorch."""

import json

import torch
from safetensors.torch import load_file

from data import Batch, by_length
from network import Segmenter
from segmentation import close


def load(folder):
    """(network, character -> id) of an exported folder."""
    text = (folder / "vocabulary.json").read_text(encoding="utf-8")
    characters = json.loads(text)["hashtag_characters"]
    model = Segmenter(len(characters))
    prefix = "segmenter."
    state = load_file(folder / "segmenter.safetensors")
    model.load_state_dict({name[len(prefix) :]: value for name, value in state.items()})
    return model.eval(), {character: row for row, character in enumerate(characters)}


@torch.no_grad()
def predict(model, ids, examples):
    """The flags of each example; more likely than not is an end."""
    found = {}
    for equally_long in by_length(examples, 256):
        probabilities = model.probabilities(Batch(equally_long, ids).characters)
        for example, row in zip(equally_long, probabilities.tolist()):
            found[example.hashtag] = close(example.hashtag, [p > 0.5 for p in row])
    return [found[example.hashtag] for example in examples]
