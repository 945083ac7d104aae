// A function of a compiled model whose inputs and outputs are known by name.
//
// Which of the known values a function has, and in which order, is the model's choice; one that is
// not known cannot be served. A function that takes no offsets of posts was compiled for one post:
// what is one row a post in a batch has no such dimension there.
#ifndef TRIMOD_RUNTIME_ENTRY_H
#define TRIMOD_RUNTIME_ENTRY_H

#include "runtime/Model.h"

#include <initializer_list>
#include <vector>

namespace trimod {

enum class Dimension {
  None,        // past the rank
  Any,         // varies, or is the model's choice
  Labels,      // one for each label of the vocabulary
  Posts,       // one for each post of the batch; left out in a function for one post
  PostOffsets, // of an input: one more than posts. A function with such an input takes batches
};

struct ValueSpec {
  const char *name;
  trimod_dtype dtype;
  Dimension shape[TRIMOD_MAX_RANK];
};

// A constant array of them.
struct ValueSpecs {
  template <std::size_t N>
  ValueSpecs(const ValueSpec (&specs)[N]) : specs(specs), count(N) {}

  const ValueSpec *specs;
  std::size_t count;
};

class Entry {
public:
  // Loads the function `name` and finds its values in the tables, which must be constants. Errors
  // say what was expected, and list what there is.
  static Result<Entry> load(const Model &model, const char *name, ValueSpecs inputs,
                            ValueSpecs outputs, std::size_t labelCount);

  const trimod_function &description() const { return function.description(); }
  bool takesBatches() const { return isBatched; }

  // By the position in the table. Null if the function does not have it.
  const trimod_value *findInput(std::size_t index) const;
  const trimod_value *findOutput(std::size_t index) const;

  // Sets a tensor of the next call, which is not read or written before; the shape is that in a
  // batch. Does nothing if the function does not have it.
  void setInput(std::size_t index, const void *data, std::initializer_list<std::size_t> shape);
  void setOutput(std::size_t index, void *data, std::initializer_list<std::size_t> shape);

  MaybeError call() { return function.call(); }

  // Fails if the function lacks one of the outputs.
  MaybeError checkOutputs() const;

private:
  static constexpr std::size_t kAbsent = std::size_t(-1);

  Entry(CompiledFunction function, ValueSpecs inputs, ValueSpecs outputs)
      : function(std::move(function)), inputSpecs(inputs), outputSpecs(outputs),
        inputs(inputs.count, kAbsent), outputs(outputs.count, kAbsent) {}

  MaybeError bindInputs(std::size_t labelCount);
  MaybeError bindOutputs(std::size_t labelCount);
  Result<std::size_t> findSpec(ValueSpecs specs, const trimod_value &value, const char *role) const;
  MaybeError checkValue(const ValueSpec &spec, const trimod_value &value,
                        std::size_t labelCount) const;
  void setShape(trimod_tensor &tensor, const ValueSpec &spec,
                std::initializer_list<std::size_t> shape) const;
  Error error(const std::string &message) const;

  CompiledFunction function;
  ValueSpecs inputSpecs, outputSpecs;
  std::vector<std::size_t> inputs, outputs; // where each value of the tables is in the function
  bool isBatched = false;
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_ENTRY_H
