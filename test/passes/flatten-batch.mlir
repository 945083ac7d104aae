// RUN: trimod-opt %s -trimod-batch -trimod-expand-ragged -trimod-flatten -canonicalize -cse -split-input-file | FileCheck %s

// The three passes in their order. Words and characters of a token meet because both
// have the length "tokens"; results of that length have its offsets, which go out once.

// CHECK-LABEL: func.func @tag(
// CHECK-SAME: %[[WORDS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"}, %[[TOKENS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "tokens.offsets"},
// CHECK-SAME: %[[CHARS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"}, %[[LETTERS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "chars.item_offsets"},
// CHECK-SAME: %[[TAGS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "hashtags", trimod.offsets = "hashtags"}, %[[ITEMS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "hashtags.item_offsets"}, %[[POSTS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "hashtags.offsets"})
// CHECK-DAG: %[[C:.*]] = trimod.embedding %[[CHARS]]
// CHECK-DAG: %{{.*}}, %[[LAST:.*]] = trimod.gru{{ +}}forward %[[C]] {{.*}} offsets(%[[LETTERS]])
// CHECK-DAG: %[[W:.*]] = trimod.embedding %[[WORDS]]
// CHECK-DAG: %[[X:.*]] = tensor.concat dim(1) %[[W]], %[[LAST]]
// CHECK-DAG: %[[G:.*]] = trimod.embedding %[[TAGS]]
// CHECK-DAG: %[[GO:.*]] = linalg.generic {{.*}} ins(%[[POSTS]] :
// CHECK-DAG: tensor.extract %[[ITEMS]]
// CHECK-DAG: %[[F:.*]] = trimod.attention_pool queries(%[[X]]) context(%[[G]]) score(%{{.*}}) offsets(%[[TOKENS]]) (%[[GO]])
// CHECK-NOT: trimod.map
// CHECK-NOT: trimod.ragged
// CHECK: return %[[F]] : tensor<?x4xf32>
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
               %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"},
               %hashtags: !trimod.ragged<tensor<?xi32>> {trimod.name = "hashtags", trimod.length = "hashtags"})
    -> (tensor<?x4xf32> {trimod.name = "states", trimod.length = "tokens"}) {
  %t2 = arith.constant dense<1.0> : tensor<9x2xf32>
  %t4 = arith.constant dense<2.0> : tensor<9x4xf32>
  %w = arith.constant dense<3.0> : tensor<6x2xf32>
  %b = arith.constant dense<4.0> : tensor<6xf32>
  %m = arith.constant dense<5.0> : tensor<3x4xf32>
  %u = arith.constant dense<6.0> : tensor<3xf32>
  %e = trimod.embedding %words, %t2 : tensor<?xi32>, tensor<9x2xf32>
  %c = trimod.map %chars {
  ^bb0(%word: tensor<?xi32>):
    %ce = trimod.embedding %word, %t2 : tensor<?xi32>, tensor<9x2xf32>
    %s, %l = trimod.gru forward %ce w_ih(%w) w_hh(%w) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x2xf32>, tensor<6x2xf32>, tensor<6x2xf32>, tensor<6xf32>, tensor<6xf32>
    trimod.yield %l : tensor<2xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x2xf32>
  %x = tensor.concat dim(1) %e, %c : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  %all, %o = trimod.unpack %hashtags : <tensor<?xi32>>
  %g = trimod.embedding %all, %t4 : tensor<?xi32>, tensor<9x4xf32>
  %f = trimod.attention_pool queries(%x) context(%g) score(%m, %u, %u) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3xf32>
  return %f : tensor<?x4xf32>
}

// -----
// Without a common length, words and characters may not be put side by side.
// CHECK-LABEL: func.func @tag(
// CHECK: trimod.map
// CHECK: tensor.concat dim(1)
func.func @tag(%words: tensor<?xi32> {trimod.name = "words"}, %chars: tensor<?xi32> {trimod.name = "chars"}) -> tensor<?x4xf32> {
  %t = arith.constant dense<1.0> : tensor<9x2xf32>
  %e = trimod.embedding %words, %t : tensor<?xi32>, tensor<9x2xf32>
  %c = trimod.embedding %chars, %t : tensor<?xi32>, tensor<9x2xf32>
  %x = tensor.concat dim(1) %e, %c : (tensor<?x2xf32>, tensor<?x2xf32>) -> tensor<?x4xf32>
  return %x : tensor<?x4xf32>
}
