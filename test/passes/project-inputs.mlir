// RUN: trimod-opt %s --trimod-project-inputs | FileCheck %s

// CHECK-LABEL: func.func @forward(
// CHECK-SAME: %[[X:.*]]: tensor<?x2xf32>, %[[W_IH:.*]]: tensor<9x2xf32>, %[[W_HH:.*]]: tensor<9x3xf32>, %[[B_IH:.*]]: tensor<9xf32>, %[[B_HH:.*]]: tensor<9xf32>, %[[INIT:.*]]: tensor<3xf32>)
// CHECK: %[[GATES:.*]] = trimod.linear %[[X]], %[[W_IH]] bias(%[[B_IH]])
// CHECK: %[[STATES:.*]], %[[LAST:.*]] = trimod.gru_recurrence forward %[[GATES]] w_hh(%[[W_HH]]) b_hh(%[[B_HH]]) init(%[[INIT]]) linear_before_reset = false
// CHECK: return %[[STATES]], %[[LAST]]
func.func @forward(%x: tensor<?x2xf32>, %w_ih: tensor<9x2xf32>, %w_hh: tensor<9x3xf32>, %b_ih: tensor<9xf32>,
    %b_hh: tensor<9xf32>, %init: tensor<3xf32>) -> (tensor<?x3xf32>, tensor<3xf32>) {
  %states, %last = trimod.gru forward %x w_ih(%w_ih) w_hh(%w_hh) b_ih(%b_ih) b_hh(%b_hh) init(%init)
      linear_before_reset = false
      : tensor<?x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<9xf32>, tensor<3xf32>
  return %states, %last : tensor<?x3xf32>, tensor<3xf32>
}

// One product for both directions, and segments stay segments.
// CHECK-LABEL: func.func @bidirectional_segments(
// CHECK-SAME: %[[X:[^ ]*]]: tensor<?x2xf32>, %[[O:[^ ]*]]: tensor<?xindex>, %[[W0:[^ ]*]]: tensor<9x2xf32>, %[[W1:[^ ]*]]: tensor<9x2xf32>
// CHECK: %[[W:.*]] = tensor.concat dim(0) %[[W0]], %[[W1]] : (tensor<9x2xf32>, tensor<9x2xf32>) -> tensor<18x2xf32>
// CHECK: %[[B:.*]] = tensor.concat dim(0) %{{.*}}, %{{.*}} : (tensor<9xf32>, tensor<9xf32>) -> tensor<18xf32>
// CHECK: %[[GATES:.*]] = trimod.linear %[[X]], %[[W]] bias(%[[B]])
// CHECK: trimod.gru_recurrence bidirectional %[[GATES]] w_hh(%{{.*}}, %{{.*}}) b_hh(%{{.*}}, %{{.*}}) offsets(%[[O]]) linear_before_reset = true
// CHECK-NOT: trimod.gru{{ }}
func.func @bidirectional_segments(%x: tensor<?x2xf32>, %o: tensor<?xindex>, %w0: tensor<9x2xf32>, %w1: tensor<9x2xf32>,
    %u0: tensor<9x3xf32>, %u1: tensor<9x3xf32>, %b0: tensor<9xf32>, %b1: tensor<9xf32>, %c0: tensor<9xf32>,
    %c1: tensor<9xf32>) -> tensor<?x6xf32> {
  %states, %last = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1) offsets(%o)
      linear_before_reset = true
      : tensor<?x2xf32>, tensor<9x2xf32>, tensor<9x2xf32>, tensor<9x3xf32>, tensor<9x3xf32>, tensor<9xf32>,
        tensor<9xf32>, tensor<9xf32>, tensor<9xf32>, tensor<?xindex>
  return %states : tensor<?x6xf32>
}

// CHECK-LABEL: func.func @lstm(
// CHECK: %[[G:.*]] = trimod.linear %arg0, %arg1 bias(%arg3)
// CHECK-NEXT: trimod.lstm_recurrence reverse %[[G]] w_hh(%arg2) b_hh(%arg3) init(%arg4, %arg5) offsets(%arg6) :
func.func @lstm(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %h: tensor<?x4xf32>, %c: tensor<?x4xf32>, %o: tensor<?xindex>) -> tensor<?x4xf32> {
  %states, %last, %cell = trimod.lstm reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h, %c) offsets(%o)
      : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?xindex>
  return %cell : tensor<?x4xf32>
}

// A recurrence that is no cell is none of this pass's business.
// CHECK-LABEL: func.func @scan_stays(
// CHECK-NEXT: trimod.scan
func.func @scan_stays(%x: tensor<?x2xf32>, %init: tensor<2xf32>) -> tensor<2xf32> {
  %last = trimod.scan %x init(%init) {
  ^bb0(%xt: tensor<2xf32>, %h: tensor<2xf32>):
    %next = arith.addf %xt, %h : tensor<2xf32>
    trimod.yield %next : tensor<2xf32>
  } : (tensor<?x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %last : tensor<2xf32>
}
