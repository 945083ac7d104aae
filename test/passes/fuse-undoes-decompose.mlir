// RUN: trimod-opt %s -pass-pipeline='builtin.module(func.func(trimod-decompose),canonicalize,cse,\
// RUN:   func.func(loop-invariant-code-motion,trimod-fuse-gru-cell,trimod-fuse-lstm-cell,\
// RUN:   trimod-merge-directions,trimod-fuse-attention-pool,trimod-fuse-crf-viterbi),canonicalize,cse)' | FileCheck %s
// RUN: trimod-opt %s -pass-pipeline='builtin.module(func.func(trimod-decompose),canonicalize,cse)' \
// RUN:   | FileCheck %s --check-prefix=DECOMPOSED
// Every fused op, written out in primitives and recognised again, is itself.

// DECOMPOSED-NOT: trimod.gru
// DECOMPOSED-NOT: trimod.lstm
// DECOMPOSED-NOT: trimod.attention_pool
// DECOMPOSED-NOT: trimod.crf_viterbi

// CHECK-LABEL: func @gru_forward_linear_before_reset(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_forward_linear_before_reset(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_forward_linear_before_reset_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_forward_linear_before_reset_from_a_state(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>, %h: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%h) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_forward_reset_before_product(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_forward_reset_before_product(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_forward_reset_before_product_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_forward_reset_before_product_from_a_state(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>, %h: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%h) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_reverse_linear_before_reset(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_reverse_linear_before_reset(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_reverse_linear_before_reset_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_reverse_linear_before_reset_from_a_state(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>, %h: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%h) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_reverse_reset_before_product(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_reverse_reset_before_product(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_reverse_reset_before_product_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_reverse_reset_before_product_from_a_state(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>,
    %b: tensor<12xf32>, %c: tensor<12xf32>, %h: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>) {
  %s, %l = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%h) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  return %s, %l : tensor<?x4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @gru_bidirectional_linear_before_reset(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_bidirectional_linear_before_reset(%x: tensor<?x3xf32>, %w0: tensor<12x3xf32>, %w1: tensor<12x3xf32>, %u0: tensor<12x4xf32>, %u1: tensor<12x4xf32>,
    %b0: tensor<12xf32>, %b1: tensor<12xf32>, %c0: tensor<12xf32>, %c1: tensor<12xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %s, %l = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @gru_bidirectional_linear_before_reset_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) init(%arg9, %arg10) linear_before_reset = true
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_bidirectional_linear_before_reset_from_a_state(%x: tensor<?x3xf32>, %w0: tensor<12x3xf32>, %w1: tensor<12x3xf32>, %u0: tensor<12x4xf32>, %u1: tensor<12x4xf32>,
    %b0: tensor<12xf32>, %b1: tensor<12xf32>, %c0: tensor<12xf32>, %c1: tensor<12xf32>, %h0: tensor<4xf32>, %h1: tensor<4xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %s, %l = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) init(%h0, %h1) linear_before_reset = true
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>, tensor<4xf32>
  return %s, %l : tensor<?x8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @gru_bidirectional_reset_before_product(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_bidirectional_reset_before_product(%x: tensor<?x3xf32>, %w0: tensor<12x3xf32>, %w1: tensor<12x3xf32>, %u0: tensor<12x4xf32>, %u1: tensor<12x4xf32>,
    %b0: tensor<12xf32>, %b1: tensor<12xf32>, %c0: tensor<12xf32>, %c1: tensor<12xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %s, %l = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>
  return %s, %l : tensor<?x8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @gru_bidirectional_reset_before_product_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) init(%arg9, %arg10) linear_before_reset = false
// CHECK-NEXT: return %[[S]], %[[L]]
func.func @gru_bidirectional_reset_before_product_from_a_state(%x: tensor<?x3xf32>, %w0: tensor<12x3xf32>, %w1: tensor<12x3xf32>, %u0: tensor<12x4xf32>, %u1: tensor<12x4xf32>,
    %b0: tensor<12xf32>, %b1: tensor<12xf32>, %c0: tensor<12xf32>, %c1: tensor<12xf32>, %h0: tensor<4xf32>, %h1: tensor<4xf32>) -> (tensor<?x8xf32>, tensor<8xf32>) {
  %s, %l = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) init(%h0, %h1) linear_before_reset = false
      : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>, tensor<4xf32>
  return %s, %l : tensor<?x8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @lstm_forward(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_forward(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %c: tensor<16xf32>) -> (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %s, %l, %m = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  return %s, %l, %m : tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @lstm_forward_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5, %arg6) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_forward_from_a_state(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %c: tensor<16xf32>, %s0: tensor<4xf32>, %s1: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %s, %l, %m = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%s0, %s1)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>
  return %s, %l, %m : tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @lstm_reverse(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_reverse(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %c: tensor<16xf32>) -> (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %s, %l, %m = trimod.lstm reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  return %s, %l, %m : tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @lstm_reverse_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5, %arg6) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_reverse_from_a_state(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %c: tensor<16xf32>, %s0: tensor<4xf32>, %s1: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %s, %l, %m = trimod.lstm reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%c) init(%s0, %s1)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>
  return %s, %l, %m : tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @lstm_bidirectional(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_bidirectional(%x: tensor<?x3xf32>, %w0: tensor<16x3xf32>, %w1: tensor<16x3xf32>, %u0: tensor<16x4xf32>, %u1: tensor<16x4xf32>,
    %b0: tensor<16xf32>, %b1: tensor<16xf32>, %c0: tensor<16xf32>, %c1: tensor<16xf32>) -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %s, %l, %m = trimod.lstm bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>
  return %s, %l, %m : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @lstm_bidirectional_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}bidirectional %arg0 w_ih(%arg1, %arg2) w_hh(%arg3, %arg4) b_ih(%arg5, %arg6) b_hh(%arg7, %arg8) init(%arg9, %arg10, %arg11, %arg12) :
// CHECK-NEXT: return %[[S]], %[[L]], %[[C]]
func.func @lstm_bidirectional_from_a_state(%x: tensor<?x3xf32>, %w0: tensor<16x3xf32>, %w1: tensor<16x3xf32>, %u0: tensor<16x4xf32>, %u1: tensor<16x4xf32>,
    %b0: tensor<16xf32>, %b1: tensor<16xf32>, %c0: tensor<16xf32>, %c1: tensor<16xf32>, %s0: tensor<4xf32>, %s1: tensor<4xf32>, %s2: tensor<4xf32>, %s3: tensor<4xf32>) -> (tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %s, %l, %m = trimod.lstm bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) init(%s0, %s1, %s2, %s3)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  return %s, %l, %m : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @attention_pool(
// CHECK-NEXT: %[[R:.*]] = trimod.attention_pool queries(%arg0) context(%arg1, %arg2) score(%arg3, %arg4, %arg5)
// CHECK-NEXT: return %[[R]]
func.func @attention_pool(%q: tensor<?x4xf32>, %v: tensor<?x4xf32>, %g: tensor<?x4xf32>, %w: tensor<5x4xf32>, %b: tensor<5xf32>, %u: tensor<5xf32>) -> tensor<?x4xf32> {
  %r = trimod.attention_pool queries(%q) context(%v, %g) score(%w, %b, %u)
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<5xf32>
  return %r : tensor<?x4xf32>
}

// CHECK-LABEL: func @crf_viterbi(
// CHECK-NEXT: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @crf_viterbi(%e: tensor<?x9xf32>, %s: tensor<9xf32>, %t: tensor<9x9xf32>, %z: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %l, %c = trimod.crf_viterbi %e, %s, %t, %z : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %l, %c : tensor<?xi32>, tensor<f32>
}
