"""The engines by name, and the files that they read."""

import importlib
from pathlib import Path

import trainer

ENGINES = {
    "TriMod": ("engine_trimod", "Engine"),
    "ONNX Runtime": ("engine_onnxruntime", "Engine"),
    "OpenVINO": ("engine_openvino", "Engine"),
    "PyTorch eager": ("engine_pytorch", "Eager"),
    "PyTorch compiled": ("engine_pytorch", "Compiled"),
}
OURS = "TriMod"
PEERS = [name for name in ENGINES if name != OURS]
# Not in the table: what an engine does wrong (probes.py).
PROBED = {"OpenVINO, sequence_lens": ("engine_openvino", "SequenceLengths")}


class Files:
    """build: the folder of `make build`; work: where the ONNX graphs and the posts' ids go."""

    def __init__(self, build, work):
        self.library = Path(build) / "demo" / "tagger.so"
        self.tagger = Path(build) / "demo" / "tagger"
        self.weights = trainer.MODEL
        self.weight_file = trainer.MODEL / "trimod.safetensors"
        self.vocabulary = trainer.MODEL / "vocabulary.json"
        self.onnx = {
            form: Path(work) / f"{form}.onnx" for form in ("sequence_lens", "reverse_sequence")
        }
        self.ids = Path(work) / "ids.json"
        self.one_post = Path(work) / "one-post.json"


def load(name, files, threads, callers):
    """Imports the one engine that is asked for."""
    module, kind = {**ENGINES, **PROBED}[name]
    return getattr(importlib.import_module(module), kind)(files, threads, callers)
