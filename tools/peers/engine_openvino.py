"""OpenVINO on our ONNX graph. Backward GRUs are forward ones on reversed sequences (onnx_graph.py):
it ignores sequence_lens of a GRU whose dimensions are dynamic (probes.py shows it)."""

import openvino

from padding import pad


class Engine:
    FORM = "reverse_sequence"

    def __init__(self, files, threads, callers):
        core = openvino.Core()
        properties = {
            "INFERENCE_NUM_THREADS": threads * callers,
            "NUM_STREAMS": callers,
            # On CPUs that have it, OpenVINO would compute in bf16 by itself.
            "INFERENCE_PRECISION_HINT": "f32",
        }
        self.model = core.compile_model(str(files.onnx[self.FORM]), "CPU", properties)
        # An input that is only cast goes by the name of either side.
        self.inputs = [value.get_names() for value in self.model.inputs]

    @property
    def version(self):
        return openvino.__version__.partition("-")[0]

    def prepare(self, batch):
        arrays = pad(batch)
        return [next(arrays[name] for name in names if name in arrays) for names in self.inputs]

    def caller(self):
        request = self.model.create_infer_request()
        return lambda inputs: request.infer(inputs)[0]

    def labels(self, outputs, lengths):
        columns = outputs.T.tolist()
        return [labels[:length] for labels, length in zip(columns, lengths)]


class SequenceLengths(Engine):
    FORM = "sequence_lens"
