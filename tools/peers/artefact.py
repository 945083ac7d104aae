"""An artefact's functions through its C interface, runtime/include/trimod/runtime.h."""

import ctypes
import os
from pathlib import Path

import numpy as np

ABI_VERSION = 2
MAX_RANK = 4
DTYPES = [np.float32, np.float16, np.int32, np.int64, np.uint8, np.int8]
ALIGNMENT = 64
# Of x86-64-v4, what v3 does not have; as the kernel lists it, so that it is enabled too.
V4_FLAGS = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}

Shape = ctypes.c_int64 * MAX_RANK


class Tensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("shape", Shape)]


class Value(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("dtype", ctypes.c_int32),
        ("rank", ctypes.c_int32),
        ("shape", Shape),
        ("index_bound", ctypes.c_int64),
    ]


class Parameter(ctypes.Structure):
    _fields_ = [
        ("key", ctypes.c_char_p),
        ("dtype", ctypes.c_int32),
        ("rank", ctypes.c_int32),
        ("shape", Shape),
        ("data", ctypes.c_void_p),
    ]


class Function(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("isa_level", ctypes.c_int32),
        ("input_count", ctypes.c_uint32),
        ("parameter_count", ctypes.c_uint32),
        ("output_count", ctypes.c_uint32),
        ("inputs", ctypes.POINTER(Value)),
        ("parameters", ctypes.POINTER(ctypes.c_uint32)),
        ("outputs", ctypes.POINTER(Value)),
        ("entry", ctypes.CFUNCTYPE(None, ctypes.POINTER(Tensor))),
        ("workspace", ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.POINTER(Tensor))),
    ]


class ModelDescription(ctypes.Structure):
    _fields_ = [
        ("abi_version", ctypes.c_uint32),
        ("struct_size", ctypes.c_uint32),
        ("name", ctypes.c_char_p),
        ("compiler", ctypes.c_char_p),
        ("function_count", ctypes.c_uint32),
        ("parameter_count", ctypes.c_uint32),
        ("functions", ctypes.POINTER(Function)),
        ("parameters", ctypes.POINTER(Parameter)),
    ]


def best_level():
    """What TRIMOD_ISA says, else what the CPU has."""
    forced = os.environ.get("TRIMOD_ISA")
    if forced:
        return int(forced.rpartition("v")[2])
    flags = Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split()
    return 4 if V4_FLAGS <= set(flags) else 3


def aligned(size):
    """An address of `size` bytes, and what keeps them alive."""
    memory = np.empty(size + ALIGNMENT, np.uint8)
    return -(-memory.ctypes.data // ALIGNMENT) * ALIGNMENT, memory


class Artefact:
    """One function of a library, for the best instruction level that library and CPU have."""

    def __init__(self, path, name):
        self.library = ctypes.CDLL(str(Path(path).resolve()))
        self.library.trimod_query.restype = ctypes.POINTER(ModelDescription)
        found = self.library.trimod_query(ctypes.c_uint32(ABI_VERSION))
        if not found:
            raise ValueError(f"{path}: does not serve interface version {ABI_VERSION}")
        self.model = found.contents
        self.function = self._choose(path, name)
        self.inputs = self._values(self.function.inputs, self.function.input_count)
        self.outputs = self._values(self.function.outputs, self.function.output_count)
        self._check_embedded(path)

    def _choose(self, path, name):
        functions = [self.model.functions[i] for i in range(self.model.function_count)]
        level = best_level()
        for function in functions:  # highest level first
            if function.name.decode() == name and function.isa_level <= level:
                return function
        raise ValueError(f"{path}: no function '{name}' for x86-64-v{level} or below")

    def _values(self, values, count):
        return [(values[i].name.decode(), DTYPES[values[i].dtype]) for i in range(count)]

    def _parameters(self):
        indices = self.function.parameters[: self.function.parameter_count]
        return [self.model.parameters[index] for index in indices]

    def _check_embedded(self, path):
        for parameter in self._parameters():
            if not parameter.data:
                raise ValueError(f"{path}: expected embedded weights, {parameter.key} is not")

    def bind(self, inputs, outputs):
        """Tensors of a call, without workspace. Arrays by name; they must outlive the call."""
        tensors = (Tensor * (len(inputs) + self.function.parameter_count + 1 + len(outputs)))()
        first_parameter = len(inputs)
        for index, (name, dtype) in enumerate(self.inputs):
            set_tensor(tensors[index], inputs[name], name, dtype)
        for index, parameter in enumerate(self._parameters()):
            tensors[first_parameter + index] = Tensor(parameter.data, parameter.shape)
        first_output = len(tensors) - len(outputs)
        for index, (name, dtype) in enumerate(self.outputs):
            set_tensor(tensors[first_output + index], outputs[name], name, dtype)
        return Call(self, tensors, (inputs, outputs))


class Call:
    def __init__(self, artefact, tensors, alive):
        self.entry, self.tensors, self.alive = artefact.function.entry, tensors, alive
        self.workspace_bytes = artefact.function.workspace(tensors)
        self.workspace = tensors[len(tensors) - len(artefact.outputs) - 1]

    def run(self, workspace):
        """workspace: an aligned address of at least `workspace_bytes`."""
        self.workspace.data = workspace
        self.workspace.shape[0] = self.workspace_bytes
        self.entry(self.tensors)


def set_tensor(tensor, array, name, dtype):
    if array.dtype != dtype or not array.flags.c_contiguous:
        raise ValueError(f"{name}: expected a contiguous array of {np.dtype(dtype)}")
    tensor.data = array.ctypes.data
    tensor.shape[: array.ndim] = array.shape
