//===- Signature.h - what the runtime is told about entry functions -*- C++ -*-===//
//
// An entry function of the kernels phase takes contiguous memrefs: inputs, parameters, the
// workspace, outputs (passes/FunctionBoundary.h). Here that is read from a function's arguments,
// once, for the wrapper that the runtime calls (EntryPoints.cpp) and for the tables that describe
// it (ModelDescriptor.h).
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_SIGNATURE_H
#define TRIMOD_CODEGEN_ARTIFACT_SIGNATURE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "trimod/runtime.h"
#include <optional>
#include <string>
#include <vector>

namespace trimod {

/// A tensor's type as the runtime knows it; a dimension of -1 varies from call to call.
struct TensorSignature {
  trimod_dtype dtype = TRIMOD_F32;
  std::vector<int64_t> shape;

  bool operator==(const TensorSignature &other) const {
    return dtype == other.dtype && shape == other.shape;
  }
  bool operator!=(const TensorSignature &other) const { return !(*this == other); }
};

/// "f32[?x9]".
std::string describe(const TensorSignature &tensor);

/// "f32"; MLIR's name too, but for u8.
llvm::StringRef getElementTypeName(trimod_dtype dtype);

/// Bytes of one element.
unsigned getElementSize(trimod_dtype dtype);

/// The element type's name at the runtime, or nothing if the runtime has none.
std::optional<trimod_dtype> getElementType(mlir::Type type);

/// Attribute of an entry function's input: trimod_value::index_bound.
inline constexpr llvm::StringLiteral kIndexBoundAttr = "trimod.index_bound";

/// An input or output with its name, or a parameter with its key.
struct NamedTensor {
  std::string name;
  TensorSignature tensor;
  /// Of an input whose numbers select rows: they are below it. Otherwise 0.
  int64_t indexBound = 0;
};

struct FunctionSignature {
  std::string name;
  trimod_isa_level level = TRIMOD_X86_64_V3;
  std::vector<NamedTensor> inputs, parameters, outputs;
};

/// The symbols of the two functions that the runtime calls: "trimod_tag_v3" and
/// "trimod_tag_v3_workspace".
std::string getEntrySymbol(llvm::StringRef function, trimod_isa_level level);
std::string getWorkspaceSymbol(llvm::StringRef function, trimod_isa_level level);

/// Reads the arguments of one function. Errors (at the function): an argument that is no contiguous
/// memref of at most TRIMOD_MAX_RANK dimensions and a known element type, an input or output
/// without a name, arguments out of order, not exactly one workspace.
mlir::FailureOr<FunctionSignature> readSignature(mlir::func::FuncOp function,
                                                 trimod_isa_level level);

/// The signatures of all entry functions of a module, in their order.
mlir::FailureOr<std::vector<FunctionSignature>> readSignatures(mlir::ModuleOp module,
                                                               trimod_isa_level level);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_SIGNATURE_H
