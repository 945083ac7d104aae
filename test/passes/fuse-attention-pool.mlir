// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -loop-invariant-code-motion \
// RUN:   -trimod-fuse-attention-pool -canonicalize --remarks-filter=trimod-fusion -verify-diagnostics \
// RUN:   | FileCheck %s
// Spellings of attention pooling: all of them are one trimod.attention_pool.

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

// CHECK-LABEL: func @stable(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @stable(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
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

// CHECK-LABEL: func @without_maximum(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @without_maximum(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %gamma = math.exp %s : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @maxnum(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @maxnum(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %minf = arith.constant dense<0xFF800000> : tensor<f32>
    %m0 = linalg.reduce { arith.maxnumf } ins(%s : tensor<?xf32>) outs(%minf : tensor<f32>) dimensions = [0]
    %m = func.call @repeat(%m0, %s) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// A softmax, then a weighted sum.
// CHECK-LABEL: func @weights_normalised(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @weights_normalised(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %den = func.call @sum(%gamma) : (tensor<?xf32>) -> tensor<f32>
    %d = func.call @repeat(%den, %gamma) : (tensor<f32>, tensor<?xf32>) -> tensor<?xf32>
    %gn = arith.divf %gamma, %d : tensor<?xf32>
    %out = func.call @weighted_sum(%gn, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @splat_of_the_sum(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @splat_of_the_sum(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %num = func.call @weighted_sum(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    %den = func.call @sum(%gamma) : (tensor<?xf32>) -> tensor<f32>
    %den0 = tensor.extract %den[] : tensor<f32>
    %d = tensor.splat %den0 : tensor<8xf32>
    %out = arith.divf %num, %d : tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// The sum does not depend on the order of the features.
// CHECK-LABEL: func @query_last(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @query_last(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
    %f = tensor.concat dim(0) %v, %g, %q : (tensor<?x8xf32>, tensor<?x8xf32>, tensor<1x8xf32>) -> tensor<?x8xf32>
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

// CHECK-LABEL: func @bias_added(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @bias_added(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %c0 = arith.constant 0 : index
    %l = trimod.linear %f, %w : tensor<?x8xf32>, tensor<6x8xf32>
    %n = tensor.dim %l, %c0 : tensor<?x6xf32>
    %e = tensor.empty(%n) : tensor<?x6xf32>
    %bb = linalg.broadcast ins(%b : tensor<6xf32>) outs(%e : tensor<?x6xf32>) dimensions = [0]
    %p = arith.addf %bb, %l : tensor<?x6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// CHECK-LABEL: func @no_bias(
// CHECK-NEXT: %[[B:.*]] = arith.constant dense<0.000000e+00> : tensor<6xf32>
// CHECK-NEXT: trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %[[B]], %arg5)
// CHECK-NEXT: return
func.func @no_bias(%h: tensor<?x8xf32>, %v: tensor<?x8xf32>, %g: tensor<?x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the map is attention pooling over the query and 2 contexts}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %f = func.call @features(%ht, %v, %g) : (tensor<8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w : tensor<?x8xf32>, tensor<6x8xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<?x8xf32>) -> tensor<?x8xf32>
  return %fs : tensor<?x8xf32>
}

// A static number of queries and of context rows; the context has a cast.
// CHECK-LABEL: func @static_sizes(
// CHECK: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%{{.*}}) score(%arg2, %arg3, %arg4)
// CHECK: return %[[R]]
func.func @static_sizes(%h: tensor<5x8xf32>, %v: tensor<3x8xf32>, %w: tensor<6x8xf32>, %b: tensor<6xf32>, %u: tensor<6xf32>) -> tensor<5x8xf32> {
  %cv = tensor.cast %v : tensor<3x8xf32> to tensor<?x8xf32>
  // expected-remark @below {{the map is attention pooling over the query and 1 context}}
  %fs = trimod.map %h {
  ^bb0(%ht: tensor<8xf32>):
    %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 8] : tensor<8xf32> into tensor<1x8xf32>
    %f = tensor.concat dim(0) %q, %cv : (tensor<1x8xf32>, tensor<?x8xf32>) -> tensor<?x8xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x8xf32>, tensor<6x8xf32>, tensor<6xf32>
    %s = func.call @scores(%p, %u) : (tensor<?x6xf32>, tensor<6xf32>) -> tensor<?xf32>
    %m = func.call @maximum(%s) : (tensor<?xf32>) -> tensor<?xf32>
    %sm = arith.subf %s, %m : tensor<?xf32>
    %gamma = math.exp %sm : tensor<?xf32>
    %out = func.call @mean(%gamma, %f) : (tensor<?xf32>, tensor<?x8xf32>) -> tensor<8xf32>
    trimod.yield %out : tensor<8xf32>
  } : (tensor<5x8xf32>) -> tensor<5x8xf32>
  return %fs : tensor<5x8xf32>
}
