// RUN: trimod-opt %s --trimod-hoist-attention-context --remarks-filter=trimod-schedule \
// RUN:   --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @one_post(
// CHECK-SAME: %[[Q:[^ ]*]]: tensor<?x4xf32>, %[[V:[^ ]*]]: tensor<?x4xf32>, %[[G:[^ ]*]]: tensor<?x4xf32>, %[[W:[^ ]*]]: tensor<3x4xf32>, %[[B:[^ ]*]]: tensor<3xf32>, %[[U:[^ ]*]]: tensor<3xf32>)
// CHECK: %[[PV:.*]] = trimod.linear %[[V]], %[[W]] bias(%[[B]])
// CHECK: %[[PG:.*]] = trimod.linear %[[G]], %[[W]] bias(%[[B]])
// CHECK: %[[MAX:.*]], %[[WEIGHT:.*]], %[[SUM:.*]] = trimod.attention_context context(%[[V]], %[[G]]) projected(%[[PV]], %[[PG]]) score(%[[U]]) : {{.*}}
// CHECK: %[[PQ:.*]] = trimod.linear %[[Q]], %[[W]] bias(%[[B]])
// CHECK: %[[R:.*]] = trimod.attention_merge queries(%[[Q]]) projected(%[[PQ]]) score(%[[U]]) context(%[[MAX]], %[[WEIGHT]], %[[SUM]]) : {{.*}} tensor<f32>, tensor<f32>, tensor<4xf32>
// CHECK: return %[[R]]
func.func @one_post(%q: tensor<?x4xf32>, %v: tensor<?x4xf32>, %g: tensor<?x4xf32>, %w: tensor<3x4xf32>,
    %b: tensor<3xf32>, %u: tensor<3xf32>) -> tensor<?x4xf32> {
  %r = trimod.attention_pool queries(%q) context(%v, %g) score(%w, %b, %u)
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3xf32>
  return %r : tensor<?x4xf32>
}

// CHECK-LABEL: func.func @many_posts(
// CHECK-SAME: %[[QO:[^ ]*]]: tensor<?xindex>, %[[VO:[^ ]*]]: tensor<?xindex>, %[[GO:[^ ]*]]: tensor<?xindex>)
// CHECK: trimod.attention_context {{.*}} offsets(%[[VO]], %[[GO]])
// CHECK: trimod.attention_merge {{.*}} offsets(%[[QO]]) : {{.*}} tensor<?xf32>, tensor<?xf32>, tensor<?x4xf32>, tensor<?xindex>
func.func @many_posts(%q: tensor<?x4xf32>, %v: tensor<?x4xf32>, %g: tensor<?x4xf32>, %w: tensor<3x4xf32>,
    %b: tensor<3xf32>, %u: tensor<3xf32>, %qo: tensor<?xindex>, %vo: tensor<?xindex>, %go: tensor<?xindex>) -> tensor<?x4xf32> {
  %r = trimod.attention_pool queries(%q) context(%v, %g) score(%w, %b, %u) offsets(%qo)(%vo, %go)
      : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3xf32>,
        tensor<?xindex>, tensor<?xindex>, tensor<?xindex>
  return %r : tensor<?x4xf32>
}
