// RUN: trimod-opt %s --trimod-fold-tables=bytes=300 --remarks-filter=trimod-schedule --split-input-file \
// RUN:   --verify-diagnostics | FileCheck %s
// RUN: trimod-opt %s --trimod-fold-tables=bytes=0 --split-input-file | FileCheck %s --check-prefix=NONE
// NONE-NOT: trimod.packed_linear {{.*}} : tensor<{{[0-9]+}}x

// From the smallest on, while they fit: 7 x 5 x 4 = 140 bytes, twice 7 x 6 x 4 = 168.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<1x2x8xf32>
// CHECK-LABEL: func.func @budget(
// CHECK: trimod.packed_linear {{.*}} columns = 6 : tensor<?x2xf32>
// CHECK: trimod.packed_linear {{.*}} columns = 5 : tensor<7x2xf32>
// CHECK: trimod.packed_linear {{.*}} columns = 6 : tensor<?x2xf32>
func.func @budget(%ids: tensor<?xi32>, %more: tensor<?xi32>) -> (tensor<?x6xf32>, tensor<?x5xf32>, tensor<?x6xf32>) {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<1x2x8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %f = trimod.embedding %more, %table : tensor<?xi32>, tensor<7x2xf32>
  // expected-remark@+1 {{the product of the table's 7 rows takes 168 bytes, of 160 that are left}}
  %x = trimod.packed_linear %e, %w columns = 6 : tensor<?x2xf32>, tensor<1x2x8xf32>
  // expected-remark@+1 {{the product of the table's 7 rows takes 140 bytes, of 300 that are left}}
  %y = trimod.packed_linear %e, %w columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>
  // expected-remark@+1 {{the product of the table's 7 rows takes 168 bytes, of 160 that are left}}
  %z = trimod.packed_linear %f, %w columns = 6 : tensor<?x2xf32>, tensor<1x2x8xf32>
  return %x, %y, %z : tensor<?x6xf32>, tensor<?x5xf32>, tensor<?x6xf32>
}

// -----

// A table that the caller gives.
trimod.parameter @w "w" : tensor<1x2x8xf32>
// CHECK-LABEL: func.func @input(
// CHECK: trimod.packed_linear {{.*}} : tensor<?x2xf32>
func.func @input(%ids: tensor<?xi32>, %table: tensor<7x2xf32>) -> tensor<?x5xf32> {
  %w = trimod.get_parameter @w : tensor<1x2x8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %y = trimod.packed_linear %e, %w columns = 5 : tensor<?x2xf32>, tensor<1x2x8xf32>
  return %y : tensor<?x5xf32>
}

// -----

// Not the first part: the sums would be in another order.
trimod.parameter @table "table" : tensor<7x2xf32>
trimod.parameter @w "w" : tensor<1x5x8xf32>
// CHECK-LABEL: func.func @second_part(
// CHECK: trimod.packed_linear {{.*}} : tensor<?x5xf32>
func.func @second_part(%ids: tensor<?xi32>, %x: tensor<?x3xf32>) -> tensor<?x5xf32> {
  %table = trimod.get_parameter @table : tensor<7x2xf32>
  %w = trimod.get_parameter @w : tensor<1x5x8xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<7x2xf32>
  %c = tensor.concat dim(1) %x, %e : (tensor<?x3xf32>, tensor<?x2xf32>) -> tensor<?x5xf32>
  %y = trimod.packed_linear %c, %w columns = 5 : tensor<?x5xf32>, tensor<1x5x8xf32>
  return %y : tensor<?x5xf32>
}
