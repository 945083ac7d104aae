//===- Table.cpp - a run as text -------------------------------------------===//

#include "tools/bench/Table.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace trimod::bench;

/// "117.9 (110.2 to 118.1)", in units of `unit`.
static std::string writeSummary(const Summary &summary, double unit) {
  return formatv("{0:f1} ({1:f1} to {2:f1})", summary.median / unit, summary.low / unit,
                 summary.high / unit);
}

static std::string percent(const Summary &summary) {
  return formatv("{0:f0} %", 100 * summary.median);
}

static void printBounds(raw_ostream &stream, const MachineBounds &bounds) {
  stream << "Bounds, measured in this run; of 10 samples, 8 are in the range:\n"
         << "  FMA, one thread   " << writeSummary(bounds.fmaOneThread, 1e9) << " GFLOP/s\n"
         << "  FMA, two threads  " << writeSummary(bounds.fmaTwoThreads, 1e9) << " GFLOP/s\n";
  for (const MachineBounds::Read &read : bounds.reads)
    stream << formatv("  read from {0,-4}    {1} GB/s ({2} KiB)\n", read.level.name,
                      writeSummary(read.bytesPerSecond, 1e9), read.level.bytes / 1024);
}

static void printKernels(raw_ostream &stream, ArrayRef<KernelResult> kernels) {
  stream << formatv("\n{0,-27} {1,22} {2,9} {3,8} {4,9} {5,9} {6,16}\n", "kernel", "time",
                    "GFLOP/s", "MB", "of FMA", "of read", "range of nearer");
  for (const KernelResult &kernel : kernels) {
    const double seconds = kernel.time.seconds.median / double(kernel.units);
    const bool isShort = seconds < 1e-6;
    std::string time = formatv("{0:f2} {1} a {2}", seconds * (isShort ? 1e9 : 1e6),
                               isShort ? "ns" : "us", kernel.unit);
    std::string range =
        formatv("{0:f0} to {1:f0} %", 100 * kernel.time.share.low, 100 * kernel.time.share.high);
    stream << formatv("{0,-27} {1,22} {2,9:f1} {3,8:f2} {4,9} {5,9} {6,16}\n", kernel.name, time,
                      kernel.operations / kernel.time.seconds.median / 1e9,
                      double(kernel.bytes) / 1e6, percent(kernel.fmaShare),
                      percent(kernel.readShare), range);
  }
}

static void printRun(raw_ostream &stream, const ModelRun &run, double tokensPerPost) {
  const Summary &counted = run.time.seconds;
  stream << formatv("  {0,-21} {1} us, {2:f1} us on the wall, a {3}", run.name,
                    writeSummary(counted, 1e-6), 1e6 * run.wall.median, run.what);
  if (tokensPerPost > 0)
    stream << formatv("; {0:f0} posts/s, {1:f0} tokens/s", 1 / counted.median,
                      tokensPerPost / counted.median);
  stream << '\n';
}

static void printModel(raw_ostream &stream, const ModelResult &model) {
  stream << formatv("\nWhole model, {0} on {1} ({2} posts, {3} tokens), JSON in and out.\n"
                    "CPU time, but for two threads:\n",
                    model.artefact, model.posts, model.postCount, model.tokenCount);
  for (const ModelRun &run : model.runs) {
    const bool isStart = StringRef(run.name).ends_with("start");
    printRun(stream, run, isStart ? 0 : double(model.tokenCount) / double(model.postCount));
  }
  if (model.latency.max > 0)
    stream << formatv("  latency, one by one: p50 {0:f0}, p90 {1:f0}, p99 {2:f0}, max {3:f0} us\n",
                      model.latency.p50, model.latency.p90, model.latency.p99, model.latency.max);
  constexpr double kMega = 1e6;
  stream << formatv("  artefact {0:f2} MB: weights {1:f2}, vocabulary {2:f2}, the rest {3:f2}\n",
                    model.artefactBytes / kMega, model.weightBytes / kMega,
                    model.vocabularyBytes / kMega,
                    (double(model.artefactBytes) - double(model.weightBytes) -
                     double(model.vocabularyBytes)) /
                        kMega)
         << formatv("  memory beside what is mapped from the artefact: {0:f1} MB\n",
                    model.privateBytes / kMega);
  if (model.peakBytes)
    stream << formatv("  peak memory of the executable, mapped pages included: {0:f1} MB\n",
                      model.peakBytes / kMega);
}

void trimod::bench::printReport(raw_ostream &stream, const Report &report) {
  stream << report.cpu << ", " << report.level << ", trimod-bench " << report.version << '\n';
  if (report.bounds)
    printBounds(stream, *report.bounds);
  if (!report.kernels.empty())
    printKernels(stream, report.kernels);
  if (report.model)
    printModel(stream, *report.model);
}

void trimod::bench::printComparisons(raw_ostream &stream, ArrayRef<Comparison> comparisons) {
  stream << formatv("\n{0,-27} {1,24} {2,24} {3,6}\n", "share of the bound", "before", "now",
                    "ratio");
  for (const Comparison &comparison : comparisons) {
    const Change change = comparison.change();
    stream << formatv("{0,-27} {1,24} {2,24} {3,6:f2}{4}\n", comparison.name,
                      writeSummary(comparison.before, 0.01), writeSummary(comparison.after, 0.01),
                      comparison.ratio(),
                      change == Change::Slower   ? "  slower"
                      : change == Change::Faster ? "  faster"
                                                 : "");
  }
}
