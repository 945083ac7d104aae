"""Exported weights: safetensors with the state dict's names, and the vocabulary beside it."""

import os
import subprocess
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from architectures import ARCHITECTURES
from labels import LABELS
from vocabulary import Vocabulary

VOCABULARY = "vocabulary.json"
MODELS = Path(__file__).resolve().parent.parent.parent
SCALE = ".scale"


def name_of(model):
    return next(name for name, tagger in ARCHITECTURES.items() if type(model) is tagger)


def weights_file(folder):
    """The one weight file of an exported folder, named after its architecture."""
    files = [path for path in Path(folder).glob("*.safetensors") if path.stem in ARCHITECTURES]
    if len(files) != 1:
        raise ValueError(
            f"{folder}: expected one of {', '.join(name + '.safetensors' for name in ARCHITECTURES)}, "
            f"found {len(files)}"
        )
    return files[0]


def export(model, vocabulary, folder):
    """Rounds the word table to half precision and writes both files. Returns the model as a
    reader of the files will see it."""
    state = {name: value.float().contiguous() for name, value in model.exported_state().items()}
    state["word_embedding.weight"] = state["word_embedding.weight"].half()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{name_of(model)}.safetensors"
    unfinished = weights.with_suffix(".part")
    save_file(state, unfinished)
    unfinished.chmod(0o644)  # save_file leaves it readable by its owner alone
    os.replace(unfinished, weights)
    vocabulary.save(folder / VOCABULARY)
    return load(folder)


def shrink(folder, compiler):
    """Has the compiler turn the rows of the exported word table into int8 with a scale each.
    Returns the model as it is now."""
    weights = weights_file(folder)
    model = MODELS / weights.stem / f"{weights.stem}.mlir"
    command = [*compiler, str(model), "--weights", str(weights), "--emit=weights"]
    # The compiler replaces its output only when it is whole.
    command += ["--precision=embedding:int8", "-o", str(weights)]
    if subprocess.run(command, check=False).returncode != 0:
        raise ValueError(f"{' '.join(command)}: failed; the weights in {weights} are f16")
    return load(folder)


def widened(state):
    """Every tensor in single precision; rows of int8 times their scales."""
    wide = {
        name: value.to(torch.float32)
        for name, value in state.items()
        if not name.endswith(SCALE) or name[: -len(SCALE)] not in state
    }
    for name in wide:
        if name + SCALE in state:
            wide[name] *= state[name + SCALE][:, None]
    return wide


def load(folder):
    """(model, vocabulary) of an exported folder, in single precision."""
    folder = Path(folder)
    vocabulary = Vocabulary.load(folder / VOCABULARY)
    if vocabulary.labels != LABELS:
        raise ValueError(
            f"{folder / VOCABULARY}: expected the labels {LABELS}, found {vocabulary.labels}"
        )
    weights = weights_file(folder)
    model = ARCHITECTURES[weights.stem](len(vocabulary.words), len(vocabulary.chars))
    model.load_state_dict(widened(load_file(weights)))
    return model.eval(), vocabulary
