//===- Signature.cpp - what the runtime is told about entry functions -----===//

#include "codegen/artifact/Signature.h"

#include "mlir/IR/BuiltinTypes.h"
#include "passes/FunctionBoundary.h"
#include "runtime/Isa.h"

using namespace mlir;
using namespace trimod;

StringRef trimod::getElementTypeName(trimod_dtype dtype) {
  switch (dtype) {
  case TRIMOD_F32:
    return "f32";
  case TRIMOD_F16:
    return "f16";
  case TRIMOD_I32:
    return "i32";
  case TRIMOD_INDEX:
    return "index";
  case TRIMOD_U8:
    return "u8";
  case TRIMOD_I8:
    return "i8";
  }
  return "unknown";
}

unsigned trimod::getElementSize(trimod_dtype dtype) {
  switch (dtype) {
  case TRIMOD_F32:
  case TRIMOD_I32:
    return 4;
  case TRIMOD_F16:
    return 2;
  case TRIMOD_INDEX:
    return 8;
  case TRIMOD_U8:
  case TRIMOD_I8:
    return 1;
  }
  return 0;
}

std::string trimod::describe(const TensorSignature &tensor) {
  std::string text = (getElementTypeName(tensor.dtype) + "[").str();
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    text += i == 0 ? "" : "x";
    text += tensor.shape[i] < 0 ? "?" : std::to_string(tensor.shape[i]);
  }
  return text + "]";
}

std::optional<trimod_dtype> trimod::getElementType(Type type) {
  if (type.isF32())
    return TRIMOD_F32;
  if (type.isF16())
    return TRIMOD_F16;
  if (type.isInteger(32))
    return TRIMOD_I32;
  if (type.isIndex())
    return TRIMOD_INDEX;
  if (type.isUnsignedInteger(8))
    return TRIMOD_U8;
  if (type.isInteger(8))
    return TRIMOD_I8;
  return std::nullopt;
}

std::string trimod::getEntrySymbol(StringRef function, trimod_isa_level level) {
  return ("trimod_" + function + "_" + isaLevelSuffix(level)).str();
}

std::string trimod::getWorkspaceSymbol(StringRef function, trimod_isa_level level) {
  return getEntrySymbol(function, level) + "_workspace";
}

static FailureOr<TensorSignature> readTensor(func::FuncOp function, unsigned argument) {
  Type type = function.getArgument(argument).getType();
  auto memref = dyn_cast<MemRefType>(type);
  std::optional<trimod_dtype> element =
      memref ? getElementType(memref.getElementType()) : std::nullopt;
  if (!element || !memref.getLayout().isIdentity() || memref.getRank() > TRIMOD_MAX_RANK)
    return function.emitError() << "argument #" << argument << " of entry function '"
                                << function.getName()
                                << "': expected a contiguous memref of f32, f16, i32, i8 or index "
                                   "and at most "
                                << TRIMOD_MAX_RANK << " dimensions, got " << type;
  TensorSignature tensor;
  tensor.dtype = *element;
  for (int64_t size : memref.getShape())
    tensor.shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  return tensor;
}

namespace {

enum class Role { Input, Parameter, Workspace, Output };

} // namespace

static Role getRole(func::FuncOp function, unsigned argument) {
  if (function.getArgAttr(argument, kParameterAttr))
    return Role::Parameter;
  if (function.getArgAttr(argument, kWorkspaceAttr))
    return Role::Workspace;
  return function.getArgAttr(argument, kOutputAttr) ? Role::Output : Role::Input;
}

static std::optional<StringRef> getArgumentName(func::FuncOp function, unsigned argument,
                                                Role role) {
  StringRef attribute = role == Role::Parameter ? kParameterAttr : kNameAttr;
  auto name = function.getArgAttrOfType<StringAttr>(argument, attribute);
  return name ? std::optional<StringRef>(name.getValue()) : std::nullopt;
}

FailureOr<FunctionSignature> trimod::readSignature(func::FuncOp function, trimod_isa_level level) {
  FunctionSignature signature;
  signature.name = function.getName().str();
  signature.level = level;
  Role previous = Role::Input;
  unsigned workspaces = 0;
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    FailureOr<TensorSignature> tensor = readTensor(function, i);
    if (failed(tensor))
      return failure();
    const Role role = getRole(function, i);
    if (role < previous)
      return function.emitError() << "argument #" << i << " of entry function '"
                                  << function.getName()
                                  << "': expected inputs, parameters, workspace, outputs in this "
                                     "order";
    previous = role;
    if (role == Role::Workspace) {
      ++workspaces;
      continue;
    }
    std::optional<StringRef> name = getArgumentName(function, i, role);
    if (!name)
      return function.emitError() << "argument #" << i << " of entry function '"
                                  << function.getName() << "' has no '" << kNameAttr
                                  << "': the runtime could not tell what it is";
    NamedTensor named{name->str(), *tensor};
    if (auto bound = function.getArgAttrOfType<IntegerAttr>(i, kIndexBoundAttr))
      named.indexBound = bound.getInt();
    (role == Role::Input       ? signature.inputs
     : role == Role::Parameter ? signature.parameters
                               : signature.outputs)
        .push_back(std::move(named));
  }
  if (workspaces != 1)
    return function.emitError() << "entry function '" << function.getName()
                                << "': expected one workspace argument, got " << workspaces;
  return signature;
}

FailureOr<std::vector<FunctionSignature>> trimod::readSignatures(ModuleOp module,
                                                                 trimod_isa_level level) {
  std::vector<FunctionSignature> signatures;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function->hasAttr(kEntryAttr))
      continue;
    FailureOr<FunctionSignature> signature = readSignature(function, level);
    if (failed(signature))
      return failure();
    signatures.push_back(std::move(*signature));
  }
  return signatures;
}
