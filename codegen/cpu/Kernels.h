// The kernels: private functions on memrefs, one per configuration and module, found by their
// names.
//
// Common to all: a 2-D operand of type "rows" is memref<?xC, strided<[?, 1], offset: ?>>, so rows
// may lie at any distance; "contiguous" operands may lie at any offset. No kernel allocates memory:
// scratch buffers are arguments. Results depend neither on the instruction level nor on how
// sequences are batched or ordered, bit for bit.
#ifndef TRIMOD_CODEGEN_CPU_KERNELS_H
#define TRIMOD_CODEGEN_CPU_KERNELS_H

#include "codegen/cpu/Target.h"
#include "dialect/Recurrence.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace trimod {

/// y = x . W + bias.
struct LinearConfig {
  int64_t inner;      // K: columns of x
  int64_t columns;    // N: columns of y
  int64_t panelWidth; // V: a multiple of the target's lanes, of 1, 2 or 3 vectors
  bool hasBias = false;
  bool hasStart = false;

  int64_t panels() const { return (columns + panelWidth - 1) / panelWidth; }
};

/// (x rows [T, K], w contiguous [P, K, V], bias contiguous [P*V] if any, start rows [T, N] if any,
/// which the sums begin with, y rows [T, N]).
/// Column c of W is w[c / V, :, c % V]. Nothing is written beyond column N.
mlir::func::FuncOp buildLinearKernel(mlir::ModuleOp module, const Target &target,
                                     const LinearConfig &config);

/// trimod.packed_conv1d over the segments that offsets [N + 1] name.
struct ConvConfig {
  int64_t channels; // C
  int64_t kernel;   // K
  int64_t columns;  // O
  int64_t panelWidth;
  bool hasBias = false;
  Activation activation = Activation::None;

  /// Rows of zeros between segments.
  int64_t border() const { return (kernel - 1) / 2; }
  /// Number of f32 values of scratch.
  int64_t scratchValues(const Target &target) const;
};

/// (x rows [T, C], w contiguous [P, K*C, V], bias contiguous [P*V] if any, offsets contiguous index
/// [N + 1], index scratch contiguous [T], scratch contiguous [scratchValues], y rows [T, O]).
mlir::func::FuncOp buildConvKernel(mlir::ModuleOp module, const Target &target,
                                   const ConvConfig &config);

/// trimod.max_over_time over the segments that offsets [N + 1] name.
struct MaxOverTimeConfig {
  int64_t columns; // C
};

/// (x rows [T, C], offsets contiguous index [N + 1], result rows [N, C]).
mlir::func::FuncOp buildMaxOverTimeKernel(mlir::ModuleOp module, const Target &target,
                                          const MaxOverTimeConfig &config);

/// result[t, :] = table[ids[t], :], widened to f32.
struct EmbeddingConfig {
  enum class Element { F32, F16, I8 };

  int64_t width;
  Element element = Element::F32; // of the table
};

/// (ids contiguous i32 [T], table rows [V, width], for i8 scales contiguous [V] that rows are
/// multiplied by, result rows [T, width]). The kernel does not check ids: the runtime makes sure
/// that they are below V.
mlir::func::FuncOp buildEmbeddingKernel(mlir::ModuleOp module, const Target &target,
                                        const EmbeddingConfig &config);

/// A packed recurrence over the segments that offsets [N + 1] name.
struct RecurrenceConfig {
  int64_t gates;  // G
  int64_t hidden; // H
  Direction direction = Direction::Forward;
  /// The gates of step t are row rows[t] of a table, and not row t.
  bool hasRows = false;

  int64_t directions() const { return direction == Direction::Bidirectional ? 2 : 1; }
  int64_t panels(const Target &target) const {
    return (hidden + target.lanes() - 1) / target.lanes();
  }
  /// Number of index values of scratch for T rows in N segments: T + N + this.
  static constexpr int64_t extraIndices = 66;
  /// Number of f32 values of scratch.
  int64_t scratchValues(const Target &target) const;
};

struct GruConfig : RecurrenceConfig {
  GruConfig(int64_t hidden, Direction direction = Direction::Forward)
      : RecurrenceConfig{GruCell::gates, hidden, direction} {}
};

struct LstmConfig : RecurrenceConfig {
  LstmConfig(int64_t hidden, Direction direction = Direction::Forward)
      : RecurrenceConfig{LstmCell::gates, hidden, direction} {}
};

/// trimod.packed_gru: (gates rows [T, D*P*3*L], w_hh contiguous [D, P, H, 3*L], offsets contiguous
/// index [N + 1], index scratch contiguous [T + N + extraIndices], scratch contiguous
/// [scratchValues], states rows [T, D*H], last rows [N, D*H], rows contiguous i32 [T] if any, b_hn
/// contiguous [D, P*L]).
/// Sequences are sorted by length and advance together, 64 at a time, so that every step is one
/// product over the sequences that are still running: no work for padding.
mlir::func::FuncOp buildGruKernel(mlir::ModuleOp module, const Target &target,
                                  const GruConfig &config);

/// trimod.packed_lstm: as buildGruKernel with four gates, but for the last argument, which is
/// last_cell rows [N, D*H].
mlir::func::FuncOp buildLstmKernel(mlir::ModuleOp module, const Target &target,
                                   const LstmConfig &config);

/// trimod.attention_context over the segments of all contexts.
struct AttentionContextConfig {
  int64_t contexts;
  int64_t width;     // d
  int64_t attention; // a
};

/// (contexts rows [C_k, d] of all k, projected rows [C_k, a] of all k, u contiguous [a], offsets
/// contiguous index [N + 1] of all k, scratch contiguous f32 [sum of C_k], max contiguous [N],
/// weight contiguous [N], sum rows [N, d]).
mlir::func::FuncOp buildAttentionContextKernel(mlir::ModuleOp module, const Target &target,
                                               const AttentionContextConfig &config);

/// trimod.attention_merge over the segments of the queries.
struct AttentionMergeConfig {
  int64_t width;     // d
  int64_t attention; // a
};

/// (queries rows [T, d], projected rows [T, a], u contiguous [a], max contiguous [N], weight
/// contiguous [N], sum rows [N, d], offsets contiguous index [N + 1], result rows [T, d]).
mlir::func::FuncOp buildAttentionMergeKernel(mlir::ModuleOp module, const Target &target,
                                             const AttentionMergeConfig &config);

/// Lanes of a vector of labels: the same on all levels, so that sums over lanes have one order;
/// AVX2 code splits it.
inline constexpr int64_t labelLanes = 16;
/// A number of labels rounded up to whole vectors.
inline int64_t padLabels(int64_t labels) {
  return (labels + labelLanes - 1) / labelLanes * labelLanes;
}

/// trimod.crf_viterbi over the segments that offsets [N + 1] name.
struct ViterbiConfig {
  int64_t labels; // L
};

/// (emissions rows [T, L], start contiguous [L], transitions contiguous [L, L], end contiguous [L],
/// offsets contiguous index [N + 1], back pointers contiguous i32 [T, padded L], scores contiguous
/// f32 [padded L], labels contiguous i32 [T], score contiguous [N]). The two before the labels are
/// scratch.
mlir::func::FuncOp buildViterbiKernel(mlir::ModuleOp module, const Target &target,
                                      const ViterbiConfig &config);

/// trimod.crf_log_partition or trimod.crf_marginals over the segments that offsets [N + 1] name.
struct ForwardBackwardConfig {
  int64_t labels; // L
  bool hasMarginals = false;
};

/// (emissions rows [T, L], start contiguous [L], transitions contiguous [L, L], end contiguous [L],
/// offsets contiguous index [N + 1], scratch contiguous f32 [padded L], log partition contiguous
/// [N], and with marginals: marginals contiguous [T, L], pairs contiguous [T, L, L]).
/// In log space, the largest term of each sum and the largest score of each token taken out. Every
/// sum takes its own exponentials: products of exp(transitions) made once would be faster, and 0
/// for a label that only transitions of -10000 lead to.
mlir::func::FuncOp buildForwardBackwardKernel(mlir::ModuleOp module, const Target &target,
                                              const ForwardBackwardConfig &config);

/// trimod.crf_nbest over the segments that offsets [N + 1] name.
struct NbestConfig {
  int64_t labels; // L
  int64_t count;  // K
};

/// (emissions rows [T, L], start contiguous [L], transitions contiguous [L, L], end contiguous [L],
/// offsets contiguous index [N + 1], back pointers contiguous i32 [T, K + 1, padded L], lists
/// contiguous f32 [2, K + 1, padded L], labels contiguous i32 [T, K], scores contiguous [N, K]).
/// The two before the labels are scratch.
mlir::func::FuncOp buildNbestKernel(mlir::ModuleOp module, const Target &target,
                                    const NbestConfig &config);

} // namespace trimod

#endif
