"""The committed weights in single precision, and the form that ONNX wants of a GRU's."""

import numpy as np
from safetensors.numpy import load_file

SCALE = ".scale"


def load(path):
    """name -> f32 array. A table of int8 rows is multiplied by its scales."""
    state = load_file(path)
    wide = {
        name: value.astype(np.float32)
        for name, value in state.items()
        if not (name.endswith(SCALE) and name[: -len(SCALE)] in state)
    }
    for name in wide:
        if name + SCALE in state:
            wide[name] *= state[name + SCALE][:, None]
    return wide


def onnx_order(weight):
    """PyTorch's gates stand as r, z, n; ONNX's as z, r, n."""
    r, z, n = np.split(weight, 3)
    return np.concatenate([z, r, n])


def onnx_gru(state, name, suffixes=("", "_reverse")):
    """W [directions, 3H, inputs], R [directions, 3H, H], B [directions, 6H] of ONNX's GRU."""

    def stacked(kind):
        return [onnx_order(state[f"{name}.{kind}_l0{suffix}"]) for suffix in suffixes]

    biases = zip(stacked("bias_ih"), stacked("bias_hh"))
    return (
        np.stack(stacked("weight_ih")),
        np.stack(stacked("weight_hh")),
        np.stack([np.concatenate(pair) for pair in biases]),
    )
