// RUN: trimod-opt %s -trimod-flatten --remarks-filter-passed=trimod-flatten -split-input-file -verify-diagnostics | FileCheck %s
// RUN: trimod-opt %s -trimod-flatten -split-input-file 2>&1 | FileCheck %s

// CHECK-LABEL: func @flat(
// CHECK-NOT: remark
func.func @flat(%a: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-remark @below {{no loop over rows is left of this map}}
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %t = math.tanh %x : tensor<4xf32>
    trimod.yield %t : tensor<4xf32>
  } : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}
