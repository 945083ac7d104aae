// RUN: trimod-opt %s -trimod-merge-directions -canonicalize --remarks-filter=trimod-fusion \
// RUN:   -verify-diagnostics | FileCheck %s
// A forward and a reverse recurrence over one sequence are one bidirectional recurrence.

// CHECK-LABEL: func @states_concatenated(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x3xf32>, %[[WF:[a-z0-9]+]]: tensor<12x3xf32>, %[[WB:[a-z0-9]+]]: tensor<12x3xf32>, %[[U:[a-z0-9]+]]: tensor<12x4xf32>, %[[BF:[a-z0-9]+]]: tensor<12xf32>, %[[BB:[a-z0-9]+]]: tensor<12xf32>)
// CHECK-NEXT: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %[[X]] w_ih(%[[WF]], %[[WB]]) w_hh(%[[U]], %[[U]]) b_ih(%[[BF]], %[[BB]]) b_hh(%[[BF]], %[[BB]]) linear_before_reset = true
// CHECK-NEXT: return %[[S]]
func.func @states_concatenated(%x: tensor<?x3xf32>, %wf: tensor<12x3xf32>, %wb: tensor<12x3xf32>, %u: tensor<12x4xf32>, %bf: tensor<12xf32>, %bb: tensor<12xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%wf) w_hh(%u) b_ih(%bf) b_hh(%bf) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%wb) w_hh(%u) b_ih(%bb) b_hh(%bb) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// The reverse GRU is written first; the forward half is still first.
// CHECK-LABEL: func @reverse_first(
// CHECK-NEXT: %{{.*}}, %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg3) b_ih(%arg4, %arg4) b_hh(%arg4, %arg4) init(%arg5, %arg6) linear_before_reset = false
// CHECK-NEXT: return %[[L]]
func.func @reverse_first(%x: tensor<?x3xf32>, %wf: tensor<12x3xf32>, %wb: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %hf: tensor<4xf32>, %hb: tensor<4xf32>) -> tensor<8xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %r, %rl = trimod.gru reverse %x w_ih(%wb) w_hh(%u) b_ih(%b) b_hh(%b) init(%hb) linear_before_reset = false : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  %f, %fl = trimod.gru forward %x w_ih(%wf) w_hh(%u) b_ih(%b) b_hh(%b) init(%hf) linear_before_reset = false : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  %c = tensor.concat dim(0) %fl, %rl : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return %c : tensor<8xf32>
}

// More is concatenated, with casts in between: only the two halves become one.
// CHECK-LABEL: func @concatenated_with_more(
// CHECK-NEXT: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %arg0
// CHECK-NEXT: %[[C:.*]] = tensor.concat dim(1) %arg0, %[[S]] : (tensor<5x3xf32>, tensor<5x8xf32>) -> tensor<5x11xf32>
// CHECK-NEXT: %[[R:.*]] = tensor.cast %[[C]] : tensor<5x11xf32> to tensor<?x11xf32>
// CHECK-NEXT: return %[[R]]
func.func @concatenated_with_more(%x: tensor<5x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x11xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<5x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<5x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %cx = tensor.cast %x : tensor<5x3xf32> to tensor<?x3xf32>
  %cf = tensor.cast %f : tensor<5x4xf32> to tensor<?x4xf32>
  %cr = tensor.cast %r : tensor<5x4xf32> to tensor<?x4xf32>
  %c = tensor.concat dim(1) %cx, %cf, %cr : (tensor<?x3xf32>, tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x11xf32>
  return %c : tensor<?x11xf32>
}

// Other uses are slices: the backward half first, the forward states alone, rows under rows.
// CHECK-LABEL: func @other_uses(
// CHECK: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %arg0
// CHECK-DAG: %[[F:.*]] = tensor.extract_slice %[[S]][0, 0] [%{{.*}}, 4] [1, 1]
// CHECK-DAG: %[[R:.*]] = tensor.extract_slice %[[S]][0, 4] [%{{.*}}, 4] [1, 1]
// CHECK-DAG: %[[C:.*]] = tensor.concat dim(1) %[[R]], %[[F]]
// CHECK-DAG: %[[D:.*]] = tensor.concat dim(0) %[[F]], %[[R]]
// CHECK: return %[[C]], %[[D]], %[[F]]
func.func @other_uses(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<?x8xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %r, %f : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  %d = tensor.concat dim(0) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
  return %c, %d, %f : tensor<?x8xf32>, tensor<?x4xf32>, tensor<?x4xf32>
}

// Halves that are not neighbours in the concatenation are slices too.
// CHECK-LABEL: func @not_adjacent(
// CHECK: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %arg0
// CHECK-DAG: %[[F:.*]] = tensor.extract_slice %[[S]][0, 0] [%{{.*}}, 4] [1, 1]
// CHECK-DAG: %[[R:.*]] = tensor.extract_slice %[[S]][0, 4] [%{{.*}}, 4] [1, 1]
// CHECK: tensor.concat dim(1) %[[F]], %arg0, %[[R]]
func.func @not_adjacent(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x11xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %x, %r : (tensor<?x4xf32>, tensor<?x3xf32>, tensor<?x4xf32>) -> tensor<?x11xf32>
  return %c : tensor<?x11xf32>
}

// Weights of the second GRU that are computed after the first one move in front of it.
// CHECK-LABEL: func @weights_in_between(
// CHECK-NEXT: %[[W:.*]] = tensor.concat dim(0) %arg2, %arg2, %arg2
// CHECK-NEXT: trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %[[W]])
// CHECK-NEXT: return
func.func @weights_in_between(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %v: tensor<4x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %w2 = tensor.concat dim(0) %v, %v, %v : (tensor<4x3xf32>, tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<12x3xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w2) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// Two pairs over one sequence: those whose states are concatenated belong together.
// CHECK-LABEL: func @two_pairs(
// CHECK-NEXT: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2)
// CHECK-NEXT: %[[T:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg2, %arg1)
// CHECK-NEXT: return %[[S]], %[[T]]
func.func @two_pairs(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %v: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f0, %fl0 = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f1, %fl1 = trimod.gru forward %x w_ih(%v) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r1, %rl1 = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r0, %rl0 = trimod.gru reverse %x w_ih(%v) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c0 = tensor.concat dim(1) %f0, %r0 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  %c1 = tensor.concat dim(1) %f1, %r1 : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c0, %c1 : tensor<?x8xf32>, tensor<?x8xf32>
}

// With offsets, last states are [N, D*H].
// CHECK-LABEL: func @with_offsets(
// CHECK-NEXT: %{{.*}}, %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 {{.*}} offsets(%arg4)
// CHECK-NEXT: return %[[L]]
func.func @with_offsets(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %o: tensor<?xindex>) -> tensor<?x8xf32> {
  // expected-remark @below {{two directions over one sequence are one bidirectional GRU}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) offsets(%o) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<?xindex>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) offsets(%o) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<?xindex>
  %c = tensor.concat dim(1) %fl, %rl : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// An LSTM in the same way: states, last h and last c.
// CHECK-LABEL: func @lstm(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg3) b_ih(%arg4, %arg4) b_hh(%arg4, %arg4) init(%arg5, %arg6, %arg7, %arg8) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %v: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %h0: tensor<4xf32>, %c0: tensor<4xf32>, %h1: tensor<4xf32>, %c1: tensor<4xf32>) -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // expected-remark @below {{two directions over one sequence are one bidirectional LSTM}}
  %f, %fl, %fc = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h0, %c0) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>
  %r, %rl, %rc = trimod.lstm reverse %x w_ih(%v) w_hh(%u) b_ih(%b) b_hh(%b) init(%h1, %c1) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>
  %s = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  %l = tensor.concat dim(0) %fl, %rl : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %c = tensor.concat dim(0) %fc, %rc : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return %s, %l, %c : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}
