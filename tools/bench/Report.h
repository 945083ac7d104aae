//===- Report.h - what one run of trimod-bench found ------------*- C++ -*-===//
//
// And its JSON form, which `--compare` reads again:
//
//   {"format": 1, "version": "0.1.0", "cpu": "...", "level": "x86-64-v3",
//    "bounds": {"fma_1_thread": S, "fma_2_threads": S,         operations a second
//               "reads": [{"level": "L1", "bytes": n, "bytes_per_second": S}]},
//    "kernels": [{"name", "description", "unit", "units", "operations", "bytes", "footprint",
//                 "seconds": S, "share": S, "fma_share": S, "read_share": S}],
//    "model": {"posts", "tokens", "runs": [{"name", "what", "seconds": S, "share": S}],
//              "latency_us": {"p50", "p90", "p99", "max"}, ...}}
//
// with S = {"median", "low", "high"}, Statistics.h.
//
//===----------------------------------------------------------------------===//
#ifndef TRIMOD_TOOLS_BENCH_REPORT_H
#define TRIMOD_TOOLS_BENCH_REPORT_H

#include "tools/bench/Bounds.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace trimod::bench {

struct KernelResult {
  std::string name, description, unit;
  int64_t units = 0;
  double operations = 0;
  uint64_t bytes = 0, footprint = 0;
  /// Against the nearer of the two bounds; the shares of each.
  Measurement time;
  Summary fmaShare, readShare;

  bool isBoundByFma() const { return fmaShare.median >= readShare.median; }
};

/// A way to run the whole model: seconds of CPU time a post (on two threads, seconds on the wall),
/// or to start the executable. Its bound is the time of a million operations in the FMA loop on as
/// many threads: no limit, but a measure that goes with the machine.
struct ModelRun {
  std::string name, what;
  Measurement time;
  /// Seconds on the wall.
  Summary wall;
};

struct ModelResult {
  std::string artefact, posts;
  int64_t postCount = 0, tokenCount = 0;
  std::vector<ModelRun> runs;
  struct {
    double p50 = 0, p90 = 0, p99 = 0, max = 0;
  } latency; // microseconds on the wall, of posts one by one
  /// Bytes: of the file; of that weights and vocabulary; of memory that is not a part of the file.
  uint64_t artefactBytes = 0, weightBytes = 0, vocabularyBytes = 0, privateBytes = 0;
  /// Of the executable when it tags all posts; 0 if there is none.
  uint64_t peakBytes = 0;
};

struct Report {
  std::string version, cpu, level;
  std::optional<MachineBounds> bounds;
  std::vector<KernelResult> kernels;
  std::optional<ModelResult> model;
};

llvm::json::Value toJson(const Summary &summary);
llvm::json::Value toJson(const Report &report);

/// What `--compare` needs of a report.
struct ComparableReport {
  std::string cpu, level;
  struct Entry {
    std::string name;
    Summary share;
  };
  std::vector<Entry> entries;
};

/// Of the run that has just ended.
ComparableReport makeComparable(const Report &report);
/// Of a report's JSON text. Errors: no JSON, another format, a missing or mistyped key.
llvm::Expected<ComparableReport> parseReport(llvm::StringRef text);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_REPORT_H
