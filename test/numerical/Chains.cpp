#include "Chains.h"

#include "gtest/gtest.h"

#include <algorithm>

using namespace trimod;
using namespace trimod::test;

static std::vector<float> randomFloats(size_t count, Random &random, float scale) {
  std::normal_distribution<float> normal(0, scale);
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random);
  return values;
}

Chain::Chain(size_t labels, const std::vector<int64_t> &lengths, Random &random, float scale)
    : labels(labels), start(randomFloats(labels, random, scale)),
      transitions(randomFloats(labels * labels, random, scale)),
      end(randomFloats(labels, random, scale)) {
  for (int64_t length : lengths)
    offsets.push_back(offsets.back() + length);
  emissions = randomFloats(offsets.back() * labels, random, 2 * scale);
}

double Chain::score(size_t post, const Labels &path) const {
  if (path.empty())
    return 0;
  double score = double(start[path.front()]) + end[path.back()];
  for (size_t t = 0; t < path.size(); ++t)
    score += emission(post, t, path[t]) + (t ? transition(path[t - 1], path[t]) : 0);
  return score;
}

Chain Chain::alone(size_t post) const {
  Chain one = *this;
  one.offsets = {0, int64_t(length(post))};
  one.emissions.assign(emissions.begin() + offsets[post] * labels,
                       emissions.begin() + offsets[post + 1] * labels);
  return one;
}

std::vector<Path> trimod::test::allPaths(const Chain &chain, size_t post) {
  size_t length = chain.length(post), count = 1;
  for (size_t t = 0; t < length; ++t)
    count *= chain.labels;
  std::vector<Path> paths;
  for (size_t number = 0; number < count; ++number) {
    Labels labels(length);
    size_t rest = number;
    for (int32_t &label : labels) {
      label = rest % chain.labels;
      rest /= chain.labels;
    }
    paths.push_back({chain.score(post, labels), labels});
  }
  std::sort(paths.begin(), paths.end(), [](const Path &a, const Path &b) {
    if (a.score != b.score)
      return a.score > b.score;
    return std::lexicographical_compare(a.labels.rbegin(), a.labels.rend(), b.labels.rbegin(),
                                        b.labels.rend());
  });
  return paths;
}

static std::string programText(size_t labels) {
  std::string text = R"(
func.func @f(%e: tensor<?xLxf32> {trimod.name = "emissions"}, %y: tensor<?xi32> {trimod.name = "labels"},
             %o: tensor<?xindex> {trimod.name = "offsets"}, %s: tensor<Lxf32> {trimod.name = "start"},
             %t: tensor<LxLxf32> {trimod.name = "transitions"}, %n: tensor<Lxf32> {trimod.name = "end"})
    -> (tensor<?xi32> {trimod.name = "best"}, tensor<?xf32> {trimod.name = "best_score"},
        tensor<?xf32> {trimod.name = "score"}, tensor<?xf32> {trimod.name = "partition"},
        tensor<?xLxf32> {trimod.name = "marginals"}, tensor<?xLxLxf32> {trimod.name = "pairs"},
        tensor<?xf32> {trimod.name = "log_partition"},
        tensor<?x10xi32> {trimod.name = "paths"}, tensor<?x10xf32> {trimod.name = "scores"}) {
  %b, %bs = trimod.crf_viterbi %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %c = trimod.crf_score %e, %y, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<?xi32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %p = trimod.crf_log_partition %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %m, %q, %z = trimod.crf_marginals %e, %s, %t, %n offsets(%o)
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  %r, %rs = trimod.crf_nbest %e, %s, %t, %n offsets(%o) count = 10
      : tensor<?xLxf32>, tensor<Lxf32>, tensor<LxLxf32>, tensor<Lxf32>, tensor<?xindex>
  return %b, %bs, %c, %p, %m, %q, %z, %r, %rs
      : tensor<?xi32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xLxf32>, tensor<?xLxLxf32>,
        tensor<?xf32>, tensor<?x10xi32>, tensor<?x10xf32>
})";
  // No other capital letter stands in it.
  for (size_t at; (at = text.find('L')) != std::string::npos;)
    text.replace(at, 1, std::to_string(labels));
  return text;
}

const Program *trimod::test::compileCrf(const Form &form, size_t labels) {
  static std::map<std::pair<std::string, size_t>, std::unique_ptr<Program>> programs;
  auto [place, isNew] = programs.try_emplace({form.name, labels});
  if (isNew)
    place->second =
        Program::create(programText(labels), ProgramOptions{{}, form.lowering, form.level, {}, {}});
  return place->second.get();
}

Results::Results(const Program &program, const Chain &chain, const Labels &given)
    : labels(chain.labels) {
  int64_t rows = chain.offsets.back(), posts = chain.postCount(), size = labels;
  arrays = program.call({{"emissions", Array::of({rows, size}, chain.emissions)},
                         {"labels", Array::of({rows}, given)},
                         {"offsets", Array::of({posts + 1}, chain.offsets)},
                         {"start", Array::of({size}, chain.start)},
                         {"transitions", Array::of({size, size}, chain.transitions)},
                         {"end", Array::of({size}, chain.end)}},
                        {{"best", rows},
                         {"best_score", posts},
                         {"score", posts},
                         {"partition", posts},
                         {"marginals", rows},
                         {"pairs", rows},
                         {"log_partition", posts},
                         {"paths", rows},
                         {"scores", posts}});
  best = arrays["best"].get<int32_t>();
  bestScore = arrays["best_score"].get<float>();
  score = arrays["score"].get<float>();
  partition = arrays["partition"].get<float>();
  marginals = arrays["marginals"].get<float>();
  pairs = arrays["pairs"].get<float>();
  logPartition = arrays["log_partition"].get<float>();
  paths = arrays["paths"].get<int32_t>();
  scores = arrays["scores"].get<float>();
}
