"""ONNX Runtime on our ONNX graph, with sequence_lens, Viterbi as Scan."""

import onnxruntime

from padding import pad


class Engine:
    def __init__(self, files, threads, callers):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(files.onnx["sequence_lens"]), options, providers=["CPUExecutionProvider"]
        )
        self.inputs = [value.name for value in self.session.get_inputs()]

    @property
    def version(self):
        return onnxruntime.__version__

    def prepare(self, batch):
        arrays = pad(batch)
        return {name: arrays[name] for name in self.inputs}

    def caller(self):
        return lambda inputs: self.session.run(None, inputs)

    def labels(self, outputs, lengths):
        columns = outputs[0].T.tolist()
        return [labels[:length] for labels, length in zip(columns, lengths)]
