// RUN: trimod-opt %s --trimod-index-bounds | FileCheck %s

trimod.parameter @words "words" : tensor<50x4xf32>
trimod.parameter @few "few" : tensor<20x4xf16>
trimod.parameter @unknown "unknown" : tensor<?x4xf32>

// CHECK-LABEL: func.func @rows(
// CHECK-SAME: %{{[^ ]*}}: tensor<?xi32> {trimod.index_bound = 50 : i64, trimod.name = "words"}
// CHECK-SAME: %{{[^ ]*}}: tensor<?xi32> {trimod.name = "other"}
func.func @rows(%words: tensor<?xi32> {trimod.name = "words"}, %other: tensor<?xi32> {trimod.name = "other"})
    -> (tensor<?x4xf32>, tensor<?xi32>) {
  %table = trimod.get_parameter @words : tensor<50x4xf32>
  %x = trimod.embedding %words, %table : tensor<?xi32>, tensor<50x4xf32>
  return %x, %other : tensor<?x4xf32>, tensor<?xi32>
}

// The smallest of several tables decides, whichever is read first.
// CHECK-LABEL: func.func @smallest(
// CHECK-SAME: tensor<?xi32> {trimod.index_bound = 20 : i64}, %{{[^ ]*}}: tensor<?xi32> {trimod.index_bound = 20 : i64})
func.func @smallest(%a: tensor<?xi32>, %b: tensor<?xi32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %words = trimod.get_parameter @words : tensor<50x4xf32>
  %few = trimod.get_parameter @few : tensor<20x4xf16>
  %0 = trimod.embedding %a, %words : tensor<?xi32>, tensor<50x4xf32>
  %1 = trimod.embedding %a, %few : tensor<?xi32>, tensor<20x4xf16>
  %2 = trimod.embedding %b, %few : tensor<?xi32>, tensor<20x4xf16>
  %3 = trimod.embedding %b, %words : tensor<?xi32>, tensor<50x4xf32>
  return %0, %1, %2, %3 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// Through ops that move elements, and into bodies. Offsets and sizes are no ids.
// CHECK-LABEL: func.func @moved(
// CHECK-SAME: %{{[^ ]*}}: tensor<?xi32> {trimod.index_bound = 50 : i64}
// CHECK-SAME: %{{[^ ]*}}: tensor<?xindex>,
// CHECK-SAME: %{{[^ ]*}}: tensor<?xi32> {trimod.index_bound = 50 : i64}
func.func @moved(%chars: tensor<?xi32>, %offsets: tensor<?xindex>, %tail: tensor<?xi32>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %table = trimod.get_parameter @words : tensor<50x4xf32>
  %ragged = trimod.pack %chars, %offsets : tensor<?xindex> -> <tensor<?xi32>>
  %first = trimod.map %ragged {
  ^bb0(%word: tensor<?xi32>):
    %c = tensor.extract_slice %word[0] [1] [1] : tensor<?xi32> to tensor<1xi32>
    %e = trimod.embedding %c, %table : tensor<1xi32>, tensor<50x4xf32>
    %row = tensor.collapse_shape %e [[0, 1]] : tensor<1x4xf32> into tensor<4xf32>
    trimod.yield %row : tensor<4xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x4xf32>
  %both = tensor.concat dim(0) %chars, %tail : (tensor<?xi32>, tensor<?xi32>) -> tensor<?xi32>
  %all = trimod.embedding %both, %table : tensor<?xi32>, tensor<50x4xf32>
  return %first, %all : tensor<?x4xf32>, tensor<?x4xf32>
}

// Computed ids are nobody's input, and an unknown number of rows bounds nothing.
// CHECK-LABEL: func.func @not(
// CHECK-NOT: index_bound
func.func @not(%a: tensor<?xi32>, %b: tensor<?xi32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %words = trimod.get_parameter @words : tensor<50x4xf32>
  %unknown = trimod.get_parameter @unknown : tensor<?x4xf32>
  %sum = arith.addi %a, %a : tensor<?xi32>
  %0 = trimod.embedding %sum, %words : tensor<?xi32>, tensor<50x4xf32>
  %1 = trimod.embedding %b, %unknown : tensor<?xi32>, tensor<?x4xf32>
  return %0, %1 : tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK: func.func private @helper
// CHECK-NOT: index_bound
func.func private @helper(%a: tensor<?xi32>) -> tensor<?x4xf32> {
  %words = trimod.get_parameter @words : tensor<50x4xf32>
  %0 = trimod.embedding %a, %words : tensor<?xi32>, tensor<50x4xf32>
  return %0 : tensor<?x4xf32>
}
