// RUN: trimod-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @unpack_of_pack
// CHECK-SAME: (%[[V:.*]]: tensor<?xi32>, %[[O:.*]]: tensor<?xindex>)
// CHECK-NEXT: return %[[V]], %[[O]]
func.func @unpack_of_pack(%v: tensor<?xi32>, %o: tensor<?xindex>) -> (tensor<?xi32>, tensor<?xindex>) {
  %r = trimod.pack %v, %o : tensor<?xindex> -> <tensor<?xi32>>
  %w, %p = trimod.unpack %r : <tensor<?xi32>>
  return %w, %p : tensor<?xi32>, tensor<?xindex>
}

// CHECK-LABEL: func @pack_of_unpack
// CHECK-SAME: (%[[R:.*]]: !trimod.ragged<tensor<?xi32>>)
// CHECK-NEXT: return %[[R]]
func.func @pack_of_unpack(%r: !trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?xi32>> {
  %v, %o = trimod.unpack %r : <tensor<?xi32>>
  %s = trimod.pack %v, %o : tensor<?xindex> -> <tensor<?xi32>>
  return %s : !trimod.ragged<tensor<?xi32>>
}

// Values of one ragged value with the offsets of another are a new value.
// CHECK-LABEL: func @pack_of_two
// CHECK: trimod.pack
func.func @pack_of_two(%r: !trimod.ragged<tensor<?xi32>>, %s: !trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?xi32>> {
  %v, %o = trimod.unpack %r : <tensor<?xi32>>
  %w, %p = trimod.unpack %s : <tensor<?xi32>>
  %t = trimod.pack %v, %p : tensor<?xindex> -> <tensor<?xi32>>
  return %t : !trimod.ragged<tensor<?xi32>>
}

// A kernel of one row reads no other, so segments make no difference; a kernel of three does.
// CHECK-LABEL: func @conv1d_of_one_row
// CHECK-NEXT: trimod.conv1d %arg0, %arg1 activation = relu : tensor<?x3xf32>, tensor<5x3x1xf32>
// CHECK-NEXT: trimod.conv1d %arg0, %arg2 offsets(%arg3)
func.func @conv1d_of_one_row(%x: tensor<?x3xf32>, %w: tensor<5x3x1xf32>, %v: tensor<5x3x3xf32>, %o: tensor<?xindex>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %0 = trimod.conv1d %x, %w offsets(%o) activation = relu : tensor<?x3xf32>, tensor<5x3x1xf32>, tensor<?xindex>
  %1 = trimod.conv1d %x, %v offsets(%o) : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<?xindex>
  return %0, %1 : tensor<?x5xf32>, tensor<?x5xf32>
}

// An op that nobody reads goes; a scan is an op like any other.
// CHECK-LABEL: func @dead
// CHECK-NEXT: return
func.func @dead(%x: tensor<?x3xf32>, %h: tensor<3xf32>) {
  %0 = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<3xf32>):
    trimod.yield %xt : tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return
}
