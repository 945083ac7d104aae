// RUN: trimod-opt %s --trimod-outline-init --remarks-filter=trimod-schedule --split-input-file \
// RUN:   --verify-diagnostics | FileCheck %s

// Nothing is computed from parameters: no init function.
trimod.parameter @w "w" : tensor<3xf32>
// CHECK-NOT: _init
// CHECK-LABEL: func.func @plain_parameters(
// CHECK-SAME: %{{[^,]*}}: tensor<3xf32>) -> tensor<3xf32> {
func.func @plain_parameters(%x: tensor<3xf32>) -> tensor<3xf32> {
  %w = trimod.get_parameter @w : tensor<3xf32>
  %one = arith.constant dense<1.0> : tensor<3xf32>
  %two = arith.addf %one, %one : tensor<3xf32>
  %a = arith.mulf %x, %w : tensor<3xf32>
  %y = arith.addf %a, %two : tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

trimod.parameter @w "w" : tensor<3xf32>
// CHECK-NOT: _init
// expected-remark@+1 {{the function is called: inline it first}}
func.func @called(%x: tensor<3xf32>) -> tensor<3xf32> {
  %w = trimod.get_parameter @w : tensor<3xf32>
  %e = math.exp %w : tensor<3xf32>
  %y = arith.mulf %x, %e : tensor<3xf32>
  return %y : tensor<3xf32>
}
// CHECK-LABEL: func.func private @helper(
func.func private @helper(%x: tensor<3xf32>) -> tensor<3xf32> {
  %w = trimod.get_parameter @w : tensor<3xf32>
  // CHECK: math.exp
  %e = math.exp %w : tensor<3xf32>
  %y = arith.mulf %x, %e : tensor<3xf32>
  return %y : tensor<3xf32>
}
// CHECK-LABEL: func.func @caller(
func.func @caller(%x: tensor<3xf32>) -> tensor<3xf32> {
  %y = func.call @called(%x) : (tensor<3xf32>) -> tensor<3xf32>
  %z = func.call @helper(%y) : (tensor<3xf32>) -> tensor<3xf32>
  return %z : tensor<3xf32>
}
