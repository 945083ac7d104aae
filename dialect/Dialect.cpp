//===- Dialect.cpp - registration of the trimod dialect --------------------===//

#include "dialect/TriMod.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Transforms/InliningUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace trimod;

#include "dialect/TriModDialect.cpp.inc"
#include "dialect/TriModEnums.cpp.inc"
#include "dialect/TriModInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialect/TriModAttrs.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "dialect/TriModTypes.cpp.inc"
#define GET_OP_CLASSES
#include "dialect/TriModOps.cpp.inc"

namespace {

/// Every op and every region may be inlined: bodies of scans and maps are pure
/// tensor code, and the helpers of a model file are there to be inlined.
struct TriModInlinerInterface : DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final { return true; }
  bool isLegalToInline(Region *, Region *, bool, IRMapping &) const final { return true; }
};

} // namespace

void TriModDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialect/TriModOps.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/TriModAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialect/TriModTypes.cpp.inc"
      >();
  addInterfaces<TriModInlinerInterface>();
}

bool trimod::hasOwnLength(Type type) {
  if (isa<RaggedType>(type))
    return true;
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

RankedTensorType trimod::getOffsetsType(MLIRContext *context) {
  return RankedTensorType::get({ShapedType::kDynamic}, IndexType::get(context));
}

LogicalResult RaggedType::verify(function_ref<InFlightDiagnostic()> emitError, Type item) {
  if (hasOwnLength(item))
    return success();
  return emitError()
         << "item of a ragged type: expected a tensor with a dynamic leading dimension or a "
            "ragged type, got "
         << item;
}
