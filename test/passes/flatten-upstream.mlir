// RUN: trimod-opt %s -trimod-flatten -canonicalize -cse -split-input-file | FileCheck %s

// Ops of other dialects, through external models of the liftable interface.

// CHECK-LABEL: func @elementwise(
// CHECK-NEXT: %[[R:.*]] = arith.addf %arg0, %arg1 : tensor<?x3xf32>
// CHECK-NEXT: %[[T:.*]] = math.tanh %[[R]] : tensor<?x3xf32>
// CHECK-NEXT: trimod.pack %[[T]], %arg2
func.func @elementwise(%a: tensor<?x3xf32>, %b: tensor<?x3xf32>, %o: tensor<?xindex>) -> !trimod.ragged<tensor<?x3xf32>> {
  %ra = trimod.pack %a, %o : tensor<?xindex> -> <tensor<?x3xf32>>
  %rb = trimod.pack %b, %o : tensor<?xindex> -> <tensor<?x3xf32>>
  %r = trimod.map %ra, %rb {
  ^bb0(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>):
    %s = arith.addf %x, %y : tensor<?x3xf32>
    %t = math.tanh %s : tensor<?x3xf32>
    trimod.yield %t : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  return %r : !trimod.ragged<tensor<?x3xf32>>
}

// -----
// A matrix-vector product per row is one matrix product; a constant is repeated.
// CHECK-LABEL: func @matvec(
// CHECK-DAG: %[[L:.*]] = trimod.linear %arg0, %arg1 bias(%arg2) : tensor<?x3xf32>, tensor<4x3xf32>, tensor<4xf32>
// CHECK-DAG: %[[C:.*]] = linalg.broadcast
// CHECK: arith.mulf %[[L]], %[[C]] : tensor<?x4xf32>
// CHECK: tensor.extract_slice {{.*}}[0, 1] [%{{.*}}, 2] [1, 1] : tensor<?x4xf32> to tensor<?x2xf32>
// CHECK-NOT: trimod.map
func.func @matvec(%a: tensor<?x3xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>) -> tensor<?x2xf32> {
  %c = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %r = trimod.map %a {
  ^bb0(%x: tensor<3xf32>):
    %y = linalg.matvec ins(%w, %x : tensor<4x3xf32>, tensor<3xf32>) outs(%b : tensor<4xf32>) -> tensor<4xf32>
    %z = arith.mulf %y, %c : tensor<4xf32>
    %s = tensor.extract_slice %z[1] [2] [1] : tensor<4xf32> to tensor<2xf32>
    trimod.yield %s : tensor<2xf32>
  } : (tensor<?x3xf32>) -> tensor<?x2xf32>
  return %r : tensor<?x2xf32>
}

// -----
// CHECK-LABEL: func @vecmat(
// CHECK: %[[T:.*]] = linalg.transpose ins(%arg1 : tensor<3x4xf32>) outs(%{{.*}} : tensor<4x3xf32>) permutation = [1, 0]
// CHECK: %[[L:.*]] = trimod.linear %arg0, %[[T]] : tensor<?x3xf32>, tensor<4x3xf32>
// CHECK: return %[[L]]
func.func @vecmat(%a: tensor<?x3xf32>, %w: tensor<3x4xf32>) -> tensor<?x4xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<3xf32>):
    %z = arith.constant dense<0.0> : tensor<4xf32>
    %y = linalg.vecmat ins(%x, %w : tensor<3xf32>, tensor<3x4xf32>) outs(%z : tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %y : tensor<4xf32>
  } : (tensor<?x3xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

// -----
// Structured ops by their loops: a row-wise one is itself on all rows (with an
// accumulator as long as the sequence), one over rows of one shape gets a loop.
// CHECK-LABEL: func @structured(
// CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[N:.*]] = tensor.dim %[[V]]
// CHECK: %[[E:.*]] = tensor.empty(%[[N]]) : tensor<?xf32>
// CHECK: %[[F:.*]] = linalg.fill {{.*}} outs(%[[E]]
// CHECK: %[[S:.*]] = linalg.matvec ins(%[[V]], %arg2 : tensor<?x4xf32>, tensor<4xf32>) outs(%[[F]]
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%arg1 : tensor<?x4xf32>)
// CHECK: trimod.pack %[[S]], %[[O]]
// CHECK-NOT: trimod.map
func.func @structured(%a: !trimod.ragged<tensor<?x4xf32>>, %b: tensor<?x4xf32>, %u: tensor<4xf32>) -> (!trimod.ragged<tensor<?xf32>>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %zd = arith.constant dense<0.0> : tensor<f32>
  %r, %t = trimod.map %a, %b {
  ^bb0(%x: tensor<?x4xf32>, %y: tensor<4xf32>):
    %n = tensor.dim %x, %c0 : tensor<?x4xf32>
    %e = tensor.empty(%n) : tensor<?xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<?xf32>) -> tensor<?xf32>
    %s = linalg.matvec ins(%x, %u : tensor<?x4xf32>, tensor<4xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32>
    %d = linalg.reduce { arith.addf } ins(%y : tensor<4xf32>) outs(%zd : tensor<f32>) dimensions = [0]
    trimod.yield %s, %d : tensor<?xf32>, tensor<f32>
  } : (!trimod.ragged<tensor<?x4xf32>>, tensor<?x4xf32>) -> (!trimod.ragged<tensor<?xf32>>, tensor<?xf32>)
  return %r, %t : !trimod.ragged<tensor<?xf32>>, tensor<?xf32>
}

// -----
// A loop over rows comes first, so the numbers of the other loops grow by one.
// CHECK-LABEL: func @index(
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<?x4xi32>)
// CHECK: linalg.index 1
// CHECK-NOT: trimod.map
func.func @index(%a: tensor<?x4xi32>) -> tensor<?x4xi32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xi32>):
    %e = tensor.empty() : tensor<4xi32>
    %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        ins(%x : tensor<4xi32>) outs(%e : tensor<4xi32>) {
    ^bb1(%in: i32, %out: i32):
      %i = linalg.index 0 : index
      %j = arith.index_cast %i : index to i32
      %s = arith.addi %in, %j : i32
      linalg.yield %s : i32
    } -> tensor<4xi32>
    trimod.yield %y : tensor<4xi32>
  } : (tensor<?x4xi32>) -> tensor<?x4xi32>
  return %r : tensor<?x4xi32>
}

// -----
// linalg.map names its inputs only; as a generic op it names its result too.
// CHECK-LABEL: func @linalg_map(
// CHECK: linalg.generic {{.*}} ins(%arg0 : tensor<?x4xf32>)
// CHECK: math.exp
// CHECK-NOT: trimod.map
func.func @linalg_map(%a: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %e = tensor.empty() : tensor<4xf32>
    %y = linalg.map { math.exp } ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>)
    trimod.yield %y : tensor<4xf32>
  } : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

// -----
// A post has no image, one, or several: a sequence of images. A convolution is
// row-wise over images, so all images of all posts run as one batch.
// CHECK-LABEL: func @images(
// CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[C:.*]] = linalg.conv_2d_nhwc_hwcf{{.*}}ins(%[[V]], %arg1 : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>)
// CHECK: %[[R:.*]] = arith.maximumf %[[C]]
// CHECK: trimod.pack %[[R]], %[[O]]
// CHECK-NOT: trimod.map
func.func @images(%a: !trimod.ragged<tensor<?x8x8x3xf32>>, %w: tensor<3x3x3x4xf32>) -> !trimod.ragged<tensor<?x6x6x4xf32>> {
  %c0 = arith.constant 0 : index
  %z = arith.constant 0.0 : f32
  %r = trimod.map %a {
  ^bb0(%x: tensor<?x8x8x3xf32>):
    %n = tensor.dim %x, %c0 : tensor<?x8x8x3xf32>
    %e = tensor.empty(%n) : tensor<?x6x6x4xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x6x6x4xf32>) -> tensor<?x6x6x4xf32>
    %y = linalg.conv_2d_nhwc_hwcf ins(%x, %w : tensor<?x8x8x3xf32>, tensor<3x3x3x4xf32>) outs(%f : tensor<?x6x6x4xf32>) -> tensor<?x6x6x4xf32>
    %relu = arith.maximumf %y, %f : tensor<?x6x6x4xf32>
    trimod.yield %relu : tensor<?x6x6x4xf32>
  } : (!trimod.ragged<tensor<?x8x8x3xf32>>) -> !trimod.ragged<tensor<?x6x6x4xf32>>
  return %r : !trimod.ragged<tensor<?x6x6x4xf32>>
}

// -----
// Reshapes and concatenations of segments keep the sequence's dimension.
// CHECK-LABEL: func @shapes_of_segments(
// CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[E:.*]] = tensor.expand_shape %[[V]] {{\[\[}}0], [1, 2]] output_shape [%{{.*}}, 2, 3] : tensor<?x6xf32> into tensor<?x2x3xf32>
// CHECK: %[[T:.*]] = math.tanh %[[E]]
// CHECK: %[[C:.*]] = tensor.collapse_shape %[[T]] {{\[\[}}0], [1, 2]] : tensor<?x2x3xf32> into tensor<?x6xf32>
// CHECK: %[[S:.*]] = tensor.extract_slice %[[V]][0, 4] [%{{.*}}, 2] [1, 1] : tensor<?x6xf32> to tensor<?x2xf32>
// CHECK: %[[R:.*]] = tensor.concat dim(1) %[[C]], %[[S]]
// CHECK: trimod.pack %[[R]], %[[O]]
func.func @shapes_of_segments(%a: !trimod.ragged<tensor<?x6xf32>>) -> !trimod.ragged<tensor<?x8xf32>> {
  %c0 = arith.constant 0 : index
  %r = trimod.map %a {
  ^bb0(%x: tensor<?x6xf32>):
    %n = tensor.dim %x, %c0 : tensor<?x6xf32>
    %e = tensor.expand_shape %x [[0], [1, 2]] output_shape [%n, 2, 3] : tensor<?x6xf32> into tensor<?x2x3xf32>
    %t = math.tanh %e : tensor<?x2x3xf32>
    %c = tensor.collapse_shape %t [[0], [1, 2]] : tensor<?x2x3xf32> into tensor<?x6xf32>
    %s = tensor.extract_slice %x[0, 4] [%n, 2] [1, 1] : tensor<?x6xf32> to tensor<?x2xf32>
    %y = tensor.concat dim(1) %c, %s : (tensor<?x6xf32>, tensor<?x2xf32>) -> tensor<?x8xf32>
    trimod.yield %y : tensor<?x8xf32>
  } : (!trimod.ragged<tensor<?x6xf32>>) -> !trimod.ragged<tensor<?x8xf32>>
  return %r : !trimod.ragged<tensor<?x8xf32>>
}

// -----
// Reshapes of rows have one dimension more, also from and to rank 0. A repeated
// constant is a fill.
// CHECK-LABEL: func @shapes_of_rows(
// CHECK-SAME: %[[A:.*]]: tensor<?x6xf32>, %[[B:.*]]: tensor<?xf32>
// CHECK-DAG: tensor.expand_shape %[[A]] {{\[\[}}0], [1, 2]] output_shape [%{{.*}}, 2, 3] : tensor<?x6xf32> into tensor<?x2x3xf32>
// CHECK-DAG: tensor.expand_shape %[[B]] {{\[\[}}0, 1, 2]] output_shape [%{{.*}}, 1, 1] : tensor<?xf32> into tensor<?x1x1xf32>
// CHECK-DAG: %[[F:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?x1x3xf32>)
// CHECK-DAG: tensor.concat dim(1) %{{.*}}, %[[F]] : (tensor<?x2x3xf32>, tensor<?x1x3xf32>) -> tensor<?x3x3xf32>
// CHECK-NOT: trimod.map
func.func @shapes_of_rows(%a: tensor<?x6xf32>, %b: tensor<?xf32>) -> (tensor<?x3x3xf32>, tensor<?x1x1xf32>) {
  %pad = arith.constant dense<1.0> : tensor<1x3xf32>
  %r:2 = trimod.map %a, %b {
  ^bb0(%x: tensor<6xf32>, %y: tensor<f32>):
    %e = tensor.expand_shape %x [[0, 1]] output_shape [2, 3] : tensor<6xf32> into tensor<2x3xf32>
    %c = tensor.concat dim(0) %e, %pad : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<3x3xf32>
    %u = tensor.expand_shape %y [] output_shape [1, 1] : tensor<f32> into tensor<1x1xf32>
    trimod.yield %c, %u : tensor<3x3xf32>, tensor<1x1xf32>
  } : (tensor<?x6xf32>, tensor<?xf32>) -> (tensor<?x3x3xf32>, tensor<?x1x1xf32>)
  return %r#0, %r#1 : tensor<?x3x3xf32>, tensor<?x1x1xf32>
}

// -----
// The length of a row's sequence is the difference of two offsets.
// CHECK-LABEL: func @length(
// CHECK: %{{.*}}, %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[B:.*]] = tensor.extract_slice %[[O]][0]
// CHECK: %[[E:.*]] = tensor.extract_slice %[[O]][1]
// CHECK: %[[L:.*]] = arith.subi %[[E]], %[[B]] : tensor<?xindex>
// CHECK: %[[I:.*]] = arith.index_cast %[[L]] : tensor<?xindex> to tensor<?xi32>
// CHECK: return %[[I]]
func.func @length(%a: !trimod.ragged<tensor<?x6xf32>>) -> tensor<?xi32> {
  %c0 = arith.constant 0 : index
  %r = trimod.map %a {
  ^bb0(%x: tensor<?x6xf32>):
    %n = tensor.dim %x, %c0 : tensor<?x6xf32>
    %i = arith.index_cast %n : index to i32
    %t = tensor.from_elements %i : tensor<i32>
    trimod.yield %t : tensor<i32>
  } : (!trimod.ragged<tensor<?x6xf32>>) -> tensor<?xi32>
  return %r : tensor<?xi32>
}

// -----
// Casts: of the other dimensions, and of a static length to a dynamic one.
// CHECK-LABEL: func @casts(
// CHECK-SAME: %[[A:.*]]: !trimod.ragged<tensor<?x6xf32>>, %[[B:.*]]: tensor<?x2x3xf32>
// CHECK-DAG: %[[V:.*]], %[[O:.*]] = trimod.unpack %[[A]]
// CHECK-DAG: %[[C:.*]] = tensor.cast %[[V]] : tensor<?x6xf32> to tensor<?x?xf32>
// CHECK-DAG: %[[D:.*]] = tensor.collapse_shape %[[B]] {{\[\[}}0, 1], [2]] : tensor<?x2x3xf32> into tensor<?x3xf32>
// CHECK-DAG: trimod.pack %[[C]], %[[O]]
// CHECK-DAG: trimod.pack %[[D]], %{{.*}}
// CHECK-NOT: trimod.map
func.func @casts(%a: !trimod.ragged<tensor<?x6xf32>>, %b: tensor<?x2x3xf32>) -> (!trimod.ragged<tensor<?x?xf32>>, !trimod.ragged<tensor<?x3xf32>>) {
  %r:2 = trimod.map %a, %b {
  ^bb0(%x: tensor<?x6xf32>, %y: tensor<2x3xf32>):
    %c = tensor.cast %x : tensor<?x6xf32> to tensor<?x?xf32>
    %d = tensor.cast %y : tensor<2x3xf32> to tensor<?x3xf32>
    trimod.yield %c, %d : tensor<?x?xf32>, tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x6xf32>>, tensor<?x2x3xf32>) -> (!trimod.ragged<tensor<?x?xf32>>, !trimod.ragged<tensor<?x3xf32>>)
  return %r#0, %r#1 : !trimod.ragged<tensor<?x?xf32>>, !trimod.ragged<tensor<?x3xf32>>
}

// -----
// A sequence of ones is as long as what its length was taken from: the sigmoid of a
// sequence is lifted.
// CHECK-LABEL: func @splat(
// CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[N:.*]] = tensor.dim %[[V]]
// CHECK: %[[ONES:.*]] = tensor.splat %{{.*}}[%[[N]]] : tensor<?x6xf32>
// CHECK: %[[E:.*]] = math.exp %[[V]]
// CHECK: %[[D:.*]] = arith.addf %[[ONES]], %[[E]]
// CHECK: trimod.pack %[[D]], %[[O]]
// CHECK-NOT: trimod.map
func.func @splat(%a: !trimod.ragged<tensor<?x6xf32>>) -> !trimod.ragged<tensor<?x6xf32>> {
  %c0 = arith.constant 0 : index
  %one = arith.constant 1.0 : f32
  %r = trimod.map %a {
  ^bb0(%x: tensor<?x6xf32>):
    %n = tensor.dim %x, %c0 : tensor<?x6xf32>
    %ones = tensor.splat %one[%n] : tensor<?x6xf32>
    %e = math.exp %x : tensor<?x6xf32>
    %d = arith.addf %ones, %e : tensor<?x6xf32>
    trimod.yield %d : tensor<?x6xf32>
  } : (!trimod.ragged<tensor<?x6xf32>>) -> !trimod.ragged<tensor<?x6xf32>>
  return %r : !trimod.ragged<tensor<?x6xf32>>
}
