// Every operand ends where an unreadable page begins, so a kernel that touches one element beyond
// any of them ends the program.
#include "KernelHarness.h"
#include "codegen/cpu/Kernels.h"
#include "gtest/gtest.h"
#include <sys/mman.h>
#include <unistd.h>

using namespace trimod;
using namespace trimod::test;

namespace {

template <typename T>
class Guarded {
public:
  explicit Guarded(size_t count) : count(count) {
    size_t page = sysconf(_SC_PAGESIZE);
    size_t bytes = (count * sizeof(T) + page - 1) / page * page;
    size = bytes + page;
    base = static_cast<char *>(
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + bytes, page, PROT_NONE);
    data = reinterpret_cast<T *>(base + bytes) - count;
  }
  explicit Guarded(const std::vector<T> &values) : Guarded(values.size()) {
    std::copy(values.begin(), values.end(), data);
  }
  Guarded(const Guarded &) = delete;
  ~Guarded() { munmap(base, size); }

  MemRef<T, 1> all() { return view<T, 1>(data, {int64_t(count)}); }
  MemRef<T, 2> rows(int64_t columns) {
    return view<T, 2>(data, {int64_t(count) / columns, columns});
  }

  T *data;

private:
  size_t count, size;
  char *base;
};

template <typename... Arguments>
void run(IsaLevel level, mlir::func::FuncOp (*build)(KernelHarness &), Arguments... arguments) {
  KernelHarness harness(level);
  mlir::func::FuncOp function = build(harness);
  std::string name = function.getName().str();
  harness.expose(function);
  harness.compile();
  harness.call(name, arguments...);
}

TEST(Bounds, Embedding) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<int32_t> ids(std::vector<int32_t>{0, 2, 2});
    Guarded<float> table(3 * 29), result(3 * 29);
    run(
        level,
        +[](KernelHarness &h) { return buildEmbeddingKernel(h.getModule(), h.getTarget(), {29}); },
        ids.all(), table.rows(29), result.rows(29));
    Guarded<int8_t> bytes(3 * 29);
    Guarded<float> scales(3);
    run(
        level,
        +[](KernelHarness &h) {
          return buildEmbeddingKernel(h.getModule(), h.getTarget(),
                                      {29, EmbeddingConfig::Element::I8});
        },
        ids.all(), bytes.rows(29), scales.all(), result.rows(29));
  }
}

TEST(Bounds, Linear) {
  for (IsaLevel level : getRunnableLevels()) {
    int64_t width = Target{level}.lanes();
    Guarded<float> x(7 * 11), w(2 * 11 * width), bias(2 * width), y(7 * (width + 5));
    run(
        level,
        +[](KernelHarness &h) {
          int64_t lanes = h.getTarget().lanes();
          return buildLinearKernel(h.getModule(), h.getTarget(), {11, lanes + 5, lanes, true});
        },
        x.rows(11), view<float, 3>(w.data, {2, 11, width}), bias.all(), y.rows(width + 5));
  }
}

TEST(Bounds, Conv) {
  for (IsaLevel level : getRunnableLevels()) {
    Target target{level};
    int64_t lanes = target.lanes();
    const ConvConfig config{11, 3, lanes + 5, lanes, true, Activation::Tanh};
    Guarded<float> x(7 * 11), w(2 * 33 * lanes), bias(2 * lanes), y(7 * (lanes + 5));
    Guarded<float> scratch(config.scratchValues(target));
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 1, 1, 2, 7}), positions(7);
    run(
        level,
        +[](KernelHarness &h) {
          int64_t lanes = h.getTarget().lanes();
          return buildConvKernel(h.getModule(), h.getTarget(),
                                 {11, 3, lanes + 5, lanes, true, Activation::Tanh});
        },
        x.rows(11), view<float, 3>(w.data, {2, 33, lanes}), bias.all(), offsets.all(),
        positions.all(), scratch.all(), y.rows(lanes + 5));
  }
}

// As many rows as the scratch of a block has room for: every row a segment of its own.
TEST(Bounds, ConvOfManySegments) {
  for (IsaLevel level : getRunnableLevels()) {
    Target target{level};
    int64_t lanes = target.lanes(), rows = 400;
    const ConvConfig config{3, 5, 4, lanes};
    Guarded<float> x(rows * 3), w(15 * lanes), y(rows * 4), scratch(config.scratchValues(target));
    Guarded<int64_t> offsets(rows + 1), positions(rows);
    for (int64_t i = 0; i <= rows; ++i)
      offsets.data[i] = i;
    run(
        level,
        +[](KernelHarness &h) {
          return buildConvKernel(h.getModule(), h.getTarget(), {3, 5, 4, h.getTarget().lanes()});
        },
        x.rows(3), view<float, 3>(w.data, {1, 15, lanes}), offsets.all(), positions.all(),
        scratch.all(), y.rows(4));
  }
}

TEST(Bounds, MaxOverTime) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<float> x(5 * 29), result(3 * 29);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 2, 2, 5});
    run(
        level,
        +[](KernelHarness &h) {
          return buildMaxOverTimeKernel(h.getModule(), h.getTarget(), {29});
        },
        x.rows(29), offsets.all(), result.rows(29));
  }
}

TEST(Bounds, Gru) {
  for (IsaLevel level : getRunnableLevels()) {
    const GruConfig config{29, Direction::Bidirectional};
    Target target{level};
    int64_t lanes = target.lanes(), panels = config.panels(target), width = 2 * panels * 3 * lanes;
    Guarded<float> gates(9 * width), w(2 * panels * 29 * 3 * lanes), bias(2 * panels * lanes);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 4, 4, 9});
    Guarded<int64_t> indices(9 + 3 + GruConfig::extraIndices);
    Guarded<float> scratch(config.scratchValues(target)), states(9 * 58), last(3 * 58);
    run(
        level,
        +[](KernelHarness &h) {
          return buildGruKernel(h.getModule(), h.getTarget(), {29, Direction::Bidirectional});
        },
        gates.rows(width), view<float, 4>(w.data, {2, panels, 29, 3 * lanes}), offsets.all(),
        indices.all(), scratch.all(), states.rows(58), last.rows(58), bias.rows(panels * lanes));
  }
}

TEST(Bounds, Lstm) {
  for (IsaLevel level : getRunnableLevels()) {
    const LstmConfig config{29, Direction::Bidirectional};
    Target target{level};
    int64_t lanes = target.lanes(), panels = config.panels(target), width = 2 * panels * 4 * lanes;
    Guarded<float> gates(9 * width), w(2 * panels * 29 * 4 * lanes);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 4, 4, 9});
    Guarded<int64_t> indices(9 + 3 + LstmConfig::extraIndices);
    Guarded<float> scratch(config.scratchValues(target)), states(9 * 58), last(3 * 58);
    Guarded<float> lastCell(3 * 58);
    run(
        level,
        +[](KernelHarness &h) {
          return buildLstmKernel(h.getModule(), h.getTarget(), {29, Direction::Bidirectional});
        },
        gates.rows(width), view<float, 4>(w.data, {2, panels, 29, 4 * lanes}), offsets.all(),
        indices.all(), scratch.all(), states.rows(58), last.rows(58), lastCell.rows(58));
  }
}

TEST(Bounds, Attention) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<float> context(5 * 29), projected(5 * 21), u(21), scratch(5), max(2), weight(2);
    Guarded<float> sum(2 * 29), queries(5 * 29), result(5 * 29);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 2, 5});
    run(
        level,
        +[](KernelHarness &h) {
          return buildAttentionContextKernel(h.getModule(), h.getTarget(), {1, 29, 21});
        },
        context.rows(29), projected.rows(21), u.all(), offsets.all(), scratch.all(), max.all(),
        weight.all(), sum.rows(29));
    run(
        level,
        +[](KernelHarness &h) {
          return buildAttentionMergeKernel(h.getModule(), h.getTarget(), {29, 21});
        },
        queries.rows(29), projected.rows(21), u.all(), max.all(), weight.all(), sum.rows(29),
        offsets.all(), result.rows(29));
  }
}

TEST(Bounds, ForwardBackward) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<float> emissions(5 * 9), start(9), transitions(81), end(9), scores(16), partition(2);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 2, 5});
    Guarded<float> marginals(5 * 9), pairs(5 * 81);
    run(
        level,
        +[](KernelHarness &h) {
          return buildForwardBackwardKernel(h.getModule(), h.getTarget(), {9, false});
        },
        emissions.rows(9), start.all(), transitions.rows(9), end.all(), offsets.all(), scores.all(),
        partition.all());
    run(
        level,
        +[](KernelHarness &h) {
          return buildForwardBackwardKernel(h.getModule(), h.getTarget(), {9, true});
        },
        emissions.rows(9), start.all(), transitions.rows(9), end.all(), offsets.all(), scores.all(),
        partition.all(), marginals.rows(9), view<float, 3>(pairs.data, {5, 9, 9}));
  }
}

TEST(Bounds, Nbest) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<float> emissions(5 * 9), start(9), transitions(81), end(9), scores(2 * 3);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 2, 5});
    Guarded<float> lists(2 * 4 * 16);
    Guarded<int32_t> names(5 * 4 * 16), labels(5 * 3);
    run(
        level,
        +[](KernelHarness &h) { return buildNbestKernel(h.getModule(), h.getTarget(), {9, 3}); },
        emissions.rows(9), start.all(), transitions.rows(9), end.all(), offsets.all(),
        view<int32_t, 3>(names.data, {5, 4, 16}), view<float, 3>(lists.data, {2, 4, 16}),
        labels.rows(3), scores.rows(3));
  }
}

TEST(Bounds, Viterbi) {
  for (IsaLevel level : getRunnableLevels()) {
    Guarded<float> emissions(5 * 9), start(9), transitions(81), end(9), scores(16), score(2);
    Guarded<int64_t> offsets(std::vector<int64_t>{0, 2, 5});
    Guarded<int32_t> pointers(5 * 16), labels(5);
    run(
        level,
        +[](KernelHarness &h) { return buildViterbiKernel(h.getModule(), h.getTarget(), {9}); },
        emissions.rows(9), start.all(), transitions.rows(9), end.all(), offsets.all(),
        pointers.rows(16), scores.all(), labels.all(), score.all());
  }
}

} // namespace
