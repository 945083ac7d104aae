// RUN: trimod-opt %s -trimod-plan-buffers -cse -canonicalize | FileCheck %s

// %a and %c do not live at the same time and share their place; %b begins where %a ends.
// CHECK-LABEL: func @reuse(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[W:.*]]: memref<?xi8> {trimod.name = "workspace", trimod.workspace}, %[[OUT:.*]]: memref<?xf32> {trimod.output})
// CHECK: %[[N:.*]] = memref.dim %[[X]]
// CHECK: %[[BYTES:.*]] = arith.muli %[[N]], %c4
// CHECK: %[[UP:.*]] = arith.addi %[[BYTES]], %c63
// CHECK: %[[END:.*]] = arith.andi %[[UP]], %c-64
// CHECK: %[[A:.*]] = memref.view %[[W]][%c0][%[[N]]] : memref<?xi8> to memref<?xf32>
// CHECK: memref.copy %[[X]], %[[A]]
// CHECK: %[[B:.*]] = memref.view %[[W]][%[[END]]][%[[N]]] : memref<?xi8> to memref<?xf32>
// CHECK: memref.copy %[[A]], %[[B]]
// CHECK: memref.copy %[[B]], %[[A]]
// CHECK: memref.copy %[[A]], %[[OUT]]
// CHECK-NOT: memref.alloc
func.func @reuse(%x: memref<?xf32>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %x, %a : memref<?xf32> to memref<?xf32>
  %b = memref.alloc(%n) : memref<?xf32>
  memref.copy %a, %b : memref<?xf32> to memref<?xf32>
  %c = memref.alloc(%n) : memref<?xf32>
  memref.copy %b, %c : memref<?xf32> to memref<?xf32>
  memref.copy %c, %out : memref<?xf32> to memref<?xf32>
  return
}
// The bytes that it needs, from the inputs alone: two slots for three buffers.
// CHECK-LABEL: func private @reuse_workspace(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>) -> index
// CHECK: %[[N:.*]] = memref.dim %[[X]]
// CHECK: %[[END:.*]] = arith.andi
// CHECK: %[[TWO:.*]] = arith.addi %[[END]], %[[END]]
// CHECK: return %[[TWO]]

// A use through a view keeps the buffer alive.
// CHECK-LABEL: func @alias(
// CHECK: memref.view %{{.*}}[%c0][] : memref<?xi8> to memref<16xf32>
// CHECK: memref.view %{{.*}}[%c64][] : memref<?xi8> to memref<16xf32>
func.func @alias(%out: memref<8xf32> {trimod.output}) attributes {trimod.entry} {
  %a = memref.alloc() : memref<16xf32>
  %view = memref.subview %a[0] [8] [1] : memref<16xf32> to memref<8xf32, strided<[1]>>
  %b = memref.alloc() : memref<16xf32>
  memref.copy %a, %b : memref<16xf32> to memref<16xf32>
  memref.copy %view, %out : memref<8xf32, strided<[1]>> to memref<8xf32>
  return
}

// A length of each step is bounded by the length of all.
// CHECK-LABEL: func @in_loop(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[O:.*]]: memref<?xindex>, %[[W:.*]]: memref<?xi8>
// CHECK: scf.for
// CHECK: %[[LENGTH:.*]] = arith.minui
// CHECK: memref.view %[[W]][%c0][%[[LENGTH]]]
// CHECK-LABEL: func private @in_loop_workspace(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[O:.*]]: memref<?xindex>)
// CHECK: %[[TOTAL:.*]] = memref.dim %[[X]]
// CHECK: arith.muli %[[TOTAL]], %c4
func.func @in_loop(%x: memref<?xf32>, %offsets: memref<?xindex>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %total = memref.dim %x, %c0 : memref<?xf32>
  %n = memref.dim %offsets, %c0 : memref<?xindex>
  scf.for %i = %c0 to %n step %c1 {
    %o = memref.load %offsets[%i] : memref<?xindex>
    %length = arith.minui %o, %total : index
    %row = memref.alloc(%length) : memref<?xf32>
    %from = memref.subview %x[0] [%length] [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
    %to = memref.subview %out[0] [%length] [1] : memref<?xf32> to memref<?xf32, strided<[1]>>
    memref.copy %from, %row : memref<?xf32, strided<[1]>> to memref<?xf32>
    memref.copy %row, %to : memref<?xf32> to memref<?xf32, strided<[1]>>
  }
  return
}

// A sum that a loop carries: as many addends as steps.
// CHECK-LABEL: func @sum(
// CHECK-LABEL: func private @sum_workspace(
// CHECK: %[[N:.*]] = memref.dim
// CHECK: arith.muli %[[N]], %{{.*}}
func.func @sum(%offsets: memref<?xindex>, %out: memref<?xindex> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %n = memref.dim %offsets, %c0 : memref<?xindex>
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%s = %c0) -> index {
    %o = memref.load %offsets[%i] : memref<?xindex>
    %length = arith.minui %o, %c7 : index
    %t = arith.addi %s, %length : index
    scf.yield %t : index
  }
  %a = memref.alloc(%sum) : memref<?xindex>
  memref.store %sum, %a[%c0] : memref<?xindex>
  %v = memref.load %a[%c0] : memref<?xindex>
  memref.store %v, %out[%c0] : memref<?xindex>
  return
}

// Sizes that come from a division, or from a view of lower rank, are bounded by what they are taken from.
// CHECK-LABEL: func @divided(
// CHECK-LABEL: func private @divided_workspace(
// CHECK-SAME: %[[X:.*]]: memref<?x?xf32>) -> index
// CHECK: %[[COLUMNS:.*]] = memref.dim %[[X]], %c1
// CHECK: arith.muli %[[COLUMNS]], %c4
func.func @divided(%x: memref<?x?xf32>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %columns = memref.dim %x, %c1 : memref<?x?xf32>
  %row = memref.subview %x[0, 0] [1, %columns] [1, 1] : memref<?x?xf32> to memref<?xf32, strided<[1]>>
  %n = memref.dim %row, %c0 : memref<?xf32, strided<[1]>>
  %half = arith.divui %n, %c2 : index
  %a = memref.alloc(%half) : memref<?xf32>
  %from = memref.subview %row[0] [%half] [1] : memref<?xf32, strided<[1]>> to memref<?xf32, strided<[1]>>
  memref.copy %from, %a : memref<?xf32, strided<[1]>> to memref<?xf32>
  memref.copy %a, %out : memref<?xf32> to memref<?xf32>
  return
}

// The lowering of a division in affine tests for negative numbers, which sizes are not.
// CHECK-LABEL: func private @floor_divided_workspace(
// CHECK: %[[N:.*]] = memref.dim
// CHECK: arith.muli %[[N]], %c4
func.func @floor_divided(%x: memref<?xf32>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %minus = arith.constant -1 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %negative = arith.cmpi slt, %n, %c0 : index
  %flipped = arith.subi %minus, %n : index
  %dividend = arith.select %negative, %flipped, %n : index
  %quotient = arith.divsi %dividend, %c2 : index
  %back = arith.subi %minus, %quotient : index
  %half = arith.select %negative, %back, %quotient : index
  %a = memref.alloc(%half) : memref<?xf32>
  memref.copy %a, %out : memref<?xf32> to memref<?xf32>
  return
}
