// RUN: trimod-opt %s -trimod-merge-directions --remarks-filter=trimod-fusion -verify-diagnostics \
// RUN:   | FileCheck %s
// Two GRUs that are not the two directions of one; a remark says why where they almost are.

// CHECK-NOT: bidirectional

// CHECK-LABEL: func @other_sequence(
func.func @other_sequence(%x: tensor<?x3xf32>, %y: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the GRU that this one is concatenated with runs over another sequence}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %y w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// CHECK-LABEL: func @other_reset_form(
func.func @other_reset_form(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{linear_before_reset is true in one direction and false in the other}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = false : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// CHECK-LABEL: func @other_hidden_size(
func.func @other_hidden_size(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %v: tensor<15x3xf32>, %t: tensor<15x5xf32>, %c: tensor<15xf32>) -> tensor<?x9xf32> {
  // expected-remark @below {{the hidden size is 4 in one direction and 5 in the other}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%v) w_hh(%t) b_ih(%c) b_hh(%c) linear_before_reset = true : tensor<?x3xf32>, tensor<15x3xf32>, tensor<15x5xf32>, tensor<15xf32>, tensor<15xf32>
  %s = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x5xf32>) -> tensor<?x9xf32>
  return %s : tensor<?x9xf32>
}

// CHECK-LABEL: func @one_initial_state(
func.func @one_initial_state(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %h: tensor<4xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{only one direction has an initial state; give the other one zeros}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// CHECK-LABEL: func @other_offsets(
func.func @other_offsets(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %o: tensor<?xindex>) -> tensor<?x8xf32> {
  // expected-remark @below {{the two directions have different offsets}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) offsets(%o) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<?xindex>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// An encoder and a decoder: the second starts from the last state of the first.
// CHECK-LABEL: func @second_depends_on_first(
func.func @second_depends_on_first(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %h: tensor<4xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the second direction is computed from the first}}
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%fl) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<4xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// Far from two directions, so no remark: two forward GRUs.
// CHECK-LABEL: func @same_direction(
func.func @same_direction(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> tensor<?x8xf32> {
  %f, %fl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = false : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %c = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %c : tensor<?x8xf32>
}

// Nor a GRU whose weights are the other one's sequence.
// CHECK-LABEL: func @sequence_as_weights(
func.func @sequence_as_weights(%x: tensor<12x3xf32>, %y: tensor<?x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) -> (tensor<12x4xf32>, tensor<?x4xf32>) {
  %f, %fl = trimod.gru forward %x w_ih(%x) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<12x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %r, %rl = trimod.gru reverse %y w_ih(%x) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return %f, %r : tensor<12x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func @other_sequence_of_an_lstm(
func.func @other_sequence_of_an_lstm(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %v: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %y: tensor<?x3xf32>) -> tensor<?x8xf32> {
  // expected-remark @below {{the LSTM that this one is concatenated with runs over another sequence}}
  %f, %fl, %fc = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  %r, %rl, %rc = trimod.lstm reverse %y w_ih(%v) w_hh(%u) b_ih(%b) b_hh(%b) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  %s = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %s : tensor<?x8xf32>
}

// A GRU and an LSTM are far from being two directions of one: no remark.
// CHECK-LABEL: func @two_cells(
func.func @two_cells(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %v: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %gw: tensor<12x3xf32>, %gu: tensor<12x4xf32>, %gb: tensor<12xf32>) -> tensor<?x8xf32> {
  %f, %fl, %fc = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  %r, %rl = trimod.gru reverse %x w_ih(%gw) w_hh(%gu) b_ih(%gb) b_hh(%gb) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  %s = tensor.concat dim(1) %f, %r : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x8xf32>
  return %s : tensor<?x8xf32>
}
