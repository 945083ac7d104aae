// Every phase by hand, each from the output of the one before: what trimod-compile runs.
// RUN: rm -rf %t && mkdir -p %t
// RUN: trimod-opt %s --trimod-phase-model -o %t/model.mlir
// RUN: FileCheck %s --check-prefix=MODEL < %t/model.mlir
// RUN: trimod-opt %t/model.mlir --trimod-phase-fused -o %t/fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t/fused.mlir
// RUN: trimod-opt %t/fused.mlir --trimod-phase-batched=entry=score -o %t/batched.mlir
// RUN: FileCheck %s --check-prefix=BATCHED < %t/batched.mlir
// RUN: trimod-opt %t/batched.mlir --trimod-phase-scheduled='lanes=8 fold-tables=0' -o %t/scheduled.mlir
// RUN: FileCheck %s --check-prefix=SCHEDULED < %t/scheduled.mlir
// RUN: trimod-opt %t/scheduled.mlir --trimod-phase-kernels -o %t/kernels.mlir
// RUN: FileCheck %s --check-prefix=KERNELS < %t/kernels.mlir
// RUN: trimod-opt %t/kernels.mlir --trimod-phase-llvm=level=x86-64-v3 | FileCheck %s --check-prefix=LLVM

// `skip` leaves an optional pass out; `kernels` is the list of ops that stay for a kernel.
// RUN: trimod-opt %t/batched.mlir --trimod-phase-scheduled='lanes=8 skip=trimod-pack-weights' -o %t/plain.mlir
// RUN: FileCheck %s --check-prefix=SKIPPED --implicit-check-not=packed_linear < %t/plain.mlir
// RUN: trimod-opt %t/plain.mlir --trimod-phase-kernels=kernels=trimod.embedding | FileCheck %s --check-prefix=LOOPS --implicit-check-not=trimod_linear

// RUN: not trimod-opt %t/kernels.mlir --trimod-phase-llvm=level=x86-64-v2 2>&1 | FileCheck %s --check-prefix=LEVEL
// LEVEL: trimod-phase-llvm: expected an instruction level x86-64-v3 or x86-64-v4, found 'x86-64-v2'
// RUN: not trimod-opt %t/kernels.mlir --pass-pipeline='builtin.module(trimod-attach-target{level=x86-64-v2})' 2>&1 | FileCheck %s --check-prefix=TARGET
// TARGET: error: expected an instruction level x86-64-v3 or x86-64-v4, found 'x86-64-v2'

trimod.parameter @table "table.weight" : tensor<5x4xf32>
trimod.parameter @w "layer.weight" : tensor<3x4xf32>
trimod.parameter @b "layer.bias" : tensor<3xf32>

func.func private @layer(%x: tensor<?x4xf32>) -> tensor<?x3xf32> {
  %w = trimod.get_parameter @w : tensor<3x4xf32>
  %b = trimod.get_parameter @b : tensor<3xf32>
  %y = trimod.linear %x, %w bias(%b) : tensor<?x4xf32>, tensor<3x4xf32>, tensor<3xf32>
  return %y : tensor<?x3xf32>
}

func.func @score(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"})
    -> (tensor<?x3xf32> {trimod.name = "scores", trimod.length = "tokens"}) {
  %table = trimod.get_parameter @table : tensor<5x4xf32>
  %x = trimod.embedding %words, %table : tensor<?xi32>, tensor<5x4xf32>
  %y = func.call @layer(%x) : (tensor<?x4xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

//     MODEL: call @layer
// FUSED-NOT: call @
//     FUSED: trimod.linear
//   BATCHED: func.func @score(%{{.*}}: tensor<?xi32> {{{.*}}trimod.name = "words"{{.*}}}, %{{.*}}: tensor<?xindex> {trimod.name = "tokens.offsets"
// SCHEDULED: func.func @score({{.*}}trimod.derived = 0
// SCHEDULED: trimod.packed_linear
//   SKIPPED: trimod.linear
//   KERNELS: func.func @score.init({{.*}}trimod.workspace
//   KERNELS: func.func @score({{.*}}trimod.parameter = "derived:score.v3.0"{{.*}}trimod.workspace
//   KERNELS: call @trimod_embedding
//   KERNELS: call @trimod_linear_v3
//     LOOPS: call @trimod_embedding
//     LOOPS: scf.for
//      LLVM: llvm.func {{.*}}@trimod_score_v3(
