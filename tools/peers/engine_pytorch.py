"""PyTorch: the trainer's own model, eager and compiled. Sequences are packed."""

import trainer  # noqa: F401  (makes the trainer's modules importable)
import torch

import checkpoint
from batching import Batch

torch.set_grad_enabled(False)


class Eager:
    def __init__(self, files, threads, callers):
        torch.set_num_threads(threads)
        self.model, _ = checkpoint.load(files.weights)
        self.emissions = self.model.emissions

    @property
    def version(self):
        return torch.__version__

    def prepare(self, batch):
        return Batch(batch)

    def run(self, batch):
        with torch.inference_mode():
            return self.model.crf.viterbi(self.emissions(batch), batch.mask)[0]

    def caller(self):
        return self.run

    def labels(self, outputs, lengths):
        return [labels[:length] for labels, length in zip(outputs.tolist(), lengths)]


class Compiled(Eager):
    """Dynamo cannot trace a GRU on packed sequences (probes.py): it is left to eager mode, and what
    stands between is compiled. Viterbi stays eager, or it would be compiled anew for each length.
    """

    def __init__(self, files, threads, callers):
        super().__init__(files, threads, callers)
        for layer in (self.model.char_gru, self.model.word_gru):
            layer.forward = torch.compiler.disable(layer.forward)
        self.emissions = torch.compile(self.model.emissions, dynamic=True)
