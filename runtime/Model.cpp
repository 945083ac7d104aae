#include "runtime/Model.h"

#include <algorithm>
#include <cstring>

namespace trimod {
namespace {

constexpr std::string_view kDerivedPrefix = "derived:";

struct ElementType {
  trimod_dtype dtype;
  const char *name;
  std::size_t bytes;
  TensorType stored; // in a safetensors file
};

constexpr ElementType kElementTypes[] = {
    {TRIMOD_F32, "f32", 4, TensorType::F32}, {TRIMOD_F16, "f16", 2, TensorType::F16},
    {TRIMOD_I32, "i32", 4, TensorType::I32}, {TRIMOD_INDEX, "index", 8, TensorType::I64},
    {TRIMOD_U8, "u8", 1, TensorType::U8},    {TRIMOD_I8, "i8", 1, TensorType::I8},
};

const ElementType *findElementType(std::int32_t dtype) {
  for (const ElementType &type : kElementTypes)
    if (type.dtype == dtype)
      return &type;
  return nullptr;
}

// The bytes of a value of known sizes; no value if it has none.
std::optional<std::size_t> countBytes(std::int32_t dtype, std::int32_t rank,
                                      const std::int64_t *shape) {
  const ElementType *type = findElementType(dtype);
  if (!type || rank < 0 || rank > TRIMOD_MAX_RANK)
    return std::nullopt;
  std::size_t bytes = type->bytes;
  for (std::int32_t i = 0; i < rank; ++i)
    if (shape[i] < 0 || __builtin_mul_overflow(bytes, std::size_t(shape[i]), &bytes))
      return std::nullopt;
  return bytes;
}

bool isDerived(const trimod_parameter &parameter) {
  return !parameter.data &&
         std::string_view(parameter.key).substr(0, kDerivedPrefix.size()) == kDerivedPrefix;
}

bool isExternal(const trimod_parameter &parameter) {
  return !parameter.data && !isDerived(parameter);
}

bool hasShape(const trimod_parameter &parameter, const TensorView &tensor) {
  return tensor.shape.size() == static_cast<std::size_t>(parameter.rank) &&
         std::equal(tensor.shape.begin(), tensor.shape.end(), parameter.shape);
}

Error mismatch(const trimod_parameter &parameter, const std::string &found) {
  const ElementType *type = findElementType(parameter.dtype);
  std::vector<std::int64_t> shape(parameter.shape, parameter.shape + parameter.rank);
  return Error{"parameter " + quote(parameter.key) + ": expected " +
               describeTensor(tensorTypeName(type->stored), shape) + ", found " + found};
}

// Compiled code reads whole elements; the file only promises bytes.
bool isAligned(const void *data, std::size_t elementBytes) {
  return reinterpret_cast<std::uintptr_t>(data) % elementBytes == 0;
}

} // namespace

std::string describeValue(std::int32_t dtype, std::int32_t rank, const std::int64_t *shape) {
  const ElementType *type = findElementType(dtype);
  std::string text = type ? type->name : "type " + std::to_string(dtype);
  text += '[';
  for (std::int32_t i = 0; i < rank; ++i) {
    text += i ? "x" : "";
    text += shape[i] < 0 ? "?" : std::to_string(shape[i]);
  }
  return text + ']';
}

MaybeError CompiledFunction::call() {
  std::int64_t bytes = function->workspace ? function->workspace(tensors.data()) : 0;
  if (bytes < 0 || !workspace.reserve(static_cast<std::size_t>(bytes)))
    return Error{"function '" + std::string(function->name) + "': no memory for a workspace of " +
                 std::to_string(bytes) + " bytes"};
  trimod_tensor &slot = tensors[function->input_count + function->parameter_count];
  slot.data = workspace.data();
  slot.shape[0] = bytes;
  function->entry(tensors.data());
  return std::nullopt;
}

Result<Model> Model::open(const trimod_model *model, const ModelOptions &options) {
  if (!model)
    return Error{"expected an artefact of interface version " + std::to_string(TRIMOD_ABI_VERSION) +
                 ", found one that does not serve it: compile the model again"};
  if (model->abi_version != TRIMOD_ABI_VERSION || model->struct_size < sizeof(trimod_model))
    return Error{"expected an artefact of interface version " + std::to_string(TRIMOD_ABI_VERSION) +
                 ", found version " + std::to_string(model->abi_version) + " by trimod " +
                 (model->compiler ? model->compiler : "of unknown version") +
                 ": compile the model again"};
  Model result;
  result.model = model;
  result.options = options;
  result.cpuLevel = detectIsaLevel();
  if (options.weightsPaths.empty())
    return result;
  const trimod_parameter *parameters = model->parameters;
  if (std::none_of(parameters, parameters + model->parameter_count, isExternal))
    return Error{options.weightsPaths.front() + ": expected no weights file, found one: '" +
                 model->name + "' has its weights embedded"};
  Result<Safetensors> weights = Safetensors::open(options.weightsPaths);
  if (!weights)
    return weights.error();
  result.weights = std::make_shared<const Safetensors>(std::move(*weights));
  return result;
}

bool Model::has(std::string_view name) const {
  const trimod_function *functions = model->functions;
  return std::any_of(functions, functions + model->function_count,
                     [name](const trimod_function &function) { return name == function.name; });
}

int Model::highestLevel() const { return options.forcedLevel.value_or(trimod_isa_level(cpuLevel)); }

// Functions of one name stand together, highest level first.
Result<const trimod_function *> Model::choose(std::string_view name, int level) const {
  std::string available;
  for (std::uint32_t i = 0; i < model->function_count; ++i) {
    const trimod_function &candidate = model->functions[i];
    if (name != candidate.name)
      continue;
    bool isWanted =
        options.forcedLevel ? candidate.isa_level == level : candidate.isa_level <= level;
    if (isWanted)
      return &candidate;
    available += (available.empty() ? "" : ", ") + isaLevelName(candidate.isa_level);
  }
  std::string what = "function '" + std::string(name) + "'";
  if (available.empty())
    return Error{"expected a model with " + what + ", found none in '" + model->name + "'"};
  std::string wanted = options.forcedLevel ? isaLevelName(level) + " (forced by TRIMOD_ISA)"
                       : level             ? isaLevelName(level) + " or below"
                                           : std::string("a level below x86-64-v3");
  return Error{what + ": expected code for " + wanted + ", found code for " + available};
}

Result<CompiledFunction> Model::load(std::string_view name) const {
  int level = highestLevel();
  if (level > cpuLevel)
    return Error{"TRIMOD_ISA: expected a level that this CPU has (" +
                 (cpuLevel ? isaLevelName(cpuLevel) : std::string("below x86-64-v3")) +
                 "), found " + isaLevelName(level)};
  Result<const trimod_function *> chosen = choose(name, level);
  if (!chosen)
    return chosen.error();
  CompiledFunction loaded;
  loaded.function = *chosen;
  const trimod_function &function = **chosen;
  loaded.tensors.resize(std::size_t(function.input_count) + function.parameter_count + 1 +
                        function.output_count);
  if (MaybeError error = bindParameters(loaded))
    return *error;
  if (MaybeError error = deriveParameters(loaded))
    return *error;
  return loaded;
}

MaybeError Model::bindParameters(CompiledFunction &loaded) const {
  const trimod_function &function = *loaded.function;
  for (std::uint32_t i = 0; i < function.parameter_count; ++i) {
    const trimod_parameter &parameter = model->parameters[function.parameters[i]];
    if (!countBytes(parameter.dtype, parameter.rank, parameter.shape))
      return Error{"parameter " + quote(parameter.key) +
                   ": expected a known type and sizes, found " +
                   describeValue(parameter.dtype, std::clamp(parameter.rank, 0, TRIMOD_MAX_RANK),
                                 parameter.shape)};
    if (MaybeError error =
            bindParameter(parameter, loaded.tensors[function.input_count + i], loaded))
      return error;
  }
  return std::nullopt;
}

MaybeError Model::bindParameter(const trimod_parameter &parameter, trimod_tensor &tensor,
                                CompiledFunction &loaded) const {
  std::copy_n(parameter.shape, TRIMOD_MAX_RANK, tensor.shape);
  if (isDerived(parameter))
    return std::nullopt;
  Result<const void *> data =
      parameter.data ? Result<const void *>(parameter.data) : findWeight(parameter, loaded);
  if (!data)
    return data.error();
  // The interface has one tensor type for what is read and what is written; parameters are only
  // read.
  tensor.data = const_cast<void *>(*data);
  return std::nullopt;
}

Result<const void *> Model::findWeight(const trimod_parameter &parameter,
                                       CompiledFunction &loaded) const {
  if (!weights)
    return Error{"parameter " + quote(parameter.key) +
                 ": the model has no embedded weights: give a safetensors file (--weights FILE)"};
  const TensorView *tensor = weights->find(parameter.key);
  if (!tensor)
    return mismatch(parameter, "no tensor of this name").in(weights->describePaths());
  const ElementType *type = findElementType(parameter.dtype);
  if (tensor->type != type->stored || !hasShape(parameter, *tensor))
    return mismatch(parameter, tensor->describe()).in(tensor->path);
  const void *data = tensor->bytes.data();
  if (isAligned(data, type->bytes))
    return data;
  AlignedBuffer copy;
  if (!copy.reserve(tensor->bytes.size()))
    return Error{"parameter " + quote(parameter.key) + ": no memory"};
  std::memcpy(copy.data(), data, tensor->bytes.size());
  data = copy.data();
  loaded.derived.push_back(std::make_shared<const AlignedBuffer>(std::move(copy)));
  return data;
}

// The function that computes the derived parameters of `function`, with its own parameters found.
Result<CompiledFunction> Model::loadInit(const trimod_function &function) const {
  const std::string name = std::string(function.name) + ".init";
  Result<const trimod_function *> chosen = choose(name, function.isa_level);
  if (!chosen)
    return chosen.error();
  CompiledFunction init;
  init.function = *chosen;
  const trimod_function &description = *init.function;
  if (description.isa_level != function.isa_level || description.input_count != 0)
    return Error{"function '" + name + "': expected code for " + isaLevelName(function.isa_level) +
                 " without inputs, found code for " + isaLevelName(description.isa_level) +
                 " with " + std::to_string(description.input_count) + " inputs"};
  init.tensors.resize(std::size_t(description.parameter_count) + 1 + description.output_count);
  if (MaybeError error = bindParameters(init))
    return *error;
  for (std::uint32_t i = 0; i < description.parameter_count; ++i)
    if (!init.tensors[i].data)
      return Error{"function '" + name + "': expected trained parameters only, found " +
                   quote(model->parameters[description.parameters[i]].key)};
  return init;
}

// Lets an output of the init function become the parameter of its name.
MaybeError Model::bindDerived(CompiledFunction &init, std::uint32_t output,
                              CompiledFunction &loaded) const {
  const trimod_function &function = *loaded.function;
  const trimod_value &value = init.function->outputs[output];
  const std::string where = std::string("function '") + init.function->name + "'";
  std::uint32_t position = 0;
  while (position < function.parameter_count &&
         std::string_view(model->parameters[function.parameters[position]].key) != value.name)
    ++position;
  if (position == function.parameter_count)
    return Error{where + ": expected outputs that are parameters of '" + function.name +
                 "', found " + quote(value.name)};
  const trimod_parameter &parameter = model->parameters[function.parameters[position]];
  const std::string expected = describeValue(parameter.dtype, parameter.rank, parameter.shape);
  const std::string found = describeValue(value.dtype, value.rank, value.shape);
  trimod_tensor &tensor = loaded.tensors[function.input_count + position];
  if (expected != found || tensor.data)
    return Error{where + ", output " + quote(value.name) + ": expected " +
                 (tensor.data ? "it once" : expected) + ", found " + found};
  AlignedBuffer memory;
  if (!memory.reserve(*countBytes(parameter.dtype, parameter.rank, parameter.shape)))
    return Error{"parameter " + quote(parameter.key) + ": no memory"};
  tensor.data = memory.data();
  init.output(output) = tensor;
  loaded.derived.push_back(std::make_shared<const AlignedBuffer>(std::move(memory)));
  return std::nullopt;
}

// The derived parameter that has no value yet, or null.
const trimod_parameter *Model::findUnbound(const CompiledFunction &loaded) const {
  const trimod_function &function = *loaded.function;
  for (std::uint32_t i = 0; i < function.parameter_count; ++i)
    if (!loaded.parameter(i).data)
      return &model->parameters[function.parameters[i]];
  return nullptr;
}

MaybeError Model::deriveParameters(CompiledFunction &loaded) const {
  if (!findUnbound(loaded))
    return std::nullopt;
  Result<CompiledFunction> init = loadInit(*loaded.function);
  if (!init)
    return init.error();
  for (std::uint32_t i = 0; i < init->function->output_count; ++i)
    if (MaybeError error = bindDerived(*init, i, loaded))
      return error;
  if (const trimod_parameter *missing = findUnbound(loaded))
    return Error{std::string("function '") + init->function->name + "': expected an output " +
                 quote(missing->key) + ", found none"};
  return init->call();
}

} // namespace trimod
