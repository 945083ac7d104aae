//===- EntryPoints.cpp - functions of the C interface ---------------------===//

#include "codegen/artifact/Passes.h"
#include "codegen/artifact/Signature.h"
#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "passes/FunctionBoundary.h"
#include "runtime/Isa.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_ENTRYPOINTS
#include "codegen/artifact/Passes.h.inc"
} // namespace trimod

namespace {

/// Reads elements of an array of trimod_tensor as memrefs.
class TensorArrayReader {
public:
  TensorArrayReader(OpBuilder &builder, Location loc, Value array)
      : builder(builder), loc(loc), array(array), converter(builder.getContext()) {}

  Value read(unsigned position, MemRefType type) {
    Value data = load(byteOffset(position, offsetof(trimod_tensor, data)),
                      LLVM::LLVMPointerType::get(builder.getContext()));
    SmallVector<Value> sizes = readSizes(position, type);
    SmallVector<Value> fields{data, data, constant(0)};
    llvm::append_range(fields, sizes);
    llvm::append_range(fields, computeStrides(sizes));
    Value descriptor = MemRefDescriptor::pack(builder, loc, converter, type, fields);
    return UnrealizedConversionCastOp::create(builder, loc, type, descriptor).getResult(0);
  }

private:
  static int64_t byteOffset(unsigned position, size_t field) {
    return static_cast<int64_t>(position * sizeof(trimod_tensor) + field);
  }

  Value constant(int64_t value) {
    return LLVM::ConstantOp::create(builder, loc, builder.getI64Type(),
                                    builder.getI64IntegerAttr(value));
  }

  Value load(int64_t offset, Type type) {
    Value address = LLVM::GEPOp::create(builder, loc, array.getType(), builder.getI8Type(), array,
                                        LLVM::GEPArg(static_cast<int32_t>(offset)));
    return LLVM::LoadOp::create(builder, loc, type, address);
  }

  SmallVector<Value> readSizes(unsigned position, MemRefType type) {
    SmallVector<Value> sizes;
    for (auto [i, size] : llvm::enumerate(type.getShape())) {
      const size_t field = offsetof(trimod_tensor, shape) + i * sizeof(int64_t);
      sizes.push_back(ShapedType::isDynamic(size)
                          ? load(byteOffset(position, field), builder.getI64Type())
                          : constant(size));
    }
    return sizes;
  }

  SmallVector<Value> computeStrides(ArrayRef<Value> sizes) {
    SmallVector<Value> strides(sizes.size());
    Value stride = constant(1);
    for (size_t i = sizes.size(); i-- > 0;) {
      strides[i] = stride;
      if (i > 0)
        stride = LLVM::MulOp::create(builder, loc, stride, sizes[i]);
    }
    return strides;
  }

  OpBuilder &builder;
  Location loc;
  Value array;
  LLVMTypeConverter converter;
};

struct EntryPoints : trimod::impl::EntryPointsBase<EntryPoints> {
  using EntryPointsBase::EntryPointsBase;

  void runOnOperation() override {
    Result<trimod_isa_level> known = parseIsaLevel(level.getValue());
    if (!known) {
      getOperation().emitError() << known.error().message;
      return signalPassFailure();
    }
    isaLevel = *known;
    for (auto function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (function->hasAttr(kEntryAttr) && failed(addEntryPoints(function)))
        return signalPassFailure();
    for (auto function : getOperation().getOps<func::FuncOp>())
      makeInternal(function);
  }

private:
  /// The linkage of the LLVM function that `function` becomes; func's own visibility is lost there.
  static void makeInternal(func::FuncOp function) {
    if (!function.isExternal())
      function->setAttr("llvm.linkage", LLVM::LinkageAttr::get(function.getContext(),
                                                               LLVM::linkage::Linkage::Internal));
  }

  LogicalResult addEntryPoints(func::FuncOp entry) {
    FailureOr<FunctionSignature> signature = readSignature(entry, isaLevel);
    if (failed(signature))
      return failure();
    FailureOr<func::FuncOp> workspace = findWorkspace(entry, signature->inputs.size());
    if (failed(workspace))
      return failure();
    if (entry.getNumResults() != 0)
      return entry.emitError() << "entry function '" << entry.getName()
                               << "': expected no results, got " << entry.getNumResults();
    addFunction(getEntrySymbol(entry.getName(), isaLevel), entry);
    addFunction(getWorkspaceSymbol(entry.getName(), isaLevel), *workspace);
    return success();
  }

  FailureOr<func::FuncOp> findWorkspace(func::FuncOp entry, size_t inputCount) {
    const std::string name = (entry.getName() + "_workspace").str();
    auto workspace = getOperation().lookupSymbol<func::FuncOp>(name);
    if (!workspace)
      return entry.emitError() << "entry function '" << entry.getName() << "' has no function '"
                               << name << "': plan buffers first (trimod-plan-buffers)";
    auto expected =
        FunctionType::get(&getContext(), entry.getArgumentTypes().take_front(inputCount),
                          IndexType::get(&getContext()));
    if (workspace.getFunctionType() != expected)
      return workspace.emitError() << "function '" << name << "': expected type " << expected
                                   << ", got " << workspace.getFunctionType();
    return workspace;
  }

  /// Adds `symbol`, which takes an array of tensors and passes them to `callee`.
  void addFunction(StringRef symbol, func::FuncOp callee) {
    OpBuilder builder(&getContext());
    builder.setInsertionPointToEnd(getOperation().getBody());
    Location loc = callee.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    const bool returnsSize = callee.getNumResults() == 1;
    Type result =
        returnsSize ? Type(builder.getI64Type()) : Type(LLVM::LLVMVoidType::get(&getContext()));
    auto function = LLVM::LLVMFuncOp::create(builder, loc, symbol,
                                             LLVM::LLVMFunctionType::get(result, pointer));
    // Called through the tables of the model only.
    function.setVisibility_(LLVM::Visibility::Hidden);
    builder.setInsertionPointToStart(function.addEntryBlock(builder));
    TensorArrayReader tensors(builder, loc, function.getArgument(0));
    SmallVector<Value> arguments;
    for (auto [i, type] : llvm::enumerate(callee.getArgumentTypes()))
      arguments.push_back(tensors.read(i, cast<MemRefType>(type)));
    auto call = func::CallOp::create(builder, loc, callee, arguments);
    if (!returnsSize) {
      LLVM::ReturnOp::create(builder, loc, ValueRange());
      return;
    }
    auto size = UnrealizedConversionCastOp::create(builder, loc, result, call.getResult(0));
    LLVM::ReturnOp::create(builder, loc, size.getResult(0));
  }

  trimod_isa_level isaLevel = TRIMOD_X86_64_V3;
};

} // namespace
