//===- FoldTables.cpp - products of tables, computed once ------------------===//

#include "passes/Matchers.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"
#include "passes/TensorBuilder.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_FOLDTABLES
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-fold-tables";

namespace {

/// A product whose left side is, or begins with, rows of a table.
struct Candidate {
  PackedLinearOp product;
  EmbeddingOp embedding;
  /// Of the folded table.
  uint64_t bytes;
  /// What is beside the rows in x, if anything.
  ValueRange rest;
};

bool isRowsOfTable(EmbeddingOp embedding) {
  return embedding && tensorType(embedding.getTable()).hasStaticShape() &&
         isFixedByWeights(embedding.getTable()) && !isFixedByWeights(embedding.getIds()) &&
         (!embedding.getScales() || isFixedByWeights(embedding.getScales()));
}

std::optional<Candidate> findCandidate(PackedLinearOp product) {
  if (product.getStart())
    return std::nullopt;
  Value x = product.getX();
  ValueRange rest;
  if (auto concat = x.getDefiningOp<tensor::ConcatOp>()) {
    if (concat.getDim() != 1 || tensorType(x).getRank() != 2 || concat.getInputs().size() < 2)
      return std::nullopt;
    x = concat.getInputs().front();
    rest = concat.getInputs().drop_front();
  }
  auto embedding = x.getDefiningOp<EmbeddingOp>();
  if (!isRowsOfTable(embedding))
    return std::nullopt;
  uint64_t rows = tensorType(embedding.getTable()).getDimSize(0);
  return Candidate{product, embedding, rows * product.getColumns() * sizeof(float), rest};
}

/// The table as f32, as an embedding widens its rows.
Value widen(TensorBuilder &t, EmbeddingOp embedding) {
  Value table = embedding.getTable();
  RankedTensorType type = tensorType(table);
  auto wide = type.clone(t.getBuilder().getF32Type());
  if (type == wide)
    return table;
  if (!embedding.getScales())
    return arith::ExtFOp::create(t.getBuilder(), t.getLoc(), wide, table);
  Value numbers = arith::SIToFPOp::create(t.getBuilder(), t.getLoc(), wide, table);
  Value scales = t.broadcast(embedding.getScales(), {t.index(type.getDimSize(1))});
  return t.mul(numbers, t.transpose(scales, {1, 0}));
}

Value multiply(TensorBuilder &t, Value x, Value w, Value bias, Value start, PackedLinearOp like) {
  return PackedLinearOp::create(t.getBuilder(), t.getLoc(), x, w, bias, start,
                                like.getColumnsAttr())
      .getResult();
}

void fold(const Candidate &candidate) {
  PackedLinearOp product = candidate.product;
  EmbeddingOp embedding = candidate.embedding;
  OpBuilder builder(product);
  TensorBuilder t(builder, product.getLoc());
  Value table = widen(t, embedding), w = product.getW(), result;
  auto gather = [&](Value folded) -> Value {
    return EmbeddingOp::create(builder, product.getLoc(), embedding.getIds(), folded, Value())
        .getResult();
  };
  if (candidate.rest.empty()) {
    result = gather(multiply(t, table, w, product.getB(), Value(), product));
  } else {
    int64_t depth = tensorType(w).getDimSize(1), taken = tensorType(table).getDimSize(1);
    auto rowsOfW = [&](int64_t from, int64_t count) {
      return t.slice(w, 1, t.index(from), t.index(count));
    };
    Value start = gather(multiply(t, table, rowsOfW(0, taken), Value(), Value(), product));
    Value rest = candidate.rest.size() == 1 ? candidate.rest.front() : t.concat(1, candidate.rest);
    result = multiply(t, rest, rowsOfW(taken, depth - taken), product.getB(), start, product);
  }
  product.replaceAllUsesWith(result);
  product.erase();
}

struct FoldTables : trimod::impl::FoldTablesBase<FoldTables> {
  using FoldTablesBase::FoldTablesBase;

  void runOnOperation() override {
    if (bytes == 0)
      return;
    uint64_t left = bytes;
    // A folded table may be the left side of another product.
    for (;;) {
      SmallVector<Candidate> candidates = findCandidates();
      if (candidates.empty())
        return;
      // The first of the smallest.
      const Candidate &smallest = *llvm::min_element(
          candidates, [](const Candidate &a, const Candidate &b) { return a.bytes < b.bytes; });
      if (smallest.bytes > left) {
        for (const Candidate &candidate : candidates)
          (void)reportScheduleMiss(candidate.product, kPass, describe(candidate, left));
        return;
      }
      reportScheduled(smallest.product, kPass, describe(smallest, left));
      left -= smallest.bytes;
      fold(smallest);
    }
  }

private:
  SmallVector<Candidate> findCandidates() {
    SmallVector<Candidate> candidates;
    getOperation().walk([&](PackedLinearOp product) {
      if (std::optional<Candidate> candidate = findCandidate(product))
        candidates.push_back(*candidate);
    });
    return candidates;
  }

  static std::string describe(Candidate candidate, uint64_t left) {
    return ("the product of the table's " +
            Twine(tensorType(candidate.embedding.getTable()).getDimSize(0)) + " rows takes " +
            Twine(candidate.bytes) + " bytes, of " + Twine(left) + " that are left")
        .str();
  }
};

} // namespace
