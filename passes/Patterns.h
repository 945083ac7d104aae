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

namespace trimod {

/// trimod.map that pools features by attention -> trimod.attention_pool. The patterns of the
/// recognisers emit a remark at each near miss: a driver that visits an op twice repeats it.
void populateFuseAttentionPoolPatterns(mlir::RewritePatternSet &patterns);

/// The two trimod.scans of Viterbi decoding -> trimod.crf_viterbi.
void populateFuseCRFViterbiPatterns(mlir::RewritePatternSet &patterns);

/// trimod.scan whose body is a gated recurrent unit -> trimod.gru.
void populateFuseGRUCellPatterns(mlir::RewritePatternSet &patterns);

/// Forward and reverse trimod.gru over one sequence -> one bidirectional trimod.gru.
void populateMergeDirectionsPatterns(mlir::RewritePatternSet &patterns);

} // namespace trimod

#endif // TRIMOD_PASSES_PATTERNS_H
