#include "codegen/cpu/Activations.h"
#include <limits>

using namespace mlir;

namespace trimod {
namespace {

// Adding 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits of the
// sum. fptosi would be poison for a NaN.
constexpr double roundingShift = 12582912.0;
constexpr int32_t roundingShiftBits = 0x4B400000;
constexpr double log2E = 1.4426950408889634;
// ln 2 in two parts: the first has so few bits that n times it is exact.
constexpr double ln2High = 0.693359375;
constexpr double ln2Low = -2.12194440054690583e-4;
constexpr int32_t exponentBias = 127;
constexpr int32_t mantissaBits = 23;

Type intTypeLike(Type type) {
  Type i32 = IntegerType::get(type.getContext(), 32);
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(i32);
  return i32;
}

Value intConstantLike(KernelBuilder &b, Type floatType, int32_t value) {
  Type type = intTypeLike(floatType);
  TypedAttr element = b.getI32IntegerAttr(value);
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(b, DenseElementsAttr::get(vector, element));
  return arith::ConstantOp::create(b, element);
}

Value asInt(KernelBuilder &b, Value x) {
  return arith::BitcastOp::create(b, intTypeLike(x.getType()), x);
}

Value polynomial(KernelBuilder &b, Value x, ArrayRef<double> ascending) {
  Value sum = b.constantLike(x.getType(), ascending.back());
  for (double coefficient : llvm::reverse(ascending.drop_back()))
    sum = b.fma(sum, x, b.constantLike(x.getType(), coefficient));
  return sum;
}

struct ReducedExp {
  Value shifted; // roundingShift + n
  Value expm1;   // e^r - 1
};

ReducedExp reduceExp(KernelBuilder &b, Value x) {
  Type type = x.getType();
  Value shift = b.constantLike(type, roundingShift);
  Value shifted = b.fma(x, b.constantLike(type, log2E), shift);
  Value n = b.subF(shifted, shift);
  Value r = b.fma(n, b.constantLike(type, -ln2High), x);
  r = b.fma(n, b.constantLike(type, -ln2Low), r);
  Value q = polynomial(b, r,
                       {0.4999999814963094, 0.16666543424311842, 0.041667200707706,
                        0.008366547127687654, 0.0013882516719761003});
  Value expm1 = b.fma(b.mulF(r, q), r, r);
  return {shifted, expm1};
}

/// 2^n for an integer n in [-126, 128]; 128 gives +inf.
Value powerOfTwo(KernelBuilder &b, Value n, Type floatType) {
  Value shifted = arith::ShLIOp::create(b, n, intConstantLike(b, floatType, mantissaBits));
  Value bias = intConstantLike(b, floatType, exponentBias << mantissaBits);
  return arith::BitcastOp::create(b, floatType, arith::AddIOp::create(b, shifted, bias));
}

/// 2^n of a reduction. The bits of roundingShift vanish in powerOfTwo's shift: the low nine are
/// zero.
Value scaleOf(KernelBuilder &b, const ReducedExp &reduced) {
  return powerOfTwo(b, asInt(b, reduced.shifted), reduced.shifted.getType());
}

/// e^x where the clamp keeps n in [-126, 128].
Value clampedExp(KernelBuilder &b, Value x, double lower, double upper) {
  Type type = x.getType();
  x = b.atMost(b.atLeast(x, b.constantLike(type, lower)), b.constantLike(type, upper));
  ReducedExp reduced = reduceExp(b, x);
  // A product, not a sum of exponent bits: it keeps a NaN a NaN.
  return b.mulF(b.addF(reduced.expm1, b.constantLike(type, 1.0)), scaleOf(b, reduced));
}

} // namespace

Value buildExp(KernelBuilder &b, Value x) {
  Type type = x.getType();
  x = b.atMost(b.atLeast(x, b.constantLike(type, -104.5)), b.constantLike(type, 89.0));
  ReducedExp reduced = reduceExp(b, x);
  // n is in [-151, 128]: two factors reach subnormal results with one rounding, and +inf.
  Value n = arith::SubIOp::create(b, asInt(b, reduced.shifted),
                                  intConstantLike(b, type, roundingShiftBits));
  Value half = arith::ShRSIOp::create(b, n, intConstantLike(b, type, 1));
  Value rest = arith::SubIOp::create(b, n, half);
  Value result = b.addF(reduced.expm1, b.constantLike(type, 1.0));
  result = b.mulF(result, powerOfTwo(b, half, type));
  return b.mulF(result, powerOfTwo(b, rest, type));
}

Value buildBoundedExp(KernelBuilder &b, Value x) { return clampedExp(b, x, -41.5, 41.5); }

Value buildLog(KernelBuilder &b, Value x) {
  Type type = x.getType();
  auto isLess = [&](Value left, Value right) -> Value {
    return arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, left, right);
  };
  Value smallestNormal = b.constantLike(type, 0x1p-126);
  Value isSubnormal = isLess(x, smallestNormal);
  Value scaled = b.select(isSubnormal, b.mulF(x, b.constantLike(type, 0x1p23)), x);
  Value correction = b.select(isSubnormal, b.constantLike(type, -23.0), b.constantLike(type, 0.0));

  // x = 2^e m with m in [sqrt(1/2), sqrt(2)).
  Value bits = asInt(b, scaled);
  Value rootHalfBits = intConstantLike(b, type, 0x3F3504F3);
  Value exponent = arith::ShRSIOp::create(b, arith::SubIOp::create(b, bits, rootHalfBits),
                                          intConstantLike(b, type, mantissaBits));
  Value exponentBits = arith::ShLIOp::create(b, exponent, intConstantLike(b, type, mantissaBits));
  Value m = arith::BitcastOp::create(b, type, arith::SubIOp::create(b, bits, exponentBits));
  Value e = b.addF(arith::SIToFPOp::create(b, type, exponent), correction);

  // ln(1 + f) = f - f^2/2 + f^3 q(f).
  Value f = b.subF(m, b.constantLike(type, 1.0));
  Value q = polynomial(b, f,
                       {0.333333317078359, -0.25000821032070697, 0.2000122686302055,
                        -0.16623357410182427, 0.14201758351467653, -0.13160182162995837,
                        0.12761574553546454, -0.07634493990675763});
  Value square = b.mulF(f, f);
  Value tail = b.mulF(b.mulF(square, f), q);
  tail = b.fma(e, b.constantLike(type, ln2Low), tail);
  tail = b.fma(square, b.constantLike(type, -0.5), tail);
  Value result = b.fma(e, b.constantLike(type, ln2High), b.addF(f, tail));

  double infinity = std::numeric_limits<double>::infinity();
  Value zero = b.constantLike(type, 0.0);
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, x, zero);
  Value isFinite = isLess(x, b.constantLike(type, infinity));
  Value isNegative = isLess(x, zero);
  result = b.select(isFinite, result, x); // +inf and NaN are their own logarithms
  result = b.select(isZero, b.constantLike(type, -infinity), result);
  return b.select(isNegative, b.constantLike(type, std::numeric_limits<double>::quiet_NaN()),
                  result);
}

Value buildSigmoid(KernelBuilder &b, Value x) {
  Value one = b.constantLike(x.getType(), 1.0);
  // The upper bound makes n 128: e^-x is +inf there and the result exactly 0.
  Value e = clampedExp(b, arith::NegFOp::create(b, x), -87.0, 88.75);
  return b.divF(one, b.addF(e, one));
}

Fraction buildTanhFraction(KernelBuilder &b, Value x) {
  Type type = x.getType();
  // Beyond 2x = 20 the quotient below rounds to 1.
  Value twice = b.addF(x, x);
  twice = b.atMost(b.atLeast(twice, b.constantLike(type, -20.0)), b.constantLike(type, 20.0));
  ReducedExp reduced = reduceExp(b, twice);
  Value scale = scaleOf(b, reduced);
  // expm1(2x) = 2^n expm1(r) + (2^n - 1): for small x, n is 0 and nothing cancels.
  Value expm1 = b.fma(scale, reduced.expm1, b.subF(scale, b.constantLike(type, 1.0)));
  return {expm1, b.addF(expm1, b.constantLike(type, 2.0))};
}

Value buildTanh(KernelBuilder &b, Value x) {
  Fraction tanh = buildTanhFraction(b, x);
  return b.divF(tanh.numerator, tanh.denominator);
}

} // namespace trimod
