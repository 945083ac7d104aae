// RUN: trimod-opt %s --trimod-gather-gates --canonicalize --remarks-filter=trimod-schedule --verify-diagnostics \
// RUN:   | FileCheck %s

// CHECK-LABEL: func.func @gru(
// CHECK-SAME: %[[IDS:[^:]*]]: tensor<?xi32>, %[[T:[^:]*]]: tensor<7x24xf32>
// CHECK-NOT: trimod.embedding
// CHECK: trimod.packed_gru forward %[[T]] rows(%[[IDS]]), %{{.*}}, %{{.*}} offsets(%{{.*}}) hidden = 3 : tensor<7x24xf32>, tensor<?xi32>,
func.func @gru(%ids: tensor<?xi32>, %table: tensor<7x24xf32>, %u: tensor<1x1x3x24xf32>, %b: tensor<1x8xf32>,
               %offsets: tensor<?xindex>) -> tensor<?x3xf32> {
  %gates = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x24xf32>
  %states, %last = trimod.packed_gru forward %gates, %u, %b offsets(%offsets) hidden = 3
      : tensor<?x24xf32>, tensor<1x1x3x24xf32>, tensor<1x8xf32>, tensor<?xindex>
  return %states : tensor<?x3xf32>
}

// CHECK-LABEL: func.func @lstm(
// CHECK: trimod.packed_lstm forward %{{.*}} rows(%{{.*}}), %{{.*}} hidden = 3 : tensor<7x32xf32>, tensor<?xi32>,
func.func @lstm(%ids: tensor<?xi32>, %table: tensor<7x32xf32>, %u: tensor<1x1x3x32xf32>) -> tensor<?x3xf32> {
  %gates = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x32xf32>
  %states, %last, %cell = trimod.packed_lstm forward %gates, %u hidden = 3
      : tensor<?x32xf32>, tensor<1x1x3x32xf32>
  return %states : tensor<?x3xf32>
}

// A row that must be widened is widened once, not once a panel.
// CHECK-LABEL: func.func @half(
// CHECK: trimod.embedding
// CHECK-NOT: rows(
func.func @half(%ids: tensor<?xi32>, %table: tensor<7x32xf16>, %u: tensor<1x1x3x32xf32>) -> tensor<?x3xf32> {
  %gates = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x32xf16>
  // expected-remark@+1 {{the table of gates is not f32}}
  %states, %last, %cell = trimod.packed_lstm forward %gates, %u hidden = 3
      : tensor<?x32xf32>, tensor<1x1x3x32xf32>
  return %states : tensor<?x3xf32>
}
