// The biggest tile of each level fills the registers and no more: 12 accumulators on AVX2, 24 on AVX-512, less where the
// vectors beside them (four gates of an LSTM on AVX2) would spill. No kernel has memory of its own.
// RUN: trimod-opt %s --one-shot-bufferize="bufferize-function-boundaries" | FileCheck %s
// RUN: trimod-opt %s --one-shot-bufferize="bufferize-function-boundaries" --trimod-phase-llvm | FileCheck %s --check-prefix=LLVM

func.func @tag(%x: tensor<?x64xf32>, %w: tensor<1x64x24xf32>, %wg: tensor<1x1x5x24xf32>, %b: tensor<1x8xf32>,
    %x4: tensor<?x32xf32>, %wl: tensor<1x1x5x32xf32>) -> (tensor<5xf32>, tensor<5xf32>) {
  %0 = trimod.packed_linear %x, %w columns = 24 : tensor<?x64xf32>, tensor<1x64x24xf32>
  %states, %last = trimod.packed_gru forward %0, %wg, %b hidden = 5 : tensor<?x24xf32>, tensor<1x1x5x24xf32>, tensor<1x8xf32>
  %lstm_states, %lstm_last, %lstm_cell = trimod.packed_lstm forward %x4, %wl hidden = 5 : tensor<?x32xf32>, tensor<1x1x5x32xf32>
  return %last, %lstm_last : tensor<5xf32>, tensor<5xf32>
}

// CHECK-LABEL: func private @trimod_gru_v3_h5_forward(
//   CHECK-NOT:   memref.alloc
//       CHECK:   scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-12: math.fma
//  CHECK-NEXT:   scf.yield
//   CHECK-NOT:   memref.alloc
// CHECK-LABEL: func private @trimod_linear_v3_k64_n24_w24(
//  CHECK-SAME:   attributes {passthrough = ["noinline"]}
//   CHECK-NOT:   memref.alloc
//       CHECK:   scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-12: math.fma
//       CHECK:   scf.yield
//   CHECK-NOT:   memref.alloc
// CHECK-LABEL: func private @trimod_lstm_v3_h5_forward(
//   CHECK-NOT:   memref.alloc
//       CHECK:   scf.for {{.*}} -> (vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>, vector<8xf32>) {
// CHECK-COUNT-8: math.fma
//  CHECK-NEXT:   scf.yield
//   CHECK-NOT:   memref.alloc

// LLVM-LABEL: llvm.func internal @tag(
//  LLVM-SAME:   passthrough = [
//  LLVM-SAME:     ["target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"]]
// LLVM-LABEL: llvm.func internal @trimod_linear_v3_k64_n24_w24(
//  LLVM-SAME:   passthrough = ["noinline", ["target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"]]
//   LLVM-NOT:   llvm.alloca
//   LLVM-NOT:   fastmath
//       LLVM:   llvm.intr.fma(
