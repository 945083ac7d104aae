// RUN: trimod-opt %s -trimod-decompose -canonicalize -cse | FileCheck %s
// RUN: trimod-opt %s -trimod-decompose=keep=trimod.crf_viterbi,trimod.packed_linear | FileCheck %s --check-prefix=KEEP

// One scan for each direction; the reset gate after the product.
// CHECK-LABEL: func @gru
// CHECK: trimod.scan %arg0
// CHECK: trimod.scan reverse %arg0
// CHECK: tensor.concat dim(1)
// CHECK: tensor.concat dim(0)
// CHECK-NOT: trimod.gru
func.func @gru(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %s, %l = trimod.gru bidirectional %x w_ih(%w, %w) w_hh(%u, %u) b_ih(%b, %b) b_hh(%b, %b) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x8xf32>, tensor<8xf32>
}

// The reset gate before the product: a second matrix product in the step.
// CHECK-LABEL: func @gru_reset_before
// CHECK: trimod.scan
// CHECK: linalg.matvec
// CHECK: linalg.matvec
// CHECK: %[[RESET:.*]] = arith.mulf
// CHECK: linalg.matvec ins(%{{.*}}, %[[RESET]]
func.func @gru_reset_before(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %h: tensor<4xf32>) -> tensor<?x4xf32> {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  return %s : tensor<?x4xf32>
}

// Segments become a map; a state for each segment is one of its inputs.
// CHECK-LABEL: func @gru_segments
// CHECK: %[[X:.*]] = trimod.pack %arg0, %arg4
// CHECK: trimod.map %[[X]], %arg5
// CHECK-NEXT: ^bb0(%[[ROWS:.*]]: tensor<?x3xf32>, %[[H:.*]]: tensor<4xf32>)
// CHECK: trimod.scan %[[ROWS]] init(%[[H]])
func.func @gru_segments(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %o: tensor<?xindex>, %h: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) offsets(%o) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<?x4xf32>, tensor<?xindex>
  return %s, %l : tensor<?x4xf32>, tensor<?x4xf32>
}

// Segments of an LSTM, with h for each segment and one c for all.
// CHECK-LABEL: func @lstm_segments
// CHECK: %[[X:.*]] = trimod.pack %arg0, %arg4
// CHECK: %[[R:.*]]:3 = trimod.map %[[X]], %arg5
// CHECK-NEXT: ^bb0(%[[ROWS:.*]]: tensor<?x3xf32>, %[[H:.*]]: tensor<4xf32>)
// CHECK: trimod.scan %[[ROWS]] init(%[[H]], %arg6)
// CHECK: %[[S:.*]], %{{.*}} = trimod.unpack %[[R]]#0
// CHECK: return %[[S]], %[[R]]#1, %[[R]]#2
func.func @lstm_segments(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %o: tensor<?xindex>, %h: tensor<?x4xf32>, %c: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  %s, %l, %m = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h, %c) offsets(%o)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<?xindex>
  return %s, %l, %m : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func @attention
// CHECK: trimod.map %arg0
// CHECK: %[[F:.*]] = tensor.concat dim(0) %{{.*}}, %arg1
// CHECK: trimod.linear %[[F]], %arg2 bias(%arg3)
// CHECK: math.tanh
// CHECK: math.exp
// CHECK: linalg.vecmat ins(%{{.*}}, %[[F]]
// CHECK: arith.divf
func.func @attention(%q: tensor<?x4xf32>, %c: tensor<?x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>) -> tensor<?x4xf32> {
  %r = trimod.attention_pool queries(%q) context(%c) score(%w, %b, %b) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>
  return %r : tensor<?x4xf32>
}

// The end of the sequence is one more label.
// CHECK-LABEL: func @viterbi
// CHECK: %[[MOVES:.*]] = tensor.concat dim(1) %arg2
// CHECK: %[[FORWARD:.*]]:2 = trimod.scan %arg0
// CHECK: arith.cmpf ogt
// CHECK: trimod.scan reverse %[[FORWARD]]#1
// CHECK-NOT: trimod.crf_viterbi
// KEEP-LABEL: func @viterbi
// KEEP: trimod.crf_viterbi
func.func @viterbi(%e: tensor<?x3xf32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %l, %s = trimod.crf_viterbi %e, %v, %t, %v : tensor<?x3xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>
  return %l, %s : tensor<?xi32>, tensor<f32>
}

// The largest term is taken out of the sum, and is always finite.
// CHECK-LABEL: func @log_partition
// CHECK-DAG: %[[LOWEST:.*]] = arith.constant dense<-3.40282347E+38> : tensor<4xf32>
// CHECK-DAG: %[[HIGHEST:.*]] = arith.constant dense<3.40282347E+38> : tensor<4xf32>
// CHECK: trimod.scan %arg0
// CHECK: linalg.generic {{.*}} outs(%[[LOWEST]]
// CHECK: arith.maximumf
// CHECK: arith.minimumf %{{.*}}, %[[HIGHEST]]
// CHECK: math.exp
// CHECK: math.log
func.func @log_partition(%e: tensor<?x3xf32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>) -> tensor<f32> {
  %s = trimod.crf_log_partition %e, %v, %t, %v : tensor<?x3xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>
  return %s : tensor<f32>
}

// Forward with what stands before each token, backward with the probabilities of the token after.
// CHECK-LABEL: func @marginals
// CHECK: %[[FORWARD:.*]]:4 = trimod.scan %arg0 init
// CHECK: math.log
// CHECK: trimod.yield {{.*}} : tensor<3xf32>, tensor<4xf32>, tensor<3xf32>, tensor<4xf32>
// CHECK: %[[Z:.*]] = tensor.extract_slice %[[FORWARD]]#1[3] [1] [1]
// CHECK: %[[BACKWARD:.*]]:3 = trimod.scan reverse %[[FORWARD]]#2, %[[FORWARD]]#3 init
// CHECK: math.exp
// CHECK-NOT: math.log
// CHECK: trimod.yield {{.*}} : tensor<3xf32>, tensor<3xf32>, tensor<3x3xf32>
// CHECK: return %[[BACKWARD]]#1, %[[BACKWARD]]#2, %[[Z]]
func.func @marginals(%e: tensor<?x3xf32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>) -> (tensor<?x3xf32>, tensor<?x3x3xf32>, tensor<f32>) {
  %m, %p, %z = trimod.crf_marginals %e, %v, %t, %v : tensor<?x3xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>
  return %m, %p, %z : tensor<?x3xf32>, tensor<?x3x3xf32>, tensor<f32>
}

// Lists of the best beginnings, place by place; then all sequences back from the end, label 3.
// CHECK-LABEL: func @nbest
// CHECK-DAG: %[[ENDS:.*]] = arith.constant dense<[6, 7]> : tensor<2xi32>
// CHECK: %[[LISTS:.*]]:2 = trimod.scan %arg0 init
// CHECK: trimod.scan
// CHECK: linalg.generic {{.*}}iterator_types = ["parallel", "reduction", "reduction"]
// CHECK: %[[SCORES:.*]] = tensor.collapse_shape
// CHECK: %[[BACK:.*]]:2 = trimod.scan reverse %[[LISTS]]#1 init(%[[ENDS]])
// CHECK: return %[[BACK]]#1, %[[SCORES]] : tensor<?x2xi32>, tensor<2xf32>
func.func @nbest(%e: tensor<?x3xf32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>) -> (tensor<?x2xi32>, tensor<2xf32>) {
  %l, %s = trimod.crf_nbest %e, %v, %t, %v count = 2 : tensor<?x3xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>
  return %l, %s : tensor<?x2xi32>, tensor<2xf32>
}

// With offsets, what is one value a token is ragged and the rest is not.
// CHECK-LABEL: func @nbest_segments
// CHECK: trimod.map %{{.*}} {
// CHECK: } : (!trimod.ragged<tensor<?x3xf32>>) -> (!trimod.ragged<tensor<?x2xi32>>, tensor<?x2xf32>)
// CHECK-NOT: trimod.crf_nbest
func.func @nbest_segments(%e: tensor<?x3xf32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>, %o: tensor<?xindex>) -> (tensor<?x2xi32>, tensor<?x2xf32>) {
  %l, %s = trimod.crf_nbest %e, %v, %t, %v offsets(%o) count = 2 : tensor<?x3xf32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<?xindex>
  return %l, %s : tensor<?x2xi32>, tensor<?x2xf32>
}

// CHECK-LABEL: func @score_segments
// CHECK: trimod.map
// CHECK: trimod.scan %{{.*}}, %{{.*}} init
// CHECK-NOT: trimod.crf_score
func.func @score_segments(%e: tensor<?x3xf32>, %y: tensor<?xi32>, %v: tensor<3xf32>, %t: tensor<3x3xf32>, %o: tensor<?xindex>) -> tensor<?xf32> {
  %s = trimod.crf_score %e, %y, %v, %t, %v offsets(%o) : tensor<?x3xf32>, tensor<?xi32>, tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>, tensor<?xindex>
  return %s : tensor<?xf32>
}

// Weights come out of their panels.
// CHECK-LABEL: func @packed
// CHECK: linalg.transpose ins(%arg1 : tensor<2x3x8xf32>) {{.*}} permutation = [0, 2, 1]
// CHECK: trimod.linear %arg0
// CHECK: trimod.scan reverse
// CHECK-NOT: trimod.packed
// KEEP-LABEL: func @packed
// KEEP: trimod.packed_linear
// KEEP-NOT: trimod.packed_gru
func.func @packed(%x: tensor<?x3xf32>, %w: tensor<2x3x8xf32>, %g: tensor<?x48xf32>, %u: tensor<1x2x10x24xf32>, %n: tensor<1x16xf32>) -> (tensor<?x9xf32>, tensor<?x10xf32>) {
  %y = trimod.packed_linear %x, %w columns = 9 : tensor<?x3xf32>, tensor<2x3x8xf32>
  %s, %l = trimod.packed_gru reverse %g, %u, %n hidden = 10 : tensor<?x48xf32>, tensor<1x2x10x24xf32>, tensor<1x16xf32>
  return %y, %s : tensor<?x9xf32>, tensor<?x10xf32>
}

// CHECK-LABEL: func @packed_lstm
// CHECK: trimod.scan %{{.*}} init
// CHECK: trimod.scan reverse %{{.*}} init
// CHECK-NOT: trimod.packed
func.func @packed_lstm(%g: tensor<?x128xf32>, %u: tensor<2x2x10x32xf32>) -> (tensor<?x20xf32>, tensor<20xf32>) {
  %s, %l, %c = trimod.packed_lstm bidirectional %g, %u hidden = 10 : tensor<?x128xf32>, tensor<2x2x10x32xf32>
  return %s, %c : tensor<?x20xf32>, tensor<20xf32>
}

// CHECK-LABEL: func @attention_in_two_parts
// CHECK: linalg.vecmat
// CHECK: trimod.map
// CHECK: linalg.dot
// CHECK-NOT: trimod.attention
func.func @attention_in_two_parts(%q: tensor<?x4xf32>, %p: tensor<?x5xf32>, %u: tensor<5xf32>) -> tensor<?x4xf32> {
  %m, %w, %s = trimod.attention_context context(%q) projected(%p) score(%u) : tensor<?x4xf32>, tensor<?x5xf32>, tensor<5xf32>
  %r = trimod.attention_merge queries(%q) projected(%p) score(%u) context(%m, %w, %s)
      : tensor<?x4xf32>, tensor<?x5xf32>, tensor<5xf32>, tensor<f32>, tensor<f32>, tensor<4xf32>
  return %r : tensor<?x4xf32>
}

// Rows of zeros at both ends; bias first, activation last.
// CHECK-LABEL: func @conv1d(
// CHECK: %[[X:.*]] = tensor.concat dim(0) %{{.*}}, %arg0, %{{.*}} : (tensor<2x3xf32>, tensor<?x3xf32>, tensor<2x3xf32>)
// CHECK: %[[B:.*]] = linalg.broadcast ins(%arg2
// CHECK: %[[Y:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "parallel", "reduction", "reduction"]} ins(%[[X]], %arg1 {{.*}} outs(%[[B]]
// CHECK: math.tanh %[[Y]]
func.func @conv1d(%x: tensor<?x3xf32>, %w: tensor<4x3x5xf32>, %b: tensor<4xf32>) -> tensor<?x4xf32> {
  %y = trimod.conv1d %x, %w bias(%b) activation = tanh : tensor<?x3xf32>, tensor<4x3x5xf32>, tensor<4xf32>
  return %y : tensor<?x4xf32>
}

// A kernel of one row needs no zeros.
// CHECK-LABEL: func @conv1d_of_one_row(
// CHECK-NOT: tensor.concat
// CHECK: arith.maximumf
func.func @conv1d_of_one_row(%x: tensor<?x3xf32>, %w: tensor<4x3x1xf32>) -> tensor<?x4xf32> {
  %y = trimod.conv1d %x, %w activation = relu : tensor<?x3xf32>, tensor<4x3x1xf32>
  return %y : tensor<?x4xf32>
}

// CHECK-LABEL: func @over_segments(
// CHECK: trimod.map
// CHECK: tensor.concat
// CHECK: trimod.map
// CHECK: linalg.reduce
// CHECK-NOT: trimod.conv1d
func.func @over_segments(%x: tensor<?x3xf32>, %w: tensor<4x3x3xf32>, %o: tensor<?xindex>) -> tensor<?x4xf32> {
  %y = trimod.conv1d %x, %w offsets(%o) : tensor<?x3xf32>, tensor<4x3x3xf32>, tensor<?xindex>
  %m = trimod.max_over_time %y offsets(%o) : tensor<?x4xf32>, tensor<?xindex>
  return %m : tensor<?x4xf32>
}

// The maximum of no rows is 0.
// CHECK-LABEL: func @max_over_time(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-DAG: %[[LEAST:.*]] = arith.constant 0xFF800000 : f32
// CHECK: %[[EMPTY:.*]] = arith.cmpi eq
// CHECK: %[[START:.*]] = arith.select %[[EMPTY]], %[[ZERO]], %[[LEAST]]
// CHECK: %[[INIT:.*]] = tensor.splat %[[START]]
// CHECK: linalg.reduce ins(%arg0 : tensor<?x3xf32>) outs(%[[INIT]]
// CHECK: arith.maximumf
func.func @max_over_time(%x: tensor<?x3xf32>) -> tensor<3xf32> {
  %m = trimod.max_over_time %x : tensor<?x3xf32>
  return %m : tensor<3xf32>
}

// Channels are the inner part of a window's numbers.
// CHECK-LABEL: func @packed_conv1d(
// CHECK: linalg.transpose ins(%arg1 : tensor<1x9x8xf32>) {{.*}} permutation = [0, 2, 1]
// CHECK: tensor.expand_shape {{.*}} into tensor<4x3x3xf32>
// CHECK: linalg.transpose {{.*}} permutation = [0, 2, 1]
// CHECK-NOT: trimod.packed
func.func @packed_conv1d(%x: tensor<?x3xf32>, %w: tensor<1x9x8xf32>, %b: tensor<8xf32>) -> tensor<?x4xf32> {
  %y = trimod.packed_conv1d %x, %w bias(%b) kernel = 3 columns = 4 : tensor<?x3xf32>, tensor<1x9x8xf32>, tensor<8xf32>
  return %y : tensor<?x4xf32>
}
