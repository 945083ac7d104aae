// The equations of the test models in double: written from the paper, with nothing of the compiler.
#ifndef TRIMOD_TEST_NUMERICAL_EQUATIONS_H
#define TRIMOD_TEST_NUMERICAL_EQUATIONS_H

#include "Posts.h"

namespace trimod::test {

using Vector = std::vector<double>;
using Matrix = std::vector<Vector>;

Vector multiply(const Matrix &matrix, const Vector &vector);
double sigmoid(double x);
/// Rows of `columns` values each.
Matrix toMatrix(const std::vector<float> &values, size_t columns);

/// The recurrent cell of a tagger: that of models/trimod, of models/test/bilstm.mlir, or of
/// models/test/mgu.mlir.
enum class Cell { Gru, Lstm, MinimalGatedUnit };

/// What a cell carries from step to step; c is an LSTM's alone.
struct CellState {
  Vector h, c;
};

/// One step of an LSTM from the products with the row and with h, biases added: gates i, f, g, o.
CellState stepLstm(const Vector &gx, const Vector &gh, const CellState &state);

/// A tagger: words, characters, visual words and words of hashtags to labels. That of
/// models/test/bilstm.mlir has no images and no hashtags.
class TaggerEquations {
public:
  TaggerEquations(const Weights &weights, Cell cell);

  struct Result {
    Matrix emissions;
    std::vector<int32_t> labels;
    double score = 0;
  };
  Result tag(const Post &post) const;

  /// The score of any sequence of labels, one for each row of emissions.
  double scorePath(const Matrix &emissions, const std::vector<int32_t> &labels) const;

private:
  const Matrix &matrix(const std::string &key) const { return matrices.at(key); }
  const Vector &vector(const std::string &key) const { return matrices.at(key).at(0); }
  Vector apply(const std::string &layer, const Vector &x) const;
  Matrix embed(const std::string &table, const std::vector<int32_t> &ids) const;
  CellState step(const std::string &prefix, const std::string &suffix, const Vector &x,
                 const CellState &state) const;
  /// States of one direction, row t for row t, and the state after the last step.
  std::pair<Matrix, Vector> run(const std::string &encoder, bool isReverse, const Matrix &x) const;
  Vector readWord(const std::vector<int32_t> &characters) const;
  Matrix encode(const Matrix &tokens) const;
  Matrix readContexts(const Post &post) const;
  Vector pool(const Matrix &features) const;
  void decode(Result &result) const;

  Cell cell;
  std::map<std::string, Matrix> matrices;
};

} // namespace trimod::test

#endif // TRIMOD_TEST_NUMERICAL_EQUATIONS_H
