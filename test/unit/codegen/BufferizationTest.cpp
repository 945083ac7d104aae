// Ops with kernels, bufferized and run: an op without offsets, one on vectors or more than two
// dimensions, and one on parts of tensors give the bits of the plain form, which the kernels' own
// tests compare with double.
#include "KernelHarness.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Bufferize.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace trimod::test;
using trimod::IsaLevel;

namespace {

/// The public functions of a module on tensors, callable with descriptors; results come first.
void compileTensors(KernelHarness &harness, llvm::StringRef text) {
  harness.parse(text);
  PassManager manager(harness.getModule().getContext());
  trimod::buildBufferizePipeline(manager);
  if (failed(manager.run(harness.getModule())))
    llvm::report_fatal_error("the module does not bufferize");
  for (auto function : harness.getModule().getOps<func::FuncOp>())
    if (function.isPublic())
      harness.expose(function);
  harness.compile();
}

/// The elements of a result, whose buffer is freed.
template <typename T, size_t Rank>
std::vector<T> take(const MemRef<T, Rank> &result) {
  int64_t count = 1;
  for (int64_t size : result.sizes)
    count *= size;
  std::vector<T> values(result.aligned, result.aligned + count);
  std::free(result.allocated);
  return values;
}

TEST(Bufferization, LinearOfAnyRank) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    func.func @rows(%x: tensor<?x6xf32>, %w: tensor<2x6x8xf32>, %b: tensor<16xf32>) -> tensor<?x9xf32> {
      %0 = trimod.packed_linear %x, %w bias(%b) columns = 9 : tensor<?x6xf32>, tensor<2x6x8xf32>, tensor<16xf32>
      return %0 : tensor<?x9xf32>
    }
    func.func @row(%x: tensor<6xf32>, %w: tensor<2x6x8xf32>, %b: tensor<16xf32>) -> tensor<9xf32> {
      %0 = trimod.packed_linear %x, %w bias(%b) columns = 9 : tensor<6xf32>, tensor<2x6x8xf32>, tensor<16xf32>
      return %0 : tensor<9xf32>
    }
    func.func @cube(%x: tensor<?x2x6xf32>, %w: tensor<2x6x8xf32>, %b: tensor<16xf32>) -> tensor<?x2x9xf32> {
      %0 = trimod.packed_linear %x, %w bias(%b) columns = 9 : tensor<?x2x6xf32>, tensor<2x6x8xf32>, tensor<16xf32>
      return %0 : tensor<?x2x9xf32>
    })");
  std::vector<float> x = randomFloats(6 * 6, 1), w = randomFloats(2 * 6 * 8, 2);
  std::vector<float> b = randomFloats(16, 3);
  auto weights = view<float, 3>(w.data(), {2, 6, 8});
  MemRef<float, 2> rows;
  harness.callWithResults("rows", rows, view<float, 2>(x.data(), {6, 6}), weights, viewAll(b));
  MemRef<float, 1> row;
  harness.callWithResults("row", row, view<float, 1>(x.data() + 6, {6}), weights, viewAll(b));
  MemRef<float, 3> cube;
  harness.callWithResults("cube", cube, view<float, 3>(x.data(), {3, 2, 6}), weights, viewAll(b));

  EXPECT_EQ(cube.sizes, (std::array<int64_t, 3>{3, 2, 9}));
  std::vector<float> expected = take(rows);
  EXPECT_EQ(take(cube), expected);
  EXPECT_EQ(take(row), std::vector<float>(expected.begin() + 9, expected.begin() + 18));
}

TEST(Bufferization, ConvWithoutOffsetsIsOneSegment) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !x = tensor<?x3xf32>
    !w = tensor<1x9x8xf32>
    !b = tensor<8xf32>
    func.func @segments(%x: !x, %w: !w, %b: !b, %o: tensor<?xindex>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
      %y = trimod.packed_conv1d %x, %w bias(%b) offsets(%o) kernel = 3 columns = 5 activation = relu : !x, !w, !b, tensor<?xindex>
      %m = trimod.max_over_time %y offsets(%o) : tensor<?x5xf32>, tensor<?xindex>
      return %y, %m : tensor<?x5xf32>, tensor<?x5xf32>
    }
    func.func @one(%x: !x, %w: !w, %b: !b) -> (tensor<?x5xf32>, tensor<5xf32>) {
      %y = trimod.packed_conv1d %x, %w bias(%b) kernel = 3 columns = 5 activation = relu : !x, !w, !b
      %m = trimod.max_over_time %y : tensor<?x5xf32>
      return %y, %m : tensor<?x5xf32>, tensor<5xf32>
    })");
  std::vector<float> x = randomFloats(7 * 3, 1), w = randomFloats(9 * 8, 2), b = randomFloats(8, 3);
  std::vector<int64_t> offsets = {0, 7};
  auto rows = view<float, 2>(x.data(), {7, 3});
  auto weights = view<float, 3>(w.data(), {1, 9, 8});
  struct {
    MemRef<float, 2> y, max;
  } segments;
  harness.callWithResults("segments", segments, rows, weights, viewAll(b), viewAll(offsets));
  struct {
    MemRef<float, 2> y;
    MemRef<float, 1> max;
  } one;
  harness.callWithResults("one", one, rows, weights, viewAll(b));
  EXPECT_EQ(take(one.y), take(segments.y));
  EXPECT_EQ(take(one.max), take(segments.max));
}

TEST(Bufferization, GruWithoutOffsetsIsOneSegment) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !gates = tensor<?x48xf32>
    !w = tensor<2x1x5x24xf32>
    !b = tensor<2x8xf32>
    func.func @segments(%gates: !gates, %w: !w, %b: !b, %o: tensor<?xindex>) -> (tensor<?x10xf32>, tensor<?x10xf32>) {
      %states, %last = trimod.packed_gru bidirectional %gates, %w, %b offsets(%o) hidden = 5 : !gates, !w, !b, tensor<?xindex>
      return %states, %last : tensor<?x10xf32>, tensor<?x10xf32>
    }
    func.func @one(%gates: !gates, %w: !w, %b: !b) -> (tensor<?x10xf32>, tensor<10xf32>) {
      %states, %last = trimod.packed_gru bidirectional %gates, %w, %b hidden = 5 : !gates, !w, !b
      return %states, %last : tensor<?x10xf32>, tensor<10xf32>
    })");
  std::vector<float> gates = randomFloats(7 * 48, 1), w = randomFloats(2 * 5 * 24, 2);
  std::vector<float> b = randomFloats(16, 3);
  std::vector<int64_t> offsets = {0, 7};
  auto gateRows = view<float, 2>(gates.data(), {7, 48});
  auto weights = view<float, 4>(w.data(), {2, 1, 5, 24});
  auto bias = view<float, 2>(b.data(), {2, 8});
  struct {
    MemRef<float, 2> states, last;
  } segments;
  harness.callWithResults("segments", segments, gateRows, weights, bias, viewAll(offsets));
  struct {
    MemRef<float, 2> states;
    MemRef<float, 1> last;
  } one;
  harness.callWithResults("one", one, gateRows, weights, bias);
  EXPECT_EQ(take(one.states), take(segments.states));
  EXPECT_EQ(take(one.last), take(segments.last));
}

TEST(Bufferization, AttentionWithoutOffsetsIsOneSegment) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !rows = tensor<?x5xf32>
    !u = tensor<5xf32>
    !o = tensor<?xindex>
    func.func @segments(%q: !rows, %qp: !rows, %c: !rows, %cp: !rows, %u: !u, %qo: !o, %co: !o) -> !rows {
      %max, %weight, %sum = trimod.attention_context context(%c) projected(%cp) score(%u) offsets(%co) : !rows, !rows, !u, !o
      %0 = trimod.attention_merge queries(%q) projected(%qp) score(%u) context(%max, %weight, %sum) offsets(%qo)
        : !rows, !rows, !u, tensor<?xf32>, tensor<?xf32>, tensor<?x5xf32>, !o
      return %0 : !rows
    }
    func.func @one(%q: !rows, %qp: !rows, %c: !rows, %cp: !rows, %u: !u) -> !rows {
      %max, %weight, %sum = trimod.attention_context context(%c) projected(%cp) score(%u) : !rows, !rows, !u
      %0 = trimod.attention_merge queries(%q) projected(%qp) score(%u) context(%max, %weight, %sum)
        : !rows, !rows, !u, tensor<f32>, tensor<f32>, tensor<5xf32>
      return %0 : !rows
    })");
  std::vector<float> values[4], u = randomFloats(5, 9);
  for (int i = 0; i < 4; ++i)
    values[i] = randomFloats(3 * 5, i);
  std::vector<int64_t> offsets = {0, 3};
  auto rows = [&](int i) { return view<float, 2>(values[i].data(), {3, 5}); };
  MemRef<float, 2> segments, one;
  harness.callWithResults("segments", segments, rows(0), rows(1), rows(2), rows(3), viewAll(u),
                          viewAll(offsets), viewAll(offsets));
  harness.callWithResults("one", one, rows(0), rows(1), rows(2), rows(3), viewAll(u));
  EXPECT_EQ(take(one), take(segments));
}

TEST(Bufferization, ViterbiWithoutOffsetsIsOneSegment) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !e = tensor<?x3xf32>
    !v = tensor<3xf32>
    !t = tensor<3x3xf32>
    func.func @segments(%e: !e, %s: !v, %t: !t, %f: !v, %o: tensor<?xindex>) -> (tensor<?xi32>, tensor<?xf32>) {
      %labels, %score = trimod.crf_viterbi %e, %s, %t, %f offsets(%o) : !e, !v, !t, !v, tensor<?xindex>
      return %labels, %score : tensor<?xi32>, tensor<?xf32>
    }
    func.func @one(%e: !e, %s: !v, %t: !t, %f: !v) -> (tensor<?xi32>, tensor<f32>) {
      %labels, %score = trimod.crf_viterbi %e, %s, %t, %f : !e, !v, !t, !v
      return %labels, %score : tensor<?xi32>, tensor<f32>
    })");
  std::vector<float> e = randomFloats(8 * 3, 1), s = randomFloats(3, 2), t = randomFloats(9, 3);
  std::vector<int64_t> offsets = {0, 8};
  auto rows = view<float, 2>(e.data(), {8, 3});
  auto transitions = view<float, 2>(t.data(), {3, 3});
  struct {
    MemRef<int32_t, 1> labels;
    MemRef<float, 1> score;
  } segments;
  harness.callWithResults("segments", segments, rows, viewAll(s), transitions, viewAll(s),
                          viewAll(offsets));
  struct {
    MemRef<int32_t, 1> labels;
    MemRef<float, 0> score;
  } one;
  harness.callWithResults("one", one, rows, viewAll(s), transitions, viewAll(s));
  EXPECT_EQ(take(one.labels), take(segments.labels));
  EXPECT_EQ(take(one.score), take(segments.score));
}

constexpr int64_t embeddingWidth = 3;

TEST(Bufferization, EmbeddingOfAnyRank) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    func.func @matrix(%ids: tensor<?x?xi32>, %table: tensor<5x3xf32>) -> tensor<?x?x3xf32> {
      %0 = trimod.embedding %ids, %table : tensor<?x?xi32>, tensor<5x3xf32>
      return %0 : tensor<?x?x3xf32>
    }
    func.func @scalar(%ids: tensor<i32>, %table: tensor<5x3xf32>) -> tensor<3xf32> {
      %0 = trimod.embedding %ids, %table : tensor<i32>, tensor<5x3xf32>
      return %0 : tensor<3xf32>
    })");
  std::vector<float> table = randomFloats(5 * embeddingWidth, 1);
  std::vector<int32_t> ids = {4, 0, 2, 2, 1, 3};
  auto rowsOfTable = view<float, 2>(table.data(), {5, embeddingWidth});
  MemRef<float, 3> matrix;
  harness.callWithResults("matrix", matrix, view<int32_t, 2>(ids.data(), {2, 3}), rowsOfTable);
  EXPECT_EQ(matrix.sizes, (std::array<int64_t, 3>{2, 3, embeddingWidth}));
  std::vector<float> rows = take(matrix);
  for (size_t i = 0; i < rows.size(); ++i)
    EXPECT_EQ(rows[i], table[ids[i / embeddingWidth] * embeddingWidth + i % embeddingWidth]);
  MemRef<float, 1> scalar;
  harness.callWithResults("scalar", scalar, view<int32_t, 0>(ids.data(), {}), rowsOfTable);
  EXPECT_EQ(take(scalar), std::vector<float>(table.begin() + 12, table.end()));
}

TEST(Bufferization, IdsMayBeAnyPartOfATensor) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    func.func @columns(%ids: tensor<?x4xi32>, %table: tensor<5x3xf32>) -> tensor<?x2x3xf32> {
      %c0 = arith.constant 0 : index
      %n = tensor.dim %ids, %c0 : tensor<?x4xi32>
      %part = tensor.extract_slice %ids[0, 1] [%n, 2] [1, 1] : tensor<?x4xi32> to tensor<?x2xi32>
      %0 = trimod.embedding %part, %table : tensor<?x2xi32>, tensor<5x3xf32>
      return %0 : tensor<?x2x3xf32>
    }
    func.func @every_second(%ids: tensor<8xi32>, %table: tensor<5x3xf32>) -> tensor<4x3xf32> {
      %part = tensor.extract_slice %ids[0] [4] [2] : tensor<8xi32> to tensor<4xi32>
      %0 = trimod.embedding %part, %table : tensor<4xi32>, tensor<5x3xf32>
      return %0 : tensor<4x3xf32>
    }
    func.func @every_nth(%ids: tensor<8xi32>, %nth: tensor<1xindex>, %table: tensor<5x3xf32>) -> tensor<4x3xf32> {
      %c0 = arith.constant 0 : index
      %step = tensor.extract %nth[%c0] : tensor<1xindex>
      %part = tensor.extract_slice %ids[0] [4] [%step] : tensor<8xi32> to tensor<4xi32>
      %0 = trimod.embedding %part, %table : tensor<4xi32>, tensor<5x3xf32>
      return %0 : tensor<4x3xf32>
    })");
  std::vector<float> table = randomFloats(5 * embeddingWidth, 1);
  std::vector<int32_t> ids = {0, 3, 1, 4, 2, 0, 3, 1};
  std::vector<int64_t> nth = {2};
  auto rowsOfTable = view<float, 2>(table.data(), {5, embeddingWidth});
  auto expectRows = [&](const std::vector<float> &rows, const std::vector<int32_t> &expected) {
    ASSERT_EQ(rows.size(), expected.size() * embeddingWidth);
    for (size_t i = 0; i < rows.size(); ++i)
      EXPECT_EQ(rows[i], table[expected[i / embeddingWidth] * embeddingWidth + i % embeddingWidth])
          << i;
  };
  MemRef<float, 3> columns;
  harness.callWithResults("columns", columns, view<int32_t, 2>(ids.data(), {2, 4}), rowsOfTable);
  expectRows(take(columns), {3, 1, 0, 3});
  MemRef<float, 2> everySecond, everyNth;
  harness.callWithResults("every_second", everySecond, viewAll(ids), rowsOfTable);
  expectRows(take(everySecond), {0, 1, 2, 3});
  harness.callWithResults("every_nth", everyNth, viewAll(ids), viewAll(nth), rowsOfTable);
  expectRows(take(everyNth), {0, 1, 2, 3});
}

TEST(Bufferization, MatricesMayBeAnyPartOfATensor) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !w = tensor<1x2x8xf32>
    func.func @middle(%x: tensor<?x4x2xf32>, %w: !w) -> tensor<?x2x3xf32> {
      %c0 = arith.constant 0 : index
      %n = tensor.dim %x, %c0 : tensor<?x4x2xf32>
      %part = tensor.extract_slice %x[0, 1, 0] [%n, 2, 2] [1, 1, 1] : tensor<?x4x2xf32> to tensor<?x2x2xf32>
      %0 = trimod.packed_linear %part, %w columns = 3 : tensor<?x2x2xf32>, !w
      return %0 : tensor<?x2x3xf32>
    }
    func.func @every_second(%x: tensor<?x4xf32>, %w: !w) -> tensor<?x3xf32> {
      %c0 = arith.constant 0 : index
      %n = tensor.dim %x, %c0 : tensor<?x4xf32>
      %part = tensor.extract_slice %x[0, 1] [%n, 2] [1, 2] : tensor<?x4xf32> to tensor<?x2xf32>
      %0 = trimod.packed_linear %part, %w columns = 3 : tensor<?x2xf32>, !w
      return %0 : tensor<?x3xf32>
    }
    func.func @plain(%x: tensor<?x2xf32>, %w: !w) -> tensor<?x3xf32> {
      %0 = trimod.packed_linear %x, %w columns = 3 : tensor<?x2xf32>, !w
      return %0 : tensor<?x3xf32>
    })");
  std::vector<float> x = randomFloats(2 * 4 * 2, 1), w = randomFloats(2 * 8, 2);
  auto weights = view<float, 3>(w.data(), {1, 2, 8});
  auto plain = [&](std::vector<float> rows) {
    MemRef<float, 2> result;
    int64_t count = rows.size() / 2;
    harness.callWithResults("plain", result, view<float, 2>(rows.data(), {count, 2}), weights);
    return take(result);
  };
  MemRef<float, 3> middle;
  harness.callWithResults("middle", middle, view<float, 3>(x.data(), {2, 4, 2}), weights);
  EXPECT_EQ(take(middle), plain({x[2], x[3], x[4], x[5], x[10], x[11], x[12], x[13]}));
  MemRef<float, 2> everySecond;
  harness.callWithResults("every_second", everySecond, view<float, 2>(x.data(), {4, 4}), weights);
  EXPECT_EQ(take(everySecond), plain({x[1], x[3], x[5], x[7], x[9], x[11], x[13], x[15]}));
}

TEST(Bufferization, TransitionsMayBePartOfALargerMatrix) {
  KernelHarness harness(IsaLevel::V3);
  compileTensors(harness, R"(
    !e = tensor<?x3xf32>
    !v = tensor<3xf32>
    func.func @part(%e: !e, %s: !v, %all: tensor<4x5xf32>) -> (tensor<?xi32>, tensor<f32>) {
      %t = tensor.extract_slice %all[1, 1] [3, 3] [1, 1] : tensor<4x5xf32> to tensor<3x3xf32>
      %labels, %score = trimod.crf_viterbi %e, %s, %t, %s : !e, !v, tensor<3x3xf32>, !v
      return %labels, %score : tensor<?xi32>, tensor<f32>
    }
    func.func @plain(%e: !e, %s: !v, %t: tensor<3x3xf32>) -> (tensor<?xi32>, tensor<f32>) {
      %labels, %score = trimod.crf_viterbi %e, %s, %t, %s : !e, !v, tensor<3x3xf32>, !v
      return %labels, %score : tensor<?xi32>, tensor<f32>
    })");
  std::vector<float> e = randomFloats(8 * 3, 1), s = randomFloats(3, 2);
  std::vector<float> all = randomFloats(4 * 5, 3, 3.0f), t;
  for (int64_t from = 1; from < 4; ++from)
    t.insert(t.end(), all.begin() + from * 5 + 1, all.begin() + from * 5 + 4);
  auto emissions = view<float, 2>(e.data(), {8, 3});
  struct {
    MemRef<int32_t, 1> labels;
    MemRef<float, 0> score;
  } part, plain;
  harness.callWithResults("part", part, emissions, viewAll(s), view<float, 2>(all.data(), {4, 5}));
  harness.callWithResults("plain", plain, emissions, viewAll(s), view<float, 2>(t.data(), {3, 3}));
  EXPECT_EQ(take(part.labels), take(plain.labels));
  EXPECT_EQ(take(part.score), take(plain.score));
}

} // namespace
