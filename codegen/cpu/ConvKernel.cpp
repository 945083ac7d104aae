// A convolution over sequences as a product of overlapping rows.
//
// The window of K rows that a row of the result reads is K*C numbers one after the other, if the
// rows lie in memory with rows of zeros between segments. A block of rows at a time is copied so,
// into a scratch that stays in the cache; a row of the left side is then a place in the scratch.
// Nothing is computed for the rows of zeros.
#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"
#include "codegen/cpu/PanelProduct.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {
namespace {

/// Rows of the result that are computed from one copy.
constexpr int64_t blockRows = 128;

struct ConvKernel {
  KernelBuilder &b;
  Target target;
  ConvConfig config;
  Value x, w, bias, offsets, positions, scratch, y;

  void build() {
    buildPositions();
    Value rows = b.dim(x, 0);
    b.loop(b.index(0), rows, blockRows, [&](Value begin) {
      Value end = b.min(b.add(begin, blockRows), rows);
      Value base = b.load(positions, begin);
      copyBlock(begin, end, base);
      multiplyBlock(begin, end, base);
    });
  }

private:
  /// positions[t]: where the window of row t begins, in rows, if all segments are copied with
  /// rows of zeros in front of each and behind the last. It is t and the zeros before it.
  void buildPositions() {
    Value segments = b.sub(b.dim(offsets, 0), b.index(1));
    b.loop(b.index(0), segments, 1, b.index(0), [&](Value segment, ValueRange carried) {
      Value zeros = carried[0];
      Value first = b.load(offsets, segment), last = b.load(offsets, b.add(segment, 1));
      b.loop(first, last, 1, [&](Value row) { b.store(b.add(row, zeros), positions, row); });
      Value isEmpty = b.compare(arith::CmpIPredicate::eq, first, last);
      return SmallVector<Value>{b.select(isEmpty, zeros, b.add(zeros, config.border()))};
    });
  }

  /// The windows of rows [begin, end), from `base` on, at the start of the scratch.
  void copyBlock(Value begin, Value end, Value base) {
    int64_t border = config.border(), lanes = target.lanes();
    Value lastRow = b.sub(end, b.index(1));
    Value used = b.add(b.sub(b.load(positions, lastRow), base), config.kernel);
    b.loop(b.index(0), b.mul(used, config.channels), lanes,
           [&](Value i) { b.storeVector(b.zeros(lanes), scratch, i); });
    Value from = b.max(b.sub(begin, b.index(border)), b.index(0));
    Value to = b.min(b.add(end, border), b.dim(x, 0));
    b.loop(from, to, 1, [&](Value row) {
      Value place = b.sub(b.add(b.load(positions, row), border), base);
      // Rows of other segments than those of the block lie outside, and one before it is negative.
      Value isInside = b.compare(arith::CmpIPredicate::ult, place, used);
      b.ifElse(isInside, [&] { copyRow(row, b.mul(place, config.channels)); });
    });
  }

  /// The last vector may write zeros beyond the row; what belongs there is copied later.
  void copyRow(Value row, Value place) {
    int64_t lanes = target.lanes(), whole = config.channels / lanes * lanes;
    auto copy = [&](Value column, int64_t count) {
      b.storeVector(b.loadPrefix(x, {row, column}, lanes, count), scratch, b.add(place, column));
    };
    b.loop(b.index(0), b.index(whole), lanes, [&](Value column) { copy(column, lanes); });
    if (int64_t rest = config.channels - whole)
      copy(b.index(whole), rest);
  }

  void multiplyBlock(Value begin, Value end, Value base) {
    auto findRow = [&](Value row) {
      return b.mul(b.sub(b.load(positions, row), base), config.channels);
    };
    auto element = [&](Value place, Value k) { return b.load(scratch, b.add(place, k)); };
    PanelProduct product{target,
                         config.kernel * config.channels,
                         config.columns,
                         config.panelWidth,
                         config.activation,
                         w,
                         bias,
                         /*start=*/Value(),
                         y,
                         findRow,
                         element};
    buildPanelProduct(b, product, begin, end);
  }
};

} // namespace

int64_t ConvConfig::scratchValues(const Target &target) const {
  // Every row may be a segment of its own. Copies are of whole vectors.
  return ((blockRows - 1) * (1 + border()) + kernel) * channels + target.lanes();
}

func::FuncOp buildConvKernel(ModuleOp module, const Target &target, const ConvConfig &config) {
  std::string name = llvm::formatv(
      "trimod_conv1d_{0}_c{1}_k{2}_n{3}_w{4}{5}{6}", target.suffix(), config.channels,
      config.kernel, config.columns, config.panelWidth, config.hasBias ? "_bias" : "",
      config.activation == Activation::None ? ""
                                            : ("_" + stringifyActivation(config.activation)).str());
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), index = types.getIndexType();
  int64_t panels = (config.columns + config.panelWidth - 1) / config.panelWidth;
  SmallVector<Type> arguments = {
      rowsType(config.channels, f32),
      contiguousType({panels, config.kernel * config.channels, config.panelWidth}, f32)};
  if (config.hasBias)
    arguments.push_back(contiguousType({panels * config.panelWidth}, f32));
  arguments.append(
      {contiguousType({ShapedType::kDynamic}, index), contiguousType({ShapedType::kDynamic}, index),
       contiguousType({config.scratchValues(target)}, f32), rowsType(config.columns, f32)});
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    ValueRange rest = v.take_back(4);
    ConvKernel{b,       target,  config,  v[0],   v[1], config.hasBias ? v[2] : Value(),
               rest[0], rest[1], rest[2], rest[3]}
        .build();
  });
}

} // namespace trimod
