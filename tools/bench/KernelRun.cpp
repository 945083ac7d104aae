//===- KernelRun.cpp - kernels timed beside their bounds -------------------===//

#include "tools/bench/KernelRun.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <random>

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

template <typename T, typename Draw>
static void fillWith(void *data, size_t count, Draw draw) {
  T *values = static_cast<T *>(data);
  for (size_t i = 0; i < count; ++i)
    values[i] = draw(i);
}

/// f16 bits of a number from 1/32 to 1/16 of either sign.
static uint16_t drawHalf(std::mt19937 &random) {
  constexpr uint16_t kExponent = 10 << 10, kSignAndMantissa = 0x83ff;
  return uint16_t(random() & kSignAndMantissa) | kExponent;
}

static void fill(const KernelValue &value, void *data, std::mt19937 &random) {
  size_t count = 1;
  for (int64_t size : value.shape)
    count *= size;
  std::uniform_real_distribution<float> small(-0.1f, 0.1f);
  switch (value.type) {
  case TRIMOD_F32:
    return fillWith<float>(data, count, [&](size_t) { return small(random); });
  case TRIMOD_F16:
    return fillWith<uint16_t>(data, count, [&](size_t) { return drawHalf(random); });
  case TRIMOD_I32:
    return fillWith<int32_t>(data, count, [&](size_t) { return int32_t(random() % value.bound); });
  case TRIMOD_INDEX:
    return fillWith<int64_t>(data, count, [&](size_t i) { return int64_t(i) * value.bound; });
  case TRIMOD_U8:
  case TRIMOD_I8:
    return fillWith<uint8_t>(data, count, [&](size_t) { return uint8_t(random()); });
  }
}

//===----------------------------------------------------------------------===//
// Timing
//===----------------------------------------------------------------------===//

namespace {

/// A kernel that is ready to be timed, and what was found so far.
class KernelRun {
public:
  static Expected<std::unique_ptr<KernelRun>> create(const Kernel &kernel, trimod_isa_level level,
                                                     double seconds) {
    Expected<std::unique_ptr<Program>> program =
        Program::compile(kernel.writeModule(), level, Phase::Scheduled);
    if (!program)
      return createStringError("kernel " + kernel.name + ": " + toString(program.takeError()));
    return std::unique_ptr<KernelRun>(new KernelRun(kernel, std::move(*program), seconds));
  }

  void sample(Bounds &bounds) {
    const double seconds = work.sample();
    const double fmaSeconds = kernel.operations / bounds.sampleFma();
    const double readSeconds = double(kernel.bytes()) / bounds.sampleRead(kernel.footprint());
    fma.add(seconds, fmaSeconds);
    read.add(seconds, readSeconds);
    nearer.add(seconds, std::max(fmaSeconds, readSeconds));
  }

  KernelResult summarize() const {
    KernelResult result;
    result.name = kernel.name;
    result.description = kernel.description;
    result.unit = kernel.unit;
    result.units = kernel.units;
    result.operations = kernel.operations;
    result.bytes = kernel.bytes();
    result.footprint = kernel.footprint();
    result.time = nearer.summarize();
    result.fmaShare = fma.summarize().share;
    result.readShare = read.summarize().share;
    return result;
  }

private:
  KernelRun(const Kernel &kernel, std::unique_ptr<Program> compiled, double seconds)
      : kernel(kernel), program(std::move(compiled)), call(prepare(kernel, *program)),
        work([this] { call->run(); }, seconds) {}

  static std::vector<std::vector<int64_t>> shapes(const Kernel &kernel) {
    std::vector<std::vector<int64_t>> shapes;
    for (const auto *values : {&kernel.inputs, &kernel.outputs})
      for (const KernelValue &value : *values)
        shapes.push_back(value.shape);
    return shapes;
  }

  static std::unique_ptr<Call> prepare(const Kernel &kernel, const Program &program) {
    auto call = std::make_unique<Call>(program, shapes(kernel));
    std::mt19937 random;
    for (auto [i, input] : llvm::enumerate(kernel.inputs))
      fill(input, call->data(i), random);
    return call;
  }

  const Kernel &kernel;
  std::unique_ptr<Program> program;
  std::unique_ptr<Call> call;
  TimedWork work;
  PairedSamples fma, read, nearer;
};

} // namespace

Expected<std::vector<KernelResult>>
trimod::bench::runKernels(const std::vector<Kernel> &kernels, trimod_isa_level level,
                          Bounds &bounds, const SamplingOptions &options, Progress progress) {
  std::vector<std::unique_ptr<KernelRun>> runs;
  for (const Kernel &kernel : kernels) {
    progress("compiling " + kernel.name);
    Expected<std::unique_ptr<KernelRun>> run =
        KernelRun::create(kernel, level, options.sampleSeconds);
    if (!run)
      return run.takeError();
    runs.push_back(std::move(*run));
  }
  for (unsigned i = 0; i < options.samples; ++i) {
    progress(formatv("timing kernels: {0} of {1}", i + 1, options.samples));
    for (const std::unique_ptr<KernelRun> &run : runs)
      run->sample(bounds);
  }
  std::vector<KernelResult> results;
  for (const std::unique_ptr<KernelRun> &run : runs)
    results.push_back(run->summarize());
  return results;
}
