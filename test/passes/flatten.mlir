// RUN: trimod-opt %s -trimod-flatten -canonicalize -cse -split-input-file | FileCheck %s

// The ops of the dialect: the same op, with the same types, on the joined items of
// all rows.

// CHECK-LABEL: func @layers(
// CHECK-SAME: %[[A:.*]]: !trimod.ragged<tensor<?xi32>>, %[[T:.*]]: tensor<?x4xf16>, %[[W:.*]]: tensor<3x4xf32>, %[[B:.*]]: tensor<3xf32>
// CHECK-NEXT: %[[V:.*]], %[[O:.*]] = trimod.unpack %[[A]]
// CHECK-NEXT: %[[E:.*]] = trimod.embedding %[[V]], %[[T]] : tensor<?xi32>, tensor<?x4xf16>
// CHECK-NEXT: %[[Y:.*]] = trimod.linear %[[E]], %[[W]] bias(%[[B]])
// CHECK-NEXT: %[[R:.*]] = trimod.pack %[[Y]], %[[O]]
// CHECK-NEXT: return %[[R]]
func.func @layers(%a: !trimod.ragged<tensor<?xi32>>, %t: tensor<?x4xf16>, %w: tensor<3x4xf32>, %b: tensor<3xf32>) -> !trimod.ragged<tensor<?x3xf32>> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<?xi32>):
    %e = trimod.embedding %x, %t : tensor<?xi32>, tensor<?x4xf16>
    %y = trimod.linear %e, %w bias(%b) : tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>
    trimod.yield %y : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x3xf32>>
  return %r : !trimod.ragged<tensor<?x3xf32>>
}

// -----
// A convolution learns where the words begin, so that it reads across no border.
// CHECK-LABEL: func @over_time(
// CHECK-SAME: %[[A:.*]]: !trimod.ragged<tensor<?x4xf32>>, %[[W:.*]]: tensor<3x4x5xf32>, %[[B:.*]]: tensor<3xf32>
// CHECK-NEXT: %[[V:.*]], %[[O:.*]] = trimod.unpack %[[A]]
// CHECK-NEXT: %[[Y:.*]] = trimod.conv1d %[[V]], %[[W]] bias(%[[B]]) offsets(%[[O]]) activation = tanh
// CHECK-NEXT: %[[M:.*]] = trimod.max_over_time %[[Y]] offsets(%[[O]])
// CHECK-NEXT: %[[R:.*]] = trimod.pack %[[Y]], %[[O]]
// CHECK-NEXT: return %[[R]], %[[M]]
func.func @over_time(%a: !trimod.ragged<tensor<?x4xf32>>, %w: tensor<3x4x5xf32>, %b: tensor<3xf32>) -> (!trimod.ragged<tensor<?x3xf32>>, tensor<?x3xf32>) {
  %r, %m = trimod.map %a {
  ^bb0(%x: tensor<?x4xf32>):
    %y = trimod.conv1d %x, %w bias(%b) activation = tanh : tensor<?x4xf32>, tensor<3x4x5xf32>, tensor<3xf32>
    %max = trimod.max_over_time %y : tensor<?x3xf32>
    trimod.yield %y, %max : tensor<?x3xf32>, tensor<3xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>) -> (!trimod.ragged<tensor<?x3xf32>>, tensor<?x3xf32>)
  return %r, %m : !trimod.ragged<tensor<?x3xf32>>, tensor<?x3xf32>
}

// -----
// Sequences of one static length.
// CHECK-LABEL: func @over_static_time(
// CHECK: %[[X:.*]] = tensor.collapse_shape %arg0 {{\[\[}}0, 1], [2]]
// CHECK: %[[O:.*]] = linalg.generic
// CHECK: %[[Y:.*]] = trimod.conv1d %[[X]], %arg1 offsets(%[[O]])
// CHECK: tensor.expand_shape %[[Y]] {{\[\[}}0, 1], [2]] {{.*}} into tensor<?x6x3xf32>
func.func @over_static_time(%a: tensor<?x6x4xf32>, %w: tensor<3x4x5xf32>) -> tensor<?x6x3xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<6x4xf32>):
    %y = trimod.conv1d %x, %w : tensor<6x4xf32>, tensor<3x4x5xf32>
    trimod.yield %y : tensor<6x3xf32>
  } : (tensor<?x6x4xf32>) -> tensor<?x6x3xf32>
  return %r : tensor<?x6x3xf32>
}

// -----
// Rows of one shape: one more dimension in front.
// CHECK-LABEL: func @rows(
// CHECK-SAME: %[[IDS:.*]]: tensor<?x2xi32>, %[[T:.*]]: tensor<5x4xf32>, %[[W:.*]]: tensor<3x4xf32>
// CHECK-NEXT: %[[E:.*]] = trimod.embedding %[[IDS]], %[[T]] : tensor<?x2xi32>, tensor<5x4xf32>
// CHECK-NEXT: %[[Y:.*]] = trimod.linear %[[E]], %[[W]] : tensor<?x2x4xf32>, tensor<3x4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @rows(%ids: tensor<?x2xi32>, %t: tensor<5x4xf32>, %w: tensor<3x4xf32>) -> tensor<?x2x3xf32> {
  %r = trimod.map %ids {
  ^bb0(%x: tensor<2xi32>):
    %e = trimod.embedding %x, %t : tensor<2xi32>, tensor<5x4xf32>
    %y = trimod.linear %e, %w : tensor<2x4xf32>, tensor<3x4xf32>
    trimod.yield %y : tensor<2x3xf32>
  } : (tensor<?x2xi32>) -> tensor<?x2x3xf32>
  return %r : tensor<?x2x3xf32>
}

// -----
// Scales belong to the rows of the table, whatever rows are looked up.
// CHECK-LABEL: func @scaled_rows(
// CHECK-NEXT: %[[V:.*]], %[[O:.*]] = trimod.unpack
// CHECK-NEXT: %[[E:.*]] = trimod.embedding %[[V]], %arg1 scales(%arg2) : tensor<?xi32>, tensor<5x4xi8>, tensor<5xf32>
// CHECK-NEXT: trimod.pack %[[E]], %[[O]]
func.func @scaled_rows(%a: !trimod.ragged<tensor<?xi32>>, %t: tensor<5x4xi8>, %s: tensor<5xf32>) -> !trimod.ragged<tensor<?x4xf32>> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<?xi32>):
    %e = trimod.embedding %x, %t scales(%s) : tensor<?xi32>, tensor<5x4xi8>, tensor<5xf32>
    trimod.yield %e : tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x4xf32>>
  return %r : !trimod.ragged<tensor<?x4xf32>>
}

// -----
// Scales that differ from row to row are no weights: the map stays.
// CHECK-LABEL: func @scales_of_each_row(
// CHECK: trimod.map
// CHECK: trimod.embedding
func.func @scales_of_each_row(%a: !trimod.ragged<tensor<?xi32>>, %t: tensor<5x4xi8>, %s: tensor<?x5xf32>) -> !trimod.ragged<tensor<?x4xf32>> {
  %r = trimod.map %a, %s {
  ^bb0(%x: tensor<?xi32>, %scales: tensor<5xf32>):
    %e = trimod.embedding %x, %t scales(%scales) : tensor<?xi32>, tensor<5x4xi8>, tensor<5xf32>
    trimod.yield %e : tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?xi32>>, tensor<?x5xf32>) -> !trimod.ragged<tensor<?x4xf32>>
  return %r : !trimod.ragged<tensor<?x4xf32>>
}

// -----
// The number of rows may be static.
// CHECK-LABEL: func @static_rows(
// CHECK-NEXT: %[[Y:.*]] = trimod.linear %{{.*}} : tensor<7x4xf32>, tensor<3x4xf32>
// CHECK-NEXT: %[[C:.*]] = tensor.cast %[[Y]] : tensor<7x3xf32> to tensor<?x3xf32>
// CHECK-NEXT: return %[[C]]
func.func @static_rows(%a: tensor<7x4xf32>, %w: tensor<3x4xf32>) -> tensor<?x3xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %y = trimod.linear %x, %w : tensor<4xf32>, tensor<3x4xf32>
    trimod.yield %y : tensor<3xf32>
  } : (tensor<7x4xf32>) -> tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}

// -----
// A map over the words of every post is a map over all words, then no map.
// CHECK-LABEL: func @nested(
// CHECK: %[[V:.*]], %[[POSTS:.*]] = trimod.unpack %arg0 : <!trimod.ragged<tensor<?xi32>>>
// CHECK: %[[C:.*]], %[[WORDS:.*]] = trimod.unpack %[[V]] : <tensor<?xi32>>
// CHECK: %[[E:.*]] = trimod.embedding %[[C]], %arg1
// CHECK: %{{.*}}, %[[LAST:.*]] = trimod.gru{{ +}}forward %[[E]] {{.*}} offsets(%[[WORDS]])
// CHECK: trimod.pack %[[LAST]], %[[POSTS]]
// CHECK-NOT: trimod.map
func.func @nested(%chars: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>, %t: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> !trimod.ragged<tensor<?x4xf32>> {
  %r = trimod.map %chars {
  ^bb0(%post: !trimod.ragged<tensor<?xi32>>):
    %s = trimod.map %post {
    ^bb1(%word: tensor<?xi32>):
      %e = trimod.embedding %word, %t : tensor<?xi32>, tensor<?x3xf32>
      %st, %l = trimod.gru forward %e w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
      trimod.yield %l : tensor<4xf32>
    } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x4xf32>
    trimod.yield %s : tensor<?x4xf32>
  } : (!trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> !trimod.ragged<tensor<?x4xf32>>
  return %r : !trimod.ragged<tensor<?x4xf32>>
}

// -----
// Recurrences: states are segments like the input, the last state is a row; the
// initial state may differ from row to row.
// CHECK-LABEL: func @recurrences(
// CHECK-SAME: %[[A:[a-z0-9]+]]: !trimod.ragged<tensor<?x3xf32>>, %[[G:[a-z0-9]+]]: !trimod.ragged<tensor<?x12xf32>>, %[[H0:[a-z0-9]+]]: tensor<?x4xf32>
// CHECK-DAG: %[[X:.*]], %[[OX:.*]] = trimod.unpack %[[A]]
// CHECK-DAG: %[[GATES:.*]], %[[OG:.*]] = trimod.unpack %[[G]]
// CHECK: %{{.*}}, %[[L1:.*]] = trimod.gru{{ +}}reverse %[[X]] {{.*}} init(%[[H0]]) offsets(%[[OX]]) linear_before_reset = false
// CHECK: %[[S2:.*]], %{{.*}} = trimod.gru_recurrence{{ +}}forward %[[GATES]] {{.*}} offsets(%[[OG]]) linear_before_reset = true
// CHECK: trimod.pack %[[S2]], %[[OG]]
// CHECK: return %[[L1]]
func.func @recurrences(%a: !trimod.ragged<tensor<?x3xf32>>, %g: !trimod.ragged<tensor<?x12xf32>>, %h0: tensor<?x4xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>) {
  %r:2 = trimod.map %a, %g, %h0 {
  ^bb0(%x: tensor<?x3xf32>, %gates: tensor<?x12xf32>, %h: tensor<4xf32>):
    %s1, %l1 = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) linear_before_reset = false : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
    %s2, %l2 = trimod.gru_recurrence forward %gates w_hh(%u) b_hh(%b) linear_before_reset = true : tensor<?x12xf32>, tensor<12x4xf32>, tensor<12xf32>
    trimod.yield %l1, %s2 : tensor<4xf32>, tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x12xf32>>, tensor<?x4xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>)
  return %r#0, %r#1 : tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>
}

// -----
// Features of their own number per post: queries and contexts are segmented
// independently and meet by post.
// CHECK-LABEL: func @attention(
// CHECK-DAG: %[[Q:.*]], %[[QO:.*]] = trimod.unpack %arg0
// CHECK-DAG: %[[V:.*]], %[[VO:.*]] = trimod.unpack %arg1
// CHECK: trimod.attention_pool queries(%[[Q]]) context(%[[V]]) score(%arg2, %arg3, %arg4) offsets(%[[QO]]) (%[[VO]])
func.func @attention(%q: !trimod.ragged<tensor<?x4xf32>>, %v: !trimod.ragged<tensor<?x4xf32>>, %w: tensor<5x4xf32>, %b: tensor<5xf32>, %u: tensor<5xf32>) -> !trimod.ragged<tensor<?x4xf32>> {
  %r = trimod.map %q, %v {
  ^bb0(%x: tensor<?x4xf32>, %y: tensor<?x4xf32>):
    %s = trimod.attention_pool queries(%x) context(%y) score(%w, %b, %u) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>
    trimod.yield %s : tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>, !trimod.ragged<tensor<?x4xf32>>) -> !trimod.ragged<tensor<?x4xf32>>
  return %r : !trimod.ragged<tensor<?x4xf32>>
}

// -----
// Contexts that are the same for every post: no query needs to know its post.
// CHECK-LABEL: func @uniform_context(
// CHECK: %[[Q:.*]], %[[QO:.*]] = trimod.unpack %arg0
// CHECK: %[[S:.*]] = trimod.attention_pool queries(%[[Q]]) context(%arg1) score(%arg2, %arg3, %arg4) :
// CHECK: trimod.pack %[[S]], %[[QO]]
func.func @uniform_context(%q: !trimod.ragged<tensor<?x4xf32>>, %v: tensor<?x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>, %u: tensor<5xf32>) -> !trimod.ragged<tensor<?x4xf32>> {
  %r = trimod.map %q {
  ^bb0(%x: tensor<?x4xf32>):
    %s = trimod.attention_pool queries(%x) context(%v) score(%w, %b, %u) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>
    trimod.yield %s : tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?x4xf32>>) -> !trimod.ragged<tensor<?x4xf32>>
  return %r : !trimod.ragged<tensor<?x4xf32>>
}

// -----
// CHECK-LABEL: func @crf(
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<?x9xf32>, %[[Y:[a-z0-9]+]]: tensor<?xi32>, %[[O:[a-z0-9]+]]: tensor<?xindex>
// CHECK-DAG: %[[BEST:.*]], %[[S:.*]] = trimod.crf_viterbi %[[A]], %{{.*}}, %{{.*}}, %{{.*}} offsets(%[[O]])
// CHECK-DAG: %[[Z:.*]] = trimod.crf_log_partition %[[A]], %{{.*}}, %{{.*}}, %{{.*}} offsets(%[[O]])
// CHECK-DAG: %[[G:.*]] = trimod.crf_score %[[A]], %[[Y]], %{{.*}}, %{{.*}}, %{{.*}} offsets(%[[O]])
// CHECK-DAG: %[[L:.*]] = arith.subf %[[Z]], %[[G]] : tensor<?xf32>
// CHECK: %[[P:.*]] = trimod.pack %[[BEST]], %[[O]]
// CHECK: return %[[P]], %[[S]], %[[L]]
func.func @crf(%a: tensor<?x9xf32>, %y: tensor<?xi32>, %o: tensor<?xindex>, %start: tensor<9xf32>, %t: tensor<9x9xf32>, %end: tensor<9xf32>) -> (!trimod.ragged<tensor<?xi32>>, tensor<?xf32>, tensor<?xf32>) {
  %ra = trimod.pack %a, %o : tensor<?xindex> -> <tensor<?x9xf32>>
  %ry = trimod.pack %y, %o : tensor<?xindex> -> <tensor<?xi32>>
  %r:3 = trimod.map %ra, %ry {
  ^bb0(%e: tensor<?x9xf32>, %gold: tensor<?xi32>):
    %best, %s = trimod.crf_viterbi %e, %start, %t, %end : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    %z = trimod.crf_log_partition %e, %start, %t, %end : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    %g = trimod.crf_score %e, %gold, %start, %t, %end : tensor<?x9xf32>, tensor<?xi32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    %l = arith.subf %z, %g : tensor<f32>
    trimod.yield %best, %s, %l : tensor<?xi32>, tensor<f32>, tensor<f32>
  } : (!trimod.ragged<tensor<?x9xf32>>, !trimod.ragged<tensor<?xi32>>) -> (!trimod.ragged<tensor<?xi32>>, tensor<?xf32>, tensor<?xf32>)
  return %r#0, %r#1, %r#2 : !trimod.ragged<tensor<?xi32>>, tensor<?xf32>, tensor<?xf32>
}

// -----
// What is one value a token stays in segments of the emissions; the others are rows.
// CHECK-LABEL: func @crf_probabilities(
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<?x9xf32>, %[[O:[a-z0-9]+]]: tensor<?xindex>
// CHECK-DAG: %[[M:.*]], %[[P:.*]], %[[Z:.*]] = trimod.crf_marginals %[[A]], %{{.*}}, %{{.*}}, %{{.*}} offsets(%[[O]])
// CHECK-DAG: %[[L:.*]], %[[S:.*]] = trimod.crf_nbest %[[A]], %{{.*}}, %{{.*}}, %{{.*}} offsets(%[[O]]) count = 4
// CHECK-DAG: %[[RM:.*]] = trimod.pack %[[M]], %[[O]]
// CHECK-DAG: %[[RP:.*]] = trimod.pack %[[P]], %[[O]]
// CHECK-DAG: %[[RL:.*]] = trimod.pack %[[L]], %[[O]]
// CHECK: return %[[RM]], %[[RP]], %[[Z]], %[[RL]], %[[S]]
func.func @crf_probabilities(%a: tensor<?x9xf32>, %o: tensor<?xindex>, %v: tensor<9xf32>, %t: tensor<9x9xf32>)
    -> (!trimod.ragged<tensor<?x9xf32>>, !trimod.ragged<tensor<?x9x9xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x4xi32>>, tensor<?x4xf32>) {
  %ra = trimod.pack %a, %o : tensor<?xindex> -> <tensor<?x9xf32>>
  %r:5 = trimod.map %ra {
  ^bb0(%e: tensor<?x9xf32>):
    %m, %p, %z = trimod.crf_marginals %e, %v, %t, %v : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    %l, %s = trimod.crf_nbest %e, %v, %t, %v count = 4 : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    trimod.yield %m, %p, %z, %l, %s : tensor<?x9xf32>, tensor<?x9x9xf32>, tensor<f32>, tensor<?x4xi32>, tensor<4xf32>
  } : (!trimod.ragged<tensor<?x9xf32>>) -> (!trimod.ragged<tensor<?x9xf32>>, !trimod.ragged<tensor<?x9x9xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x4xi32>>, tensor<?x4xf32>)
  return %r#0, %r#1, %r#2, %r#3, %r#4 : !trimod.ragged<tensor<?x9xf32>>, !trimod.ragged<tensor<?x9x9xf32>>, tensor<?xf32>, !trimod.ragged<tensor<?x4xi32>>, tensor<?x4xf32>
}

// -----
// Items joined inside a row: offsets compose. Both uses of the ragged value have the
// same offsets.
// CHECK-LABEL: func @join(
// CHECK: %[[V:.*]], %[[POSTS:.*]] = trimod.unpack %arg0
// CHECK: %[[W:.*]], %[[TAGS:.*]] = trimod.unpack %[[V]]
// CHECK: %[[C:.*]] = linalg.generic {{.*}} ins(%[[POSTS]] :
// CHECK: ^bb0(%[[AT:.*]]: index, %{{.*}}: index):
// CHECK: %[[BEGIN:.*]] = tensor.extract %[[TAGS]][%[[AT]]]
// CHECK: linalg.yield %[[BEGIN]]
// CHECK: %[[S:.*]] = arith.addi %[[W]], %[[W]]
// CHECK: trimod.pack %[[S]], %[[C]]
// CHECK-NOT: trimod.map
func.func @join(%a: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> !trimod.ragged<tensor<?xi32>> {
  %r = trimod.map %a {
  ^bb0(%x: !trimod.ragged<tensor<?xi32>>):
    %v, %o = trimod.unpack %x : <tensor<?xi32>>
    %v2, %o2 = trimod.unpack %x : <tensor<?xi32>>
    %s = arith.addi %v, %v2 : tensor<?xi32>
    trimod.yield %s : tensor<?xi32>
  } : (!trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> !trimod.ragged<tensor<?xi32>>
  return %r : !trimod.ragged<tensor<?xi32>>
}

// -----
// What is the same for every row moves out, loops and all; yielded, it is repeated.
// CHECK-LABEL: func @uniform(
// CHECK-SAME: %[[A:.*]]: tensor<?x4xf32>, %[[H:.*]]: tensor<?x4xf32>, %[[Z:.*]]: tensor<4xf32>
// CHECK: %[[L:.*]]:2 = trimod.scan %[[H]] init(%[[Z]])
// CHECK: %[[N:.*]] = tensor.dim %[[A]]
// CHECK: %[[E:.*]] = tensor.empty(%[[N]]) : tensor<?x4xf32>
// CHECK: %[[B:.*]] = linalg.broadcast ins(%[[L]]#0 : tensor<4xf32>) outs(%[[E]] : tensor<?x4xf32>) dimensions = [0]
// CHECK: return %[[B]]
// CHECK-NOT: trimod.map
func.func @uniform(%a: tensor<?x4xf32>, %h: tensor<?x4xf32>, %z: tensor<4xf32>) -> tensor<?x4xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %l, %s = trimod.scan %h init(%z) {
    ^bb1(%xt: tensor<4xf32>, %ht: tensor<4xf32>):
      %n = arith.mulf %xt, %ht : tensor<4xf32>
      trimod.yield %n, %n : tensor<4xf32>, tensor<4xf32>
    } : (tensor<?x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
    trimod.yield %l : tensor<4xf32>
  } : (tensor<?x4xf32>) -> tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

// -----
// Sequences of one static length are segments with fixed offsets; the result is rows again.
// CHECK-LABEL: func @static_sequences(
// CHECK-SAME: %[[A:.*]]: tensor<?x5x3xf32>
// CHECK-DAG: %[[X:.*]] = tensor.collapse_shape %[[A]] {{\[\[}}0, 1], [2]] : tensor<?x5x3xf32> into tensor<?x3xf32>
// CHECK-DAG: %[[FIVE:.*]] = arith.constant 5 : index
// CHECK: %[[O:.*]] = linalg.generic
// CHECK: %[[I:.*]] = linalg.index 0
// CHECK: arith.muli %[[I]], %[[FIVE]]
// CHECK: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %[[X]] {{.*}} offsets(%[[O]])
// CHECK: %[[R:.*]] = tensor.expand_shape %[[S]] {{\[\[}}0, 1], [2]] {{.*}} : tensor<?x4xf32> into tensor<?x5x4xf32>
// CHECK: return %[[R]], %[[L]]
func.func @static_sequences(%a: tensor<?x5x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<?x5x4xf32>, tensor<?x4xf32>) {
  %r:2 = trimod.map %a {
  ^bb0(%x: tensor<5x3xf32>):
    %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<5x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
    trimod.yield %s, %l : tensor<5x4xf32>, tensor<4xf32>
  } : (tensor<?x5x3xf32>) -> (tensor<?x5x4xf32>, tensor<?x4xf32>)
  return %r#0, %r#1 : tensor<?x5x4xf32>, tensor<?x4xf32>
}

// -----
// A map over rows of one static number is a map over all of them.
// CHECK-LABEL: func @nested_static(
// CHECK: %[[X:.*]] = tensor.collapse_shape %arg0 {{\[\[}}0, 1], [2]] : tensor<2x5x3xf32> into tensor<10x3xf32>
// CHECK: %[[T:.*]] = math.tanh %{{.*}} : tensor<?x3xf32>
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1], [2]] output_shape [2, 5, 3] : tensor<10x3xf32> into tensor<2x5x3xf32>
// CHECK-NOT: trimod.map
func.func @nested_static(%a: tensor<2x5x3xf32>) -> tensor<2x5x3xf32> {
  %r = trimod.map %a {
  ^bb0(%x: tensor<5x3xf32>):
    %s = trimod.map %x {
    ^bb1(%y: tensor<3xf32>):
      %t = math.tanh %y : tensor<3xf32>
      trimod.yield %t : tensor<3xf32>
    } : (tensor<5x3xf32>) -> tensor<5x3xf32>
    trimod.yield %s : tensor<5x3xf32>
  } : (tensor<2x5x3xf32>) -> tensor<2x5x3xf32>
  return %r : tensor<2x5x3xf32>
}

// An LSTM and its recurrence over the sequences of all rows; initial states may differ from row to row.
// CHECK-LABEL: func @lstms(
// CHECK-DAG: %[[X:.*]], %[[OX:.*]] = trimod.unpack %arg0
// CHECK-DAG: %[[G:.*]], %[[OG:.*]] = trimod.unpack %arg1
// CHECK: %{{.*}}, %{{.*}}, %[[C:.*]] = trimod.lstm{{ +}}reverse %[[X]] {{.*}} init(%arg2, %arg2) offsets(%[[OX]])
// CHECK: %[[S:.*]], %{{.*}}, %{{.*}} = trimod.lstm_recurrence{{ +}}forward %[[G]] {{.*}} offsets(%[[OG]])
// CHECK: trimod.pack %[[S]], %[[OG]]
// CHECK: return %[[C]]
func.func @lstms(%a: !trimod.ragged<tensor<?x3xf32>>, %g: !trimod.ragged<tensor<?x16xf32>>, %h0: tensor<?x4xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>) {
  %r:2 = trimod.map %a, %g, %h0 {
  ^bb0(%x: tensor<?x3xf32>, %gates: tensor<?x16xf32>, %h: tensor<4xf32>):
    %s1, %l1, %c1 = trimod.lstm reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h, %h) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>
    %s2, %l2, %c2 = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) : tensor<?x16xf32>, tensor<16x4xf32>, tensor<16xf32>
    trimod.yield %c1, %s2 : tensor<4xf32>, tensor<?x4xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, !trimod.ragged<tensor<?x16xf32>>, tensor<?x4xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>)
  return %r#0, %r#1 : tensor<?x4xf32>, !trimod.ragged<tensor<?x4xf32>>
}
