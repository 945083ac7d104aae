//===- Precision.h - the types of numbers that weights are kept in -*- C++ -*-===//
//
// What --precision of the compiler and of trimod-quantize says: "embedding:int8", parts separated
// by commas. The parts are the kinds of ops that read weights; there is one so far.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_PASSES_PRECISION_H
#define TRIMOD_PASSES_PRECISION_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace trimod {

enum class NumberFormat {
  F32,
  F16,
  Int8, // with one f32 scale a row
};

/// A part without a format stays as its weights are.
struct Precision {
  std::optional<NumberFormat> embedding;
};

/// Reads items of the form PART:FORMAT. Errors: another form, an unknown part or format, a part
/// that is named twice.
llvm::Expected<Precision> parsePrecision(llvm::ArrayRef<std::string> items);

} // namespace trimod

#endif // TRIMOD_PASSES_PRECISION_H
