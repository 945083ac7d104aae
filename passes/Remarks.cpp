//===- Remarks.cpp - what the passes say they did, and did not ------------===//

#include "passes/Remarks.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <tuple>

using namespace mlir;
using namespace trimod;

std::string CollectedRemark::str() const {
  std::string place = file.empty() ? "<unknown>" : file;
  if (!file.empty())
    place += ":" + std::to_string(line) + ":" + std::to_string(column);
  return place + ": " + (hasPassed ? "passed" : "missed") + " (" + category + ", " + pass +
         "): " + message;
}

static auto sortKey(const CollectedRemark &remark) {
  return std::tie(remark.file, remark.line, remark.column, remark.category, remark.pass,
                  remark.message, remark.hasPassed);
}

void RemarkCollector::add(CollectedRemark remark) {
  std::lock_guard<std::mutex> lock(mutex);
  remarks.push_back(std::move(remark));
}

std::vector<CollectedRemark> RemarkCollector::take() {
  std::vector<CollectedRemark> taken;
  {
    std::lock_guard<std::mutex> lock(mutex);
    taken.swap(remarks);
  }
  llvm::sort(taken, [](const auto &a, const auto &b) { return sortKey(a) < sortKey(b); });
  auto isSame = [](const auto &a, const auto &b) { return sortKey(a) == sortKey(b); };
  taken.erase(std::unique(taken.begin(), taken.end(), isSame), taken.end());
  return taken;
}

/// The place in a file that a location leads to: of inlined code, where the callee was written.
static FileLineColLoc findPlace(Location location) {
  FileLineColLoc place;
  location->walk([&](Location inner) {
    place = dyn_cast<FileLineColLoc>(inner);
    return place ? WalkResult::interrupt() : WalkResult::advance();
  });
  return place;
}

static CollectedRemark collect(const remark::detail::Remark &remark) {
  CollectedRemark collected;
  if (FileLineColLoc place = findPlace(remark.getLocation())) {
    collected.file = place.getFilename().str();
    collected.line = place.getLine();
    collected.column = place.getColumn();
  }
  collected.hasPassed = remark.getRemarkType() == llvm::remarks::Type::Passed;
  collected.category = remark.getCombinedCategoryName().str();
  collected.pass = remark.getRemarkName().str();
  for (const auto &argument : remark.getArgs())
    collected.message +=
        argument.key == "Remark" ? argument.val : (Twine(argument.key) + "=" + argument.val).str();
  return collected;
}

namespace {

class CollectingPolicy : public remark::detail::RemarkEmittingPolicyBase {
public:
  explicit CollectingPolicy(RemarkCollector &collector) : collector(collector) {}

  void reportRemark(const remark::detail::Remark &remark) override {
    collector.add(collect(remark));
  }
  void finalize() override {}

private:
  RemarkCollector &collector;
};

/// Remarks leave through the collector; the engine asks for a streamer all the same.
class NoStreamer : public remark::detail::MLIRRemarkStreamerBase {
public:
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {}
};

} // namespace

LogicalResult trimod::collectRemarks(MLIRContext &context, RemarkCollector &collector,
                                     StringRef categories) {
  remark::RemarkCategories enabled;
  enabled.passed = categories.str();
  enabled.missed = categories.str();
  enabled.failed = categories.str();
  return remark::enableOptimizationRemarks(context, std::make_unique<NoStreamer>(),
                                           std::make_unique<CollectingPolicy>(collector), enabled);
}
