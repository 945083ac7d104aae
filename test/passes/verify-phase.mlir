// RUN: trimod-opt %s --split-input-file --trimod-verify-phase=phase=scheduled | FileCheck %s
// RUN: trimod-opt %s --split-input-file --trimod-verify-phase=phase=batched | FileCheck %s
// RUN: not trimod-opt %s --trimod-verify-phase=phase=fuse 2>&1 | FileCheck %s --check-prefix=OPTION

// OPTION: error: trimod-verify-phase: expected phase=model, fused, batched, scheduled, kernels or llvm, got 'fuse'

trimod.parameter @w "w" : tensor<3xf32>
func.func private @f_init() -> tensor<3xf32> {
  %w = trimod.get_parameter @w : tensor<3xf32>
  %e = math.exp %w : tensor<3xf32>
  return %e : tensor<3xf32>
}
// CHECK-LABEL: func.func @f(
func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"}, %e: tensor<3xf32> {trimod.derived = 0 : i64})
    -> (tensor<?x1xf32> {trimod.name = "y"}) attributes {trimod.init = @f_init} {
  %row = tensor.expand_shape %e [[0, 1]] output_shape [1, 3] : tensor<3xf32> into tensor<1x3xf32>
  %y = trimod.linear %x, %row : tensor<?x3xf32>, tensor<1x3xf32>
  return %y : tensor<?x1xf32>
}

// -----

// A library function that is nobody's entry may have any arguments.
// CHECK-LABEL: func.func private @helper(
func.func private @helper(%x: !trimod.ragged<tensor<?xf32>>) -> !trimod.ragged<tensor<?xf32>> {
  return %x : !trimod.ragged<tensor<?xf32>>
}
