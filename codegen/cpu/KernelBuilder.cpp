#include "codegen/cpu/KernelBuilder.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace trimod {

Value KernelBuilder::index(int64_t value) { return arith::ConstantIndexOp::create(*this, value); }

Value KernelBuilder::add(Value a, Value b) { return arith::AddIOp::create(*this, a, b); }

Value KernelBuilder::add(Value a, int64_t b) { return b == 0 ? a : add(a, index(b)); }

Value KernelBuilder::sub(Value a, Value b) { return arith::SubIOp::create(*this, a, b); }

Value KernelBuilder::mul(Value a, int64_t b) { return arith::MulIOp::create(*this, a, index(b)); }

Value KernelBuilder::min(Value a, Value b) { return arith::MinSIOp::create(*this, a, b); }

Value KernelBuilder::max(Value a, Value b) { return arith::MaxSIOp::create(*this, a, b); }

Value KernelBuilder::roundDown(Value a, int64_t divisor) {
  if (divisor == 1)
    return a;
  return mul(arith::DivUIOp::create(*this, a, index(divisor)), divisor);
}

Value KernelBuilder::compare(arith::CmpIPredicate predicate, Value a, Value b) {
  return arith::CmpIOp::create(*this, predicate, a, b);
}

Value KernelBuilder::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(*this, condition, a, b);
}

VectorType KernelBuilder::vectorType(int64_t lanes) { return VectorType::get(lanes, getF32Type()); }

Value KernelBuilder::constantLike(Type type, double value) {
  TypedAttr element = getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    return arith::ConstantOp::create(*this, DenseElementsAttr::get(shaped, element));
  return arith::ConstantOp::create(*this, element);
}

Value KernelBuilder::zeros(int64_t lanes) { return constantLike(vectorType(lanes), 0.0); }

Value KernelBuilder::broadcast(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(*this, VectorType::get(lanes, scalar.getType()), scalar);
}

Value KernelBuilder::addF(Value a, Value b) { return arith::AddFOp::create(*this, a, b); }

Value KernelBuilder::subF(Value a, Value b) { return arith::SubFOp::create(*this, a, b); }

Value KernelBuilder::mulF(Value a, Value b) { return arith::MulFOp::create(*this, a, b); }

Value KernelBuilder::divF(Value a, Value b) { return arith::DivFOp::create(*this, a, b); }

Value KernelBuilder::fma(Value a, Value b, Value c) { return math::FmaOp::create(*this, a, b, c); }

Value KernelBuilder::atLeast(Value x, Value lower) {
  Value below = arith::CmpFOp::create(*this, arith::CmpFPredicate::OGT, lower, x);
  return select(below, lower, x);
}

Value KernelBuilder::atMost(Value x, Value upper) {
  Value above = arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, upper, x);
  return select(above, upper, x);
}

Value KernelBuilder::reduceLanes(Value vector, llvm::function_ref<Value(Value, Value)> combine) {
  int64_t lanes = cast<VectorType>(vector.getType()).getDimSize(0);
  for (; lanes > 1; lanes /= 2) {
    auto half = [&](int64_t start) {
      return vector::ExtractStridedSliceOp::create(*this, vector, ArrayRef<int64_t>{start},
                                                   ArrayRef<int64_t>{lanes / 2},
                                                   ArrayRef<int64_t>{1});
    };
    Value lower = half(0), upper = half(lanes / 2);
    vector = combine(lower, upper);
  }
  return vector::ExtractOp::create(*this, vector, int64_t(0));
}

Value KernelBuilder::sumLanes(Value vector) {
  return reduceLanes(vector, [&](Value a, Value b) { return addF(a, b); });
}

Value KernelBuilder::maxLanes(Value vector) {
  return reduceLanes(vector, [&](Value a, Value b) { return atLeast(a, b); });
}

Value KernelBuilder::load(Value memref, ValueRange indices) {
  return memref::LoadOp::create(*this, memref, indices);
}

void KernelBuilder::store(Value value, Value memref, ValueRange indices) {
  memref::StoreOp::create(*this, value, memref, indices);
}

Value KernelBuilder::loadVector(Value memref, ValueRange indices, int64_t lanes) {
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  return vector::LoadOp::create(*this, VectorType::get(lanes, element), memref, indices);
}

void KernelBuilder::storeVector(Value vector, Value memref, ValueRange indices) {
  vector::StoreOp::create(*this, vector, memref, indices);
}

Value KernelBuilder::loadPrefix(Value memref, ValueRange indices, int64_t lanes, int64_t count) {
  if (count == lanes)
    return loadVector(memref, indices, lanes);
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  auto type = VectorType::get(lanes, element);
  SmallVector<bool> mask(lanes, false);
  std::fill_n(mask.begin(), count, true);
  Value maskValue = arith::ConstantOp::create(
      *this, DenseElementsAttr::get(VectorType::get(lanes, getI1Type()), mask));
  Value zero = arith::ConstantOp::create(*this, type, getZeroAttr(type));
  return vector::MaskedLoadOp::create(*this, type, memref, indices, maskValue, zero);
}

void KernelBuilder::storePrefix(Value vector, Value memref, ValueRange indices, int64_t count) {
  // Pieces of powers of two: a masked store is slow on AVX2 machines of AMD.
  int64_t lanes = cast<VectorType>(vector.getType()).getDimSize(0);
  SmallVector<Value> at(indices);
  for (int64_t start = 0, piece = llvm::PowerOf2Ceil(lanes); piece > 0; piece /= 2) {
    if ((count - start) < piece)
      continue;
    Value part = vector;
    if (piece != lanes)
      part = vector::ExtractStridedSliceOp::create(*this, vector, ArrayRef<int64_t>{start},
                                                   ArrayRef<int64_t>{piece}, ArrayRef<int64_t>{1});
    at.back() = add(indices.back(), start);
    storeVector(part, memref, at);
    start += piece;
  }
}

Value KernelBuilder::dim(Value memref, int64_t dimension) {
  return memref::DimOp::create(*this, memref, dimension);
}

void KernelBuilder::loop(Value lower, Value upper, int64_t step,
                         llvm::function_ref<void(Value)> body) {
  auto forOp = scf::ForOp::create(*this, lower, upper, index(step));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(forOp.getBody());
  body(forOp.getInductionVar());
}

SmallVector<Value> KernelBuilder::loop(Value lower, Value upper, int64_t step, ValueRange initial,
                                       LoopBody body) {
  auto forOp = scf::ForOp::create(*this, lower, upper, index(step), initial);
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(forOp.getBody());
  scf::YieldOp::create(*this, body(forOp.getInductionVar(), forOp.getRegionIterArgs()));
  return SmallVector<Value>(forOp.getResults());
}

void KernelBuilder::ifElse(Value condition, llvm::function_ref<void()> then,
                           llvm::function_ref<void()> otherwise) {
  auto ifOp = scf::IfOp::create(*this, condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(ifOp.thenBlock());
  then();
  if (!otherwise)
    return;
  setInsertionPointToStart(ifOp.elseBlock());
  otherwise();
}

void KernelBuilder::rowTiles(Value lower, Value upper, int64_t tile,
                             llvm::function_ref<void(Value row, int64_t rows)> body) {
  int64_t rows = tile;
  while (rows > 0) {
    Value end = add(lower, roundDown(sub(upper, lower), rows));
    loop(lower, end, rows, [&](Value row) { body(row, rows); });
    lower = end;
    rows = rows > 1 ? int64_t(llvm::PowerOf2Ceil(rows)) / 2 : 0;
  }
}

void KernelBuilder::columnChunks(int64_t columns, int64_t lanes,
                                 llvm::function_ref<void(Value column, int64_t lanes)> body) {
  int64_t covered = columns / lanes * lanes;
  if (covered > 0)
    loop(index(0), index(covered), lanes, [&](Value column) { body(column, lanes); });
  for (int64_t piece = lanes / 2; piece > 0; piece /= 2) {
    if (columns - covered < piece)
      continue;
    body(index(covered), piece);
    covered += piece;
  }
}

void KernelBuilder::prefixChunks(int64_t columns, int64_t lanes,
                                 llvm::function_ref<void(int64_t column, int64_t count)> body) {
  for (int64_t column = 0; column < columns; column += lanes)
    body(column, std::min(lanes, columns - column));
}

MemRefType rowsType(int64_t columns, Type element) {
  int64_t dynamic = ShapedType::kDynamic;
  auto layout = StridedLayoutAttr::get(element.getContext(), dynamic, {dynamic, 1});
  return MemRefType::get({dynamic, columns}, element, layout);
}

MemRefType contiguousType(ArrayRef<int64_t> shape, Type element) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  auto layout = StridedLayoutAttr::get(element.getContext(), ShapedType::kDynamic, strides);
  return MemRefType::get(shape, element, layout);
}

func::FuncOp getOrCreateKernel(ModuleOp module, StringRef name, ArrayRef<Type> arguments,
                               llvm::function_ref<void(KernelBuilder &, ValueRange)> body) {
  if (auto existing = module.lookupSymbol<func::FuncOp>(name))
    return existing;
  Location loc = UnknownLoc::get(module.getContext());
  KernelBuilder builder(loc, module.getContext());
  // By name: functions are bufferized, and ask for kernels, in another order in every run.
  auto functions = module.getOps<func::FuncOp>();
  auto next = llvm::find_if(functions, [&](func::FuncOp function) {
    return function->hasAttr("passthrough") && function.getName() > name;
  });
  if (next != functions.end())
    builder.setInsertionPoint(*next);
  else
    builder.setInsertionPointToEnd(module.getBody());
  auto type = builder.getFunctionType(arguments, {});
  auto function = func::FuncOp::create(builder, name, type);
  function.setPrivate();
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  body(builder, entry->getArguments());
  func::ReturnOp::create(builder);
  return function;
}

} // namespace trimod
