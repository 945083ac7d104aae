#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {

func::FuncOp buildEmbeddingKernel(ModuleOp module, const Target &target,
                                  const EmbeddingConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type();
  Type element = config.halfTable ? types.getF16Type() : f32;
  std::string name = llvm::formatv("trimod_embedding_{0}_d{1}_{2}", target.suffix(), config.width,
                                   config.halfTable ? "f16" : "f32");
  Type arguments[] = {contiguousType({ShapedType::kDynamic}, types.getI32Type()),
                      rowsType(config.width, element), rowsType(config.width, f32)};
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange operands) {
    Value ids = operands[0], table = operands[1], result = operands[2];
    b.loop(b.index(0), b.dim(ids, 0), 1, [&](Value t) {
      Value id = arith::IndexCastUIOp::create(b, b.getIndexType(), b.load(ids, t));
      b.columnChunks(config.width, target.lanes(), [&](Value column, int64_t lanes) {
        Value row = b.loadVector(table, {id, column}, lanes);
        if (config.halfTable)
          row = arith::ExtFOp::create(b, b.vectorType(lanes), row);
        b.storeVector(row, result, {t, column});
      });
    });
  });
}

} // namespace trimod
