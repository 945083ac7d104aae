// Every op, in every form, survives printing and parsing.
// RUN: trimod-opt %s | trimod-opt | FileCheck %s

// CHECK: trimod.parameter @w "encoder.weight" : tensor<?x3xf32>
trimod.parameter @w "encoder.weight" : tensor<?x3xf32>

// CHECK-LABEL: func @ragged(%arg0: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>)
func.func @ragged(%a: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> !trimod.ragged<!trimod.ragged<tensor<?xi32>>> {
  // CHECK: %[[V:.*]], %[[O:.*]] = trimod.unpack %arg0 : <!trimod.ragged<tensor<?xi32>>>
  %v, %o = trimod.unpack %a : <!trimod.ragged<tensor<?xi32>>>
  // CHECK: trimod.pack %[[V]], %[[O]] : tensor<?xindex> -> <!trimod.ragged<tensor<?xi32>>>
  %r = trimod.pack %v, %o : tensor<?xindex> -> <!trimod.ragged<tensor<?xi32>>>
  return %r : !trimod.ragged<!trimod.ragged<tensor<?xi32>>>
}
// CHECK-LABEL: func @scan
func.func @scan(%x: tensor<?x3xf32>, %y: tensor<?xi32>, %h: tensor<4xf32>, %k: f32) {
  // Two inputs, two carried values, one of them a scalar, nothing stacked.
  // CHECK: %{{.*}}:2 = trimod.scan %arg0, %arg1 init(%arg2, %arg3) {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<3xf32>, %{{.*}}: tensor<i32>, %{{.*}}: tensor<4xf32>, %{{.*}}: f32):
  %0:2 = trimod.scan %x, %y init(%h, %k) {
  ^bb0(%xt: tensor<3xf32>, %yt: tensor<i32>, %ht: tensor<4xf32>, %kt: f32):
    trimod.yield %ht, %kt : tensor<4xf32>, f32
  } : (tensor<?x3xf32>, tensor<?xi32>, tensor<4xf32>, f32) -> (tensor<4xf32>, f32)
  // CHECK: %{{.*}}:3 = trimod.scan reverse %arg0 init(%arg2) {
  %1:3 = trimod.scan reverse %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<4xf32>):
    trimod.yield %ht, %ht, %xt : tensor<4xf32>, tensor<4xf32>, tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>, tensor<?x3xf32>)
  return
}
// CHECK-LABEL: func @map
func.func @map(%x: !trimod.ragged<tensor<?x3xf32>>, %y: tensor<?x4xf32>) {
  // CHECK: %{{.*}}:2 = trimod.map %arg0, %arg1 {
  // CHECK-NEXT: ^bb0(%{{.*}}: tensor<?x3xf32>, %{{.*}}: tensor<4xf32>):
  // CHECK: } : (!trimod.ragged<tensor<?x3xf32>>, tensor<?x4xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x3xf32>>)
  %0:2 = trimod.map %x, %y {
  ^bb0(%xt: tensor<?x3xf32>, %yt: tensor<4xf32>):
    trimod.yield %yt, %xt : tensor<4xf32>, tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>, tensor<?x4xf32>) -> (tensor<?x4xf32>, !trimod.ragged<tensor<?x3xf32>>)
  return
}
// CHECK-LABEL: func @row_wise
func.func @row_wise(%i: tensor<i32>, %x: tensor<?x2x3xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>, %q: tensor<?x3xi8>) {
  // CHECK: %[[T:.*]] = trimod.get_parameter @w : tensor<?x3xf32>
  %t = trimod.get_parameter @w : tensor<?x3xf32>
  // CHECK: trimod.embedding %arg0, %[[T]] : tensor<i32>, tensor<?x3xf32>
  %0 = trimod.embedding %i, %t : tensor<i32>, tensor<?x3xf32>
  // CHECK: trimod.embedding %arg0, %arg4 scales(%arg3) : tensor<i32>, tensor<?x3xi8>, tensor<4xf32>
  %q0 = trimod.embedding %i, %q scales(%b) : tensor<i32>, tensor<?x3xi8>, tensor<4xf32>
  // CHECK: trimod.linear %{{.*}}, %arg2 : tensor<3xf32>, tensor<4x3xf32>
  %1 = trimod.linear %0, %w : tensor<3xf32>, tensor<4x3xf32>
  // CHECK: trimod.linear %arg1, %arg2 bias(%arg3) : tensor<?x2x3xf32>, tensor<4x3xf32>, tensor<4xf32>
  %2 = trimod.linear %x, %w bias(%b) : tensor<?x2x3xf32>, tensor<4x3xf32>, tensor<4xf32>
  return
}
// CHECK-LABEL: func @over_time
func.func @over_time(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %o: tensor<?xindex>) -> (tensor<5xf32>, tensor<?x5xf32>) {
  // CHECK: %[[A:.*]] = trimod.conv1d %arg0, %arg1 : tensor<?x3xf32>, tensor<5x3x3xf32>
  %0 = trimod.conv1d %x, %w activation = none : tensor<?x3xf32>, tensor<5x3x3xf32>
  // CHECK: %[[B:.*]] = trimod.conv1d %arg0, %arg1 bias(%arg2) offsets(%arg3) activation = relu : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<5xf32>, tensor<?xindex>
  %1 = trimod.conv1d %x, %w bias(%b) offsets(%o) activation = relu : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<5xf32>, tensor<?xindex>
  // CHECK: trimod.conv1d %arg0, %arg1 offsets(%arg3) activation = tanh : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<?xindex>
  %2 = trimod.conv1d %x, %w offsets(%o) activation = tanh : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<?xindex>
  // CHECK: trimod.max_over_time %[[A]] : tensor<?x5xf32>
  %3 = trimod.max_over_time %0 : tensor<?x5xf32>
  // CHECK: trimod.max_over_time %[[B]] offsets(%arg3) : tensor<?x5xf32>, tensor<?xindex>
  %4 = trimod.max_over_time %1 offsets(%o) : tensor<?x5xf32>, tensor<?xindex>
  return %3, %4 : tensor<5xf32>, tensor<?x5xf32>
}
// Sizes that only the weights know may still be open, but for the kernel size.
// CHECK-LABEL: func @conv1d_open_sizes
func.func @conv1d_open_sizes(%x: tensor<?x?xf32>, %w: tensor<?x?x3xf32>, %b: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  // CHECK: trimod.conv1d
  %y = trimod.conv1d %x, %w bias(%b) : tensor<?x?xf32>, tensor<?x?x3xf32>, tensor<?xf32>
  // CHECK: trimod.max_over_time
  %m = trimod.max_over_time %y : tensor<?x?xf32>
  return %y, %m : tensor<?x?xf32>, tensor<?xf32>
}
// CHECK-LABEL: func @gru
func.func @gru(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %h: tensor<?x4xf32>, %o: tensor<?xindex>) {
  // CHECK: trimod.gru reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg3) init(%arg4) offsets(%arg5) linear_before_reset = false
  %s, %l = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) offsets(%o) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<?x4xf32>, tensor<?xindex>
  return
}
// CHECK-LABEL: func @gru_recurrence
func.func @gru_recurrence(%g: tensor<?x24xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) {
  // CHECK: trimod.gru_recurrence bidirectional %arg0 w_hh(%arg1, %arg1) b_hh(%arg2, %arg2) linear_before_reset = true
  %s, %l = trimod.gru_recurrence bidirectional %g w_hh(%u, %u) b_hh(%b, %b) linear_before_reset = true
      : tensor<?x24xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return
}
// Sizes that only the weights know may still be open.
// CHECK-LABEL: func @gru_open_sizes
func.func @gru_open_sizes(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %b: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  // CHECK: trimod.gru forward
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%w) b_ih(%b) b_hh(%b) linear_before_reset = true
      : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>
  return %s, %l : tensor<?x?xf32>, tensor<?xf32>
}
// CHECK-LABEL: func @lstm
func.func @lstm(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %h: tensor<?x4xf32>, %c: tensor<4xf32>, %o: tensor<?xindex>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  // CHECK: trimod.lstm reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg3) init(%arg4, %arg5) offsets(%arg6) :
  %s, %l, %m = trimod.lstm reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h, %c) offsets(%o)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<?xindex>
  return %s, %l, %m : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}
// CHECK-LABEL: func @lstm_recurrence
func.func @lstm_recurrence(%g: tensor<?x32xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>) -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK: trimod.lstm_recurrence bidirectional %arg0 w_hh(%arg1, %arg1) b_hh(%arg2, %arg2) :
  %s, %l, %m = trimod.lstm_recurrence bidirectional %g w_hh(%u, %u) b_hh(%b, %b)
      : tensor<?x32xf32>, tensor<16x4xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  return %s, %l, %m : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}
// CHECK-LABEL: func @packed_lstm
func.func @packed_lstm(%g: tensor<?x64xf32>, %u: tensor<1x2x10x32xf32>, %o: tensor<?xindex>) -> (tensor<?x10xf32>, tensor<?x10xf32>, tensor<?x10xf32>) {
  // CHECK: trimod.packed_lstm reverse %arg0, %arg1 offsets(%arg2) hidden = 10
  %s, %l, %m = trimod.packed_lstm reverse %g, %u offsets(%o) hidden = 10 : tensor<?x64xf32>, tensor<1x2x10x32xf32>, tensor<?xindex>
  return %s, %l, %m : tensor<?x10xf32>, tensor<?x10xf32>, tensor<?x10xf32>
}
// CHECK-LABEL: func @attention
func.func @attention(%q: tensor<?x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>, %o: tensor<?xindex>) {
  // CHECK: trimod.attention_pool queries(%arg0) context() score(%arg1, %arg2, %arg2)
  %0 = trimod.attention_pool queries(%q) context() score(%w, %b, %b) : tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>
  // CHECK: trimod.attention_pool queries(%arg0) context(%arg0) score(%arg1, %arg2, %arg2) offsets(%arg3) (%arg3)
  %1 = trimod.attention_pool queries(%q) context(%q) score(%w, %b, %b) offsets(%o) (%o)
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>, tensor<?xindex>, tensor<?xindex>
  return
}
// CHECK-LABEL: func @crf
func.func @crf(%e: tensor<?x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>, %y: tensor<?xi32>, %o: tensor<?xindex>) -> (tensor<f32>, tensor<?xf32>) {
  // CHECK: trimod.crf_viterbi %arg0, %arg1, %arg2, %arg1 : tensor<?x9xf32>
  %l, %s = trimod.crf_viterbi %e, %v, %t, %v : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  // CHECK: trimod.crf_viterbi %arg0, %arg1, %arg2, %arg1 offsets(%arg4)
  %m, %p = trimod.crf_viterbi %e, %v, %t, %v offsets(%o) : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  // CHECK: trimod.crf_log_partition %arg0, %arg1, %arg2, %arg1 : tensor<?x9xf32>
  %z = trimod.crf_log_partition %e, %v, %t, %v : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  // CHECK: trimod.crf_score %arg0, %arg3, %arg1, %arg2, %arg1 offsets(%arg4)
  %q = trimod.crf_score %e, %y, %v, %t, %v offsets(%o) : tensor<?x9xf32>, tensor<?xi32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  // CHECK: trimod.crf_marginals %arg0, %arg1, %arg2, %arg1 : tensor<?x9xf32>
  %g, %h, %i = trimod.crf_marginals %e, %v, %t, %v : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  // CHECK: trimod.crf_marginals %arg0, %arg1, %arg2, %arg1 offsets(%arg4)
  %j, %k, %n = trimod.crf_marginals %e, %v, %t, %v offsets(%o) : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  // CHECK: trimod.crf_nbest %arg0, %arg1, %arg2, %arg1 count = 10 : tensor<?x9xf32>
  %r, %u = trimod.crf_nbest %e, %v, %t, %v count = 10 : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  // CHECK: trimod.crf_nbest %arg0, %arg1, %arg2, %arg1 offsets(%arg4) count = 3
  %w, %x = trimod.crf_nbest %e, %v, %t, %v offsets(%o) count = 3 : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  return %z, %q : tensor<f32>, tensor<?xf32>
}
// CHECK-LABEL: func @crf_result_types
func.func @crf_result_types(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>, %o: tensor<?xindex>)
    -> (tensor<7x9xf32>, tensor<7x9x9xf32>, tensor<f32>, tensor<?xf32>, tensor<7x4xi32>, tensor<4xf32>, tensor<?x4xf32>) {
  %m, %p, %z = trimod.crf_marginals %e, %v, %t, %v : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  %m2, %p2, %z2 = trimod.crf_marginals %e, %v, %t, %v offsets(%o) : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  %l, %s = trimod.crf_nbest %e, %v, %t, %v count = 4 : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  %l2, %s2 = trimod.crf_nbest %e, %v, %t, %v offsets(%o) count = 4 : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>, tensor<?xindex>
  return %m, %p, %z, %z2, %l, %s, %s2 : tensor<7x9xf32>, tensor<7x9x9xf32>, tensor<f32>, tensor<?xf32>, tensor<7x4xi32>, tensor<4xf32>, tensor<?x4xf32>
}
// CHECK-LABEL: func @attention_in_two_parts
func.func @attention_in_two_parts(%q: tensor<?x4xf32>, %p: tensor<?x5xf32>, %u: tensor<5xf32>, %o: tensor<?xindex>) -> tensor<?x4xf32> {
  // CHECK: %[[MAX:.*]], %[[WEIGHT:.*]], %[[SUM:.*]] = trimod.attention_context context(%arg0, %arg0) projected(%arg1, %arg1) score(%arg2) offsets(%arg3, %arg3)
  %m, %w, %s = trimod.attention_context context(%q, %q) projected(%p, %p) score(%u) offsets(%o, %o)
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x5xf32>, tensor<?x5xf32>, tensor<5xf32>, tensor<?xindex>, tensor<?xindex>
  // CHECK: trimod.attention_merge queries(%arg0) projected(%arg1) score(%arg2) context(%[[MAX]], %[[WEIGHT]], %[[SUM]]) offsets(%arg3)
  %r = trimod.attention_merge queries(%q) projected(%p) score(%u) context(%m, %w, %s) offsets(%o)
      : tensor<?x4xf32>, tensor<?x5xf32>, tensor<5xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x4xf32>, tensor<?xindex>
  return %r : tensor<?x4xf32>
}
// CHECK-LABEL: func @packed
func.func @packed(%x: tensor<?x3xf32>, %w: tensor<2x3x24xf32>, %b: tensor<48xf32>, %g: tensor<?x48xf32>, %u: tensor<1x2x10x24xf32>, %n: tensor<1x16xf32>, %o: tensor<?xindex>) -> (tensor<?x30xf32>, tensor<?x10xf32>, tensor<?x10xf32>) {
  // CHECK: trimod.packed_linear %arg0, %arg1 bias(%arg2) columns = 30 : tensor<?x3xf32>
  %y = trimod.packed_linear %x, %w bias(%b) columns = 30 : tensor<?x3xf32>, tensor<2x3x24xf32>, tensor<48xf32>
  // CHECK: trimod.packed_gru reverse %arg3, %arg4, %arg5 offsets(%arg6) hidden = 10
  %s, %l = trimod.packed_gru reverse %g, %u, %n offsets(%o) hidden = 10 : tensor<?x48xf32>, tensor<1x2x10x24xf32>, tensor<1x16xf32>, tensor<?xindex>
  return %y, %s, %l : tensor<?x30xf32>, tensor<?x10xf32>, tensor<?x10xf32>
}
// CHECK-LABEL: func @packed_rows
func.func @packed_rows(%ids: tensor<?xi32>, %x: tensor<?x3xf32>, %w: tensor<2x3x24xf32>, %start: tensor<?x30xf32>, %g: tensor<7x48xf32>, %u: tensor<1x2x10x24xf32>, %n: tensor<1x16xf32>, %h: tensor<7x64xf32>, %v: tensor<1x2x10x32xf32>) -> (tensor<?x30xf32>, tensor<?x10xf32>, tensor<?x10xf32>) {
  // CHECK: trimod.packed_linear %arg1, %arg2 start(%arg3) columns = 30 : tensor<?x3xf32>, tensor<2x3x24xf32>, tensor<?x30xf32>
  %y = trimod.packed_linear %x, %w start(%start) columns = 30 : tensor<?x3xf32>, tensor<2x3x24xf32>, tensor<?x30xf32>
  // CHECK: trimod.packed_gru reverse %arg4 rows(%arg0), %arg5, %arg6 hidden = 10 : tensor<7x48xf32>, tensor<?xi32>
  %s, %l = trimod.packed_gru reverse %g rows(%ids), %u, %n hidden = 10 : tensor<7x48xf32>, tensor<?xi32>, tensor<1x2x10x24xf32>, tensor<1x16xf32>
  // CHECK: trimod.packed_lstm forward %arg7 rows(%arg0), %arg8 hidden = 10
  %t, %m, %c = trimod.packed_lstm forward %h rows(%ids), %v hidden = 10 : tensor<7x64xf32>, tensor<?xi32>, tensor<1x2x10x32xf32>
  return %y, %s, %t : tensor<?x30xf32>, tensor<?x10xf32>, tensor<?x10xf32>
}
// CHECK-LABEL: func @packed_conv1d
func.func @packed_conv1d(%x: tensor<?x3xf32>, %w: tensor<2x9x24xf32>, %b: tensor<48xf32>, %o: tensor<?xindex>) -> tensor<?x30xf32> {
  // CHECK: trimod.packed_conv1d %arg0, %arg1 bias(%arg2) offsets(%arg3) kernel = 3 columns = 30 activation = tanh : tensor<?x3xf32>
  %y = trimod.packed_conv1d %x, %w bias(%b) offsets(%o) kernel = 3 columns = 30 activation = tanh
      : tensor<?x3xf32>, tensor<2x9x24xf32>, tensor<48xf32>, tensor<?xindex>
  return %y : tensor<?x30xf32>
}
