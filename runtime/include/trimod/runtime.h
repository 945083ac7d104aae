/* The binary interface between a compiled model (an artefact) and whatever runs it.
 *
 * The compiler writes one `trimod_model` into every artefact; `trimod_query` returns it. This
 * header is pure C, depends on nothing, and is shared by the compiler and the runtime, so that the
 * two cannot drift apart.
 *
 * Who owns what:
 *   trimod_model and everything it points to   the artefact; constant; valid as long as the
 * artefact is loaded parameter data                             the artefact (embedded), or the
 * caller (external weights) inputs, outputs, workspace                 the caller; the artefact
 * reads and writes them during a call only
 *
 * A call allocates nothing, keeps nothing, and may run on any number of threads at once if their
 * workspaces and outputs differ.
 */
#ifndef TRIMOD_RUNTIME_H
#define TRIMOD_RUNTIME_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRIMOD_ABI_VERSION 2u
#define TRIMOD_MAX_RANK 4
/* Alignment in bytes of embedded parameters and of the workspace. */
#define TRIMOD_ALIGNMENT 64

/* Element types. An index is a signed 64-bit integer. */
typedef enum trimod_dtype {
  TRIMOD_F32 = 0,
  TRIMOD_F16 = 1,
  TRIMOD_I32 = 2,
  TRIMOD_INDEX = 3,
  TRIMOD_U8 = 4,
  TRIMOD_I8 = 5
} trimod_dtype;

/* Instruction levels a function was compiled for (x86-64 psABI levels). */
typedef enum trimod_isa_level { TRIMOD_X86_64_V3 = 3, TRIMOD_X86_64_V4 = 4 } trimod_isa_level;

/* A tensor handed to a compiled function: row-major and contiguous. Dimensions past the rank are
 * not read. */
typedef struct trimod_tensor {
  void *data;
  int64_t shape[TRIMOD_MAX_RANK];
} trimod_tensor;

/* What a function takes or gives. A dimension of -1 varies from call to call.
 *
 * An input with an `index_bound` selects rows of tables that have so many: its numbers are from 0
 * to index_bound - 1, which compiled code relies on. 0 for all other inputs, and outputs. */
typedef struct trimod_value {
  const char *name;
  int32_t dtype; /* trimod_dtype */
  int32_t rank;
  int64_t shape[TRIMOD_MAX_RANK];
  int64_t index_bound;
} trimod_value;

/* A trained or derived weight. `data` is null if the weights are not embedded: the caller supplies
 * the tensor of the weight file whose name is `key`, of exactly this type and shape. */
typedef struct trimod_parameter {
  const char *key;
  int32_t dtype;
  int32_t rank;
  int64_t shape[TRIMOD_MAX_RANK];
  const void *data;
} trimod_parameter;

/* The tensors stand in this order: inputs, parameters, workspace (bytes), outputs. */
typedef void (*trimod_entry)(const trimod_tensor *tensors);
/* Bytes of workspace that a call with these inputs needs. Reads shapes of the inputs only. */
typedef int64_t (*trimod_workspace)(const trimod_tensor *inputs);

/* One function of the model, compiled for one instruction level. Functions of one name stand
 * together, highest level first. Inputs that name an `<length>.offsets` are non-decreasing, start
 * at 0, and end at the length of the values they divide; the compiled code relies on it, the
 * runtime checks it. */
typedef struct trimod_function {
  const char *name;
  int32_t isa_level; /* trimod_isa_level */
  uint32_t input_count;
  uint32_t parameter_count;
  uint32_t output_count;
  const trimod_value *inputs;
  const uint32_t *parameters; /* indices into the model's parameters */
  const trimod_value *outputs;
  trimod_entry entry;
  trimod_workspace workspace;
} trimod_function;

/* What the strings of a model mean; an image written by the compiler and read by the runtime
 * (runtime/Vocabulary.h). */
typedef struct trimod_bytes {
  const void *data;
  uint64_t size;
} trimod_bytes;

typedef struct trimod_model {
  uint32_t abi_version; /* TRIMOD_ABI_VERSION of the compiler */
  uint32_t struct_size; /* sizeof(trimod_model) at the compiler: later versions only append */
  const char *name;
  const char *compiler; /* version of the compiler, for messages */
  uint32_t function_count;
  uint32_t parameter_count;
  const trimod_function *functions;
  const trimod_parameter *parameters;
  trimod_bytes vocabulary; /* empty if the model needs none */
} trimod_model;

/* The model of this artefact, or null if it cannot serve a caller of ABI version `abi_version`. */
const trimod_model *trimod_query(uint32_t abi_version);

#ifdef __cplusplus
} /* extern "C" */
static_assert(sizeof(trimod_tensor) == 40, "trimod_tensor is part of the binary interface");
static_assert(sizeof(trimod_value) == 56, "trimod_value is part of the binary interface");
static_assert(sizeof(trimod_parameter) == 56, "trimod_parameter is part of the binary interface");
static_assert(sizeof(trimod_function) == 64, "trimod_function is part of the binary interface");
static_assert(sizeof(trimod_model) == 64, "trimod_model is part of the binary interface");
#endif

#endif /* TRIMOD_RUNTIME_H */
