//===- Report.cpp - what one run of trimod-bench found ---------------------===//

#include "tools/bench/Report.h"

using namespace llvm;
using namespace trimod::bench;

static constexpr int64_t kFormat = 1;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace trimod::bench {

json::Value toJson(const Summary &summary) {
  return json::Object{{"median", summary.median}, {"low", summary.low}, {"high", summary.high}};
}

static json::Value toJson(const MachineBounds &bounds) {
  json::Array reads;
  for (const MachineBounds::Read &read : bounds.reads)
    reads.push_back(json::Object{{"level", read.level.name},
                                 {"bytes", int64_t(read.level.bytes)},
                                 {"bytes_per_second", toJson(read.bytesPerSecond)}});
  return json::Object{{"fma_1_thread", toJson(bounds.fmaOneThread)},
                      {"fma_2_threads", toJson(bounds.fmaTwoThreads)},
                      {"reads", std::move(reads)}};
}

static json::Value toJson(const KernelResult &kernel) {
  return json::Object{{"name", kernel.name},
                      {"description", kernel.description},
                      {"unit", kernel.unit},
                      {"units", kernel.units},
                      {"operations", kernel.operations},
                      {"bytes", int64_t(kernel.bytes)},
                      {"footprint", int64_t(kernel.footprint)},
                      {"seconds", toJson(kernel.time.seconds)},
                      {"share", toJson(kernel.time.share)},
                      {"fma_share", toJson(kernel.fmaShare)},
                      {"read_share", toJson(kernel.readShare)}};
}

static json::Value toJson(const ModelResult &model) {
  json::Array runs;
  for (const ModelRun &run : model.runs)
    runs.push_back(json::Object{{"name", run.name},
                                {"what", run.what},
                                {"seconds", toJson(run.time.seconds)},
                                {"wall_seconds", toJson(run.wall)},
                                {"share", toJson(run.time.share)}});
  return json::Object{{"posts", model.postCount},
                      {"tokens", model.tokenCount},
                      {"runs", std::move(runs)},
                      {"latency_us", json::Object{{"p50", model.latency.p50},
                                                  {"p90", model.latency.p90},
                                                  {"p99", model.latency.p99},
                                                  {"max", model.latency.max}}},
                      {"artefact_bytes", int64_t(model.artefactBytes)},
                      {"weight_bytes", int64_t(model.weightBytes)},
                      {"vocabulary_bytes", int64_t(model.vocabularyBytes)},
                      {"private_bytes", int64_t(model.privateBytes)},
                      {"peak_bytes", int64_t(model.peakBytes)}};
}

json::Value toJson(const Report &report) {
  json::Object object{{"format", kFormat},
                      {"version", report.version},
                      {"cpu", report.cpu},
                      {"level", report.level}};
  if (report.bounds)
    object["bounds"] = toJson(*report.bounds);
  json::Array kernels;
  for (const KernelResult &kernel : report.kernels)
    kernels.push_back(toJson(kernel));
  object["kernels"] = std::move(kernels);
  if (report.model)
    object["model"] = toJson(*report.model);
  return object;
}

} // namespace trimod::bench

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

ComparableReport trimod::bench::makeComparable(const Report &report) {
  ComparableReport comparable{report.cpu, report.level, {}};
  for (const KernelResult &kernel : report.kernels)
    comparable.entries.push_back({kernel.name, kernel.time.share});
  if (report.model)
    for (const ModelRun &run : report.model->runs)
      comparable.entries.push_back({run.name, run.time.share});
  return comparable;
}

namespace trimod::bench {

static bool fromJSON(const json::Value &value, Summary &summary, json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("median", summary.median) && mapper.map("low", summary.low) &&
         mapper.map("high", summary.high);
}

static bool fromJSON(const json::Value &value, ComparableReport::Entry &entry, json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("name", entry.name) && mapper.map("share", entry.share);
}

namespace {

struct ModelPart {
  std::vector<ComparableReport::Entry> runs;
};

bool fromJSON(const json::Value &value, ModelPart &model, json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("runs", model.runs);
}

} // namespace

static bool fromJSON(const json::Value &value, ComparableReport &report, json::Path path) {
  json::ObjectMapper mapper(value, path);
  int64_t format = 0;
  std::optional<ModelPart> model;
  if (!mapper || !mapper.map("format", format))
    return false;
  if (format != kFormat) {
    path.field("format").report("expected 1, the only format so far");
    return false;
  }
  if (!mapper.map("cpu", report.cpu) || !mapper.map("level", report.level) ||
      !mapper.map("kernels", report.entries) || !mapper.map("model", model))
    return false;
  if (model)
    llvm::append_range(report.entries, model->runs);
  return true;
}

} // namespace trimod::bench

Expected<ComparableReport> trimod::bench::parseReport(StringRef text) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  ComparableReport report;
  json::Path::Root root("report");
  if (!fromJSON(*value, report, root))
    return root.getError();
  return report;
}
