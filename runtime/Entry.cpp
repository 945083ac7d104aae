#include "runtime/Entry.h"

#include <algorithm>

namespace trimod {

Result<Entry> Entry::load(const Model &model, const char *name, ValueSpecs inputs,
                          ValueSpecs outputs, std::size_t labelCount) {
  Result<CompiledFunction> function = model.load(name);
  if (!function)
    return function.error();
  Entry entry(std::move(*function), inputs, outputs);
  if (MaybeError error = entry.bindInputs(labelCount))
    return *error;
  if (MaybeError error = entry.bindOutputs(labelCount))
    return *error;
  return entry;
}

Error Entry::error(const std::string &message) const {
  return Error{message}.in("function '" + std::string(description().name) + "'");
}

// Whether the function takes batches is known only after all inputs.
MaybeError Entry::bindInputs(std::size_t labelCount) {
  for (std::uint32_t i = 0; i < description().input_count; ++i) {
    Result<std::size_t> found = findSpec(inputSpecs, description().inputs[i], "inputs");
    if (!found)
      return found.error();
    inputs[*found] = i;
    isBatched |= inputSpecs.specs[*found].shape[0] == Dimension::PostOffsets;
  }
  for (std::size_t i = 0; i < inputSpecs.count; ++i)
    if (const trimod_value *value = findInput(i))
      if (MaybeError error = checkValue(inputSpecs.specs[i], *value, labelCount))
        return error;
  return std::nullopt;
}

MaybeError Entry::bindOutputs(std::size_t labelCount) {
  for (std::uint32_t i = 0; i < description().output_count; ++i) {
    const trimod_value &value = description().outputs[i];
    Result<std::size_t> found = findSpec(outputSpecs, value, "outputs");
    if (!found)
      return found.error();
    if (MaybeError error = checkValue(outputSpecs.specs[*found], value, labelCount))
      return error;
    outputs[*found] = i;
  }
  return std::nullopt;
}

Result<std::size_t> Entry::findSpec(ValueSpecs specs, const trimod_value &value,
                                    const char *role) const {
  std::string known;
  for (std::size_t i = 0; i < specs.count; ++i) {
    if (std::string_view(value.name) == specs.specs[i].name)
      return i;
    known += (i ? ", " : "") + std::string(specs.specs[i].name);
  }
  return error(std::string("expected ") + role + " among " + known + "; found " +
               quote(value.name));
}

MaybeError Entry::checkValue(const ValueSpec &spec, const trimod_value &value,
                             std::size_t labelCount) const {
  std::int64_t sizes[TRIMOD_MAX_RANK];
  std::int32_t rank = 0;
  bool hasLabels = false;
  for (Dimension dimension : spec.shape) {
    if (dimension == Dimension::None || (dimension == Dimension::Posts && !isBatched))
      continue;
    bool isLabels = dimension == Dimension::Labels;
    hasLabels |= isLabels;
    sizes[rank++] = isLabels ? std::int64_t(labelCount) : -1;
  }
  bool fits = value.dtype == spec.dtype && value.rank == rank;
  for (std::int32_t i = 0; fits && i < rank; ++i)
    fits = sizes[i] < 0 || value.shape[i] == sizes[i];
  if (fits)
    return std::nullopt;
  return error(quote(spec.name) + ": expected " + describeValue(spec.dtype, rank, sizes) +
               ", found " +
               describeValue(value.dtype, std::clamp(value.rank, 0, TRIMOD_MAX_RANK), value.shape) +
               (hasLabels ? ": the vocabulary has " + std::to_string(labelCount) + " labels" : ""));
}

const trimod_value *Entry::findInput(std::size_t index) const {
  return inputs[index] == kAbsent ? nullptr : &description().inputs[inputs[index]];
}

const trimod_value *Entry::findOutput(std::size_t index) const {
  return outputs[index] == kAbsent ? nullptr : &description().outputs[outputs[index]];
}

void Entry::setShape(trimod_tensor &tensor, const ValueSpec &spec,
                     std::initializer_list<std::size_t> shape) const {
  const std::size_t *size = shape.begin();
  if (spec.shape[0] == Dimension::Posts && !isBatched)
    ++size;
  for (std::int64_t *target = tensor.shape; size != shape.end(); ++size)
    *target++ = std::int64_t(*size);
}

void Entry::setInput(std::size_t index, const void *data,
                     std::initializer_list<std::size_t> shape) {
  if (inputs[index] == kAbsent)
    return;
  trimod_tensor &tensor = function.input(inputs[index]);
  // The interface has one tensor type for what is read and what is written.
  tensor.data = const_cast<void *>(data);
  setShape(tensor, inputSpecs.specs[index], shape);
}

void Entry::setOutput(std::size_t index, void *data, std::initializer_list<std::size_t> shape) {
  if (outputs[index] == kAbsent)
    return;
  trimod_tensor &tensor = function.output(outputs[index]);
  tensor.data = data;
  setShape(tensor, outputSpecs.specs[index], shape);
}

MaybeError Entry::checkOutputs() const {
  for (std::size_t i = 0; i < outputSpecs.count; ++i)
    if (!findOutput(i))
      return error("expected an output '" + std::string(outputSpecs.specs[i].name) +
                   "', found none");
  return std::nullopt;
}

} // namespace trimod
