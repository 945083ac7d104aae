// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse \
// RUN:   -trimod-fuse-attention-pool -canonicalize --remarks-filter=trimod-fusion -verify-diagnostics \
// RUN:   | FileCheck %s
// Maps that are almost attention pooling stay maps, and a remark says why.

// [query; contexts]
func.func private @features(%h: tensor<8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %q = tensor.expand_shape %h [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
  %f = tensor.concat dim(0) %q, %v, %g : (tensor<1x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %f : tensor<?x8xf32>
}
// u . tanh(p), one score a row
func.func private @scores(%p: tensor<?x6xf32>, %u: tensor<6xf32>) -> tensor<?xf32> {
  %t = math.tanh %p : tensor<?x6xf32>
  %s = func.call @product(%t, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
  return %s : tensor<?xf32>
}
func.func private @product(%t: tensor<?x6xf32>, %u: tensor<6xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %t, %c0 : tensor<?x6xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %e0 = linalg.fill ins(%zero : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  %s = linalg.matvec ins(%t, %u : tensor<?x6xf32>, tensor<6xf32>) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
  return %s : tensor<?xf32>
}
// One number repeated as often as `like` is long.
func.func private @repeat(%x: tensor<f32>, %like: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %like, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.broadcast ins(%x : tensor<f32>) outs(%e : tensor<?xf32>) dimensions = [0]
  return %r : tensor<?xf32>
}
func.func private @maximum(%s: tensor<?xf32>) -> tensor<?xf32> {
  %minf = arith.constant dense<0xFF800000> : tensor<f32>
  %m = linalg.reduce { arith.maximumf } ins(%s : tensor<?xf32>) outs(%minf : tensor<f32>) dimensions = [0]
  %r = func.call @repeat(%m, %s) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func private @sum(%x: tensor<?xf32>) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = linalg.reduce { arith.addf } ins(%x : tensor<?xf32>) outs(%zero : tensor<f32>) dimensions = [0]
  return %s : tensor<f32>
}
func.func private @weighted_sum(%weights: tensor<?xf32>, %f: tensor<?x8xf32>) -> tensor<8xf32> {
  %zeros = arith.constant dense<0.0> : tensor<8xf32>
  %s = linalg.vecmat ins(%weights, %f : tensor<?xf32>, tensor<?x8xf32>) outs(%zeros : tensor<8xf32>) -> tensor<8xf32>
  return %s : tensor<8xf32>
}
// sum weights f / sum weights
func.func private @mean(%weights: tensor<?xf32>, %f: tensor<?x8xf32>) -> tensor<8xf32> {
  %num = func.call @weighted_sum(%weights, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
  %den = func.call @sum(%weights) : (tensor<?xf32>) -> tensor<f32>
  %e = tensor.empty() : tensor<8xf32>
  %d = linalg.broadcast ins(%den : tensor<f32>) outs(%e : tensor<8xf32>) dimensions = [0]
  %out = arith.divf %num, %d : tensor<8xf32>
  return %out : tensor<8xf32>
}

// CHECK-LABEL: func @score_activation(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @score_activation(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{activation of the score: expected math.tanh, got math.erf}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %t = math.erf %p : tensor<?x6xf32>
    %s = func.call @product(%t, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @weight_function(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @weight_function(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{weights: expected math.exp of a score, got math.absf}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %e0 = math.exp %sm : tensor<?xf32>
    %gamma = math.absf %e0 : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @subtracts_something_else(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @subtracts_something_else(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>, %k: tensor<f32>) -> tensor<?x8xf32> {
  // expected-remark @below {{what is subtracted from the scores is not their maximum}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @repeat(%k, %s) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @minimum(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @minimum(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{what is subtracted from the scores is not their maximum}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %inf = arith.constant dense<0x7F800000> : tensor<f32>
    %m0 = linalg.reduce { arith.minimumf } ins(%s : tensor<?xf32>) outs(%inf : tensor<f32>) dimensions = [0]
    %m = func.call @repeat(%m0, %s) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @maximum_from_zero(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @maximum_from_zero(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{what is subtracted from the scores is not their maximum}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %z = arith.constant dense<0.0> : tensor<f32>
    %m0 = linalg.reduce { arith.maximumf } ins(%s : tensor<?xf32>) outs(%z : tensor<f32>) dimensions = [0]
    %m = func.call @repeat(%m0, %s) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @query_missing(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @query_missing(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the query is not among the features}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = tensor.concat dim(0) %v, %g : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @query_twice(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @query_twice(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the query occurs twice among the features}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
    %f = tensor.concat dim(0) %q, %v, %q : (tensor<1x8xf32>, tensor<?x8xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @context_computed_for_each_query(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @context_computed_for_each_query(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{a context is computed for each query, by math.tanh; move it out}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
    %t = math.tanh %q : tensor<1x8xf32>
    %f = tensor.concat dim(0) %q, %v, %t : (tensor<1x8xf32>, tensor<?x8xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @sums_other_features(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @sums_other_features(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the features that are scored are not those that are summed}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %d = arith.addf %f, %f : tensor<?x8xf32>
    %out = func.call @mean(%gamma, %d) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @divides_by_another_sum(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @divides_by_another_sum(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the weighted sum is not divided by the sum of the same weights}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %num = func.call @weighted_sum(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    %den = func.call @sum(%s) : (tensor<?xf32>) -> tensor<f32>
    %e = tensor.empty() : tensor<8xf32>
    %d = linalg.broadcast ins(%den : tensor<f32>) outs(%e : tensor<8xf32>) dimensions = [0]
    %out = arith.divf %num, %d : tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @not_normalised(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @not_normalised(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the weights are not divided by their sum}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @weighted_sum(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// A residual connection.
// CHECK-LABEL: func @sum_starts_at_the_query(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @sum_starts_at_the_query(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the result is not a weighted sum of features (linalg.vecmat on zeros)}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %num = linalg.vecmat ins(%gamma, %f : tensor<?xf32>, tensor<?x8xf32>) outs(%ht : tensor<8xf32>) -> tensor<8xf32>
    %den = func.call @sum(%gamma) : (tensor<?xf32>) -> tensor<f32>
    %e = tensor.empty() : tensor<8xf32>
    %d = linalg.broadcast ins(%den : tensor<f32>) outs(%e : tensor<8xf32>) dimensions = [0]
    %out = arith.divf %num, %d : tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @score_without_projection(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @score_without_projection(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>, %n: index) -> tensor<?x8xf32> {
  // expected-remark @below {{score: expected trimod.linear under the tanh, got tensor.extract_slice}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
    %f = tensor.concat dim(0) %q, %v, %g : (tensor<1x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = tensor.extract_slice %f[0, 0] [%n, 6] [1, 1] : tensor<?x8xf32> to tensor<?x6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @matrix_computed_for_each_query(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @matrix_computed_for_each_query(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the matrix or the bias of the score is computed for each query; move it out}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %wq = linalg.broadcast ins(%ht : tensor<8xf32>) outs(%w : tensor<6x8xf32>) dimensions = [0]
    %p = trimod.linear %f, %wq bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @direction_computed_for_each_query(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @direction_computed_for_each_query(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the vector u of the score is computed for each query; move it out}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %uq = tensor.extract_slice %ht[0] [6] [1] : tensor<8xf32> to tensor<6xf32>
    %s = func.call @scores(%p, %uq) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @weights_wanted_too(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @weights_wanted_too(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> (tensor<?x8xf32>, !trimod.ragged<tensor<?xf32>>) {
  // expected-remark @below {{the map gives 2 results; attention pooling gives the pooled features alone}}
  %fs, %gs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out, %gamma : tensor<8xf32>, tensor<?xf32>
  } : (tensor<?x8xf32>) -> (tensor<?x8xf32>, !trimod.ragged<tensor<?xf32>>)
  return %fs, %gs : tensor<?x8xf32>, !trimod.ragged<tensor<?xf32>>
}

// CHECK-LABEL: func @two_sequences(
// CHECK-NOT: trimod.attention_pool
// CHECK: trimod.map
func.func @two_sequences(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>, %other: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map runs over 2 sequences; attention pooling runs over the queries alone}}
  %fs = trimod.map %h, %other {
  ^bb0(%ht: tensor<8xf32>, %ot: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// Far from attention, so no remark: a sigmoid of every row.
// CHECK-LABEL: func @sigmoid_of_rows(
// CHECK: trimod.map
func.func @sigmoid_of_rows(%h: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %one = arith.constant dense<1.0> : tensor<8xf32>
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %n = arith.negf %ht : tensor<8xf32>
    %e = math.exp %n : tensor<8xf32>
    %d = arith.addf %one, %e : tensor<8xf32>
    %s = arith.divf %one, %d : tensor<8xf32>
    trimod.yield %s : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}
