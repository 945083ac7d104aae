//===- LowerLoops.cpp - maps and scans as loops on tensors -----------------===//

#include "dialect/Shapes.h"
#include "passes/Passes.h"
#include "passes/TensorBuilder.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"

namespace trimod {
#define GEN_PASS_DEF_LOWERLOOPS
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

//===----------------------------------------------------------------------===//
// Row-wise layers and elementwise ops
//===----------------------------------------------------------------------===//

/// Dimensions first, ..., first + count - 1 of the loops.
static SmallVector<AffineExpr> loopDims(Builder &builder, unsigned first, unsigned count) {
  SmallVector<AffineExpr> dims;
  for (unsigned i = 0; i < count; ++i)
    dims.push_back(builder.getAffineDimExpr(first + i));
  return dims;
}

namespace {

struct LinearToLinalg : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LinearOp op, PatternRewriter &rewriter) const override {
    TensorBuilder t(rewriter, op.getLoc());
    unsigned leading = tensorType(op.getX()).getRank() - 1;
    SmallVector<OpFoldResult> rows;
    for (unsigned i = 0; i < leading; ++i)
      rows.push_back(t.size(op.getX(), i));
    // Loops: the leading dimensions, out, in.
    MLIRContext *context = getContext();
    unsigned loops = leading + 2;
    SmallVector<AffineExpr> x = loopDims(rewriter, 0, leading);
    x.push_back(rewriter.getAffineDimExpr(leading + 1));
    SmallVector<AffineMap> maps{
        AffineMap::get(loops, 0, x, context),
        AffineMap::get(loops, 0, loopDims(rewriter, leading, 2), context),
        AffineMap::get(loops, 0, loopDims(rewriter, 0, leading + 1), context)};
    SmallVector<utils::IteratorType> iterators(leading + 1, utils::IteratorType::parallel);
    iterators.push_back(utils::IteratorType::reduction);
    Value init = initialSum(op, t, rows);
    auto product = linalg::GenericOp::create(
        rewriter, op.getLoc(), init.getType(), ValueRange{op.getX(), op.getW()}, init, maps,
        iterators, [](OpBuilder &builder, Location loc, ValueRange element) {
          Value term = arith::MulFOp::create(builder, loc, element[0], element[1]);
          Value sum = arith::AddFOp::create(builder, loc, element[2], term);
          linalg::YieldOp::create(builder, loc, sum);
        });
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), product.getResult(0));
    return success();
  }

private:
  /// The bias, or zero, for every row.
  static Value initialSum(LinearOp op, TensorBuilder &t, ArrayRef<OpFoldResult> rows) {
    if (op.getB())
      return t.broadcast(op.getB(), rows);
    SmallVector<OpFoldResult> sizes(rows);
    sizes.push_back(t.size(op.getW(), 0));
    return t.filled(sizes, 0.0);
  }
};

struct EmbeddingToLinalg : OpRewritePattern<EmbeddingOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EmbeddingOp op, PatternRewriter &rewriter) const override {
    TensorBuilder t(rewriter, op.getLoc());
    unsigned rank = tensorType(op.getIds()).getRank();
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(rewriter, op.getLoc(), op.getIds());
    sizes.push_back(t.size(op.getTable(), 1));
    Value init = t.empty(sizes);
    SmallVector<AffineMap> maps{
        AffineMap::get(rank + 1, 0, loopDims(rewriter, 0, rank), getContext()),
        rewriter.getMultiDimIdentityMap(rank + 1)};
    SmallVector<utils::IteratorType> loops(rank + 1, utils::IteratorType::parallel);
    auto gather = linalg::GenericOp::create(
        rewriter, op.getLoc(), init.getType(), op.getIds(), init, maps, loops,
        [&](OpBuilder &builder, Location loc, ValueRange element) {
          Value row = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), element[0]);
          Value column = linalg::IndexOp::create(builder, loc, rank);
          Value value =
              tensor::ExtractOp::create(builder, loc, op.getTable(), ValueRange{row, column});
          linalg::YieldOp::create(builder, loc, widen(op, value, row, builder, loc));
        });
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, op.getType(), gather.getResult(0));
    return success();
  }

private:
  /// An element of `row` of the table as f32.
  static Value widen(EmbeddingOp op, Value value, Value row, OpBuilder &builder, Location loc) {
    if (value.getType().isF32())
      return value;
    if (!op.getScales())
      return arith::ExtFOp::create(builder, loc, builder.getF32Type(), value);
    value = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), value);
    Value scale = tensor::ExtractOp::create(builder, loc, op.getScales(), row);
    return arith::MulFOp::create(builder, loc, value, scale);
  }
};

/// Any elementwise op on tensors. Upstream's conversion lets the result overwrite an operand, and
/// after fusion two results would overwrite the same one.
struct ElementwiseToLinalg : RewritePattern {
  explicit ElementwiseToLinalg(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    auto isTensor = [](Type type) { return isa<RankedTensorType>(type); };
    if (!OpTrait::hasElementwiseMappableTraits(op) || op->getNumResults() != 1 ||
        !llvm::all_of(op->getOperandTypes(), isTensor) || !isTensor(op->getResult(0).getType()))
      return rewriter.notifyMatchFailure(op, "is not elementwise on tensors");
    TensorBuilder t(rewriter, op->getLoc());
    auto type = tensorType(op->getResult(0));
    Value init = t.empty(tensor::getMixedSizes(rewriter, op->getLoc(), op->getOperand(0)),
                         type.getElementType());
    SmallVector<AffineMap> maps(op->getNumOperands() + 1,
                                rewriter.getMultiDimIdentityMap(type.getRank()));
    SmallVector<utils::IteratorType> loops(type.getRank(), utils::IteratorType::parallel);
    auto generic = linalg::GenericOp::create(
        rewriter, op->getLoc(), init.getType(), op->getOperands(), init, maps, loops,
        [&](OpBuilder &builder, Location loc, ValueRange element) {
          Operation *scalar =
              builder.create(loc, op->getName().getIdentifier(), element.drop_back(),
                             type.getElementType(), op->getAttrs());
          linalg::YieldOp::create(builder, loc, scalar->getResults());
        });
    rewriter.replaceOpWithNewOp<tensor::CastOp>(op, type, generic.getResult(0));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// An scf.for under construction: its body is filled by moving the block of a map or scan there.
class LoopBuilder {
public:
  LoopBuilder(RewriterBase &rewriter, Location loc)
      : rewriter(rewriter), loc(loc), t(rewriter, loc) {}

  TensorBuilder &tensors() { return t; }
  Value constant(int64_t value) { return arith::ConstantIndexOp::create(rewriter, loc, value); }
  Value add(Value a, Value b) { return rewriter.createOrFold<arith::AddIOp>(loc, a, b); }
  Value sub(Value a, Value b) { return rewriter.createOrFold<arith::SubIOp>(loc, a, b); }
  Value sizeOf(Value tensor, int64_t dimension) {
    return rewriter.createOrFold<tensor::DimOp>(loc, tensor, dimension);
  }
  Value element(Value tensor, Value index) {
    return tensor::ExtractOp::create(rewriter, loc, tensor, index);
  }

  /// for i in [0, count): block(arguments(i)), then next(i, yielded) carries on.
  scf::ForOp
  build(Value count, ValueRange initial, Block &block,
        function_ref<SmallVector<Value>(Value i, ValueRange carried)> arguments,
        function_ref<SmallVector<Value>(Value i, ValueRange carried, ValueRange yielded)> next) {
    auto loop = scf::ForOp::create(rewriter, loc, constant(0), count, constant(1), initial);
    OpBuilder::InsertionGuard guard(rewriter);
    Block *body = loop.getBody();
    if (!body->empty())
      rewriter.eraseOp(body->getTerminator());
    rewriter.setInsertionPointToEnd(body);
    Value i = loop.getInductionVar();
    SmallVector<Value> values = arguments(i, loop.getRegionIterArgs());
    auto yield = cast<YieldOp>(block.getTerminator());
    rewriter.inlineBlockBefore(&block, body, body->end(), values);
    rewriter.setInsertionPoint(yield);
    SmallVector<Value> carried = next(i, loop.getRegionIterArgs(), yield.getValues());
    scf::YieldOp::create(rewriter, loc, carried);
    rewriter.eraseOp(yield);
    return loop;
  }

  /// Items [begin, begin + count) of a sequence: rows of a tensor, or segments of a ragged value.
  Value items(Value sequence, Value begin, Value count) {
    if (isa<RankedTensorType>(sequence.getType()))
      return t.slice(sequence, 0, begin, count);
    TensorBuilder::Parts parts = t.unpack(sequence);
    Value entries = add(count, constant(1));
    Value offsets = t.slice(parts.offsets, 0, begin, entries);
    Value first = element(parts.offsets, begin);
    Value last = element(parts.offsets, add(begin, count));
    Value shift = tensor::SplatOp::create(rewriter, loc, first,
                                          ArrayRef<int64_t>{ShapedType::kDynamic}, entries);
    Value length = boundedLength(first, last, parts.values);
    return t.pack(items(parts.values, first, length),
                  arith::SubIOp::create(rewriter, loc, offsets, shift));
  }

  /// end - begin, and not more than the length of `values`: that bounds what depends on it.
  Value boundedLength(Value begin, Value end, Value values) {
    while (isa<RaggedType>(values.getType()))
      values = t.unpack(values).offsets;
    return arith::MinUIOp::create(rewriter, loc, sub(end, begin), sizeOf(values, 0));
  }

private:
  RewriterBase &rewriter;
  Location loc;
  TensorBuilder t;
};

struct ScanLowering {
  static LogicalResult lower(ScanOp op, RewriterBase &rewriter) {
    LoopBuilder b(rewriter, op.getLoc());
    TensorBuilder &t = b.tensors();
    size_t carriedCount = op.getInitial().size();
    Value count = b.sizeOf(op.getInputs()[0], 0);
    SmallVector<Value> initial(op.getInitial());
    for (Value stacked : op.getStacked()) {
      RankedTensorType type = tensorType(stacked);
      SmallVector<OpFoldResult> sizes{count};
      for (int64_t size : type.getShape().drop_front()) {
        if (ShapedType::isDynamic(size))
          return op.emitOpError() << "expected stacked rows of static size, got " << type;
        sizes.push_back(t.index(size));
      }
      initial.push_back(castTo(rewriter, t.empty(sizes, type.getElementType()), type));
    }
    auto rowNumber = [&](Value i) {
      return op.getReverse() ? b.sub(b.sub(count, b.constant(1)), i) : i;
    };
    scf::ForOp loop = b.build(
        count, initial, op.getBody().front(),
        [&](Value i, ValueRange carried) {
          SmallVector<Value> arguments;
          Value row = rowNumber(i);
          for (Value input : op.getInputs())
            arguments.push_back(t.row(input, row));
          llvm::append_range(arguments, carried.take_front(carriedCount));
          return arguments;
        },
        [&](Value i, ValueRange carried, ValueRange yielded) {
          Value row = rowNumber(i);
          // A row may be a carried value: it is read before that is overwritten.
          SmallVector<Value> stacked;
          for (auto [into, value] :
               llvm::zip(carried.drop_front(carriedCount), yielded.drop_front(carriedCount)))
            stacked.push_back(t.insertRow(value, into, row));
          SmallVector<Value> next =
              carryOver(t, carried.take_front(carriedCount), yielded.take_front(carriedCount));
          llvm::append_range(next, stacked);
          return next;
        });
    rewriter.replaceOp(op, loop.getResults());
    return success();
  }

private:
  static Value castTo(RewriterBase &rewriter, Value value, Type type) {
    return value.getType() == type
               ? value
               : tensor::CastOp::create(rewriter, value.getLoc(), type, value).getResult();
  }

  /// The values of the next step, each in the tensor that the loop carries.
  static SmallVector<Value> carryOver(TensorBuilder &t, ValueRange carried, ValueRange next) {
    OpBuilder &builder = t.getBuilder();
    SmallVector<Value> copies(next);
    // A carried value that moves to another place would be overwritten before it is read.
    for (auto [value, place] : llvm::zip(copies, carried)) {
      bool moves = value != place && llvm::is_contained(carried, value);
      if (moves && isa<RankedTensorType>(value.getType())) {
        Value fresh = t.empty(tensor::getMixedSizes(builder, t.getLoc(), value),
                              tensorType(value).getElementType());
        value = copyInto(t, value, fresh);
      }
    }
    for (auto [value, place] : llvm::zip(copies, carried))
      if (isa<RankedTensorType>(value.getType()))
        value = copyInto(t, value, place);
    return copies;
  }

  static Value copyInto(TensorBuilder &t, Value value, Value place) {
    return bufferization::MaterializeInDestinationOp::create(t.getBuilder(), t.getLoc(),
                                                             place.getType(), value, place)
        .getResult();
  }
};

struct MapLowering {
  static LogicalResult lower(MapOp op, RewriterBase &rewriter) {
    for (Type type : op.getResultTypes())
      if (auto ragged = dyn_cast<RaggedType>(type);
          ragged && !isa<RankedTensorType>(ragged.getItem()))
        return op.emitOpError() << "result: expected rows or sequences, got " << type;
    LoopBuilder b(rewriter, op.getLoc());
    TensorBuilder &t = b.tensors();
    SmallVector<TensorBuilder::Parts> inputs;
    for (Value input : op.getInputs())
      inputs.push_back(isa<RaggedType>(input.getType()) ? t.unpack(input)
                                                        : TensorBuilder::Parts{input, {}});
    Value count = inputs[0].offsets ? b.sub(b.sizeOf(inputs[0].offsets, 0), b.constant(1))
                                    : b.sizeOf(inputs[0].values, 0);
    SmallVector<Place> places = findPlaces(op, b, inputs, count, rewriter);
    SmallVector<Value> initial;
    for (auto [type, place] : llvm::zip(op.getResultTypes(), places))
      initial.push_back(emptyResult(t, type, place));
    scf::ForOp loop = b.build(
        count, initial, op.getBody().front(),
        [&](Value i, ValueRange) { return argumentsAt(b, inputs, i); },
        [&](Value i, ValueRange carried, ValueRange yielded) {
          SmallVector<Value> next;
          for (auto [into, value, place] : llvm::zip(carried, yielded, places))
            next.push_back(place.offsets
                               ? insertSegment(t, value, into, b.element(place.offsets, i))
                               : t.insertRow(value, into, i));
          return next;
        });
    SmallVector<Value> results;
    for (auto [value, place] : llvm::zip(loop.getResults(), places))
      results.push_back(place.offsets ? t.pack(value, place.offsets) : value);
    rewriter.replaceOp(op, results);
    return success();
  }

private:
  /// Where a result's rows or items stand: how many rows there are in all, and, of a ragged result,
  /// where its items begin.
  struct Place {
    Value rows;
    Value offsets;
  };

  static SmallVector<Place> findPlaces(MapOp op, LoopBuilder &b,
                                       ArrayRef<TensorBuilder::Parts> inputs, Value count,
                                       RewriterBase &rewriter) {
    SmallVector<Place> places;
    for (auto [yielded, type] : llvm::zip(op.getYield().getValues(), op.getResultTypes())) {
      if (!isa<RaggedType>(type)) {
        places.push_back({count, {}});
        continue;
      }
      auto source = dyn_cast<BlockArgument>(lengthSource(yielded));
      bool isAsInput = source && source.getOwner() == &op.getBody().front() &&
                       isa<RankedTensorType>(source.getType()) &&
                       inputs[source.getArgNumber()].offsets;
      if (isAsInput) {
        const TensorBuilder::Parts &input = inputs[source.getArgNumber()];
        places.push_back({b.sizeOf(input.values, 0), input.offsets});
      } else {
        places.push_back(computePlace(op, yielded, b, inputs, count, rewriter));
      }
    }
    return places;
  }

  /// The place of items whose length only the body knows: a loop that computes the lengths alone.
  /// What the length does not depend on is dead in it, and goes with the next canonicalization.
  static Place computePlace(MapOp op, Value yielded, LoopBuilder &b,
                            ArrayRef<TensorBuilder::Parts> inputs, Value count,
                            RewriterBase &rewriter) {
    Location loc = op.getLoc();
    Value entries = b.add(count, b.constant(1));
    Value zeros = tensor::SplatOp::create(rewriter, loc, b.constant(0),
                                          ArrayRef<int64_t>{ShapedType::kDynamic}, entries);
    auto loop = scf::ForOp::create(
        rewriter, loc, b.constant(0), count, b.constant(1), ValueRange{b.constant(0), zeros},
        [&](OpBuilder &, Location, Value i, ValueRange carried) {
          IRMapping mapping;
          mapping.map(op.getBody().getArguments(), argumentsAt(b, inputs, i));
          for (Operation &inner : op.getBody().front().without_terminator())
            rewriter.clone(inner, mapping);
          Value end = b.add(carried[0], b.sizeOf(mapping.lookupOrDefault(yielded), 0));
          Value offsets =
              tensor::InsertOp::create(rewriter, loc, end, carried[1], b.add(i, b.constant(1)));
          scf::YieldOp::create(rewriter, loc, ValueRange{end, offsets});
        });
    return {loop.getResult(0), loop.getResult(1)};
  }

  static SmallVector<Value> argumentsAt(LoopBuilder &b, ArrayRef<TensorBuilder::Parts> inputs,
                                        Value i) {
    SmallVector<Value> arguments;
    for (const TensorBuilder::Parts &input : inputs)
      arguments.push_back(argumentAt(b, input, i));
    return arguments;
  }

  static Value emptyResult(TensorBuilder &t, Type type, const Place &place) {
    auto tensor = place.offsets ? cast<RankedTensorType>(cast<RaggedType>(type).getItem())
                                : cast<RankedTensorType>(type);
    SmallVector<Value> sizes;
    if (tensor.isDynamicDim(0))
      sizes.push_back(place.rows);
    return tensor::EmptyOp::create(t.getBuilder(), t.getLoc(), tensor.getShape(),
                                   tensor.getElementType(), sizes);
  }

  static Value argumentAt(LoopBuilder &b, const TensorBuilder::Parts &input, Value i) {
    if (!input.offsets)
      return b.tensors().row(input.values, i);
    Value begin = b.element(input.offsets, i);
    Value end = b.element(input.offsets, b.add(i, b.constant(1)));
    return b.items(input.values, begin, b.boundedLength(begin, end, input.values));
  }

  static Value insertSegment(TensorBuilder &t, Value value, Value into, Value begin) {
    OpBuilder &builder = t.getBuilder();
    SmallVector<OpFoldResult> offsets(tensorType(into).getRank(), t.index(0));
    SmallVector<OpFoldResult> strides(tensorType(into).getRank(), t.index(1));
    offsets[0] = begin;
    return tensor::InsertSliceOp::create(builder, t.getLoc(), value, into, offsets,
                                         tensor::getMixedSizes(builder, t.getLoc(), value),
                                         strides);
  }
};

struct LowerLoops : trimod::impl::LowerLoopsBase<LowerLoops> {
  using LowerLoopsBase::LowerLoopsBase;

  void runOnOperation() override {
    // Outermost first: the length of a row is read off the maps and scans inside.
    if (failed(lowerAll<MapOp, MapLowering>()) || failed(lowerAll<ScanOp, ScanLowering>()))
      return signalPassFailure();
    llvm::StringSet<> kept;
    kept.insert(keep.begin(), keep.end());
    RewritePatternSet patterns(&getContext());
    if (!kept.contains(EmbeddingOp::getOperationName()))
      patterns.add<EmbeddingToLinalg>(&getContext());
    if (!kept.contains(LinearOp::getOperationName()))
      patterns.add<LinearToLinalg>(&getContext());
    patterns.add<ElementwiseToLinalg>(&getContext());
    tensor::populateDecomposeTensorConcatPatterns(patterns);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }

private:
  template <typename Op>
  Op findFirst() {
    Op found;
    getOperation().template walk<WalkOrder::PreOrder>([&](Op op) {
      found = op;
      return WalkResult::interrupt();
    });
    return found;
  }

  template <typename Op, typename Lowering>
  LogicalResult lowerAll() {
    IRRewriter rewriter(&getContext());
    // Lowering one may clone others, so look again each time.
    while (Op op = findFirst<Op>()) {
      rewriter.setInsertionPoint(op);
      if (failed(Lowering::lower(op, rewriter)))
        return failure();
    }
    return success();
  }
};

} // namespace
