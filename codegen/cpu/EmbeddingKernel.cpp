#include "codegen/cpu/KernelBuilder.h"
#include "codegen/cpu/Kernels.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace trimod {

using Element = EmbeddingConfig::Element;

static Type getElementType(Element element, Builder &types) {
  switch (element) {
  case Element::F32:
    return types.getF32Type();
  case Element::F16:
    return types.getF16Type();
  case Element::I8:
    return types.getI8Type();
  }
  llvm_unreachable("all kinds of tables are above");
}

/// Elements of a row of the table as f32. `scale` belongs to rows of i8, whose product with it is
/// rounded once: an i8 is exact in f32.
static Value widen(KernelBuilder &b, Element element, Value row, Value scale) {
  int64_t lanes = cast<VectorType>(row.getType()).getDimSize(0);
  switch (element) {
  case Element::F32:
    return row;
  case Element::F16:
    return arith::ExtFOp::create(b, b.vectorType(lanes), row);
  case Element::I8:
    return b.mulF(arith::SIToFPOp::create(b, b.vectorType(lanes), row), b.broadcast(scale, lanes));
  }
  llvm_unreachable("all kinds of tables are above");
}

func::FuncOp buildEmbeddingKernel(ModuleOp module, const Target &target,
                                  const EmbeddingConfig &config) {
  Builder types(module.getContext());
  Type f32 = types.getF32Type(), element = getElementType(config.element, types);
  std::string name =
      llvm::formatv("trimod_embedding_{0}_d{1}_{2}", target.suffix(), config.width, element);
  const bool isScaled = config.element == Element::I8;
  SmallVector<Type> arguments = {contiguousType({ShapedType::kDynamic}, types.getI32Type()),
                                 rowsType(config.width, element)};
  if (isScaled)
    arguments.push_back(contiguousType({ShapedType::kDynamic}, f32));
  arguments.push_back(rowsType(config.width, f32));
  return getOrCreateKernel(module, name, arguments, [&](KernelBuilder &b, ValueRange operands) {
    Value ids = operands[0], table = operands[1], result = operands.back();
    b.loop(b.index(0), b.dim(ids, 0), 1, [&](Value t) {
      Value id = arith::IndexCastUIOp::create(b, b.getIndexType(), b.load(ids, t));
      Value scale = isScaled ? b.load(operands[2], id) : Value();
      b.columnChunks(config.width, target.lanes(), [&](Value column, int64_t lanes) {
        Value row = b.loadVector(table, {id, column}, lanes);
        b.storeVector(widen(b, config.element, row, scale), result, {t, column});
      });
    });
  });
}

} // namespace trimod
