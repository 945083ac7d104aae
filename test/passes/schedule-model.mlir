// The bundled model with its weights, from the file to its schedule for either vector width.
// RUN: trimod-opt %models/trimod/trimod.mlir --pass-pipeline='builtin.module( \
// RUN:     trimod-specialize{weights=%models/trimod/trimod.safetensors}, trimod-verify-phase{phase=model}, \
// RUN:     inline, symbol-dce, canonicalize, cse, func.func(trimod-refine-shapes), canonicalize, cse, \
// RUN:     func.func(loop-invariant-code-motion, trimod-fuse-gru-cell, trimod-merge-directions, \
// RUN:       trimod-fuse-attention-pool, trimod-fuse-crf-viterbi), canonicalize, cse, \
// RUN:     trimod-verify-phase{phase=fused}, \
// RUN:     trimod-batch{entry=tag}, trimod-expand-ragged, canonicalize, cse, func.func(trimod-flatten), \
// RUN:     canonicalize, cse, trimod-verify-phase{phase=batched}, \
// RUN:     func.func(trimod-project-inputs, trimod-hoist-attention-context), canonicalize, cse)' -o %t.mlir
// RUN: trimod-opt %t.mlir --pass-pipeline='builtin.module(func.func(trimod-pack-weights{lanes=8}), canonicalize, cse, \
// RUN:     trimod-outline-init, canonicalize, cse, trimod-verify-phase{phase=scheduled})' \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V3
// RUN: trimod-opt %t.mlir --pass-pipeline='builtin.module(func.func(trimod-pack-weights{lanes=16}), canonicalize, cse, \
// RUN:     trimod-outline-init, canonicalize, cse, trimod-verify-phase{phase=scheduled})' \
// RUN:   | FileCheck %s --check-prefixes=CHECK,V4

// CHECK-LABEL: func.func private @tag_init()
// CHECK-LABEL: func.func @tag(
// Nothing of the cells, of their sizes, or of loops over words and posts is left.
// CHECK-NOT: ?x?
// CHECK-NOT: trimod.map
// CHECK-NOT: trimod.scan
// CHECK-NOT: tensor.pad
// V3: trimod.packed_gru bidirectional {{.*}} hidden = 30 : tensor<?x192xf32>
// V4: trimod.packed_gru bidirectional {{.*}} hidden = 30 : tensor<?x192xf32>
// V3: trimod.packed_gru bidirectional {{.*}} hidden = 150 : tensor<?x912xf32>
// V4: trimod.packed_gru bidirectional {{.*}} hidden = 150 : tensor<?x960xf32>
// CHECK: trimod.attention_context
// CHECK: trimod.attention_merge
// CHECK: trimod.packed_linear {{.*}} columns = 9
// CHECK: trimod.crf_viterbi
// CHECK-NOT: trimod.linear
