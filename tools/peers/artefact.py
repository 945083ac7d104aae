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
    """A compiled library."""

    def __init__(self, path):
        self.path = path
        self.library = ctypes.CDLL(str(Path(path).resolve()))
        self.library.trimod_query.restype = ctypes.POINTER(ModelDescription)
        found = self.library.trimod_query(ctypes.c_uint32(ABI_VERSION))
        if not found:
            raise ValueError(f"{path}: does not serve interface version {ABI_VERSION}")
        self.model = found.contents
        self.functions = [self.model.functions[i] for i in range(self.model.function_count)]

    def has(self, name):
        return any(function.name.decode() == name for function in self.functions)

    def entry(self, name):
        """For the best instruction level that library and CPU have."""
        level = best_level()
        for function in self.functions:  # highest level first
            if function.name.decode() == name and function.isa_level <= level:
                return Entry(self, function)
        raise ValueError(f"{self.path}: no function '{name}' for x86-64-v{level} or below")


class Entry:
    """A function of a library."""

    def __init__(self, artefact, function):
        self.artefact, self.function = artefact, function
        self.inputs = function.inputs[: function.input_count]
        self.outputs = function.outputs[: function.output_count]
        indices = function.parameters[: function.parameter_count]
        self.parameters = [artefact.model.parameters[index] for index in indices]
        for parameter in self.parameters:
            if not parameter.data:
                raise ValueError(f"{artefact.path}: {parameter.key.decode()} is not embedded")

    def bind(self, inputs, outputs):
        """A call of the function. Arrays by name; there may be more than it has."""
        tensors = [tensor_of(value, inputs) for value in self.inputs]
        tensors += [Tensor(parameter.data, parameter.shape) for parameter in self.parameters]
        tensors += [Tensor()]  # workspace
        tensors += [tensor_of(value, outputs) for value in self.outputs]
        return Call(self, (Tensor * len(tensors))(*tensors), (inputs, outputs))


class Call:
    def __init__(self, entry, tensors, alive):
        self.entry, self.tensors, self.alive = entry.function.entry, tensors, alive
        self.workspace_bytes = entry.function.workspace(tensors)
        self.workspace = tensors[len(entry.inputs) + len(entry.parameters)]

    def run(self, workspace):
        """workspace: an aligned address of at least `workspace_bytes`."""
        self.workspace.data = workspace
        self.workspace.shape[0] = self.workspace_bytes
        self.entry(self.tensors)


def tensor_of(value, arrays):
    name, dtype = value.name.decode(), DTYPES[value.dtype]
    array = arrays[name]
    if array.dtype != dtype or array.ndim != value.rank or not array.flags.c_contiguous:
        raise ValueError(f"{name}: expected a contiguous {np.dtype(dtype)} of rank {value.rank}")
    return Tensor(array.ctypes.data, Shape(*array.shape))
