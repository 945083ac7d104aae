// RUN: trimod-opt %s --trimod-share-tokens --remarks-filter=trimod-schedule --split-input-file \
// RUN:   --verify-diagnostics | FileCheck %s
// CHECK-NOT: .tokens(

// An input that is not one of a token.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag(
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"},
               %scale: tensor<?x2xf32> {trimod.name = "scale"})
    -> (tensor<?x1xf32> {trimod.name = "states"}) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<7x2xf32>
  %s = arith.mulf %e, %scale : tensor<?x2xf32>
  %gates = trimod.linear %s, %w : tensor<?x2xf32>, tensor<4x2xf32>
  // expected-remark@+1 {{its gates depend on input 'scale', which is not one of a token}}
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states : tensor<?x1xf32>
}

// -----

// Where posts begin decides the gates, so a token alone does not.
trimod.parameter @folded "folded" : tensor<7x8xf32>
trimod.parameter @v "v" : tensor<8x2xf32>
trimod.parameter @c "c" : tensor<8xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag(
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states"}) {
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %folded = trimod.get_parameter @folded : tensor<7x8xf32>
  %v = trimod.get_parameter @v : tensor<8x2xf32>
  %c = trimod.get_parameter @c : tensor<8xf32>
  %p = trimod.embedding %words, %folded : tensor<?xi32>, tensor<7x8xf32>
  %x, %_, %_c = trimod.lstm_recurrence forward %p w_hh(%v) b_hh(%c) offsets(%offsets)
      : tensor<?x8xf32>, tensor<8x2xf32>, tensor<8xf32>, tensor<?xindex>
  %gates = trimod.linear %x, %w : tensor<?x2xf32>, tensor<4x2xf32>
  // expected-remark@+1 {{its gates depend on input 'tokens.offsets', which is not one of a token}}
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states : tensor<?x1xf32>
}

// -----

// Something else needs the word of every token.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag(
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states"}, tensor<?x2xf32> {trimod.name = "more"}) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<7x2xf32>
  %gates = trimod.linear %e, %w : tensor<?x2xf32>, tensor<4x2xf32>
  // expected-remark@+1 {{something else reads what its gates are computed from}}
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states, %e : tensor<?x1xf32>, tensor<?x2xf32>
}

// -----

// Sequences that are not posts.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag(
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "words.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states"}) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<7x2xf32>
  %gates = trimod.linear %e, %w : tensor<?x2xf32>, tensor<4x2xf32>
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states : tensor<?x1xf32>
}

// -----

// No function that the runtime calls.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func private @tag(
func.func private @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states"}) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<7x2xf32>
  %gates = trimod.linear %e, %w : tensor<?x2xf32>, tensor<4x2xf32>
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states : tensor<?x1xf32>
}

// -----

// Gates that are only fetched: a row is there already.
trimod.parameter @folded "folded" : tensor<7x4xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag(
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states"}) {
  %folded = trimod.get_parameter @folded : tensor<7x4xf32>
  %u = trimod.get_parameter @u : tensor<4x1xf32>
  %b = trimod.get_parameter @b : tensor<4xf32>
  %gates = trimod.embedding %words, %folded : tensor<?xi32>, tensor<7x4xf32>
  %states, %last, %cell = trimod.lstm_recurrence forward %gates w_hh(%u) b_hh(%b) offsets(%offsets)
      : tensor<?x4xf32>, tensor<4x1xf32>, tensor<4xf32>, tensor<?xindex>
  return %states : tensor<?x1xf32>
}
