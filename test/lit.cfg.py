import os

import lit.formats

config.name = "TriMod"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "golden"]
config.test_source_root = os.path.join(config.source_dir, "test")
config.test_exec_root = os.path.join(config.binary_dir, "test")
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.binary_dir, "bin"), config.llvm_tools_dir, os.environ["PATH"]])
config.substitutions.append(("%source_dir", config.source_dir))
config.substitutions.append(("%llvm_lib_dir", os.path.join(os.path.dirname(config.llvm_tools_dir), "lib")))
config.substitutions.append(("%models", os.path.join(config.source_dir, "models")))
config.substitutions.append(("%inputs", os.path.join(config.binary_dir, "test", "Inputs")))
config.substitutions.append(("%demo", os.path.join(config.binary_dir, "demo")))
config.substitutions.append(("%golden", os.path.join(config.source_dir, "test", "numerical", "golden")))

# What this machine can run; tests that need more say REQUIRES and lit counts them as unsupported.
with open("/proc/cpuinfo") as cpuinfo:
    flags = next((line.split() for line in cpuinfo if line.startswith("flags")), [])
if {"avx2", "fma", "f16c"} <= set(flags):
    config.available_features.add("x86-64-v3")
if {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"} <= set(flags):
    config.available_features.add("x86-64-v4")
