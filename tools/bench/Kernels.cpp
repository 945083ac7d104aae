//===- Kernels.cpp - the kernels that are measured, at the model's shapes --===//

#include "tools/bench/Kernels.h"

#include "codegen/artifact/Signature.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

/// Tokens of a post, which is short.
static constexpr int64_t kPostTokens = 16;
static constexpr int64_t kWordCharacters = 6;
static constexpr int64_t kLabels = 9;

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

uint64_t KernelValue::bytesTouched() const {
  uint64_t bytes = getElementSize(type);
  for (int64_t size : shape)
    bytes *= size;
  return rowsRead < 0 ? bytes : bytes / shape[0] * rowsRead;
}

uint64_t Kernel::footprint() const {
  uint64_t bytes = 0;
  for (const auto *values : {&inputs, &locals, &outputs})
    for (const KernelValue &value : *values)
      bytes += value.bytesTouched();
  return bytes;
}

uint64_t Kernel::bytes() const {
  uint64_t bytes = 0;
  for (const KernelValue &input : inputs)
    bytes += input.bytesTouched() * (input.isWeight ? passesOverWeights : 1);
  for (const KernelValue &output : outputs)
    bytes += output.bytesTouched();
  return bytes;
}

static std::string writeType(const KernelValue &value) {
  std::string text = "tensor<";
  for (auto [i, size] : llvm::enumerate(value.shape))
    text += (i == 0 && !value.isWeight ? "?" : std::to_string(size)) + "x";
  return text + getElementTypeName(value.type).str() + ">";
}

static std::string writeNamedType(const KernelValue &value) {
  return writeType(value) + " {trimod.name = \"" + value.name + "\"}";
}

template <typename Range, typename Writer>
static std::string join(const Range &range, Writer write) {
  std::string text;
  for (const auto &item : range)
    text += (text.empty() ? "" : ", ") + write(item);
  return text;
}

std::string Kernel::writeModule() const {
  auto typeOf = [&](const std::string &name) {
    for (const auto *values : {&inputs, &locals, &outputs})
      for (const KernelValue &value : *values)
        if (value.name == name)
          return writeType(value);
    llvm_unreachable("an operand that is no value of the kernel");
  };
  std::string text = "func.func @kernel(" +
                     join(inputs,
                          [](const KernelValue &value) {
                            return "%" + value.name + ": " + writeNamedType(value);
                          }) +
                     ") -> (" + join(outputs, writeNamedType) + ") {\n";
  for (const KernelOp &op : ops)
    text += "  " + op.results + " = " + op.text + " : " + join(op.operands, typeOf) + "\n";
  return text + "  return " +
         join(outputs, [](const KernelValue &value) { return "%" + value.name; }) + " : " +
         join(outputs, writeType) + "\n}\n";
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static KernelValue rows(StringRef name, std::vector<int64_t> shape,
                        trimod_dtype type = TRIMOD_F32) {
  return {name.str(), type, std::move(shape)};
}

static KernelValue weight(StringRef name, std::vector<int64_t> shape) {
  KernelValue value = rows(name, std::move(shape));
  value.isWeight = true;
  return value;
}

static KernelValue segments(StringRef name, int64_t count, int64_t length) {
  KernelValue value = rows(name, {count + 1}, TRIMOD_INDEX);
  value.bound = length;
  return value;
}

namespace {

/// Columns of a layer in panels, as trimod-pack-weights cuts them.
struct PanelShape {
  PanelShape(int64_t columns, int64_t lanes)
      : width(lanes * std::min<int64_t>(3, divideCeil(columns, lanes))),
        count(divideCeil(columns, width)) {}

  int64_t width, count;
};

} // namespace

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Sequences of equal length, one direction.
static Kernel recurrence(StringRef cell, int64_t hidden, int64_t sequences, int64_t length,
                         int64_t lanes) {
  const bool isGru = cell == "gru";
  const int64_t gates = isGru ? 3 : 4;
  const int64_t panels = divideCeil(hidden, lanes), count = sequences * length;
  Kernel kernel;
  kernel.name = formatv("{0}-{1}-batch-{2}", cell, hidden, sequences);
  kernel.description = formatv("{0} step, hidden {1}, {2} sequences of {3}", cell.upper(), hidden,
                               sequences, length);
  kernel.inputs = {rows("gates", {count, panels * gates * lanes}),
                   weight("w_hh", {1, panels, hidden, gates * lanes})};
  KernelOp op{"%states, %last", "", {"gates", "w_hh"}};
  if (isGru) {
    kernel.inputs.push_back(weight("b_hn", {1, panels * lanes}));
    op.operands.push_back("b_hn");
  }
  kernel.inputs.push_back(segments("offsets", sequences, length));
  op.operands.push_back("offsets");
  op.text = formatv("trimod.packed_{0} forward %gates, %w_hh{1} offsets(%offsets) hidden = {2}",
                    cell, isGru ? ", %b_hn" : "", hidden);
  kernel.outputs = {rows("states", {count, hidden}), rows("last", {sequences, hidden})};
  if (!isGru) {
    op.results += ", %last_cell";
    kernel.outputs.push_back(rows("last_cell", {sequences, hidden}));
  }
  kernel.ops = {op};
  kernel.units = length;
  kernel.unit = "step";
  kernel.operations = 2.0 * double(count * gates * hidden * hidden);
  kernel.passesOverWeights = length;
  return kernel;
}

static Kernel linear(int64_t count, int64_t columns, int64_t inner, int64_t lanes) {
  const PanelShape panels(columns, lanes);
  Kernel kernel;
  kernel.name = formatv("gemm-{0}x{1}x{2}", count, columns, inner);
  kernel.description =
      formatv("matrix product [{0}, {2}] x [{2}, {1}], bias", count, columns, inner);
  kernel.inputs = {rows("x", {count, inner}), weight("w", {panels.count, inner, panels.width}),
                   weight("b", {panels.count * panels.width})};
  kernel.outputs = {rows("y", {count, columns})};
  kernel.ops = {{"%y",
                 formatv("trimod.packed_linear %x, %w bias(%b) columns = {0}", columns),
                 {"x", "w", "b"}}};
  kernel.units = count;
  kernel.unit = "row";
  kernel.operations = 2.0 * double(count * columns * inner);
  return kernel;
}

static Kernel convolution(int64_t channels, int64_t columns, int64_t window, StringRef activation,
                          int64_t lanes) {
  constexpr int64_t kSequences = 256;
  const int64_t count = kSequences * kWordCharacters, depth = window * channels;
  const PanelShape panels(columns, lanes);
  Kernel kernel;
  kernel.name = formatv("conv1d-{0}x{1}x{2}", columns, channels, window);
  kernel.description = formatv("convolution, {0} of {1} channels, window {2}, {3} words of {4} "
                               "characters",
                               columns, channels, window, kSequences, kWordCharacters);
  kernel.inputs = {rows("x", {count, channels}), weight("w", {panels.count, depth, panels.width}),
                   weight("b", {panels.count * panels.width}),
                   segments("offsets", kSequences, kWordCharacters)};
  kernel.outputs = {rows("y", {count, columns})};
  kernel.ops = {{"%y",
                 formatv("trimod.packed_conv1d %x, %w bias(%b) offsets(%offsets) kernel = {0} "
                         "columns = {1} activation = {2}",
                         window, columns, activation),
                 {"x", "w", "b", "offsets"}}};
  kernel.units = count;
  kernel.unit = "character";
  // Of the windows' rows, those at the borders of words are no work.
  const int64_t windowRows =
      kSequences * (window * kWordCharacters - window / 2 * (window / 2 + 1));
  kernel.operations = 2.0 * double(windowRows * channels * columns);
  return kernel;
}

/// What a token costs once its post's context is known: its projection, its mean, its emissions.
static Kernel attention(int64_t posts, int64_t lanes) {
  constexpr int64_t kWidth = 300;
  const int64_t count = posts * kPostTokens;
  const PanelShape projection(kWidth, lanes), emission(kLabels, lanes);
  Kernel kernel;
  kernel.name = formatv("attention-emission-batch-{0}", posts);
  kernel.description =
      formatv("attention pooling and emissions, width {0}, {1} posts of {2} tokens", kWidth, posts,
              kPostTokens);
  kernel.inputs = {rows("h", {count, kWidth}),
                   weight("w", {projection.count, kWidth, projection.width}),
                   weight("b", {projection.count * projection.width}),
                   weight("u", {kWidth}),
                   rows("max", {posts}),
                   rows("weight", {posts}),
                   rows("sum", {posts, kWidth}),
                   segments("offsets", posts, kPostTokens),
                   weight("w_o", {emission.count, kWidth, emission.width}),
                   weight("b_o", {emission.count * emission.width})};
  kernel.locals = {rows("p", {count, kWidth}), rows("f", {count, kWidth})};
  kernel.outputs = {rows("emissions", {count, kLabels})};
  kernel.ops = {
      {"%p",
       formatv("trimod.packed_linear %h, %w bias(%b) columns = {0}", kWidth),
       {"h", "w", "b"}},
      {"%f",
       "trimod.attention_merge queries(%h) projected(%p) score(%u) context(%max, %weight, %sum) "
       "offsets(%offsets)",
       {"h", "p", "u", "max", "weight", "sum", "offsets"}},
      {"%emissions",
       formatv("trimod.packed_linear %f, %w_o bias(%b_o) columns = {0}", kLabels),
       {"f", "w_o", "b_o"}}};
  kernel.units = count;
  kernel.unit = "token";
  kernel.operations =
      double(count) * (2.0 * kWidth * kWidth + 5.0 * kWidth + 2.0 * kWidth * kLabels);
  return kernel;
}

/// One of the CRF's ops, with what it does for one token.
static Kernel crf(StringRef op, StringRef description, double operationsPerToken,
                  std::vector<KernelValue> outputs, int64_t posts) {
  const int64_t count = posts * kPostTokens;
  Kernel kernel;
  kernel.name = op.str();
  std::replace(kernel.name.begin(), kernel.name.end(), '_', '-');
  kernel.description =
      formatv("{0}, {1} labels, {2} posts of {3} tokens", description, kLabels, posts, kPostTokens);
  kernel.inputs = {rows("emissions", {count, kLabels}), weight("start", {kLabels}),
                   weight("transitions", {kLabels, kLabels}), weight("end", {kLabels}),
                   segments("offsets", posts, kPostTokens)};
  std::string results;
  for (const KernelValue &output : outputs)
    results += (results.empty() ? "%" : ", %") + output.name;
  kernel.outputs = std::move(outputs);
  kernel.ops = {{results,
                 formatv("trimod.{0} %emissions, %start, %transitions, %end offsets(%offsets)", op),
                 {"emissions", "start", "transitions", "end", "offsets"}}};
  kernel.units = count;
  kernel.unit = "token";
  kernel.operations = operationsPerToken * double(count);
  return kernel;
}

static std::vector<Kernel> crfKernels() {
  constexpr int64_t kPosts = 64, kCount = kPosts * kPostTokens;
  constexpr double kPairs = kLabels * kLabels;
  return {crf("crf_viterbi", "Viterbi", 2 * kPairs + kLabels,
              {rows("labels", {kCount}, TRIMOD_I32), rows("score", {kPosts})}, kPosts),
          crf("crf_log_partition", "log partition", 4 * kPairs + kLabels,
              {rows("partition", {kPosts})}, kPosts),
          crf("crf_marginals", "marginals", 8 * kPairs + kLabels,
              {rows("marginals", {kCount, kLabels}), rows("pairs", {kCount, kLabels, kLabels}),
               rows("partition", {kPosts})},
              kPosts)};
}

/// The word table of the bundled model, in both types that it may have.
static Kernel gather(trimod_dtype type) {
  constexpr int64_t kTokens = 1024, kWords = 100000, kWidth = 200;
  const bool isInt8 = type == TRIMOD_I8;
  Kernel kernel;
  kernel.name = formatv("embedding-{0}", isInt8 ? "int8" : "f16");
  kernel.description = formatv("gather, {0} of {1} rows of {2}", kTokens, kWords, kWidth);
  KernelValue ids = rows("ids", {kTokens}, TRIMOD_I32),
              table = rows("table", {kWords, kWidth}, type);
  ids.bound = kWords;
  table.isWeight = true;
  table.rowsRead = kTokens;
  kernel.inputs = {ids, table};
  KernelOp op{"%y", "trimod.embedding %ids, %table", {"ids", "table"}};
  if (isInt8) {
    KernelValue scales = weight("scales", {kWords});
    scales.rowsRead = kTokens;
    kernel.inputs.push_back(scales);
    op.text += " scales(%scales)";
    op.operands.push_back("scales");
  }
  kernel.outputs = {rows("y", {kTokens, kWidth})};
  kernel.ops = {op};
  kernel.units = kTokens;
  kernel.unit = "token";
  kernel.operations = isInt8 ? double(kTokens * kWidth) : 0;
  return kernel;
}

std::vector<Kernel> trimod::bench::listKernels(int64_t lanes) {
  std::vector<Kernel> kernels;
  for (int64_t sequences : {1, 8, 64, 256})
    kernels.push_back(recurrence("gru", 150, sequences, kPostTokens, lanes));
  for (int64_t sequences : {16, 64, 256})
    kernels.push_back(recurrence("gru", 30, sequences, kWordCharacters, lanes));
  for (int64_t hidden : {150, 192})
    for (int64_t sequences : {1, 64})
      kernels.push_back(recurrence("lstm", hidden, sequences, kPostTokens, lanes));
  kernels.push_back(linear(16, 960, 260, lanes));
  // The same twice, first so that all of it stays in L2.
  kernels.push_back(linear(128, 480, 260, lanes));
  kernels.push_back(linear(1024, 480, 260, lanes));
  kernels.push_back(convolution(30, 30, 3, "tanh", lanes));
  kernels.push_back(convolution(96, 128, 3, "relu", lanes));
  kernels.push_back(attention(1, lanes));
  kernels.push_back(attention(64, lanes));
  llvm::append_range(kernels, crfKernels());
  kernels.push_back(gather(TRIMOD_F16));
  kernels.push_back(gather(TRIMOD_I8));
  return kernels;
}
