//===- Patterns.h - rewrite patterns of the passes --------------*- C++ -*-===//
//
// Each pass is a set of patterns and a driver; users of the patterns alone find
// them here.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_PATTERNS_H
#define TRIMOD_PASSES_PATTERNS_H

#include <cstdint>

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace trimod {

/// trimod.map that pools features by attention -> trimod.attention_pool. The patterns of the
/// recognisers emit a remark at each near miss: a driver that visits an op twice repeats it.
void populateFuseAttentionPoolPatterns(mlir::RewritePatternSet &patterns);

/// Bias and activation behind a trimod.conv1d -> its own.
void populateFuseConvEpiloguePatterns(mlir::RewritePatternSet &patterns);

/// The two trimod.scans of Viterbi decoding -> trimod.crf_viterbi.
void populateFuseCRFViterbiPatterns(mlir::RewritePatternSet &patterns);

/// trimod.scan whose body is a gated recurrent unit -> trimod.gru.
void populateFuseGRUCellPatterns(mlir::RewritePatternSet &patterns);

/// trimod.scan whose body is a long short-term memory -> trimod.lstm.
void populateFuseLSTMCellPatterns(mlir::RewritePatternSet &patterns);

/// Forward and reverse trimod.gru or trimod.lstm over one sequence -> a bidirectional one.
void populateMergeDirectionsPatterns(mlir::RewritePatternSet &patterns);

/// trimod.attention_pool -> trimod.attention_context and trimod.attention_merge.
void populateHoistAttentionContextPatterns(mlir::RewritePatternSet &patterns);

/// trimod.linear -> trimod.packed_linear, trimod.conv1d -> trimod.packed_conv1d.
void populatePackLayerPatterns(mlir::RewritePatternSet &patterns, int64_t lanes);

/// trimod.gru_recurrence and the trimod.linear of its gates -> trimod.packed_gru and a
/// trimod.linear with rearranged weights, which populatePackLayerPatterns packs in turn. The same
/// for trimod.lstm_recurrence.
void populatePackRecurrencePatterns(mlir::RewritePatternSet &patterns, int64_t lanes);

/// trimod.gru -> trimod.linear and trimod.gru_recurrence; the same for trimod.lstm.
void populateProjectInputsPatterns(mlir::RewritePatternSet &patterns);

} // namespace trimod

#endif // TRIMOD_PASSES_PATTERNS_H
