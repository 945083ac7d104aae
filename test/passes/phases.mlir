// The phases as pipelines, on a model with a cell that no pass knows. The weights are zeros behind a header with the
// model's shapes.
// RUN: cp %S/Inputs/mgu.header %t.safetensors
// RUN: truncate -s 9916 %t.safetensors
// RUN: trimod-opt %models/test/mgu.mlir --trimod-phase-model=weights=%t.safetensors -o %t.model.mlir
// RUN: FileCheck %s --check-prefix=MODEL < %t.model.mlir
// RUN: trimod-opt %t.model.mlir --trimod-phase-fused -o %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// RUN: trimod-opt %t.fused.mlir --trimod-phase-batched -o %t.batched.mlir
// RUN: FileCheck %s --check-prefix=BATCHED < %t.batched.mlir
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled='lanes=16 fold-tables=0' | FileCheck %s --check-prefix=SCHEDULED
// RUN: trimod-opt %t.batched.mlir --trimod-phase-kernels=kernels=none | FileCheck %s --check-prefix=LOOPS
// RUN: trimod-opt %t.batched.mlir --trimod-phase-kernels=kernels=trimod.crf_viterbi,trimod.embedding -o %t.kernels.mlir
// RUN: FileCheck %s --check-prefix=KERNELS < %t.kernels.mlir
// RUN: trimod-opt %t.kernels.mlir --trimod-phase-llvm | FileCheck %s --check-prefix=LLVM

// Shapes come from the weights.
// MODEL: trimod.parameter @word_embedding "word_embedding.weight" : tensor<5x11xf32>
// MODEL: func.func private @mgu_cell
// MODEL: func.func @tag(

// One function. Both recurrences stay scans, and only the map over words is left for flattening.
// FUSED-NOT: func.func private
// FUSED: func.func @tag(
// FUSED: trimod.map
// FUSED: trimod.scan
// FUSED: trimod.scan reverse
// FUSED-NOT: trimod.map
// FUSED: trimod.scan
// FUSED: trimod.scan reverse
// FUSED-NOT: func.call

// Loops around the recurrences alone: layers and pooling work on all rows of all posts.
// BATCHED: func.func @tag(
// BATCHED-SAME: trimod.name = "tokens.offsets"
// BATCHED-SAME: trimod.name = "chars.item_offsets"
// BATCHED: %[[GATES:.*]] = trimod.linear
// BATCHED: trimod.pack %[[GATES]]
// BATCHED: trimod.map
// BATCHED: trimod.scan
// BATCHED: trimod.scan reverse
// BATCHED: trimod.yield {{.*}} : tensor<7xf32>, tensor<7xf32>
// BATCHED: trimod.map
// BATCHED: trimod.scan
// BATCHED: trimod.scan reverse
// BATCHED-NOT: trimod.map
// BATCHED: trimod.attention_pool {{.*}} offsets(
// BATCHED-NOT: trimod.map
// BATCHED: trimod.crf_viterbi {{.*}} offsets(

// SCHEDULED: func.func private @tag_init()
// SCHEDULED: func.func @tag(
// SCHEDULED-SAME: trimod.init = @tag_init
// SCHEDULED: trimod.packed_linear {{.*}} columns = 14 : tensor<?x6xf32>, tensor<1x6x16xf32>
// SCHEDULED: trimod.scan
// SCHEDULED: trimod.attention_context
// SCHEDULED: trimod.attention_merge
// SCHEDULED: trimod.packed_linear {{.*}} columns = 9

// Inputs, parameters, the workspace, outputs.
// LOOPS: func.func @tag(%arg0: memref<?xi32> {trimod.name = "words"
// LOOPS-SAME: memref<5x11xf32> {trimod.name = "word_embedding", trimod.parameter = "word_embedding.weight"}
// LOOPS-SAME: memref<?xi8> {trimod.name = "workspace", trimod.workspace}
// LOOPS-SAME: memref<?xi32> {trimod.name = "labels", trimod.output}
// LOOPS-SAME: attributes {trimod.entry}
// LOOPS-NOT: tensor<
// LOOPS-NOT: memref.alloc(
// LOOPS-NOT: call @
// LOOPS: func.func private @tag_workspace(

// KERNELS: func.func @tag(
// KERNELS-DAG: call @{{.*}}embedding
// KERNELS-DAG: call @{{.*}}viterbi
// KERNELS-NOT: tensor<

// LLVM-NOT: memref.
// LLVM: llvm.func internal @tag(
// LLVM: llvm.func {{.*}}@trimod_tag_v3(
