// The bundled model up to the fused phase: every recurrence, the pooling and the decoding fuse, and
// only the map over words is left for flattening. The weights are zeros behind a header with the
// model's shapes; the recognisers look at types alone.
// RUN: cp %S/Inputs/trimod.header %t.safetensors
// RUN: truncate -s 2389032 %t.safetensors
// RUN: trimod-opt %models/trimod/trimod.mlir -pass-pipeline='builtin.module( \
// RUN:   trimod-specialize{weights=%t.safetensors},inline,symbol-dce,canonicalize,cse, \
// RUN:   func.func(trimod-refine-shapes),canonicalize,cse,func.func(loop-invariant-code-motion, \
// RUN:   trimod-fuse-gru-cell,trimod-merge-directions,trimod-fuse-attention-pool, \
// RUN:   trimod-fuse-crf-viterbi),canonicalize,cse)' | FileCheck %s

// CHECK: func.func @tag(%[[WORDS:.*]]: tensor<?xi32> {{{.*}}}, %[[CHARS:.*]]: !trimod.ragged<tensor<?xi32>> {{{.*}}}, %[[VISUAL:.*]]: tensor<?xi32> {{{.*}}}, %[[HASHTAGS:.*]]: !trimod.ragged<tensor<?xi32>> {{{.*}}})
// CHECK-NOT: trimod.scan
// CHECK: %[[C:.*]] = trimod.map %[[CHARS]] {
// CHECK-NEXT: ^bb0(%[[WORD:.*]]: tensor<?xi32>):
// CHECK-NEXT: %[[E:.*]] = trimod.embedding %[[WORD]]
// CHECK-NEXT: %{{.*}}, %[[LAST:.*]] = trimod.gru{{ +}}bidirectional %[[E]] {{.*}} linear_before_reset = true : tensor<?x30xf32>, tensor<90x30xf32>
// CHECK-NEXT: trimod.yield %[[LAST]] : tensor<60xf32>
// CHECK-NOT: trimod.scan
// CHECK-NOT: trimod.map
// CHECK: %[[X:.*]] = tensor.concat dim(1) %{{.*}}, %[[C]]
// CHECK-NOT: trimod.scan
// CHECK-NOT: trimod.map
// CHECK: %[[H:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %[[X]] {{.*}} linear_before_reset = true : tensor<?x260xf32>, tensor<450x260xf32>
// CHECK-NOT: trimod.scan
// CHECK-NOT: trimod.map
// CHECK: %[[V:.*]] = trimod.linear
// CHECK: %[[G:.*]] = trimod.linear
// CHECK: %[[F:.*]] = trimod.attention_pool queries(%[[H]]) context(%[[V]], %[[G]])
// CHECK-NEXT: %[[P:.*]] = trimod.linear %[[F]]
// CHECK-NOT: trimod.scan
// CHECK: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %[[P]]
// CHECK-NEXT: return %[[L]], %[[S]], %[[P]]
