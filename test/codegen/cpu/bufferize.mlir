// Ops with kernels become calls; results and scratch are allocations of the caller, which trimod-plan-buffers can place.
// RUN: trimod-opt %s --split-input-file --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --canonicalize | FileCheck %s

// CHECK-LABEL: func @embedding(
//  CHECK-SAME: %[[IDS:.*]]: memref<?xi32>, %[[TABLE:.*]]: memref<50x200xf16>
//       CHECK: %[[ROWS:.*]] = memref.dim %[[IDS]]
//       CHECK: %[[RESULT:.*]] = memref.alloc(%[[ROWS]]) {alignment = 64 : i64} : memref<?x200xf32>
//       CHECK: call @trimod_embedding_v3_d200_f16(
//       CHECK: return %[[RESULT]]
func.func @embedding(%ids: tensor<?xi32>, %table: tensor<50x200xf16>) -> tensor<?x200xf32> {
  %0 = trimod.embedding %ids, %table : tensor<?xi32>, tensor<50x200xf16>
  return %0 : tensor<?x200xf32>
}
// CHECK: func private @trimod_embedding_v3_d200_f16(

// -----

// CHECK-LABEL: func @scaled_embedding(
//  CHECK-SAME: memref<?xi32>, %[[TABLE:.*]]: memref<50x30xi8>, %[[SCALES:.*]]: memref<50xf32>
//       CHECK: %[[KERNEL_TABLE:.*]] = memref.cast %[[TABLE]]
//       CHECK: %[[KERNEL_SCALES:.*]] = memref.cast %[[SCALES]]
//       CHECK: call @trimod_embedding_v3_d30_i8(%{{[^,]*}}, %[[KERNEL_TABLE]], %[[KERNEL_SCALES]], %{{[^,]*}})
func.func @scaled_embedding(%ids: tensor<?xi32>, %table: tensor<50x30xi8>, %scales: tensor<50xf32>) -> tensor<?x30xf32> {
  %0 = trimod.embedding %ids, %table scales(%scales) : tensor<?xi32>, tensor<50x30xi8>, tensor<50xf32>
  return %0 : tensor<?x30xf32>
}
// The scale is read once a row, the row is widened and multiplied.
//       CHECK: func private @trimod_embedding_v3_d30_i8(
//       CHECK: %[[SCALE:.*]] = memref.load %{{.*}}[%{{.*}}] : memref<?xf32, {{.*}}>
//       CHECK: scf.for
//       CHECK: %[[ROW:.*]] = arith.sitofp %{{.*}} : vector<8xi8> to vector<8xf32>
//       CHECK: %[[LANES:.*]] = vector.broadcast %[[SCALE]] : f32 to vector<8xf32>
//       CHECK: arith.mulf %[[ROW]], %[[LANES]]

// -----

// Two uses share one kernel, and the level is the module's.
// CHECK-LABEL: module attributes {trimod.isa_level = "x86-64-v4"}
//       CHECK: func @linear(
//   CHECK-NOT: memref.copy
//       CHECK: memref.alloc(%{{.*}}) {{.*}} : memref<?x450xf32>
//       CHECK: call @trimod_linear_v4_k260_n450_w48_bias(
//       CHECK: memref.expand_shape
//       CHECK: call @trimod_linear_v4_k260_n450_w48_bias(
//       CHECK: memref.collapse_shape
//       CHECK: call @trimod_linear_v4_k260_n450_w48(
// CHECK-COUNT-1: func private @trimod_linear_v4_k260_n450_w48(
// CHECK-COUNT-1: func private @trimod_linear_v4_k260_n450_w48_bias(
module attributes {trimod.isa_level = "x86-64-v4"} {
  func.func @linear(%x: tensor<?x260xf32>, %row: tensor<260xf32>, %three: tensor<2x?x260xf32>,
                    %w: tensor<10x260x48xf32>, %b: tensor<480xf32>)
      -> (tensor<?x450xf32>, tensor<450xf32>, tensor<2x?x450xf32>) {
    %0 = trimod.packed_linear %x, %w bias(%b) columns = 450 : tensor<?x260xf32>, tensor<10x260x48xf32>, tensor<480xf32>
    %1 = trimod.packed_linear %row, %w bias(%b) columns = 450 : tensor<260xf32>, tensor<10x260x48xf32>, tensor<480xf32>
    %2 = trimod.packed_linear %three, %w columns = 450 : tensor<2x?x260xf32>, tensor<10x260x48xf32>
    return %0, %1, %2 : tensor<?x450xf32>, tensor<450xf32>, tensor<2x?x450xf32>
  }
}

// -----

// CHECK-LABEL: func @gru(
//   CHECK-DAG: memref.alloc(%{{.*}}) {{.*}} : memref<?x60xf32>
//   CHECK-DAG: memref.alloc(%{{.*}}) {{.*}} : memref<?xindex>
//   CHECK-DAG: memref.alloc() {{.*}} : memref<1536xf32>
//       CHECK: call @trimod_gru_v3_h30_bidirectional(
// CHECK-LABEL: func @gru_of_one_sequence(
//       CHECK: %[[OFFSETS:.*]] = memref.alloc() {{.*}} : memref<2xindex>
//       CHECK: memref.store %{{.*}}, %[[OFFSETS]][%c0]
//       CHECK: memref.store %{{.*}}, %[[OFFSETS]][%c1]
//       CHECK: call @trimod_gru_v3_h30_bidirectional(
func.func @gru(%gates: tensor<?x192xf32>, %w: tensor<2x4x30x24xf32>, %b: tensor<2x32xf32>, %o: tensor<?xindex>)
    -> (tensor<?x60xf32>, tensor<?x60xf32>) {
  %states, %last = trimod.packed_gru bidirectional %gates, %w, %b offsets(%o) hidden = 30
      : tensor<?x192xf32>, tensor<2x4x30x24xf32>, tensor<2x32xf32>, tensor<?xindex>
  return %states, %last : tensor<?x60xf32>, tensor<?x60xf32>
}
func.func @gru_of_one_sequence(%gates: tensor<?x192xf32>, %w: tensor<2x4x30x24xf32>, %b: tensor<2x32xf32>)
    -> tensor<60xf32> {
  %states, %last = trimod.packed_gru bidirectional %gates, %w, %b hidden = 30
      : tensor<?x192xf32>, tensor<2x4x30x24xf32>, tensor<2x32xf32>
  return %last : tensor<60xf32>
}

// -----

// The last c is a result, and it is where the kernel keeps c.
// CHECK-LABEL: func @lstm(
//   CHECK-DAG: %[[STATES:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x60xf32>
//   CHECK-DAG: memref.alloc() {{.*}} : memref<2048xf32>
//       CHECK: call @trimod_lstm_v3_h30_bidirectional(
func.func @lstm(%gates: tensor<?x256xf32>, %w: tensor<2x4x30x32xf32>, %o: tensor<?xindex>)
    -> (tensor<?x60xf32>, tensor<?x60xf32>) {
  %states, %last, %last_cell = trimod.packed_lstm bidirectional %gates, %w offsets(%o) hidden = 30
      : tensor<?x256xf32>, tensor<2x4x30x32xf32>, tensor<?xindex>
  return %states, %last_cell : tensor<?x60xf32>, tensor<?x60xf32>
}

// -----

// CHECK-LABEL: func @attention(
//       CHECK: call @trimod_attention_context_v3_c2_d300_a300(
//       CHECK: call @trimod_attention_merge_v3_d300_a300(
// CHECK-LABEL: func @attention_of_one_post(
//       CHECK: call @trimod_attention_context_v3_c1_d300_a300(
//       CHECK: call @trimod_attention_merge_v3_d300_a300(
func.func @attention(%q: tensor<?x300xf32>, %qp: tensor<?x300xf32>, %a: tensor<?x300xf32>, %ap: tensor<?x300xf32>,
                     %c: tensor<?x300xf32>, %cp: tensor<?x300xf32>, %u: tensor<300xf32>,
                     %qo: tensor<?xindex>, %ao: tensor<?xindex>, %co: tensor<?xindex>) -> tensor<?x300xf32> {
  %max, %weight, %sum = trimod.attention_context context(%a, %c) projected(%ap, %cp) score(%u) offsets(%ao, %co)
      : tensor<?x300xf32>, tensor<?x300xf32>, tensor<?x300xf32>, tensor<?x300xf32>, tensor<300xf32>, tensor<?xindex>, tensor<?xindex>
  %0 = trimod.attention_merge queries(%q) projected(%qp) score(%u) context(%max, %weight, %sum) offsets(%qo)
      : tensor<?x300xf32>, tensor<?x300xf32>, tensor<300xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x300xf32>, tensor<?xindex>
  return %0 : tensor<?x300xf32>
}
func.func @attention_of_one_post(%q: tensor<?x300xf32>, %qp: tensor<?x300xf32>, %a: tensor<?x300xf32>,
                                 %ap: tensor<?x300xf32>, %u: tensor<300xf32>) -> tensor<?x300xf32> {
  %max, %weight, %sum = trimod.attention_context context(%a) projected(%ap) score(%u)
      : tensor<?x300xf32>, tensor<?x300xf32>, tensor<300xf32>
  %0 = trimod.attention_merge queries(%q) projected(%qp) score(%u) context(%max, %weight, %sum)
      : tensor<?x300xf32>, tensor<?x300xf32>, tensor<300xf32>, tensor<f32>, tensor<f32>, tensor<300xf32>
  return %0 : tensor<?x300xf32>
}

// -----

// CHECK-LABEL: func @viterbi(
//   CHECK-DAG: memref.alloc(%{{.*}}) {{.*}} : memref<?x16xi32>
//   CHECK-DAG: %[[SCORE:.*]] = memref.alloc() {{.*}} : memref<f32>
//       CHECK: memref.expand_shape %[[SCORE]] [] {{.*}} into memref<1xf32>
//       CHECK: call @trimod_crf_viterbi_v3_l9(
func.func @viterbi(%e: tensor<?x9xf32>, %start: tensor<9xf32>, %t: tensor<9x9xf32>, %end: tensor<9xf32>)
    -> (tensor<?xi32>, tensor<f32>) {
  %labels, %score = trimod.crf_viterbi %e, %start, %t, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// -----

// CHECK-LABEL: func @log_partition
//       CHECK: call @trimod_crf_log_partition_v3_l9(
func.func @log_partition(%e: tensor<?x9xf32>, %start: tensor<9xf32>, %t: tensor<9x9xf32>, %end: tensor<9xf32>) -> tensor<f32> {
  %score = trimod.crf_log_partition %e, %start, %t, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %score : tensor<f32>
}

// -----

// CHECK-LABEL: func @marginals
//   CHECK-DAG: %[[MARGINALS:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x9xf32>
//   CHECK-DAG: %[[PAIRS:.*]] = memref.alloc(%{{.*}}) {{.*}} : memref<?x9x9xf32>
//       CHECK: call @trimod_crf_marginals_v3_l9(
func.func @marginals(%e: tensor<?x9xf32>, %start: tensor<9xf32>, %t: tensor<9x9xf32>, %end: tensor<9xf32>)
    -> (tensor<?x9xf32>, tensor<?x9x9xf32>, tensor<f32>) {
  %m, %p, %z = trimod.crf_marginals %e, %start, %t, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %m, %p, %z : tensor<?x9xf32>, tensor<?x9x9xf32>, tensor<f32>
}

// -----

// CHECK-LABEL: func @nbest
//   CHECK-DAG: memref.alloc(%{{.*}}) {{.*}} : memref<?x5x16xi32>
//   CHECK-DAG: memref.alloc() {{.*}} : memref<2x5x16xf32>
//       CHECK: call @trimod_crf_nbest_v3_l9_k4(
func.func @nbest(%e: tensor<?x9xf32>, %start: tensor<9xf32>, %t: tensor<9x9xf32>, %end: tensor<9xf32>)
    -> (tensor<?x4xi32>, tensor<4xf32>) {
  %labels, %scores = trimod.crf_nbest %e, %start, %t, %end count = 4
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %labels, %scores : tensor<?x4xi32>, tensor<4xf32>
}
