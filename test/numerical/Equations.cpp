#include "Equations.h"

#include <cmath>

using namespace trimod::test;

Vector trimod::test::multiply(const Matrix &matrix, const Vector &vector) {
  Vector result(matrix.size());
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t k = 0; k < vector.size(); ++k)
      result[i] += matrix[i][k] * vector[k];
  return result;
}

double trimod::test::sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

Matrix trimod::test::toMatrix(const std::vector<float> &values, size_t columns) {
  Matrix rows(columns ? values.size() / columns : 0, Vector(columns));
  for (size_t i = 0; i < rows.size() * columns; ++i)
    rows[i / columns][i % columns] = values[i];
  return rows;
}

static Vector add(Vector a, const Vector &b) {
  for (size_t i = 0; i < a.size(); ++i)
    a[i] += b[i];
  return a;
}

static double dot(const Vector &a, const Vector &b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

static Vector concatenate(Vector a, const Vector &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TaggerEquations::TaggerEquations(const Weights &weights, Cell cell) : cell(cell) {
  for (const NamedTensor &tensor : weights.tensors)
    matrices[tensor.name] =
        toMatrix(weights.getFloats(tensor.name), static_cast<size_t>(tensor.tensor.shape.back()));
}

Vector TaggerEquations::apply(const std::string &layer, const Vector &x) const {
  return add(multiply(matrix(layer + ".weight"), x), vector(layer + ".bias"));
}

Matrix TaggerEquations::embed(const std::string &table, const std::vector<int32_t> &ids) const {
  Matrix rows;
  for (int32_t id : ids)
    rows.push_back(matrix(table + ".weight").at(id));
  return rows;
}

static Vector stepGru(const Vector &gx, const Vector &gh, const Vector &h) {
  size_t hidden = h.size();
  Vector next(hidden);
  for (size_t i = 0; i < hidden; ++i) {
    double r = sigmoid(gx[i] + gh[i]);
    double z = sigmoid(gx[hidden + i] + gh[hidden + i]);
    double n = std::tanh(gx[2 * hidden + i] + r * gh[2 * hidden + i]);
    next[i] = (1 - z) * n + z * h[i];
  }
  return next;
}

CellState trimod::test::stepLstm(const Vector &gx, const Vector &gh, const CellState &state) {
  size_t hidden = state.h.size();
  CellState next{Vector(hidden), Vector(hidden)};
  auto sum = [&](size_t gate, size_t unit) {
    return gx[gate * hidden + unit] + gh[gate * hidden + unit];
  };
  for (size_t k = 0; k < hidden; ++k) {
    next.c[k] = sigmoid(sum(1, k)) * state.c[k] + sigmoid(sum(0, k)) * std::tanh(sum(2, k));
    next.h[k] = sigmoid(sum(3, k)) * std::tanh(next.c[k]);
  }
  return next;
}

static Vector stepMinimalGatedUnit(const Vector &gx, const Matrix &u, const Vector &h) {
  size_t hidden = h.size();
  Vector uh = multiply(u, h), f(hidden), reset(hidden), next(hidden);
  for (size_t i = 0; i < hidden; ++i) {
    f[i] = sigmoid(gx[i] + uh[i]);
    reset[i] = f[i] * h[i];
  }
  Vector un = multiply(u, reset);
  for (size_t i = 0; i < hidden; ++i)
    next[i] = (1 - f[i]) * h[i] + f[i] * std::tanh(gx[hidden + i] + un[hidden + i]);
  return next;
}

CellState TaggerEquations::step(const std::string &prefix, const std::string &suffix,
                                const Vector &x, const CellState &state) const {
  Vector products = multiply(matrix(prefix + "weight_ih" + suffix), x);
  const Matrix &recurrent = matrix(prefix + "weight_hh" + suffix);
  if (cell == Cell::MinimalGatedUnit)
    return {
        stepMinimalGatedUnit(add(products, vector(prefix + "bias" + suffix)), recurrent, state.h),
        {}};
  Vector gx = add(products, vector(prefix + "bias_ih" + suffix));
  Vector gh = add(multiply(recurrent, state.h), vector(prefix + "bias_hh" + suffix));
  if (cell == Cell::Lstm)
    return stepLstm(gx, gh, state);
  return {stepGru(gx, gh, state.h), {}};
}

std::pair<Matrix, Vector> TaggerEquations::run(const std::string &encoder, bool isReverse,
                                               const Matrix &x) const {
  static const std::map<Cell, std::string> names{
      {Cell::Gru, "gru"}, {Cell::Lstm, "lstm"}, {Cell::MinimalGatedUnit, "mgu"}};
  std::string prefix = encoder + "_" + names.at(cell) + ".";
  std::string layer = cell == Cell::MinimalGatedUnit ? "" : "_l0";
  std::string suffix = layer + (isReverse ? "_reverse" : "");
  Vector zeros(matrix(prefix + "weight_hh" + suffix).at(0).size(), 0.0);
  CellState state{zeros, zeros};
  Matrix states(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    size_t t = isReverse ? x.size() - 1 - i : i;
    state = step(prefix, suffix, x[t], state);
    states[t] = state.h;
  }
  return {states, state.h};
}

Vector TaggerEquations::readWord(const std::vector<int32_t> &characters) const {
  Matrix x = embed("char_embedding", characters);
  return concatenate(run("char", false, x).second, run("char", true, x).second);
}

Matrix TaggerEquations::encode(const Matrix &tokens) const {
  Matrix states = run("word", false, tokens).first, reverse = run("word", true, tokens).first;
  for (size_t t = 0; t < states.size(); ++t)
    states[t] = concatenate(states[t], reverse[t]);
  return states;
}

/// Eq. 11-12.
Vector TaggerEquations::pool(const Matrix &features) const {
  Vector scores;
  for (const Vector &feature : features) {
    Vector projected = apply("fusion", feature);
    for (double &value : projected)
      value = std::tanh(value);
    scores.push_back(dot(projected, vector("fusion.u")));
  }
  // Weights as they are would overflow: u is large in these tests.
  double largest = *std::max_element(scores.begin(), scores.end());
  Vector sum(features[0].size(), 0.0);
  double total = 0;
  for (size_t k = 0; k < features.size(); ++k) {
    double gamma = std::exp(scores[k] - largest);
    total += gamma;
    for (size_t i = 0; i < sum.size(); ++i)
      sum[i] += gamma * features[k][i];
  }
  for (double &value : sum)
    value /= total;
  return sum;
}

double TaggerEquations::scorePath(const Matrix &emissions,
                                  const std::vector<int32_t> &labels) const {
  if (labels.empty())
    return 0;
  double score = vector("crf.start_transitions")[labels.front()] +
                 vector("crf.end_transitions")[labels.back()];
  for (size_t t = 0; t < labels.size(); ++t) {
    score += emissions[t][labels[t]];
    if (t > 0)
      score += matrix("crf.transitions")[labels[t - 1]][labels[t]];
  }
  return score;
}

/// Eq. 16: the best path, by the best path to each label of each token.
void TaggerEquations::decode(Result &result) const {
  const Matrix &emissions = result.emissions, &transitions = matrix("crf.transitions");
  if (emissions.empty())
    return;
  Vector best = add(emissions[0], vector("crf.start_transitions"));
  std::vector<std::vector<int32_t>> sources;
  for (size_t t = 1; t < emissions.size(); ++t) {
    Vector next(best.size());
    std::vector<int32_t> source(best.size());
    for (size_t to = 0; to < best.size(); ++to) {
      for (size_t from = 1; from < best.size(); ++from)
        if (best[from] + transitions[from][to] > best[source[to]] + transitions[source[to]][to])
          source[to] = static_cast<int32_t>(from);
      next[to] = best[source[to]] + transitions[source[to]][to] + emissions[t][to];
    }
    best = next;
    sources.push_back(source);
  }
  best = add(best, vector("crf.end_transitions"));
  auto last = std::max_element(best.begin(), best.end());
  result.score = *last;
  result.labels.assign(emissions.size(), static_cast<int32_t>(last - best.begin()));
  for (size_t t = emissions.size() - 1; t > 0; --t)
    result.labels[t - 1] = sources[t - 1][result.labels[t]];
}

/// Visual words and words of hashtags in the space of the token states.
Matrix TaggerEquations::readContexts(const Post &post) const {
  bool isGru = cell == Cell::Gru;
  Matrix contexts;
  for (const Vector &word : embed("word_embedding", post.visual))
    contexts.push_back(apply(isGru ? "visual" : "feature", word));
  for (const std::vector<int32_t> &hashtag : post.hashtags)
    for (const Vector &word : embed("word_embedding", hashtag))
      contexts.push_back(apply(isGru ? "hashtag" : "feature", word));
  return contexts;
}

TaggerEquations::Result TaggerEquations::tag(const Post &post) const {
  Matrix tokens = embed("word_embedding", post.words);
  for (size_t t = 0; t < tokens.size(); ++t)
    tokens[t] = concatenate(tokens[t], readWord(post.chars[t]));
  Matrix contexts = cell == Cell::Lstm ? Matrix() : readContexts(post);
  Result result;
  for (const Vector &state : encode(tokens)) {
    Matrix features{state};
    features.insert(features.end(), contexts.begin(), contexts.end());
    result.emissions.push_back(apply("emission", cell == Cell::Lstm ? state : pool(features)));
  }
  decode(result);
  return result;
}
