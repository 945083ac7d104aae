// RUN: trimod-opt %s -trimod-lower-loops -canonicalize -cse | FileCheck %s
// RUN: trimod-opt %s -trimod-lower-loops=keep=trimod.linear,trimod.embedding | FileCheck %s --check-prefix=KEEP

// CHECK-LABEL: func @map_rows
// CHECK-SAME: (%[[X:.*]]: tensor<?x3xf32>, %[[B:.*]]: tensor<3xf32>)
// CHECK: %[[N:.*]] = tensor.dim %[[X]]
// CHECK: %[[EMPTY:.*]] = tensor.empty(%[[N]]) : tensor<?x3xf32>
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]] {{.*}} iter_args(%[[OUT:.*]] = %[[EMPTY]])
// CHECK: %[[ROW:.*]] = tensor.extract_slice %[[X]][%[[I]], 0] [1, 3] [1, 1] : tensor<?x3xf32> to tensor<3xf32>
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[ROW]], %[[B]]
// CHECK: %[[NEXT:.*]] = tensor.insert_slice %[[SUM]] into %[[OUT]][%[[I]], 0] [1, 3] [1, 1]
// CHECK: scf.yield %[[NEXT]]
// CHECK-NOT: trimod.map
func.func @map_rows(%x: tensor<?x3xf32>, %b: tensor<3xf32>) -> tensor<?x3xf32> {
  %y = trimod.map %x {
  ^bb0(%row: tensor<3xf32>):
    %s = arith.addf %row, %b : tensor<3xf32>
    trimod.yield %s : tensor<3xf32>
  } : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// The length of an item is bounded by that of all items, for trimod-plan-buffers.
// CHECK-LABEL: func @map_segments
// CHECK-SAME: (%[[V:.*]]: tensor<?x3xf32>, %[[O:.*]]: tensor<?xindex>)
// CHECK: %[[TOTAL:.*]] = tensor.dim %[[V]]
// CHECK: %[[EMPTY:.*]] = tensor.empty(%[[TOTAL]])
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[OUT:.*]] = %[[EMPTY]])
// CHECK: %[[BEGIN:.*]] = tensor.extract %[[O]][%[[I]]]
// CHECK: %[[LENGTH:.*]] = arith.subi %{{.*}}, %[[BEGIN]]
// CHECK: %[[BOUNDED:.*]] = arith.minui %[[LENGTH]], %[[TOTAL]]
// CHECK: tensor.extract_slice %[[V]][%[[BEGIN]], 0] [%[[BOUNDED]], 3]
// CHECK: tensor.insert_slice %{{.*}} into %[[OUT]][%[[BEGIN]], 0] [%[[BOUNDED]], 3]
func.func @map_segments(%values: tensor<?x3xf32>, %offsets: tensor<?xindex>) -> tensor<?x3xf32> {
  %r = trimod.pack %values, %offsets : tensor<?xindex> -> <tensor<?x3xf32>>
  %y = trimod.map %r {
  ^bb0(%rows: tensor<?x3xf32>):
    %s = math.absf %rows : tensor<?x3xf32>
    trimod.yield %s : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  %v, %o = trimod.unpack %y : <tensor<?x3xf32>>
  return %v : tensor<?x3xf32>
}

// The words of a post are a slice of all words: their offsets begin at 0 in the inner loop, and every length is bounded.
// CHECK-LABEL: func @map_nested
// CHECK-SAME: (%[[V:.*]]: tensor<?xf32>, %[[INNER:.*]]: tensor<?xindex>, %[[OUTER:.*]]: tensor<?xindex>)
// CHECK: %[[POSTS:.*]] = arith.subi %{{.*}}, %c1
// CHECK: %[[RESULT:.*]] = scf.for %[[P:.*]] = %c0 to %[[POSTS]] {{.*}} -> (tensor<?xf32>)
// CHECK: %[[FIRST:.*]] = tensor.extract %[[OUTER]][%[[P]]]
// CHECK: %[[WORDS:.*]] = arith.minui
// CHECK: %[[ENTRIES:.*]] = arith.addi %[[WORDS]], %c1
// CHECK: %[[SLICE:.*]] = tensor.extract_slice %[[INNER]][%[[FIRST]]] [%[[ENTRIES]]] [1]
// CHECK: %[[BEGIN:.*]] = tensor.extract %[[INNER]][%[[FIRST]]]
// CHECK: %[[SHIFT:.*]] = tensor.splat %[[BEGIN]][%[[ENTRIES]]]
// CHECK: %[[LETTERS:.*]] = arith.minui
// CHECK: %[[TEXT:.*]] = tensor.extract_slice %[[V]][%[[BEGIN]]] [%[[LETTERS]]] [1]
// CHECK: %[[OWN:.*]] = linalg.generic {{.*}} ins(%[[SLICE]], %[[SHIFT]]
// CHECK: arith.subi
// CHECK: scf.for %[[W:.*]] = %c0 to %[[WORDS]]
// CHECK: tensor.extract %[[OWN]][%[[W]]]
// CHECK: %[[LETTERS_OF_WORD:.*]] = arith.minui %{{.*}}, %[[LETTERS]]
// CHECK: tensor.extract_slice %[[TEXT]][{{.*}}] [%[[LETTERS_OF_WORD]]] [1]
// CHECK: linalg.reduce
// CHECK: return %[[RESULT]]
func.func @map_nested(%values: tensor<?xf32>, %inner: tensor<?xindex>, %outer: tensor<?xindex>) -> tensor<?xf32> {
  %items = trimod.pack %values, %inner : tensor<?xindex> -> <tensor<?xf32>>
  %r = trimod.pack %items, %outer : tensor<?xindex> -> <!trimod.ragged<tensor<?xf32>>>
  %y = trimod.map %r {
  ^bb0(%post: !trimod.ragged<tensor<?xf32>>):
    %words = trimod.map %post {
    ^bb1(%word: tensor<?xf32>):
      %zero = arith.constant dense<0.0> : tensor<f32>
      %sum = linalg.reduce { arith.addf } ins(%word : tensor<?xf32>) outs(%zero : tensor<f32>) dimensions = [0]
      trimod.yield %sum : tensor<f32>
    } : (!trimod.ragged<tensor<?xf32>>) -> tensor<?xf32>
    trimod.yield %words : tensor<?xf32>
  } : (!trimod.ragged<!trimod.ragged<tensor<?xf32>>>) -> !trimod.ragged<tensor<?xf32>>
  %v, %o = trimod.unpack %y : <tensor<?xf32>>
  return %v : tensor<?xf32>
}

// Items of a length that only the body knows: lengths first, then items. The first loop computes nothing else.
// CHECK-LABEL: func @new_lengths
// CHECK: %[[PLACES:.*]]:2 = scf.for {{.*}} -> (index, tensor<?xindex>)
// CHECK-NOT: tensor.insert_slice
// CHECK: tensor.insert %{{.*}} into %{{.*}} : tensor<?xindex>
// CHECK: scf.yield {{.*}} : index, tensor<?xindex>
// CHECK: tensor.empty(%[[PLACES]]#0) : tensor<?x3xf32>
// CHECK: scf.for
// CHECK: tensor.extract %[[PLACES]]#1
// CHECK: tensor.insert_slice
// CHECK: return %{{.*}}, %[[PLACES]]#1
func.func @new_lengths(%values: tensor<?x3xf32>, %offsets: tensor<?xindex>, %more: tensor<?x3xf32>) -> (tensor<?x3xf32>, tensor<?xindex>) {
  %r = trimod.pack %values, %offsets : tensor<?xindex> -> <tensor<?x3xf32>>
  %y = trimod.map %r {
  ^bb0(%rows: tensor<?x3xf32>):
    %c = tensor.concat dim(0) %rows, %more : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
    trimod.yield %c : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  %v, %o = trimod.unpack %y : <tensor<?x3xf32>>
  return %v, %o : tensor<?x3xf32>, tensor<?xindex>
}

// Last row first; the state is copied into the loop's own tensor, so no step allocates one that outlives it.
// CHECK-LABEL: func @scan_reverse
// CHECK: %[[N:.*]] = tensor.dim
// CHECK: scf.for %[[I:.*]] = {{.*}} iter_args(%[[H:.*]] = %{{.*}}, %[[ALL:.*]] = %{{.*}})
// CHECK: %[[LAST:.*]] = arith.subi %[[N]], %c1
// CHECK: %[[ROW:.*]] = arith.subi %[[LAST]], %[[I]]
// CHECK: tensor.extract_slice %{{.*}}[%[[ROW]], 0] [1, 3]
// CHECK: %[[STACKED:.*]] = tensor.insert_slice %{{.*}} into %[[ALL]][%[[ROW]], 0]
// CHECK: %[[NEXT:.*]] = bufferization.materialize_in_destination %{{.*}} in %[[H]]
// CHECK: scf.yield %[[NEXT]], %[[STACKED]]
func.func @scan_reverse(%x: tensor<?x3xf32>, %h: tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
  %last, %all = trimod.scan reverse %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<3xf32>):
    %s = arith.addf %xt, %ht : tensor<3xf32>
    trimod.yield %s, %s : tensor<3xf32>, tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
  return %last, %all : tensor<3xf32>, tensor<?x3xf32>
}

// A carried value that moves to another place is copied before its own is overwritten.
// CHECK-LABEL: func @scan_swap
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK-DAG: %[[OLD_B:.*]] = bufferization.materialize_in_destination %[[B]] in %{{.*}}
// CHECK-DAG: %[[OLD_A:.*]] = bufferization.materialize_in_destination %[[A]] in %{{.*}}
// CHECK: %[[NEW_A:.*]] = bufferization.materialize_in_destination %[[OLD_B]] in %[[A]]
// CHECK: %[[NEW_B:.*]] = bufferization.materialize_in_destination %[[OLD_A]] in %[[B]]
// CHECK: scf.yield %[[NEW_A]], %[[NEW_B]]
func.func @scan_swap(%x: tensor<?xf32>, %a: tensor<3xf32>, %b: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %r:2 = trimod.scan %x init(%a, %b) {
  ^bb0(%xt: tensor<f32>, %at: tensor<3xf32>, %bt: tensor<3xf32>):
    trimod.yield %bt, %at : tensor<3xf32>, tensor<3xf32>
  } : (tensor<?xf32>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>)
  return %r#0, %r#1 : tensor<3xf32>, tensor<3xf32>
}

// A carried value that is stacked is read before its own place is overwritten.
// CHECK-LABEL: func @scan_stacks_the_state_before
// CHECK: scf.for {{.*}} iter_args(%[[H:.*]] = %{{.*}}, %[[ALL:.*]] = %{{.*}})
// CHECK: %[[ROWS:.*]] = tensor.insert_slice %[[H]] into %[[ALL]]
// CHECK: %[[NEXT:.*]] = bufferization.materialize_in_destination %{{.*}} in %[[H]]
// CHECK: scf.yield %[[NEXT]], %[[ROWS]]
func.func @scan_stacks_the_state_before(%x: tensor<?x3xf32>, %h: tensor<3xf32>) -> tensor<?x3xf32> {
  %last, %before = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<3xf32>):
    %s = arith.addf %xt, %ht : tensor<3xf32>
    trimod.yield %s, %ht : tensor<3xf32>, tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
  return %before : tensor<?x3xf32>
}

// CHECK-LABEL: func @layers
// CHECK-NOT: trimod.
// KEEP-LABEL: func @layers
// KEEP: trimod.embedding
// KEEP: trimod.linear
func.func @layers(%ids: tensor<?xi32>, %table: tensor<7x3xf16>, %w: tensor<2x3xf32>, %b: tensor<2xf32>) -> tensor<?x2xf32> {
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x3xf16>
  %y = trimod.linear %e, %w bias(%b) : tensor<?x3xf32>, tensor<2x3xf32>, tensor<2xf32>
  return %y : tensor<?x2xf32>
}

// Rows of i8 are multiplied by their scale.
// CHECK-LABEL: func @scaled_rows
// CHECK: linalg.generic
// CHECK-NEXT: ^bb0(%[[ID:.*]]: i32
// CHECK: %[[ROW:.*]] = arith.index_cast %[[ID]]
// CHECK: %[[ELEMENT:.*]] = tensor.extract %arg1[%[[ROW]], %{{.*}}] : tensor<7x3xi8>
// CHECK: %[[WIDE:.*]] = arith.sitofp %[[ELEMENT]] : i8 to f32
// CHECK: %[[SCALE:.*]] = tensor.extract %arg2[%[[ROW]]] : tensor<7xf32>
// CHECK: %[[VALUE:.*]] = arith.mulf %[[WIDE]], %[[SCALE]] : f32
// CHECK: linalg.yield %[[VALUE]]
func.func @scaled_rows(%ids: tensor<?xi32>, %table: tensor<7x3xi8>, %scales: tensor<7xf32>) -> tensor<?x3xf32> {
  %e = trimod.embedding %ids, %table scales(%scales) : tensor<?xi32>, tensor<7x3xi8>, tensor<7xf32>
  return %e : tensor<?x3xf32>
}

// A tensor made for the rows of an item has the item's length: no second loop to measure it.
// CHECK-LABEL: func @like_an_item
// CHECK-SAME: (%[[V:.*]]: tensor<?x3xf32>, %[[O:.*]]: tensor<?xindex>)
// CHECK-COUNT-1: scf.for
// CHECK: linalg.transpose
// CHECK-NOT: scf.for
// CHECK: return %{{.*}}, %[[O]]
func.func @like_an_item(%values: tensor<?x3xf32>, %offsets: tensor<?xindex>) -> (tensor<?x3xf32>, tensor<?xindex>) {
  %c0 = arith.constant 0 : index
  %r = trimod.pack %values, %offsets : tensor<?xindex> -> <tensor<?x3xf32>>
  %y = trimod.map %r {
  ^bb0(%rows: tensor<?x3xf32>):
    %n = tensor.dim %rows, %c0 : tensor<?x3xf32>
    %e = tensor.empty(%n) : tensor<3x?xf32>
    %t = linalg.transpose ins(%rows : tensor<?x3xf32>) outs(%e : tensor<3x?xf32>) permutation = [1, 0]
    %e2 = tensor.empty(%n) : tensor<?x3xf32>
    %a = math.absf %t : tensor<3x?xf32>
    %u = linalg.transpose ins(%a : tensor<3x?xf32>) outs(%e2 : tensor<?x3xf32>) permutation = [1, 0]
    trimod.yield %u : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
  %v, %o = trimod.unpack %y : <tensor<?x3xf32>>
  return %v, %o : tensor<?x3xf32>, tensor<?xindex>
}
