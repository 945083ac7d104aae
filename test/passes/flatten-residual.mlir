// RUN: trimod-opt %s -trimod-flatten -canonicalize -cse -split-input-file --remarks-filter-missed=trimod-flatten -verify-diagnostics | FileCheck %s

// What must not be lifted stays in a loop over the rows, and a remark says why.

// Lengths that may differ are never added as if they were one: row by row instead.
// CHECK-LABEL: func @other_offsets(
// CHECK: trimod.map %arg0, %arg1
// CHECK: arith.addf
func.func @other_offsets(%a: !trimod.ragged<tensor<?x3xf32>>, %b: !trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>> {
  %r = trimod.map %a, %b {
  ^bb0(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>):
    // expected-remark @below {{arith.addf: its operands have different offsets, which may differ in value (give what has one length the same trimod.length)}}
    %s = arith.addf %x, %y : tensor<?x3xf32>
    trimod.yield %s : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  return %r : !trimod.ragged<tensor<?x3xf32>>
}

// -----
// The same for every op that takes several sequences.
// CHECK-LABEL: func @other_offsets_everywhere(
// CHECK-DAG: tensor.concat dim(1) %{{.*}}, %{{.*}} : (tensor<?x3xf32>, tensor<?x3xf32>)
// CHECK-DAG: trimod.crf_score %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} :
// CHECK-DAG: linalg.add ins(%{{.*}}, %{{.*}} : tensor<?x3xf32>, tensor<?x3xf32>)
// CHECK-NOT: trimod.unpack %arg0
// CHECK-NOT: trimod.unpack %arg1
func.func @other_offsets_everywhere(%a: !trimod.ragged<tensor<?x3xf32>>, %b: !trimod.ragged<tensor<?x3xf32>>, %l: !trimod.ragged<tensor<?xi32>>, %v: tensor<3xf32>, %m: tensor<3x3xf32>)
    -> (!trimod.ragged<tensor<?x6xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>) {
  %r:4 = trimod.map %a, %b, %l {
  ^bb0(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>, %gold: tensor<?xi32>):
    // expected-remark @below {{tensor.concat: its operands have different offsets}}
    %c = tensor.concat dim(1) %x, %y : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x6xf32>
    // expected-remark @below {{trimod.crf_score: its operands have different offsets}}
    %s = trimod.crf_score %x, %gold, %v, %m, %v : tensor<?x3xf32>, tensor<?xi32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>
    // expected-remark @below {{linalg.add: its operands have different offsets}}
    %z = linalg.add ins(%x, %y : tensor<?x3xf32>, tensor<?x3xf32>) outs(%x : tensor<?x3xf32>) -> tensor<?x3xf32>
    // expected-remark @below {{trimod.map: its operands have different offsets}}
    %p = trimod.map %x, %y {
    ^bb1(%xt: tensor<3xf32>, %yt: tensor<3xf32>):
      %q = arith.addf %xt, %yt : tensor<3xf32>
      trimod.yield %q : tensor<3xf32>
    } : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
    trimod.yield %c, %s, %z, %p : tensor<?x6xf32>, tensor<f32>, tensor<?x3xf32>, tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?xi32>>) -> (!trimod.ragged<tensor<?x6xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>)
  return %r#0, %r#1, %r#2, %r#3 : !trimod.ragged<tensor<?x6xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x3xf32>>
}

// -----
// An unknown recurrence stays in a loop over rows; what is around it does not.
// Its stacked output keeps the offsets of its input.
// CHECK-LABEL: func @recurrence(
// CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0
// CHECK: %[[E:.*]] = math.exp %[[V]]
// CHECK: %[[P:.*]] = trimod.pack %[[E]], %[[O]]
// CHECK: %[[M:.*]]:2 = trimod.map %[[P]]
// CHECK: trimod.scan
// CHECK: %[[R:.*]], %{{.*}} = trimod.unpack %[[M]]#1
// CHECK: %[[L:.*]] = math.absf %[[M]]#0 : tensor<?x4xf32>
// CHECK: %[[T:.*]] = math.tanh %[[R]]
// CHECK: %[[Q:.*]] = trimod.pack %[[T]], %[[O]]
// CHECK: return %[[Q]], %[[L]]
func.func @recurrence(%a: !trimod.ragged<tensor<?x4xf32>>, %h0: tensor<4xf32>) -> (!trimod.ragged<tensor<?x4xf32>>, tensor<?x4xf32>) {
  %r:2 = trimod.map %a {
  ^bb0(%x: tensor<?x4xf32>):
    %e = math.exp %x : tensor<?x4xf32>
    // expected-remark @below {{trimod.scan: does not say how it looks for all rows at once}}
    %l, %s = trimod.scan %e init(%h0) {
    ^bb1(%xt: tensor<4xf32>, %h: tensor<4xf32>):
      %n = arith.mulf %xt, %h : tensor<4xf32>
      trimod.yield %n, %n : tensor<4xf32>, tensor<4xf32>
    } : (tensor<?x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
    %la = math.absf %l : tensor<4xf32>
    %t = math.tanh %s : tensor<?x4xf32>
    trimod.yield %t, %la : tensor<?x4xf32>, tensor<4xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>) -> (!trimod.ragged<tensor<?x4xf32>>, tensor<?x4xf32>)
  return %r#0, %r#1 : !trimod.ragged<tensor<?x4xf32>>, tensor<?x4xf32>
}

// -----
// A value of the outer row used in an inner map: nothing is replicated, the inner map
// stays in a loop, and is flat inside it. An operand may not hide such a use.
// CHECK-LABEL: func @capture(
// CHECK: trimod.map %arg0, %arg1
// CHECK: ^bb0(%[[X:.*]]: tensor<?x4xf32>, %[[Y:.*]]: tensor<4xf32>):
// CHECK: %[[B:.*]] = linalg.broadcast ins(%[[Y]]
// CHECK: arith.addf %[[X]], %[[B]] : tensor<?x4xf32>
// CHECK: %[[N:.*]] = tensor.from_elements
// CHECK: linalg.broadcast ins(%[[N]] : tensor<index>)
// CHECK-NOT: trimod.map
// CHECK: return
func.func @capture(%a: !trimod.ragged<tensor<?x4xf32>>, %b: tensor<?x4xf32>) -> (!trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>) {
  %c0 = arith.constant 0 : index
  %r:2 = trimod.map %a, %b {
  ^bb0(%x: tensor<?x4xf32>, %y: tensor<4xf32>):
    // expected-remark @below {{trimod.map: the body uses a value that differs from row to row of the outer map}}
    %s = trimod.map %x {
    ^bb1(%xt: tensor<4xf32>):
      %t = arith.addf %xt, %y : tensor<4xf32>
      trimod.yield %t : tensor<4xf32>
    } : (tensor<?x4xf32>) -> tensor<?x4xf32>
    // expected-remark @below {{trimod.map: the body uses a value that differs from row to row of the outer map}}
    %u = trimod.map %x {
    ^bb2(%xt: tensor<4xf32>):
      %n = tensor.dim %x, %c0 : tensor<?x4xf32>
      %t = tensor.from_elements %n : tensor<index>
      trimod.yield %t : tensor<index>
    } : (tensor<?x4xf32>) -> tensor<?xindex>
    trimod.yield %s, %u : tensor<?x4xf32>, tensor<?xindex>
  } : (!trimod.ragged<tensor<?x4xf32>>, tensor<?x4xf32>) -> (!trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>)
  return %r#0, %r#1 : !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>
}

// -----
// Structured ops that are not row-wise.
// CHECK-LABEL: func @structured(
// CHECK: linalg.reduce
// CHECK: linalg.broadcast
// CHECK: linalg.index 0
// CHECK: linalg.matmul
// CHECK: linalg.generic
func.func @structured(%a: !trimod.ragged<tensor<?x4xf32>>, %u: tensor<?xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %r:4 = trimod.map %a {
  ^bb0(%x: tensor<?x4xf32>):
    // expected-remark @below {{linalg.reduce: is not row-wise: it reduces over the rows}}
    %sum = linalg.reduce { arith.addf } ins(%x : tensor<?x4xf32>) outs(%zero : tensor<4xf32>) dimensions = [0]
    // expected-remark @below {{linalg.broadcast: mixes what every row has once with what it has a sequence of}}
    %b = linalg.broadcast ins(%sum : tensor<4xf32>) outs(%x : tensor<?x4xf32>) dimensions = [0]
    // expected-remark @below {{linalg.generic: is not row-wise: it uses the row's number}}
    %i = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} outs(%x : tensor<?x4xf32>) {
    ^bb1(%out: f32):
      %n = linalg.index 0 : index
      %ni = arith.index_cast %n : index to i32
      %nf = arith.sitofp %ni : i32 to f32
      linalg.yield %nf : f32
    } -> tensor<?x4xf32>
    // expected-remark @below {{linalg.matmul: is not row-wise: its operands' rows do not run together}}
    %m = linalg.matmul ins(%x, %i : tensor<?x4xf32>, tensor<?x4xf32>) outs(%x : tensor<?x4xf32>) -> tensor<?x4xf32>
    // expected-remark @below {{linalg.generic: is not row-wise: an operand is read at other rows than its own}}
    %s = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]} ins(%u : tensor<?xf32>) outs(%m : tensor<?x4xf32>) {
    ^bb2(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x4xf32>
    trimod.yield %sum, %b, %i, %s : tensor<4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>)
  return %r#0, %r#1, %r#2, %r#3 : tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>
}

// -----
// Along the sequence: a sum by `linear`, a concatenation, a slice, a static length.
// CHECK-LABEL: func @along(
// CHECK: trimod.map
// CHECK: trimod.linear
// CHECK: tensor.concat dim(0)
// CHECK: tensor.extract_slice
// CHECK: tensor.cast
func.func @along(%a: !trimod.ragged<tensor<?xf32>>, %w: tensor<4x?xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?xf32>>, tensor<?x2xf32>, tensor<?x3xf32>) {
  %r:4 = trimod.map %a {
  ^bb0(%x: tensor<?xf32>):
    // expected-remark @below {{trimod.linear: sums over the sequence}}
    %y = trimod.linear %x, %w : tensor<?xf32>, tensor<4x?xf32>
    // expected-remark @below {{tensor.concat: concatenates along the sequence}}
    %c = tensor.concat dim(0) %x, %x : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    // expected-remark @below {{tensor.extract_slice: cuts along the sequence}}
    %s = tensor.extract_slice %x[0] [2] [1] : tensor<?xf32> to tensor<2xf32>
    // expected-remark @below {{tensor.cast: gives a static length to a sequence with its own length}}
    %t = tensor.cast %x : tensor<?xf32> to tensor<3xf32>
    trimod.yield %y, %c, %s, %t : tensor<4xf32>, tensor<?xf32>, tensor<2xf32>, tensor<3xf32>
  } : (!trimod.ragged<tensor<?xf32>>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?xf32>>, tensor<?x2xf32>, tensor<?x3xf32>)
  return %r#0, %r#1, %r#2, %r#3 : tensor<?x4xf32>, !trimod.ragged<tensor<?xf32>>, tensor<?x2xf32>, tensor<?x3xf32>
}

// -----
// Weights of each row's own, a context that only some rows' neighbours have, offsets
// used as numbers.
// CHECK-LABEL: func @fused(
// CHECK: trimod.linear
// CHECK: trimod.attention_pool
// CHECK: trimod.unpack
func.func @fused(%a: !trimod.ragged<tensor<?x4xf32>>, %w: tensor<?x4x4xf32>, %c: tensor<?x4xf32>, %b: tensor<4xf32>, %m: tensor<4x4xf32>, %n: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> (!trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>) {
  %r:3 = trimod.map %a, %w, %n {
  ^bb0(%x: tensor<?x4xf32>, %wi: tensor<4x4xf32>, %nested: !trimod.ragged<tensor<?xi32>>):
    // expected-remark @below {{trimod.linear: weights differ from row to row}}
    %y = trimod.linear %x, %wi : tensor<?x4xf32>, tensor<4x4xf32>
    // expected-remark @below {{trimod.attention_pool: one context is the same for every row and another is not}}
    %p = trimod.attention_pool queries(%x) context(%x, %c) score(%m, %b, %b) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<4x4xf32>, tensor<4xf32>, tensor<4xf32>
    // expected-remark @below {{trimod.unpack: the offsets of one row are used as data}}
    %v, %o = trimod.unpack %nested : <tensor<?xi32>>
    trimod.yield %y, %p, %o : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xindex>
  } : (!trimod.ragged<tensor<?x4xf32>>, tensor<?x4x4xf32>, !trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> (!trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>)
  return %r#0, %r#1, %r#2 : !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?xindex>>
}

// -----
// Kernels of each row's own, offsets inside a row, a result of unknown size.
// CHECK-LABEL: func @over_time(
// CHECK-COUNT-3: trimod.map
// CHECK: return
func.func @over_time(%a: !trimod.ragged<tensor<?x4xf32>>, %w: tensor<?x3x4x5xf32>, %k: tensor<3x4x5xf32>, %o: tensor<?xindex>, %b: !trimod.ragged<tensor<?x?xf32>>) -> (tensor<?x3xf32>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?xf32>>) {
  %m = trimod.map %a, %w {
  ^bb0(%x: tensor<?x4xf32>, %wi: tensor<3x4x5xf32>):
    // expected-remark @below {{trimod.conv1d: weights differ from row to row}}
    %y = trimod.conv1d %x, %wi : tensor<?x4xf32>, tensor<3x4x5xf32>
    %max = trimod.max_over_time %y : tensor<?x3xf32>
    trimod.yield %max : tensor<3xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>, tensor<?x3x4x5xf32>) -> tensor<?x3xf32>
  %r = trimod.map %a {
  ^bb0(%x: tensor<?x4xf32>):
    // expected-remark @below {{trimod.conv1d: already has offsets: only an op on the sequences of one row can be lifted}}
    %y = trimod.conv1d %x, %k offsets(%o) : tensor<?x4xf32>, tensor<3x4x5xf32>, tensor<?xindex>
    trimod.yield %y : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  %s = trimod.map %b {
  ^bb0(%x: tensor<?x?xf32>):
    // expected-remark @below {{trimod.max_over_time: its number of columns is not known}}
    %max = trimod.max_over_time %x : tensor<?x?xf32>
    trimod.yield %max : tensor<?xf32>
  } : (!trimod.ragged<tensor<?x?xf32>>) -> !trimod.ragged<tensor<?xf32>>
  return %m, %r, %s : tensor<?x3xf32>, !trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?xf32>>
}

// -----
// A sequence that is the same for every row is repeated by a loop.
// CHECK-LABEL: func @repeated(
// CHECK: %[[S:.*]] = math.exp %arg1
// CHECK: %[[M:.*]] = trimod.map %arg0
// CHECK: trimod.yield %[[S]]
func.func @repeated(%a: tensor<?x4xf32>, %b: tensor<?x2xf32>) -> !trimod.ragged<tensor<?x2xf32>> {
  // expected-remark @below {{trimod.map: a sequence that is the same for every row is repeated row by row}}
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %y = math.exp %b : tensor<?x2xf32>
    trimod.yield %y : tensor<?x2xf32>
  } : (tensor<?x4xf32>) -> !trimod.ragged<tensor<?x2xf32>>
  return %r : !trimod.ragged<tensor<?x2xf32>>
}

// -----
// Scalars enter and leave a residual map as tensors of rank 0.
// CHECK-LABEL: func @scalars(
// CHECK: %[[M:.*]] = trimod.map
// CHECK: ^bb0(%[[T:.*]]: tensor<4xf32>, %[[I:.*]]: tensor<index>):
// CHECK: %[[J:.*]] = tensor.extract %[[I]][]
// CHECK: %[[E:.*]] = tensor.extract %[[T]][%[[J]]]
// CHECK: %[[R:.*]] = tensor.from_elements %[[E]] : tensor<f32>
// CHECK: trimod.yield %[[R]]
// CHECK: math.exp %[[M]] : tensor<?xf32>
func.func @scalars(%a: tensor<?x4xf32>, %i: tensor<?xi32>) -> tensor<?xf32> {
  %r = trimod.map %a, %i {
  ^bb0(%x: tensor<4xf32>, %it: tensor<i32>):
    %i32 = tensor.extract %it[] : tensor<i32>
    %j = arith.index_cast %i32 : i32 to index
    // expected-remark @below {{tensor.extract: reads one element of a row's tensor}}
    %e = tensor.extract %x[%j] : tensor<4xf32>
    %t = math.exp %e : f32
    %tt = tensor.from_elements %t : tensor<f32>
    trimod.yield %tt : tensor<f32>
  } : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----
// A dimension that is not a sequence's but is not known either.
// CHECK-LABEL: func @unknown_size(
// CHECK: trimod.map
// CHECK: trimod.linear
func.func @unknown_size(%a: tensor<?x4xf32>, %w: tensor<?x4xf32>) -> !trimod.ragged<tensor<?xf32>> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    // expected-remark @below {{trimod.linear: its result has a dynamic leading dimension that is not the length of one of the row's sequences}}
    %y = trimod.linear %x, %w : tensor<4xf32>, tensor<?x4xf32>
    trimod.yield %y : tensor<?xf32>
  } : (tensor<?x4xf32>) -> !trimod.ragged<tensor<?xf32>>
  return %r : !trimod.ragged<tensor<?xf32>>
}
