#include "codegen/cpu/CrfKernel.h"

using namespace mlir;

namespace trimod {

SmallVector<Type> getCrfInputTypes(MLIRContext *context, int64_t labels) {
  Type f32 = Float32Type::get(context), index = IndexType::get(context);
  return {rowsType(labels, f32), contiguousType({labels}, f32),
          contiguousType({labels, labels}, f32), contiguousType({labels}, f32),
          contiguousType({ShapedType::kDynamic}, index)};
}

} // namespace trimod
