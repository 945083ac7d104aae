// exp, log, sigmoid and tanh as arithmetic on f32 scalars or vectors.
//
// All but log share one reduction: n = round(x / ln 2), r = x - n ln 2 with |r| <= ln 2 / 2, and
// expm1(r) = r + r^2 q(r), q of degree 4 (minimax, relative error 1.3e-8). Errors are against exact
// arithmetic and are tested over all exponents (test/unit/codegen/ActivationsTest.cpp). A NaN comes
// out as a NaN, whatever its bits.
#ifndef TRIMOD_CODEGEN_CPU_ACTIVATIONS_H
#define TRIMOD_CODEGEN_CPU_ACTIVATIONS_H

#include "codegen/cpu/KernelBuilder.h"
#include <memory>

namespace mlir {
class Pass;
class RewritePatternSet;
} // namespace mlir

namespace trimod {

/// e^x. Relative error at most 2.5e-7 where the result is normal, half a unit of the last place
/// more where it is subnormal; 0 at -inf, +inf at +inf and wherever e^x overflows.
mlir::Value buildExp(KernelBuilder &b, mlir::Value x);

/// e^x for results in [2^-60, 2^60]: x is clamped to +-41.5, so sums and products of two results
/// are finite. Relative error as of buildExp. For gates, where e^-41.5 and 0 are the same.
mlir::Value buildBoundedExp(KernelBuilder &b, mlir::Value x);

/// Natural logarithm. Relative error at most 2.5e-7; -inf at 0, NaN below 0, +inf at +inf.
mlir::Value buildLog(KernelBuilder &b, mlir::Value x);

/// 1 / (1 + e^-x). Relative error at most 4e-7 where the result is normal (0 below), absolute error
/// at most 1.2e-7; exactly 0 at -inf and 1 at +inf.
mlir::Value buildSigmoid(KernelBuilder &b, mlir::Value x);

/// expm1(2x) / (expm1(2x) + 2). Relative error at most 4e-7 everywhere, also near 0 and for
/// subnormal x; exactly -1 and 1 at the infinities. tanh(-0) is +0.
mlir::Value buildTanh(KernelBuilder &b, mlir::Value x);

/// A value before its division, which may be shared with others.
struct Fraction {
  mlir::Value numerator, denominator;
};

/// buildTanh(x); the denominator is in [1, 2^29].
Fraction buildTanhFraction(KernelBuilder &b, mlir::Value x);

/// Replaces f32 math.exp, math.log and math.tanh (scalars and vectors) by the functions above, so
/// that code from the generic lowering needs no libm and computes the same function as the kernels.
void populateActivationPatterns(mlir::RewritePatternSet &patterns);

/// `trimod-polynomial-math`: populateActivationPatterns as a pass on any op.
std::unique_ptr<mlir::Pass> createPolynomialMathPass();

} // namespace trimod

#endif
