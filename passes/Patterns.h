//===- Patterns.h - rewrite patterns of the passes --------------*- C++ -*-===//
//
// Each pass is a set of patterns and a driver; users of the patterns alone find
// them here.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_PATTERNS_H
#define TRIMOD_PASSES_PATTERNS_H

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace trimod {} // namespace trimod

#endif // TRIMOD_PASSES_PATTERNS_H
