//===- Bounds.cpp - what the machine can do, measured ----------------------===//

#include "tools/bench/Bounds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include <atomic>
#include <thread>

using namespace llvm;
using namespace trimod;
using namespace trimod::bench;

//===----------------------------------------------------------------------===//
// The loops
//===----------------------------------------------------------------------===//

/// More than latency times throughput of any machine so far, and few enough for 16 registers.
static constexpr int64_t kChains = 12;
static constexpr int64_t kFmaRounds = 2000;
/// Vectors that one round of the load loop reads.
static constexpr int64_t kLoads = 8;

/// "PREFIX0SUFFIX, PREFIX1SUFFIX, ...".
static std::string list(int64_t count, function_ref<std::string(int64_t)> item) {
  std::string text;
  for (int64_t i = 0; i < count; ++i)
    text += (i ? ", " : "") + item(i);
  return text;
}

/// A function of the kernels phase without workspace around `body`, which leaves vectors
/// %r#0 ... %r#count-1 whose sum is its result.
static std::string writeLoop(StringRef input, StringRef body, int64_t count, int64_t lanes) {
  std::string text = formatv(R"(
func.func @kernel_workspace(%in: {0}) -> index {{
  %none = arith.constant 0 : index
  return %none : index
}
func.func @kernel(%in: {0} {{trimod.name = "in"}, %ws: memref<?xi8> {{trimod.workspace},
    %out: memref<{1}xf32> {{trimod.name = "out", trimod.output}) attributes {{trimod.entry} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
{2}
  %s0 = arith.constant dense<0.0> : vector<{1}xf32>
)",
                             input, lanes, body);
  for (int64_t i = 0; i < count; ++i)
    text += formatv("  %s{0} = arith.addf %s{1}, %r#{1} : vector<{2}xf32>\n", i + 1, i, lanes);
  return text + formatv("  vector.store %s{0}, %out[%c0] : memref<{1}xf32>, vector<{1}xf32>\n"
                        "  return\n}\n",
                        count, lanes)
                    .str();
}

/// x = x / 2 + 1 / 2, which stays near 1, in chains that do not wait for each other.
static std::string writeFmaLoop(int64_t lanes) {
  const std::string vector = formatv("vector<{0}xf32>", lanes);
  std::string body = formatv("  %end = arith.constant {0} : index\n"
                             "  %half = arith.constant dense<0.5> : {1}\n",
                             kFmaRounds, vector);
  for (int64_t i = 0; i < kChains; ++i)
    body += formatv("  %start{0} = arith.constant dense<1.{1}> : {2}\n", i, i + 1, vector);
  body +=
      formatv("  %r:{0} = scf.for %i = %c0 to %end step %c1 iter_args({1}) -> ({2}) {{\n", kChains,
              list(kChains, [](int64_t i) { return formatv("%x{0} = %start{0}", i).str(); }),
              list(kChains, [&](int64_t) { return vector; }));
  // Not vector.fma: that allows a multiplication and an addition, and the code generator, which is
  // told not to contract, then makes two instructions of it.
  for (int64_t i = 0; i < kChains; ++i)
    body += formatv("    %y{0} = math.fma %x{0}, %half, %half : {1}\n", i, vector);
  body += formatv("    scf.yield {0} : {1}\n  }",
                  list(kChains, [](int64_t i) { return formatv("%y{0}", i).str(); }),
                  list(kChains, [&](int64_t) { return vector; }));
  return writeLoop("memref<?xf32>", body, kChains, lanes);
}

static std::string writeReadLoop(int64_t lanes) {
  const std::string vector = formatv("vector<{0}xf32>", lanes);
  std::string body = formatv("  %end = memref.dim %in, %c0 : memref<?xf32>\n"
                             "  %step = arith.constant {0} : index\n"
                             "  %zero = arith.constant dense<0.0> : {1}\n",
                             kLoads * lanes, vector);
  body += formatv("  %r:{0} = scf.for %i = %c0 to %end step %step iter_args({1}) -> ({2}) {{\n",
                  kLoads, list(kLoads, [](int64_t i) { return formatv("%x{0} = %zero", i).str(); }),
                  list(kLoads, [&](int64_t) { return vector; }));
  for (int64_t i = 0; i < kLoads; ++i)
    body += formatv("    %o{0} = arith.constant {1} : index\n"
                    "    %a{0} = arith.addi %i, %o{0} : index\n"
                    "    %v{0} = vector.load %in[%a{0}] : memref<?xf32>, {2}\n"
                    "    %y{0} = arith.addf %x{0}, %v{0} : {2}\n",
                    i, i * lanes, vector);
  body += formatv("    scf.yield {0} : {1}\n  }",
                  list(kLoads, [](int64_t i) { return formatv("%y{0}", i).str(); }),
                  list(kLoads, [&](int64_t) { return vector; }));
  return writeLoop("memref<?xf32>", body, kLoads, lanes);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// The trimmed text of a file of the first CPU's cache `index`, or "".
static std::string readCacheFile(unsigned index, StringRef name) {
  std::string path = formatv("/sys/devices/system/cpu/cpu0/cache/index{0}/{1}", index, name);
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFileAsStream(path);
  return file ? (*file)->getBuffer().trim().str() : "";
}

std::vector<MemoryLevel> trimod::bench::readMemoryLevels() {
  std::vector<MemoryLevel> levels;
  uint64_t largest = uint64_t(1) << 20;
  for (unsigned index = 0;; ++index) {
    const std::string level = readCacheFile(index, "level"), size = readCacheFile(index, "size");
    StringRef text = size;
    uint64_t kilobytes = 0;
    if (level.empty() || text.consumeInteger(10, kilobytes) || text != "K")
      break;
    if (readCacheFile(index, "type") == "Instruction")
      continue;
    // Half of it, which leaves room for what else is there.
    levels.push_back({"L" + level, kilobytes * 512});
    largest = std::max(largest, kilobytes * 1024);
  }
  levels.push_back({"DRAM", 4 * largest});
  return levels;
}

//===----------------------------------------------------------------------===//
// Sampling
//===----------------------------------------------------------------------===//

Bounds::Bounds(std::unique_ptr<Program> fmaLoop, std::unique_ptr<Program> readLoop, int64_t lanes,
               double seconds, uint64_t readBytes)
    : fmaProgram(std::move(fmaLoop)), readProgram(std::move(readLoop)), lanes(lanes),
      seconds(seconds), readBytes(readBytes), fma(*fmaProgram, {{1}, {lanes}}),
      secondFma(*fmaProgram, {{1}, {lanes}}),
      read(*readProgram, {{int64_t(readBytes / sizeof(float))}, {lanes}}),
      fmaWork([this] { fma.run(); }, seconds) {}

Expected<std::unique_ptr<Bounds>> Bounds::create(trimod_isa_level level, double seconds,
                                                 uint64_t largestFootprint) {
  const int64_t lanes = Target(level).lanes();
  Expected<std::unique_ptr<Program>> fma =
      Program::compile(writeFmaLoop(lanes), level, Phase::Kernels);
  if (!fma)
    return fma.takeError();
  Expected<std::unique_ptr<Program>> read =
      Program::compile(writeReadLoop(lanes), level, Phase::Kernels);
  if (!read)
    return read.takeError();
  const uint64_t bytes = alignTo(std::max(largestFootprint, readMemoryLevels().back().bytes), 4096);
  return std::unique_ptr<Bounds>(
      new Bounds(std::move(*fma), std::move(*read), lanes, seconds, bytes));
}

static double operationsOfFmaLoop(int64_t lanes) {
  return 2.0 * double(kFmaRounds * kChains * lanes);
}

double Bounds::sampleFma() { return operationsOfFmaLoop(lanes) / fmaWork.sample(); }

double Bounds::sampleFmaOnTwoThreads() {
  std::atomic<int> waiting{2};
  auto measure = [&](Call &call) {
    --waiting;
    while (waiting > 0) {
    }
    const double start = wallTime();
    for (uint64_t i = 0; i < fmaWork.getRepetitions(); ++i)
      call.run();
    return double(fmaWork.getRepetitions()) * operationsOfFmaLoop(lanes) / (wallTime() - start);
  };
  double second = 0;
  std::thread other([&] { second = measure(secondFma); });
  const double first = measure(fma);
  other.join();
  return first + second;
}

double Bounds::sampleRead(uint64_t footprint) {
  const uint64_t step = kLoads * lanes * sizeof(float);
  const uint64_t bytes = std::min(alignTo(std::max(footprint, uint64_t(1)), step), readBytes);
  read.shorten(0, int64_t(bytes / sizeof(float)));
  auto found = readWorks.find(bytes);
  if (found == readWorks.end())
    found = readWorks.emplace(bytes, TimedWork([this] { read.run(); }, seconds)).first;
  return double(bytes) / found->second.sample();
}

MachineBounds Bounds::measure(unsigned samples) {
  std::vector<MemoryLevel> levels = readMemoryLevels();
  std::vector<double> one, two;
  std::vector<std::vector<double>> reads(levels.size());
  for (unsigned i = 0; i < samples; ++i) {
    one.push_back(sampleFma());
    two.push_back(sampleFmaOnTwoThreads());
    for (auto [level, rates] : llvm::zip(levels, reads))
      rates.push_back(sampleRead(level.bytes));
  }
  MachineBounds bounds{summarize(one), summarize(two), {}};
  for (auto [level, rates] : llvm::zip(levels, reads))
    bounds.reads.push_back({level, summarize(rates)});
  return bounds;
}
