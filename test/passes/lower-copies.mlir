// RUN: trimod-opt %s -trimod-lower-copies | FileCheck %s

// CHECK-LABEL: func @strided
// CHECK: linalg.generic {{.*}} ins(%arg0 : memref<?x3xf32, strided<[5, 1]>>) outs(%arg1 : memref<?x3xf32>)
// CHECK-NOT: memref.copy
func.func @strided(%from: memref<?x3xf32, strided<[5, 1]>>, %to: memref<?x3xf32>) {
  memref.copy %from, %to : memref<?x3xf32, strided<[5, 1]>> to memref<?x3xf32>
  return
}
