//===- ModelDescriptor.cpp - the tables that describe an artefact ---------===//

#include "codegen/artifact/ModelDescriptor.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"

using namespace trimod;
using llvm::ArrayRef;
using llvm::Constant;
using llvm::SmallVector;
using llvm::StringRef;

static constexpr unsigned kPageSize = 4096;

namespace {

class DescriptorBuilder {
public:
  DescriptorBuilder(llvm::Module &module, const ModelContents &contents)
      : module(module), context(module.getContext()), contents(contents),
        pointer(llvm::PointerType::getUnqual(context)), int32(llvm::Type::getInt32Ty(context)),
        int64(llvm::Type::getInt64Ty(context)) {}

  llvm::Error build() {
    sortFunctions();
    if (llvm::Error error = collectParameters())
      return error;
    llvm::Expected<Constant *> parameters = makeParameters();
    if (!parameters)
      return parameters.takeError();
    addQuery(makeGlobal(makeModel(*parameters), "trimod_model"));
    return llvm::Error::success();
  }

private:
  /// Functions of one name together in the order in which names first appear, high levels first.
  void sortFunctions() {
    llvm::StringMap<size_t> firstOfName;
    for (const FunctionSignature &function : contents.functions)
      firstOfName.try_emplace(function.name, firstOfName.size());
    for (const FunctionSignature &function : contents.functions)
      functions.push_back(&function);
    llvm::sort(functions, [&](const FunctionSignature *a, const FunctionSignature *b) {
      return std::make_pair(firstOfName[a->name], -a->level) <
             std::make_pair(firstOfName[b->name], -b->level);
    });
  }

  llvm::Error collectParameters() {
    for (const FunctionSignature *function : functions) {
      for (const NamedTensor &parameter : function->parameters) {
        auto [known, isNew] = parameterNumbers.try_emplace(parameter.name, parameters.size());
        if (isNew)
          parameters.push_back(&parameter);
        else if (parameters[known->second]->tensor != parameter.tensor)
          return llvm::createStringError(
              llvm::inconvertibleErrorCode(),
              "parameter '" + parameter.name + "' of function '" + function->name + "': expected " +
                  describe(parameters[known->second]->tensor) + " as in another function, got " +
                  describe(parameter.tensor));
      }
    }
    return llvm::Error::success();
  }

  // --- pieces of constants -----------------------------------------------------------------------

  llvm::GlobalVariable *makeGlobal(Constant *value, const llvm::Twine &name) {
    return new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                    llvm::GlobalValue::InternalLinkage, value, name);
  }

  Constant *makeString(StringRef text) {
    Constant *&string = strings[text];
    if (!string) {
      llvm::GlobalVariable *global =
          makeGlobal(llvm::ConstantDataArray::getString(context, text), "string");
      global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
      string = global;
    }
    return string;
  }

  Constant *makeInt32(uint32_t value) { return llvm::ConstantInt::get(int32, value); }

  Constant *makeStruct(ArrayRef<Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }

  /// The address of an array of `elements`, or null if there are none.
  Constant *makeTable(ArrayRef<Constant *> elements, const llvm::Twine &name) {
    if (elements.empty())
      return llvm::ConstantPointerNull::get(pointer);
    auto *type = llvm::ArrayType::get(elements.front()->getType(), elements.size());
    return makeGlobal(llvm::ConstantArray::get(type, elements), name);
  }

  Constant *makeShape(const TensorSignature &tensor) {
    SmallVector<uint64_t> shape(TRIMOD_MAX_RANK, 0);
    llvm::copy(tensor.shape, shape.begin());
    return llvm::ConstantDataArray::get(context, shape);
  }

  /// Fields that trimod_value and trimod_parameter begin with.
  SmallVector<Constant *> describeTensor(const NamedTensor &named) {
    return {makeString(named.name), makeInt32(named.tensor.dtype),
            makeInt32(named.tensor.shape.size()), makeShape(named.tensor)};
  }

  Constant *makeBytes(StringRef bytes, const llvm::Twine &name, unsigned alignment) {
    Constant *data =
        llvm::ConstantDataArray::getRaw(bytes, bytes.size(), llvm::Type::getInt8Ty(context));
    llvm::GlobalVariable *global = makeGlobal(data, name);
    global->setAlignment(llvm::Align(alignment));
    return global;
  }

  // --- tables ------------------------------------------------------------------------------------

  llvm::Expected<Constant *> makeWeight(const NamedTensor &parameter, bool isFirst) {
    if (!contents.weights)
      return llvm::ConstantPointerNull::get(pointer);
    llvm::Expected<Weight> weight = contents.weights->find(parameter.name, parameter.tensor);
    if (!weight)
      return weight.takeError();
    Constant *data =
        makeBytes(weight->bytes, "weight", isFirst ? kPageSize : unsigned(TRIMOD_ALIGNMENT));
    llvm::cast<llvm::GlobalVariable>(data)->setSection(kWeightSection);
    return data;
  }

  llvm::Expected<Constant *> makeParameters() {
    SmallVector<Constant *> rows;
    for (const NamedTensor *parameter : parameters) {
      llvm::Expected<Constant *> data = makeWeight(*parameter, rows.empty());
      if (!data)
        return data.takeError();
      SmallVector<Constant *> fields = describeTensor(*parameter);
      fields.push_back(*data);
      rows.push_back(makeStruct(fields));
    }
    return makeTable(rows, "parameters");
  }

  Constant *makeValues(const std::vector<NamedTensor> &values, const llvm::Twine &name) {
    SmallVector<Constant *> rows;
    for (const NamedTensor &value : values) {
      SmallVector<Constant *> fields = describeTensor(value);
      fields.push_back(llvm::ConstantInt::getSigned(int64, value.indexBound));
      rows.push_back(makeStruct(fields));
    }
    return makeTable(rows, name);
  }

  Constant *declare(const std::string &symbol, llvm::Type *result) {
    auto *type = llvm::FunctionType::get(result, {pointer}, /*isVarArg=*/false);
    auto *function =
        llvm::cast<llvm::Function>(module.getOrInsertFunction(symbol, type).getCallee());
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return function;
  }

  Constant *makeFunction(const FunctionSignature &function) {
    SmallVector<Constant *> numbers;
    for (const NamedTensor &parameter : function.parameters)
      numbers.push_back(makeInt32(parameterNumbers[parameter.name]));
    return makeStruct(
        {makeString(function.name), makeInt32(function.level), makeInt32(function.inputs.size()),
         makeInt32(function.parameters.size()), makeInt32(function.outputs.size()),
         makeValues(function.inputs, "inputs"), makeTable(numbers, "parameter_numbers"),
         makeValues(function.outputs, "outputs"),
         declare(getEntrySymbol(function.name, function.level), llvm::Type::getVoidTy(context)),
         declare(getWorkspaceSymbol(function.name, function.level), int64)});
  }

  Constant *makeModel(Constant *parameterTable) {
    SmallVector<Constant *> rows;
    for (const FunctionSignature *function : functions)
      rows.push_back(makeFunction(*function));
    Constant *vocabulary = llvm::ConstantPointerNull::get(pointer);
    if (!contents.vocabulary.empty())
      vocabulary = makeBytes(contents.vocabulary, "vocabulary", TRIMOD_ALIGNMENT);
    Constant *vocabularySize = llvm::ConstantInt::get(int64, contents.vocabulary.size());
    return makeStruct(
        {makeInt32(TRIMOD_ABI_VERSION), makeInt32(sizeof(trimod_model)), makeString(contents.name),
         makeString(contents.compiler), makeInt32(rows.size()), makeInt32(parameters.size()),
         makeTable(rows, "functions"), parameterTable, makeStruct({vocabulary, vocabularySize})});
  }

  /// const trimod_model *trimod_query(uint32_t abi_version)
  void addQuery(Constant *model) {
    auto *type = llvm::FunctionType::get(pointer, {int32}, /*isVarArg=*/false);
    auto *query =
        llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "trimod_query", module);
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "", query));
    llvm::Value *isServed = builder.CreateICmpEQ(query->getArg(0), makeInt32(TRIMOD_ABI_VERSION));
    builder.CreateRet(
        builder.CreateSelect(isServed, model, llvm::ConstantPointerNull::get(pointer)));
  }

  llvm::Module &module;
  llvm::LLVMContext &context;
  const ModelContents &contents;
  llvm::PointerType *pointer;
  llvm::Type *int32, *int64;
  SmallVector<const FunctionSignature *> functions;
  SmallVector<const NamedTensor *> parameters;
  llvm::StringMap<uint32_t> parameterNumbers;
  llvm::StringMap<Constant *> strings;
};

} // namespace

llvm::Expected<std::unique_ptr<llvm::Module>>
trimod::buildModelDescriptor(llvm::LLVMContext &context, llvm::TargetMachine &machine,
                             const ModelContents &contents) {
  auto module = std::make_unique<llvm::Module>("trimod_model", context);
  module->setDataLayout(machine.createDataLayout());
  module->setTargetTriple(machine.getTargetTriple());
  if (llvm::Error error = DescriptorBuilder(*module, contents).build())
    return std::move(error);
  return module;
}
