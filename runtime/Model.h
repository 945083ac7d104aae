// A compiled model, its weights, and calls of its functions.
//
// Weights are the artefact's own (embedded) or the tensors of safetensors files, found by name;
// type and shape must be exactly those of the parameter. Parameters whose key starts with
// "derived:" and that have no data depend on other parameters only: they are outputs, of the same
// name, of the function "<name>.init" at the same instruction level. It takes no inputs, and runs
// once when the function is loaded.
#ifndef TRIMOD_RUNTIME_MODEL_H
#define TRIMOD_RUNTIME_MODEL_H

#include "runtime/AlignedBuffer.h"
#include "runtime/Isa.h"
#include "runtime/Safetensors.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trimod {

struct ModelOptions {
  std::vector<std::string> weightsPaths;       // empty: every weight is embedded
  std::optional<trimod_isa_level> forcedLevel; // empty: the best that artefact and CPU have
};

// "f32[?x200]".
std::string describeValue(std::int32_t dtype, std::int32_t rank, const std::int64_t *shape);

// A function that is ready to be called. Owns its workspace; the artefact, and the Model that
// loaded it, must outlive it. One thread at a time: a copy serves another one, with the same
// weights and a workspace of its own.
class CompiledFunction {
public:
  CompiledFunction(CompiledFunction &&) = default;
  CompiledFunction &operator=(CompiledFunction &&) = default;
  CompiledFunction(const CompiledFunction &other)
      : function(other.function), tensors(other.tensors), derived(other.derived) {}

  const trimod_function &description() const { return *function; }

  // The tensors of the next call. The caller sets data and shape of each input and output.
  trimod_tensor &input(std::size_t index) { return tensors[index]; }
  trimod_tensor &output(std::size_t index) {
    return tensors[tensors.size() - function->output_count + index];
  }

  // Bound when the function was loaded.
  const trimod_tensor &parameter(std::size_t index) const {
    return tensors[function->input_count + index];
  }

  // Runs on the tensors set. Allocates only if the workspace has to grow. Shapes are the caller's
  // responsibility.
  MaybeError call();

private:
  friend class Model;

  CompiledFunction() = default;

  const trimod_function *function = nullptr;
  std::vector<trimod_tensor> tensors; // inputs, parameters, workspace, outputs
  AlignedBuffer workspace;
  std::vector<std::shared_ptr<const AlignedBuffer>> derived; // weights, shared with copies
};

class Model {
public:
  // Checks version and sizes of the interface, and opens external weights. `model` must outlive the
  // result.
  static Result<Model> open(const trimod_model *model, const ModelOptions &options);

  // The function of this name at the chosen level, with all its parameters found.
  Result<CompiledFunction> load(std::string_view name) const;

  bool has(std::string_view name) const;

  const trimod_model &description() const { return *model; }

private:
  Result<const trimod_function *> choose(std::string_view name, int level) const;
  int highestLevel() const;
  MaybeError bindParameters(CompiledFunction &loaded) const;
  MaybeError bindParameter(const trimod_parameter &parameter, trimod_tensor &tensor,
                           CompiledFunction &loaded) const;
  Result<CompiledFunction> loadInit(const trimod_function &function) const;
  MaybeError bindDerived(CompiledFunction &init, std::uint32_t output,
                         CompiledFunction &loaded) const;
  const trimod_parameter *findUnbound(const CompiledFunction &loaded) const;
  MaybeError deriveParameters(CompiledFunction &loaded) const;
  Result<const void *> findWeight(const trimod_parameter &parameter,
                                  CompiledFunction &loaded) const;

  const trimod_model *model = nullptr;
  ModelOptions options;
  int cpuLevel = 0;
  std::shared_ptr<const Safetensors> weights; // null if all are embedded; shared with copies
};

} // namespace trimod

#endif // TRIMOD_RUNTIME_MODEL_H
