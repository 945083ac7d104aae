#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"
#include "llvm/Support/FormatVariadic.h"
#include <limits>

using namespace mlir;

namespace trimod {

static void buildSegment(KernelBuilder &b, const MaxOverTimeConfig &config, int64_t lanes, Value x,
                         Value offsets, Value result, Value segment) {
  Value first = b.load(offsets, segment), last = b.load(offsets, b.add(segment, 1));
  Value isEmpty = b.compare(arith::CmpIPredicate::eq, first, last);
  b.columnChunks(config.columns, lanes, [&](Value column, int64_t count) {
    Value least = b.constantLike(b.vectorType(count), -std::numeric_limits<double>::infinity());
    Value greatest =
        b.loop(first, last, 1, least, [&](Value row, ValueRange carried) -> SmallVector<Value> {
          Value values = b.loadVector(x, {row, column}, count);
          // maximumf: a NaN stays one.
          return {arith::MaximumFOp::create(b, carried[0], values)};
        })[0];
    b.storeVector(b.select(isEmpty, b.zeros(count), greatest), result, {segment, column});
  });
}

func::FuncOp buildMaxOverTimeKernel(ModuleOp module, const Target &target,
                                    const MaxOverTimeConfig &config) {
  std::string name =
      llvm::formatv("trimod_max_over_time_{0}_c{1}", target.suffix(), config.columns);
  Builder types(module.getContext());
  Type rows = rowsType(config.columns, types.getF32Type());
  Type arguments[] = {rows, contiguousType({ShapedType::kDynamic}, types.getIndexType()), rows};
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange v) {
    Value segments = b.sub(b.dim(v[1], 0), b.index(1));
    b.loop(b.index(0), segments, 1, [&](Value segment) {
      buildSegment(b, config, target.lanes(), v[0], v[1], v[2], segment);
    });
  });
}

} // namespace trimod
