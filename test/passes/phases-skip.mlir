// Each optional pass left out of its phase leaves what it would have replaced.
// RUN: trimod-opt %models/trimod/trimod.mlir --trimod-phase-model=weights=%models/trimod/trimod.safetensors -o %t.model.mlir
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused -o %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused=skip=trimod-fuse-gru-cell | FileCheck %s --check-prefix=CELL
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused=skip=trimod-merge-directions | FileCheck %s --check-prefix=DIRECTIONS
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused=skip=trimod-fuse-attention-pool | FileCheck %s --check-prefix=POOL
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused=skip=trimod-fuse-crf-viterbi | FileCheck %s --check-prefix=VITERBI
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused=skip=trimod-fuse-gru-cell,trimod-fuse-crf-viterbi | FileCheck %s --check-prefix=TWO
// RUN: trimod-opt %t.fused.mlir --trimod-phase-batched -o %t.batched.mlir
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled | FileCheck %s --check-prefix=SCHEDULED
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled=skip=trimod-project-inputs | FileCheck %s --check-prefix=PROJECT
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled=skip=trimod-hoist-attention-context | FileCheck %s --check-prefix=HOIST
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled=skip=trimod-pack-weights | FileCheck %s --check-prefix=PACK

// FUSED-NOT: trimod.scan
// FUSED-COUNT-2: trimod.gru{{ +}}bidirectional
// FUSED: trimod.attention_pool
// FUSED: trimod.crf_viterbi
// FUSED-NOT: trimod.scan

// CELL-NOT: trimod.gru
// CELL-COUNT-4: trimod.scan
// CELL: trimod.attention_pool
// CELL: trimod.crf_viterbi

// DIRECTIONS-NOT: bidirectional
// DIRECTIONS: trimod.gru{{ +}}forward
// DIRECTIONS: trimod.gru{{ +}}reverse
// DIRECTIONS: trimod.gru{{ +}}forward
// DIRECTIONS: trimod.gru{{ +}}reverse
// DIRECTIONS: trimod.crf_viterbi

// POOL-NOT: trimod.attention_pool
// POOL-COUNT-2: trimod.gru{{ +}}bidirectional
// POOL: trimod.map
// POOL: linalg.vecmat
// POOL: trimod.crf_viterbi

// VITERBI-NOT: trimod.crf_viterbi
// VITERBI: trimod.attention_pool
// VITERBI: trimod.scan
// VITERBI: trimod.scan reverse

// TWO-NOT: trimod.gru
// TWO-NOT: trimod.crf_viterbi
// TWO: trimod.attention_pool

// SCHEDULED-COUNT-2: trimod.packed_gru
// SCHEDULED: trimod.attention_merge
// SCHEDULED: trimod.packed_linear

// PROJECT-COUNT-2: trimod.gru{{ +}}bidirectional
// PROJECT-NOT: packed_gru
// PROJECT: trimod.attention_merge
// PROJECT: trimod.packed_linear

// HOIST-COUNT-2: trimod.packed_gru
// HOIST-NOT: trimod.attention_context
// HOIST: trimod.attention_pool

// PACK-NOT: trimod.packed
// PACK-COUNT-2: trimod.gru_recurrence
// PACK-NOT: trimod.packed
// PACK: trimod.attention_merge
// PACK: trimod.linear
