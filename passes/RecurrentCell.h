//===- RecurrentCell.h - the body of a scan as a cell -----------*- C++ -*-===//
//
// What the recognisers of recurrent cells share: the questions about the scan,
// the checks of the gates' affine forms, and putting weights and biases together.
//
//===----------------------------------------------------------------------===//

#ifndef TRIMOD_PASSES_RECURRENTCELL_H
#define TRIMOD_PASSES_RECURRENTCELL_H

#include "passes/AffineForm.h"
#include "passes/Matchers.h"

namespace trimod {

/// Whether the scan applies a tanh or a sigmoid: it was probably meant as a recurrent cell.
bool hasActivation(ScanOp scan);

/// The body of a scan over one input, read as a recurrent cell with the state h.
class RecurrentCell {
public:
  mlir::StringRef getReason() const { return fail.getReason(); }

  /// Replaces the scan: its carried values by the last ones of the fused op, `lasts`, what it
  /// stacks by the states.
  void replaceScan(mlir::PatternRewriter &rewriter, mlir::ValueRange lasts, mlir::Value states);

protected:
  using Value = mlir::Value;
  using RowRanges = llvm::SmallVector<RowRange, 2>;

  /// `cell` is what to call it in a message: "a GRU".
  RecurrentCell(ScanOp scan, llvm::StringRef cell);

  /// The row and the carried values are vectors of f32 and of static size.
  llvm::LogicalResult checkShapes();
  /// The scan stacks `next` and nothing else.
  llvm::LogicalResult checkStacked(Value next);
  llvm::LogicalResult readGate(Value input, AffineForm &form) {
    return reader.read(input, 0, hiddenSize(), form);
  }
  /// Reads the input of a gate whose activation is a sigmoid.
  llvm::LogicalResult readSigmoidGate(Value gate, llvm::StringRef name, AffineForm &form);
  /// The form has one product with each of the vectors and no other.
  llvm::LogicalResult checkProducts(const AffineForm &form, llvm::StringRef gate,
                                    llvm::ArrayRef<Value> vectors);

  bool isState(Value value) const { return skipCasts(value) == h; }
  int64_t hiddenSize() const { return tensorType(h).getDimSize(0); }
  Direction direction() { return scan.getReverse() ? Direction::Reverse : Direction::Forward; }
  /// These initial values, or none if all of them are zero.
  static llvm::SmallVector<Value> initialStates(mlir::ValueRange values);

  /// The matrices of the form's products with `vector`.
  static RowRanges weightsFor(const AffineForm &form, Value vector);
  /// The biases that belong to the products with the input, or the others.
  RowRanges biasesOf(const AffineForm &form, bool ofInput) const;
  /// The gates one below the other: the stack itself if they were cut from one in that order.
  Value stack(mlir::OpBuilder &builder, llvm::ArrayRef<RowRanges> gates);

  ScanOp scan;
  llvm::StringRef cell;
  Value x;
  /// The carried value that the gates multiply; the first one unless set otherwise.
  Value h;
  Failure fail;
  AffineReader reader;

private:
  std::string nameVector(Value vector);
  Value sumOf(mlir::OpBuilder &builder, llvm::ArrayRef<RowRange> ranges);
  Value makeZeros(mlir::OpBuilder &builder, int64_t size);
  Value sliceRows(mlir::OpBuilder &builder, RowRange rows);
};

} // namespace trimod

#endif // TRIMOD_PASSES_RECURRENTCELL_H
