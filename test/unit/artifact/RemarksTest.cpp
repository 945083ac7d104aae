//===- RemarksTest.cpp - remarks come once, and in one order ---------------===//

#include "passes/Remarks.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"
#include <gtest/gtest.h>

using namespace trimod;

namespace {

TEST(RemarksTest, EachOnceSortedByPlace) {
  RemarkCollector collector;
  mlir::MLIRContext context;
  ASSERT_TRUE(mlir::succeeded(collectRemarks(context, collector)));
  mlir::Builder builder(&context);
  auto at = [&](unsigned line) -> mlir::Location {
    return mlir::FileLineColLoc::get(builder.getStringAttr("model.mlir"), line, 3);
  };
  const auto fusion =
      mlir::remark::RemarkOpts::name("trimod-fuse-gru-cell").category("trimod-fusion");
  const auto foreign = mlir::remark::RemarkOpts::name("loop-unroll").category("loops");
  mlir::remark::missed(at(20), fusion) << "the reset gate is " << "a constant";
  mlir::remark::passed(mlir::CallSiteLoc::get(at(10), at(99)), fusion) << "fused";
  mlir::remark::missed(at(20), fusion) << "the reset gate is a constant";
  mlir::remark::missed(at(9), fusion) << "no tanh";
  mlir::remark::passed(at(1), foreign) << "unrolled";
  mlir::remark::passed(builder.getUnknownLoc(), fusion) << "somewhere";

  std::vector<std::string> lines;
  for (const CollectedRemark &remark : collector.take())
    lines.push_back(remark.str());
  const std::vector<std::string> expected = {
      "<unknown>: passed (trimod-fusion, trimod-fuse-gru-cell): somewhere",
      "model.mlir:9:3: missed (trimod-fusion, trimod-fuse-gru-cell): no tanh",
      "model.mlir:10:3: passed (trimod-fusion, trimod-fuse-gru-cell): fused",
      "model.mlir:20:3: missed (trimod-fusion, trimod-fuse-gru-cell): the reset gate is a constant",
  };
  EXPECT_EQ(lines, expected);
  EXPECT_TRUE(collector.take().empty());
}

} // namespace
