// A convolution over the characters of a word, as a model writes it, in every phase.
// RUN: trimod-opt %models/test/char_cnn.mlir --trimod-phase-model --trimod-phase-fused -o %t.fused.mlir
// RUN: FileCheck %s --check-prefix=FUSED < %t.fused.mlir
// RUN: trimod-opt %models/test/char_cnn.mlir --trimod-phase-model --trimod-phase-fused=skip=trimod-fuse-conv-epilogue | FileCheck %s --check-prefix=UNFUSED
// RUN: trimod-opt %t.fused.mlir --trimod-phase-batched -o %t.batched.mlir
// RUN: FileCheck %s --check-prefix=BATCHED < %t.batched.mlir
// RUN: trimod-opt %t.batched.mlir --trimod-phase-scheduled | FileCheck %s --check-prefix=SCHEDULED

// FUSED: trimod.map %arg0
// FUSED: %[[X:.*]] = trimod.embedding
// FUSED-NEXT: %[[Y:.*]] = trimod.conv1d %[[X]], %{{.*}} bias(%{{.*}}) activation = tanh
// FUSED-NEXT: %[[M:.*]] = trimod.max_over_time %[[Y]]
// FUSED-NEXT: trimod.yield %[[M]]

// UNFUSED: trimod.conv1d
// UNFUSED: linalg.broadcast
// UNFUSED: arith.addf
// UNFUSED: math.tanh
// UNFUSED: trimod.max_over_time

// The characters of all words of all posts; a window stays in its word.
// BATCHED: func.func @tag(%[[CHARS:.*]]: tensor<?xi32> {{.*}}, %[[WORDS:.*]]: tensor<?xindex> {trimod.name = "chars.item_offsets"}
// BATCHED-NOT: trimod.map
// BATCHED: %[[X:.*]] = trimod.embedding %[[CHARS]]
// BATCHED-NEXT: %[[Y:.*]] = trimod.conv1d %[[X]], %{{.*}} bias(%{{.*}}) offsets(%[[WORDS]]) activation = tanh
// BATCHED-NEXT: %[[M:.*]] = trimod.max_over_time %[[Y]] offsets(%[[WORDS]])
// BATCHED-NEXT: return %[[M]]

// SCHEDULED: trimod.packed_conv1d %{{.*}} kernel = 3 columns = 13 activation = tanh : tensor<?x7xf32>, tensor<1x21x16xf32>, tensor<16xf32>
// SCHEDULED-NEXT: trimod.max_over_time
