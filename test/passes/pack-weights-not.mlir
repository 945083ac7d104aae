// RUN: trimod-opt %s --trimod-pack-weights --remarks-filter=trimod-schedule --split-input-file \
// RUN:   --verify-diagnostics | FileCheck %s
// RUN: not trimod-opt %S/project-inputs.mlir --trimod-pack-weights=lanes=4 2>&1 | FileCheck %s --check-prefix=OPTION
// What cannot be packed stays, and a remark says why.

// OPTION: error: trimod-pack-weights: expected lanes=8 or lanes=16, got 4

// CHECK-LABEL: func.func @weight_is_an_input(
func.func @weight_is_an_input(%x: tensor<?x5xf32>, %w: tensor<20x5xf32>) -> tensor<?x20xf32> {
  // CHECK: trimod.linear
  // expected-remark@+1 {{weight or bias depends on inputs of the function}}
  %y = trimod.linear %x, %w : tensor<?x5xf32>, tensor<20x5xf32>
  return %y : tensor<?x20xf32>
}

// -----

trimod.parameter @w "w" : tensor<?x5xf32>
// CHECK-LABEL: func.func @unknown_size(
func.func @unknown_size(%x: tensor<?x5xf32>) -> tensor<?x?xf32> {
  %w = trimod.get_parameter @w : tensor<?x5xf32>
  // CHECK: trimod.linear
  // expected-remark@+1 {{the weight's sizes are not known}}
  %y = trimod.linear %x, %w : tensor<?x5xf32>, tensor<?x5xf32>
  return %y : tensor<?x?xf32>
}

// -----

// Computed once anyway: no remark.
trimod.parameter @table "table" : tensor<7x5xf32>
trimod.parameter @w "w" : tensor<20x5xf32>
// CHECK-LABEL: func.func @folded_table(
func.func @folded_table(%ids: tensor<?xi32>) -> tensor<?x20xf32> {
  %table = trimod.get_parameter @table : tensor<7x5xf32>
  %w = trimod.get_parameter @w : tensor<20x5xf32>
  // CHECK: trimod.linear
  %t = trimod.linear %table, %w : tensor<7x5xf32>, tensor<20x5xf32>
  %y = trimod.embedding %ids, %t : tensor<?xi32>, tensor<7x20xf32>
  return %y : tensor<?x20xf32>
}

// -----

trimod.parameter @w "w" : tensor<9x2xf32>
trimod.parameter @u "u" : tensor<9x3xf32>
trimod.parameter @c "c" : tensor<9xf32>
// CHECK-LABEL: func.func @recurrences(
func.func @recurrences(%x: tensor<?x2xf32>, %gates: tensor<?x9xf32>, %init: tensor<3xf32>, %v: tensor<9x3xf32>)
    -> (tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x9xf32>) {
  // CHECK-COUNT-5: trimod.gru_recurrence
  %w = trimod.get_parameter @w : tensor<9x2xf32>
  %u = trimod.get_parameter @u : tensor<9x3xf32>
  %c = trimod.get_parameter @c : tensor<9xf32>
  %g0 = trimod.linear %x, %w : tensor<?x2xf32>, tensor<9x2xf32>
  // expected-remark@+1 {{no packed form resets the state before the product}}
  %h0, %l0 = trimod.gru_recurrence forward %g0 w_hh(%u) b_hh(%c) linear_before_reset = false
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>
  %g1 = trimod.linear %x, %w : tensor<?x2xf32>, tensor<9x2xf32>
  // expected-remark@+1 {{the initial state is not zero}}
  %h1, %l1 = trimod.gru_recurrence forward %g1 w_hh(%u) b_hh(%c) init(%init) linear_before_reset = true
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>, tensor<3xf32>
  // expected-remark@+1 {{the gates are not those of a trimod.linear that is used here alone}}
  %h2, %l2 = trimod.gru_recurrence forward %gates w_hh(%u) b_hh(%c) linear_before_reset = true
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>
  %g3 = trimod.linear %x, %w : tensor<?x2xf32>, tensor<9x2xf32>
  // expected-remark@+1 {{the gates are not those of a trimod.linear that is used here alone}}
  %h3, %l3 = trimod.gru_recurrence forward %g3 w_hh(%u) b_hh(%c) linear_before_reset = true
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>
  %g4 = trimod.linear %x, %w : tensor<?x2xf32>, tensor<9x2xf32>
  // expected-remark@+1 {{weights depend on inputs of the function}}
  %h4, %l4 = trimod.gru_recurrence forward %g4 w_hh(%v) b_hh(%c) linear_before_reset = true
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>
  return %h0, %h1, %h2, %h3, %h4, %g3
      : tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x3xf32>, tensor<?x9xf32>
}

// -----

// CHECK-LABEL: func.func @conv1d_weight_is_an_input(
func.func @conv1d_weight_is_an_input(%x: tensor<?x5xf32>, %w: tensor<20x5x3xf32>) -> tensor<?x20xf32> {
  // CHECK: trimod.conv1d
  // expected-remark@+1 {{weight or bias depends on inputs of the function}}
  %y = trimod.conv1d %x, %w : tensor<?x5xf32>, tensor<20x5x3xf32>
  return %y : tensor<?x20xf32>
}

// -----

trimod.parameter @w "w" : tensor<20x0x3xf32>
// CHECK-LABEL: func.func @conv1d_of_no_channels(
func.func @conv1d_of_no_channels(%x: tensor<?x0xf32>) -> tensor<?x20xf32> {
  %w = trimod.get_parameter @w : tensor<20x0x3xf32>
  // CHECK: trimod.conv1d
  // expected-remark@+1 {{the weight is empty}}
  %y = trimod.conv1d %x, %w : tensor<?x0xf32>, tensor<20x0x3xf32>
  return %y : tensor<?x20xf32>
}

// -----

// h starts at zero, c does not.
trimod.parameter @w "w" : tensor<32x4xf32>
trimod.parameter @u "u" : tensor<32x8xf32>
trimod.parameter @c "c" : tensor<32xf32>
// CHECK-LABEL: func.func @initial_cell_state(
func.func @initial_cell_state(%x: tensor<?x4xf32>, %c0: tensor<8xf32>) -> tensor<8xf32> {
  %w = trimod.get_parameter @w : tensor<32x4xf32>
  %u = trimod.get_parameter @u : tensor<32x8xf32>
  %c = trimod.get_parameter @c : tensor<32xf32>
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %g = trimod.linear %x, %w : tensor<?x4xf32>, tensor<32x4xf32>
  // CHECK: trimod.lstm_recurrence
  // expected-remark@+1 {{the initial state is not zero}}
  %h, %last, %cell = trimod.lstm_recurrence reverse %g w_hh(%u) b_hh(%c) init(%zero, %c0)
      : tensor<?x32xf32>, tensor<32x8xf32>, tensor<32xf32>, tensor<8xf32>, tensor<8xf32>
  return %last : tensor<8xf32>
}
