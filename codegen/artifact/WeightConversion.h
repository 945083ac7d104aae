//===- WeightConversion.h - weights in other types of numbers ---*- C++ -*-===//
#ifndef TRIMOD_CODEGEN_ARTIFACT_WEIGHTCONVERSION_H
#define TRIMOD_CODEGEN_ARTIFACT_WEIGHTCONVERSION_H

#include "codegen/artifact/WeightStore.h"

namespace trimod {

/// Writes the finite numbers `row` as int8 and returns their scale: element * scale is within scale
/// / 2 of the number, but for the rounding of f32. A row of zeros, or one so small (below 2^-119)
/// that its scale would be no normal number, is zeros with scale 0.
float quantizeRow(llvm::ArrayRef<float> row, llvm::MutableArrayRef<int8_t> elements);

/// Where trimod-quantize gave a parameter another type than its weight has, adds the converted
/// weight to `weights`, and to rows of int8 their scales. Remarks (category trimod-schedule): the
/// bytes before and after, and the largest rounding error. Errors, at the parameter: a number that
/// the new type cannot hold.
llvm::LogicalResult convertWeights(mlir::ModuleOp module, WeightStore &weights);

/// The weights that the parameters of `module` name, as a safetensors file.
llvm::Expected<std::string> formatWeights(mlir::ModuleOp module, const WeightStore &weights);

} // namespace trimod

#endif // TRIMOD_CODEGEN_ARTIFACT_WEIGHTCONVERSION_H
