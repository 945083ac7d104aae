#include "codegen/cpu/KernelCall.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace trimod {

/// Whether a buffer of type `type` is sure to have the strides that `expected` fixes. A cast alone
/// does not ask: from an unknown stride to a known one it is undefined unless they are equal.
static bool hasLayoutOf(MemRefType type, MemRefType expected) {
  if (type.getLayout().isIdentity())
    return true;
  SmallVector<int64_t> strides, expectedStrides;
  int64_t offset, expectedOffset;
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      failed(expected.getStridesAndOffset(expectedStrides, expectedOffset)) ||
      strides.size() != expectedStrides.size())
    return false;
  return llvm::all_of(llvm::zip(strides, expectedStrides), [](auto pair) {
    auto [stride, expectedStride] = pair;
    return ShapedType::isDynamic(expectedStride) || stride == expectedStride;
  });
}

KernelCall::KernelCall(RewriterBase &rewriter, Operation *op,
                       const bufferization::BufferizationOptions &options)
    : b(rewriter), op(op), loc(op->getLoc()), options(options), target(targetOf(op)) {}

LogicalResult KernelCall::findBuffers(const bufferization::BufferizationState &state) {
  for (Value operand : op->getOperands()) {
    FailureOr<Value> buffer = bufferization::getBuffer(b, operand, options, state);
    if (failed(buffer))
      return failure();
    buffers[operand] = *buffer;
  }
  return success();
}

ModuleOp KernelCall::getModule() const { return op->getParentOfType<ModuleOp>(); }

Value KernelCall::getBuffer(Value tensor) const { return buffers.lookup(tensor); }

SmallVector<Value> KernelCall::getBuffers(ValueRange tensors) const {
  return llvm::map_to_vector(tensors, [&](Value tensor) { return getBuffer(tensor); });
}

Value KernelCall::dim(Value buffer, int64_t dimension) {
  return memref::DimOp::create(b, loc, buffer, dimension);
}

Value KernelCall::add(Value a, Value other) { return arith::AddIOp::create(b, loc, a, other); }

Value KernelCall::add(Value a, int64_t other) {
  return add(a, arith::ConstantIndexOp::create(b, loc, other));
}

Value KernelCall::allocate(ArrayRef<int64_t> shape, Type element, ArrayRef<Value> sizes) {
  auto type = MemRefType::get(shape, element);
  return memref::AllocOp::create(b, loc, type, sizes, b.getI64IntegerAttr(options.bufferAlignment));
}

Value KernelCall::allocateResult(Value result, ArrayRef<Value> sizes) {
  auto type = cast<RankedTensorType>(result.getType());
  return allocate(type.getShape(), type.getElementType(), sizes);
}

Value KernelCall::copy(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<Value> sizes;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(dim(buffer, i));
  Value result = allocate(type.getShape(), type.getElementType(), sizes);
  memref::CopyOp::create(b, loc, buffer, result);
  return result;
}

Value KernelCall::collapse(Value buffer, ArrayRef<ReassociationIndices> groups) {
  // The builder crashes on a view whose dimensions do not follow on one another.
  if (!memref::CollapseShapeOp::isGuaranteedCollapsible(cast<MemRefType>(buffer.getType()), groups))
    buffer = copy(buffer);
  return memref::CollapseShapeOp::create(b, loc, buffer, groups);
}

Value KernelCall::asRows(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t rank = type.getRank();
  if (rank == 1) {
    SmallVector<ReassociationIndices> groups = {{0, 1}};
    SmallVector<int64_t> shape = {1, type.getDimSize(0)};
    return memref::ExpandShapeOp::create(b, loc, shape, buffer, groups);
  }
  if (rank == 2)
    return buffer;
  SmallVector<ReassociationIndices> groups(2);
  for (int64_t i = 0; i + 1 < rank; ++i)
    groups[0].push_back(i);
  groups[1].push_back(rank - 1);
  return collapse(buffer, groups);
}

Value KernelCall::asVector(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getRank() == 1)
    return buffer;
  SmallVector<ReassociationIndices> groups;
  if (type.getRank() == 0)
    return memref::ExpandShapeOp::create(b, loc, SmallVector<int64_t>{1}, buffer, groups);
  groups.resize(1);
  for (int64_t i = 0; i < type.getRank(); ++i)
    groups[0].push_back(i);
  return collapse(buffer, groups);
}

Value KernelCall::getOffsets(Value offsets, Value rows) {
  if (offsets)
    return getBuffer(offsets);
  Value single = allocate({2}, b.getIndexType());
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  memref::StoreOp::create(b, loc, zero, single, zero);
  memref::StoreOp::create(b, loc, rows, single, one);
  return single;
}

Value KernelCall::getSegments(Value offsets) {
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  return arith::SubIOp::create(b, loc, dim(offsets, 0), one);
}

LogicalResult KernelCall::emit(func::FuncOp kernel, ArrayRef<Value> arguments) {
  SmallVector<Value> converted;
  for (auto [argument, type] : llvm::zip_equal(arguments, kernel.getArgumentTypes())) {
    Value readable = argument;
    if (!hasLayoutOf(cast<MemRefType>(argument.getType()), cast<MemRefType>(type)))
      readable = copy(argument);
    if (!memref::CastOp::areCastCompatible(readable.getType(), type))
      return op->emitOpError("has an operand in a buffer of type ")
             << argument.getType() << ", expected by its kernel: " << type;
    converted.push_back(memref::CastOp::create(b, loc, type, readable));
  }
  func::CallOp::create(b, loc, kernel, converted);
  return success();
}

} // namespace trimod
