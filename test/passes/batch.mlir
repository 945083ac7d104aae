// RUN: trimod-opt %s -trimod-batch -split-input-file | FileCheck %s
// RUN: trimod-opt %s -trimod-batch -split-input-file | trimod-opt -split-input-file | FileCheck %s

// The body becomes the body of a map over posts; lengths become offsets.
// CHECK-LABEL: func.func @tag(
// CHECK-SAME: %[[WORDS:.*]]: !trimod.ragged<tensor<?xi32>> {trimod.name = "words", trimod.offsets = "tokens"},
// CHECK-SAME: %[[CHARS:.*]]: !trimod.ragged<!trimod.ragged<tensor<?xi32>>> {trimod.name = "chars", trimod.offsets = "tokens"},
// CHECK-SAME: %[[H0:.*]]: tensor<?x3xf32> {trimod.name = "arg2"})
// CHECK-SAME: -> (!trimod.ragged<tensor<?xi32>> {trimod.name = "labels", trimod.offsets = "tokens"}, tensor<?x3xf32> {trimod.name = "score"})
// CHECK: %[[R:.*]]:2 = trimod.map %[[WORDS]], %[[CHARS]], %[[H0]] {
// CHECK: ^bb0(%[[W:.*]]: tensor<?xi32>, %{{.*}}: !trimod.ragged<tensor<?xi32>>, %[[H:.*]]: tensor<3xf32>):
// CHECK: trimod.yield %[[W]], %[[H]] : tensor<?xi32>, tensor<3xf32>
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
               %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"},
               %h0: tensor<3xf32>)
    -> (tensor<?xi32> {trimod.name = "labels", trimod.length = "tokens"},
        tensor<3xf32> {trimod.name = "score"}) {
  return %words, %h0 : tensor<?xi32>, tensor<3xf32>
}
// Only the entry function is batched.
// CHECK: func.func @other(%{{.*}}: tensor<?xi32>) -> tensor<?xi32>
func.func @other(%words: tensor<?xi32>) -> tensor<?xi32> {
  return %words : tensor<?xi32>
}

// -----
// A value that names no length is divided by offsets of its own.
// CHECK-LABEL: func.func @tag(
// CHECK-SAME: %{{.*}}: !trimod.ragged<tensor<?xi32>> {trimod.name = "arg0", trimod.offsets = "arg0"},
// CHECK-SAME: %{{.*}}: !trimod.ragged<tensor<?xi32>> {trimod.name = "visual", trimod.offsets = "visual"})
// CHECK-SAME: -> (!trimod.ragged<tensor<?xi32>> {trimod.name = "result0", trimod.offsets = "result0"})
func.func @tag(%a: tensor<?xi32>, %b: tensor<?xi32> {trimod.name = "visual"}) -> tensor<?xi32> {
  return %b : tensor<?xi32>
}

// -----
// A result may have the length of an argument through any number of row-wise ops.
// CHECK-LABEL: func.func @tag(
// CHECK-SAME: -> (!trimod.ragged<tensor<?x2xf32>> {trimod.name = "result0", trimod.offsets = "n"})
func.func @tag(%a: tensor<?xi32> {trimod.length = "n"}) -> (tensor<?x2xf32> {trimod.length = "n"}) {
  %table = arith.constant dense<1.0> : tensor<5x2xf32>
  %e = trimod.embedding %a, %table : tensor<?xi32>, tensor<5x2xf32>
  %t = math.tanh %e : tensor<?x2xf32>
  return %t : tensor<?x2xf32>
}
