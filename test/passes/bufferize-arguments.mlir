// Inputs belong to the caller and weights to every call: a result that starts from one is computed elsewhere.
// RUN: trimod-opt %s -trimod-phase-kernels | FileCheck %s

trimod.parameter @b "b" : tensor<3xf32>
trimod.parameter @h0 "h0" : tensor<3xf32>

// CHECK-LABEL: func @start_from_arguments(
// CHECK-SAME: %[[W:[^ ]*]]: memref<3x3xf32> {trimod.name = "w"}, %[[X:[^ ]*]]: memref<3xf32>
// CHECK-SAME: %[[Y:[^ ]*]]: memref<3xf32>
// CHECK-SAME: %[[B:[^ ]*]]: memref<3xf32> {trimod.name = "b"
// CHECK-NOT: memref.store {{.*}}, %[[Y]][
// CHECK-NOT: memref.store {{.*}}, %[[B]][
// CHECK: return
func.func @start_from_arguments(%w: tensor<3x3xf32> {trimod.name = "w"}, %x: tensor<3xf32> {trimod.name = "x"}, %y: tensor<3xf32> {trimod.name = "y"})
    -> (tensor<3xf32> {trimod.name = "from_bias"}, tensor<3xf32> {trimod.name = "from_input"}) {
  %b = trimod.get_parameter @b : tensor<3xf32>
  %r = linalg.matvec ins(%w, %x : tensor<3x3xf32>, tensor<3xf32>) outs(%b : tensor<3xf32>) -> tensor<3xf32>
  %s = linalg.matvec ins(%w, %x : tensor<3x3xf32>, tensor<3xf32>) outs(%y : tensor<3xf32>) -> tensor<3xf32>
  return %r, %s : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: func @initial_state(
// CHECK-SAME: %[[X:[^ ]*]]: memref<?x3xf32>
// CHECK-SAME: %[[H:[^ ]*]]: memref<3xf32> {trimod.name = "h0"
// CHECK-NOT: memref.store {{.*}}, %[[H]][
// CHECK: return
func.func @initial_state(%x: tensor<?x3xf32> {trimod.name = "x"}) -> (tensor<3xf32> {trimod.name = "last"}) {
  %h0 = trimod.get_parameter @h0 : tensor<3xf32>
  %last = trimod.scan %x init(%h0) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<3xf32>):
    %next = arith.addf %xt, %h : tensor<3xf32>
    trimod.yield %next : tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %last : tensor<3xf32>
}
