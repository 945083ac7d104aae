// RUN: trimod-opt %s --trimod-entry-points=level=x86-64-v4 | FileCheck %s

// Only what is called through the model's tables keeps its name.
// CHECK-LABEL: func.func @copy(
// CHECK-SAME: llvm.linkage = #llvm.linkage<internal>
func.func @copy(%x: memref<?x3xf32> {trimod.name = "x"},
                %w: memref<f16> {trimod.name = "w", trimod.parameter = "w.weight"},
                %workspace: memref<?xi8> {trimod.workspace},
                %y: memref<?xi32> {trimod.output, trimod.name = "y"}) attributes {trimod.entry} {
  return
}

func.func @copy_workspace(%x: memref<?x3xf32>) -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}

// CHECK-LABEL: llvm.func hidden @trimod_copy_v4(
// CHECK-SAME: %[[TENSORS:.*]]: !llvm.ptr)
// The first tensor: its data at byte 0, its first size at byte 8; the second size is known.
// CHECK: %[[DATA_AT:.*]] = llvm.getelementptr %[[TENSORS]][0]
// CHECK: %[[DATA:.*]] = llvm.load %[[DATA_AT]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[SIZE_AT:.*]] = llvm.getelementptr %[[TENSORS]][8]
// CHECK: %[[SIZE:.*]] = llvm.load %[[SIZE_AT]] : !llvm.ptr -> i64
// CHECK: llvm.insertvalue %[[DATA]], %{{.*}}[0]
// CHECK: llvm.insertvalue %[[DATA]], %{{.*}}[1]
// CHECK: llvm.insertvalue %[[SIZE]], %{{.*}}[3, 0]
// CHECK: %[[X:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<?x3xf32>
// The second: rank 0, 40 bytes on.
// CHECK: llvm.getelementptr %[[TENSORS]][40]
// CHECK: %[[W:.*]] = builtin.unrealized_conversion_cast %{{.*}} to memref<f16>
// CHECK: call @copy(%[[X]], %[[W]], %{{.*}}, %{{.*}})
// CHECK: llvm.return

// CHECK-LABEL: llvm.func hidden @trimod_copy_v4_workspace(
// CHECK-SAME: -> i64
// CHECK: %[[BYTES:.*]] = {{(func\.)?}}call @copy_workspace(
// CHECK: %[[RESULT:.*]] = builtin.unrealized_conversion_cast %[[BYTES]] : index to i64
// CHECK: llvm.return %[[RESULT]]
