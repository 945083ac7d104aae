// RUN: trimod-opt %s --trimod-pack-weights=lanes=8 --split-input-file | FileCheck %s --check-prefixes=CHECK,V3
// RUN: trimod-opt %s --trimod-pack-weights=lanes=16 --split-input-file | FileCheck %s --check-prefixes=CHECK,V4

trimod.parameter @w "w" : tensor<20x5xf32>
trimod.parameter @b "b" : tensor<20xf32>

// CHECK-LABEL: func.func @linear(
// CHECK-SAME: %[[X:.*]]: tensor<?x5xf32>)
// CHECK-DAG: %[[W:.*]] = trimod.get_parameter @w
// CHECK-DAG: %[[B:.*]] = trimod.get_parameter @b
// V3: %[[PADDED:.*]] = tensor.pad %[[W]] low[0, 0] high[4, 0]
// V3: %[[PANELS:.*]] = tensor.expand_shape %[[PADDED]] {{\[\[}}0, 1], [2]] {{.*}} into tensor<1x24x5xf32>
// V3: %[[PW:.*]] = linalg.transpose ins(%[[PANELS]] : tensor<1x24x5xf32>) {{.*}} permutation = [0, 2, 1]
// V3: %[[PB:.*]] = tensor.pad %[[B]] low[0] high[4]
// V3: trimod.packed_linear %[[X]], %[[PW]] bias(%[[PB]]) columns = 20 : tensor<?x5xf32>, tensor<1x5x24xf32>, tensor<24xf32>
// V4: trimod.packed_linear %[[X]], %{{.*}} bias(%{{.*}}) columns = 20 : tensor<?x5xf32>, tensor<1x5x32xf32>, tensor<32xf32>
func.func @linear(%x: tensor<?x5xf32>) -> tensor<?x20xf32> {
  %w = trimod.get_parameter @w : tensor<20x5xf32>
  %b = trimod.get_parameter @b : tensor<20xf32>
  %y = trimod.linear %x, %w bias(%b) : tensor<?x5xf32>, tensor<20x5xf32>, tensor<20xf32>
  return %y : tensor<?x20xf32>
}

// -----

// Nothing to pad; no bias; any leading dimensions.
trimod.parameter @w "w" : tensor<96x5xf32>
// CHECK-LABEL: func.func @many_panels(
// CHECK-NOT: tensor.pad
// V3: trimod.packed_linear %{{.*}}, %{{.*}} columns = 96 : tensor<2x?x5xf32>, tensor<4x5x24xf32>
// V4: trimod.packed_linear %{{.*}}, %{{.*}} columns = 96 : tensor<2x?x5xf32>, tensor<2x5x48xf32>
func.func @many_panels(%x: tensor<2x?x5xf32>) -> tensor<2x?x96xf32> {
  %w = trimod.get_parameter @w : tensor<96x5xf32>
  %y = trimod.linear %x, %w : tensor<2x?x5xf32>, tensor<96x5xf32>
  return %y : tensor<2x?x96xf32>
}

// -----

// 10 units are two panels of 8 or one of 16; gates of both directions come out of one product.
trimod.parameter @w "w" : tensor<60x4xf32>
trimod.parameter @b "b" : tensor<60xf32>
trimod.parameter @u0 "u0" : tensor<30x10xf32>
trimod.parameter @u1 "u1" : tensor<30x10xf32>
trimod.parameter @c0 "c0" : tensor<30xf32>
trimod.parameter @c1 "c1" : tensor<30xf32>
// CHECK-LABEL: func.func @gru(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[O:.*]]: tensor<?xindex>)
// V3: %[[G:.*]] = trimod.packed_linear %[[X]], %{{.*}} bias(%{{.*}}) columns = 96 : tensor<?x4xf32>, tensor<4x4x24xf32>, tensor<96xf32>
// V3: trimod.packed_gru bidirectional %[[G]], %{{.*}}, %{{.*}} offsets(%[[O]]) hidden = 10 : tensor<?x96xf32>, tensor<2x2x10x24xf32>, tensor<2x16xf32>, tensor<?xindex>
// V4: trimod.packed_linear %{{.*}} columns = 96 : tensor<?x4xf32>, tensor<2x4x48xf32>, tensor<96xf32>
// V4: trimod.packed_gru bidirectional %{{.*}} hidden = 10 : tensor<?x96xf32>, tensor<2x1x10x48xf32>, tensor<2x16xf32>, tensor<?xindex>
// CHECK-NOT: trimod.linear
// CHECK-NOT: trimod.gru_recurrence
func.func @gru(%x: tensor<?x4xf32>, %o: tensor<?xindex>) -> (tensor<?x20xf32>, tensor<?x20xf32>) {
  %w = trimod.get_parameter @w : tensor<60x4xf32>
  %b = trimod.get_parameter @b : tensor<60xf32>
  %u0 = trimod.get_parameter @u0 : tensor<30x10xf32>
  %u1 = trimod.get_parameter @u1 : tensor<30x10xf32>
  %c0 = trimod.get_parameter @c0 : tensor<30xf32>
  %c1 = trimod.get_parameter @c1 : tensor<30xf32>
  %g = trimod.linear %x, %w bias(%b) : tensor<?x4xf32>, tensor<60x4xf32>, tensor<60xf32>
  %h, %last = trimod.gru_recurrence bidirectional %g w_hh(%u0, %u1) b_hh(%c0, %c1) offsets(%o)
      linear_before_reset = true
      : tensor<?x60xf32>, tensor<30x10xf32>, tensor<30x10xf32>, tensor<30xf32>, tensor<30xf32>, tensor<?xindex>
  return %h, %last : tensor<?x20xf32>, tensor<?x20xf32>
}

// -----

// A state that starts at zero may say so.
trimod.parameter @w "w" : tensor<24x4xf32>
trimod.parameter @u "u" : tensor<24x8xf32>
trimod.parameter @c "c" : tensor<24xf32>
// CHECK-LABEL: func.func @zero_state(
// V3: trimod.packed_gru reverse %{{.*}} hidden = 8 : tensor<?x24xf32>, tensor<1x1x8x24xf32>, tensor<1x8xf32>
func.func @zero_state(%x: tensor<?x4xf32>) -> tensor<8xf32> {
  %w = trimod.get_parameter @w : tensor<24x4xf32>
  %u = trimod.get_parameter @u : tensor<24x8xf32>
  %c = trimod.get_parameter @c : tensor<24xf32>
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %g = trimod.linear %x, %w : tensor<?x4xf32>, tensor<24x4xf32>
  %h, %last = trimod.gru_recurrence reverse %g w_hh(%u) b_hh(%c) init(%zero) linear_before_reset = true
      : tensor<?x24xf32>, tensor<24x8xf32>, tensor<24xf32>, tensor<8xf32>
  return %last : tensor<8xf32>
}

// -----

// A window is K rows of C channels, in this order: [O, C, K] becomes [O, K*C], and that is packed.
trimod.parameter @w "w" : tensor<20x5x3xf32>
trimod.parameter @b "b" : tensor<20xf32>
// CHECK-LABEL: func.func @conv1d(
// CHECK-SAME: %[[X:.*]]: tensor<?x5xf32>, %[[O:.*]]: tensor<?xindex>)
// CHECK: %[[W:.*]] = trimod.get_parameter @w
// CHECK: %[[BYROW:.*]] = linalg.transpose ins(%[[W]] : tensor<20x5x3xf32>) {{.*}} permutation = [0, 2, 1]
// CHECK: %[[ROWS:.*]] = tensor.collapse_shape %[[BYROW]] {{\[\[}}0], [1, 2]] : tensor<20x3x5xf32> into tensor<20x15xf32>
// V3: %[[PADDED:.*]] = tensor.pad %[[ROWS]] low[0, 0] high[4, 0]
// V3: trimod.packed_conv1d %[[X]], %{{.*}} bias(%{{.*}}) offsets(%[[O]]) kernel = 3 columns = 20 activation = tanh : tensor<?x5xf32>, tensor<1x15x24xf32>, tensor<24xf32>, tensor<?xindex>
// V4: trimod.packed_conv1d %[[X]], %{{.*}} bias(%{{.*}}) offsets(%[[O]]) kernel = 3 columns = 20 activation = tanh : tensor<?x5xf32>, tensor<1x15x32xf32>, tensor<32xf32>, tensor<?xindex>
func.func @conv1d(%x: tensor<?x5xf32>, %o: tensor<?xindex>) -> tensor<?x20xf32> {
  %w = trimod.get_parameter @w : tensor<20x5x3xf32>
  %b = trimod.get_parameter @b : tensor<20xf32>
  %y = trimod.conv1d %x, %w bias(%b) offsets(%o) activation = tanh
      : tensor<?x5xf32>, tensor<20x5x3xf32>, tensor<20xf32>, tensor<?xindex>
  return %y : tensor<?x20xf32>
}

// -----

// An LSTM has four gates in a panel, and all of its biases are the projection's.
trimod.parameter @w "w" : tensor<80x4xf32>
trimod.parameter @b "b" : tensor<80xf32>
trimod.parameter @u "u" : tensor<40x10xf32>
trimod.parameter @c "c" : tensor<40xf32>
// CHECK-LABEL: func.func @lstm(
// CHECK-SAME: %[[X:.*]]: tensor<?x4xf32>, %[[O:.*]]: tensor<?xindex>)
// V3: %[[G:.*]] = trimod.packed_linear %[[X]], %{{.*}} bias(%{{.*}}) columns = 128 : tensor<?x4xf32>, tensor<6x4x24xf32>, tensor<144xf32>
// V3: trimod.packed_lstm bidirectional %[[G]], %{{.*}} offsets(%[[O]]) hidden = 10 : tensor<?x128xf32>, tensor<2x2x10x32xf32>, tensor<?xindex>
// V4: trimod.packed_lstm bidirectional %{{.*}} hidden = 10 : tensor<?x128xf32>, tensor<2x1x10x64xf32>, tensor<?xindex>
// CHECK-NOT: trimod.linear
// CHECK-NOT: trimod.lstm_recurrence
func.func @lstm(%x: tensor<?x4xf32>, %o: tensor<?xindex>) -> (tensor<?x20xf32>, tensor<?x20xf32>) {
  %w = trimod.get_parameter @w : tensor<80x4xf32>
  %b = trimod.get_parameter @b : tensor<80xf32>
  %u = trimod.get_parameter @u : tensor<40x10xf32>
  %c = trimod.get_parameter @c : tensor<40xf32>
  %g = trimod.linear %x, %w bias(%b) : tensor<?x4xf32>, tensor<80x4xf32>, tensor<80xf32>
  %h, %last, %cell = trimod.lstm_recurrence bidirectional %g w_hh(%u, %u) b_hh(%c, %c) offsets(%o)
      : tensor<?x80xf32>, tensor<40x10xf32>, tensor<40x10xf32>, tensor<40xf32>, tensor<40xf32>, tensor<?xindex>
  return %h, %cell : tensor<?x20xf32>, tensor<?x20xf32>
}
