// RUN: trimod-opt %s --trimod-fold-tables --split-input-file | FileCheck %s

// Rows of a product are the product's rows.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<1x2x8xf32>
trimod.parameter @b "b" : tensor<8xf32>
// CHECK-LABEL: func.func @whole(
// CHECK-SAME: %[[IDS:.*]]: tensor<?xi32>
// CHECK-DAG: %[[TABLE:.*]] = trimod.get_parameter @table
// CHECK-DAG: %[[W:.*]] = trimod.get_parameter @w
// CHECK-DAG: %[[B:.*]] = trimod.get_parameter @b
// CHECK: %[[T:.*]] = trimod.packed_linear %[[TABLE]], %[[W]] bias(%[[B]]) columns = 5 : tensor<7x2xf32>
// CHECK: %[[Y:.*]] = trimod.embedding %[[IDS]], %[[T]] : tensor<?xi32>, tensor<7x5xf32>
// CHECK: return %[[Y]]
func.func @whole(%ids: tensor<?xi32>) -> tensor<?x5xf32> {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<1x2x8xf32>
  %b = trimod.get_parameter @b : tensor<8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %y = trimod.packed_linear %e, %w bias(%b) columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>, tensor<8xf32>
  return %y : tensor<?x5xf32>
}

// -----

// Tables are widened as look-ups widen their rows.
trimod.parameter @half "half" : tensor<7x2xf16>
trimod.parameter @bytes "bytes" : tensor<7x2xi8>
trimod.parameter @scales "scales" : tensor<7xf32>
trimod.parameter @w "w" : tensor<1x2x8xf32>
// CHECK-LABEL: func.func @widened(
// CHECK: %[[HALF:.*]] = arith.extf %{{.*}} : tensor<7x2xf16> to tensor<7x2xf32>
// CHECK: trimod.packed_linear %[[HALF]]
// CHECK: %[[BYTES:.*]] = arith.sitofp %{{.*}} : tensor<7x2xi8> to tensor<7x2xf32>
// CHECK: %[[SCALED:.*]] = arith.mulf %[[BYTES]], %{{.*}} : tensor<7x2xf32>
// CHECK: trimod.packed_linear %[[SCALED]]
func.func @widened(%ids: tensor<?xi32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %half = trimod.get_parameter @half : tensor<7x2xf16>
  %bytes = trimod.get_parameter @bytes : tensor<7x2xi8>
  %scales = trimod.get_parameter @scales : tensor<7xf32>
  %w = trimod.get_parameter @w : tensor<1x2x8xf32>
  %e = trimod.embedding %ids, %half : tensor<?xi32>, tensor<7x2xf16>
  %y = trimod.packed_linear %e, %w columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>
  %q = trimod.embedding %ids, %bytes scales(%scales) : tensor<?xi32>, tensor<7x2xi8>, tensor<7xf32>
  %z = trimod.packed_linear %q, %w columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>
  return %y, %z : tensor<?x5xf32>, tensor<?x5xf32>
}

// -----

// Rows of a table before something else: the sums of the rest start from the table's product.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<1x5x8xf32>
trimod.parameter @b "b" : tensor<8xf32>
// CHECK-LABEL: func.func @first_part(
// CHECK-SAME: %[[IDS:.*]]: tensor<?xi32>, %[[X:.*]]: tensor<?x3xf32>
// CHECK-DAG: %[[TABLE:.*]] = trimod.get_parameter @table
// CHECK-DAG: %[[W:.*]] = trimod.get_parameter @w
// CHECK-DAG: %[[B:.*]] = trimod.get_parameter @b
// CHECK: %[[W0:.*]] = tensor.extract_slice %[[W]][0, 0, 0] [1, 2, 8]
// CHECK: %[[T:.*]] = trimod.packed_linear %[[TABLE]], %[[W0]] columns = 5
// CHECK: %[[START:.*]] = trimod.embedding %[[IDS]], %[[T]]
// CHECK: %[[W1:.*]] = tensor.extract_slice %[[W]][0, 2, 0] [1, 3, 8]
// CHECK: %[[Y:.*]] = trimod.packed_linear %[[X]], %[[W1]] bias(%[[B]]) start(%[[START]]) columns = 5
// CHECK: return %[[Y]]
func.func @first_part(%ids: tensor<?xi32>, %x: tensor<?x3xf32>) -> tensor<?x5xf32> {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<1x5x8xf32>
  %b = trimod.get_parameter @b : tensor<8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %c = tensor.concat dim(1) %e, %x : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
  %y = trimod.packed_linear %c, %w bias(%b) columns = 5 : tensor<?x5xf32>, tensor<1x5x8xf32>, tensor<8xf32>
  return %y : tensor<?x5xf32>
}

// -----

// What is folded may be folded again.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<1x2x8xf32>
trimod.parameter @v "v" : tensor<1x5x8xf32>
// CHECK-LABEL: func.func @twice(
// CHECK: %[[T:.*]] = trimod.packed_linear %{{.*}} columns = 5 : tensor<7x2xf32>
// CHECK: %[[U:.*]] = trimod.packed_linear %[[T]], %{{.*}} columns = 6 : tensor<7x5xf32>
// CHECK: %[[Y:.*]] = trimod.embedding %{{.*}}, %[[U]]
// CHECK: return %[[Y]]
func.func @twice(%ids: tensor<?xi32>) -> tensor<?x6xf32> {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<1x2x8xf32>
  %v = trimod.get_parameter @v : tensor<1x5x8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %y = trimod.packed_linear %e, %w columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>
  %z = trimod.packed_linear %y, %v columns = 6 : tensor<?x5xf32>, tensor<1x5x8xf32>
  return %z : tensor<?x6xf32>
}
