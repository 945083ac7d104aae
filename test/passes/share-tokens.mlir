// RUN: trimod-opt %s --trimod-share-tokens --split-input-file | FileCheck %s

// Word and characters of a token decide its gates: they move out, with all that only they need.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @chars "chars" : tensor<5x3xf32>
trimod.parameter @w "w" : tensor<1x8x24xf32>
trimod.parameter @b "b" : tensor<24xf32>
trimod.parameter @char_hh "char_hh" : tensor<2x1x3x24xf32>
trimod.parameter @char_hn "char_hn" : tensor<2x8xf32>
trimod.parameter @char_w "char_w" : tensor<2x3x24xf32>
trimod.parameter @hh "hh" : tensor<1x1x8x24xf32>
trimod.parameter @hn "hn" : tensor<1x8xf32>
// CHECK-LABEL: func.func @tag.tokens(
// CHECK-SAME: %[[W:[^,]*]]: tensor<?xi32> {trimod.index_bound = 7 : i64, trimod.name = "words"},
// CHECK-SAME: %[[C:[^,]*]]: tensor<?xi32> {trimod.name = "chars"},
// CHECK-SAME: %[[I:[^,]*]]: tensor<?xindex> {trimod.name = "chars.item_offsets"})
// CHECK-SAME: -> (tensor<?x24xf32> {trimod.name = "token_rows"}) {
// CHECK: trimod.embedding %[[W]]
// CHECK: trimod.embedding %[[C]]
// CHECK: %[[CHARS:.*]], %[[LAST:.*]] = trimod.packed_gru {{.*}} offsets(%[[I]])
// CHECK: tensor.concat
// CHECK: %[[ROWS:.*]] = trimod.packed_linear
// CHECK-NEXT: return %[[ROWS]]

// CHECK-LABEL: func.func @tag(
// CHECK-SAME: %[[T:[^,]*]]: tensor<?xi32> {trimod.name = "tokens", trimod.offsets = "tokens"},
// CHECK-SAME: %[[R:[^,]*]]: tensor<?x24xf32> {trimod.name = "token_rows"},
// CHECK-SAME: %[[O:[^,]*]]: tensor<?xindex> {trimod.name = "tokens.offsets"},
// CHECK-SAME: %{{[^,]*}}: tensor<?xf32> {trimod.name = "other"})
// CHECK-SAME: -> (tensor<?x8xf32> {trimod.name = "states", trimod.offsets = "tokens"}) {
// CHECK-NOT: trimod.packed_linear
// CHECK-NOT: @table
// CHECK: %[[G:.*]] = trimod.embedding %[[T]], %[[R]] : tensor<?xi32>, tensor<?x24xf32>
// CHECK: trimod.packed_gru forward %[[G]], {{.*}} offsets(%[[O]])
// CHECK-NOT: trimod.packed_gru
func.func @tag(%words: tensor<?xi32> {trimod.index_bound = 7 : i64, trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"},
               %chars: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"},
               %items: tensor<?xindex> {trimod.name = "chars.item_offsets"},
               %other: tensor<?xf32> {trimod.name = "other"})
    -> (tensor<?x8xf32> {trimod.name = "states", trimod.offsets = "tokens"}) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %char_table = trimod.get_parameter @chars : tensor<5x3xf32>
  %char_w = trimod.get_parameter @char_w : tensor<2x3x24xf32>
  %char_hh = trimod.get_parameter @char_hh : tensor<2x1x3x24xf32>
  %char_hn = trimod.get_parameter @char_hn : tensor<2x8xf32>
  %w = trimod.get_parameter @w : tensor<1x8x24xf32>
  %b = trimod.get_parameter @b : tensor<24xf32>
  %hh = trimod.get_parameter @hh : tensor<1x1x8x24xf32>
  %hn = trimod.get_parameter @hn : tensor<1x8xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<7x2xf32>
  %x = trimod.embedding %chars, %char_table : tensor<?xi32>, tensor<5x3xf32>
  %p = trimod.packed_linear %x, %char_w columns = 48 : tensor<?x3xf32>, tensor<2x3x24xf32>
  %char_states, %features = trimod.packed_gru bidirectional %p, %char_hh, %char_hn offsets(%items) hidden = 3
      : tensor<?x48xf32>, tensor<2x1x3x24xf32>, tensor<2x8xf32>, tensor<?xindex>
  %token = tensor.concat dim(1) %e, %features : (tensor<?x2xf32>, tensor<?x6xf32>) -> tensor<?x8xf32>
  %gates = trimod.packed_linear %token, %w bias(%b) columns = 24 : tensor<?x8xf32>, tensor<1x8x24xf32>, tensor<24xf32>
  %states, %last = trimod.packed_gru forward %gates, %hh, %hn offsets(%offsets) hidden = 8
      : tensor<?x24xf32>, tensor<1x1x8x24xf32>, tensor<1x8xf32>, tensor<?xindex>
  return %states : tensor<?x8xf32>
}

// -----

// The same of an LSTM whose weights are not packed.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<4x2xf32>
trimod.parameter @u "u" : tensor<4x1xf32>
trimod.parameter @b "b" : tensor<4xf32>
// CHECK-LABEL: func.func @tag.tokens(
// CHECK: trimod.linear
// CHECK-LABEL: func.func @tag(
// CHECK-NOT: trimod.linear
// CHECK: trimod.lstm_recurrence
func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
               %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"})
    -> (tensor<?x1xf32> {trimod.name = "states", trimod.offsets = "tokens"}) {
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
