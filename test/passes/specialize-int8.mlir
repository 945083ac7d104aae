// A weight file that holds tables in rows of int8 with scales, for a model that declares floats.
// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize-int8.safetensors | FileCheck %s
// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize-int8.safetensors -inline -canonicalize -cse \
// RUN:   -trimod-refine-shapes -canonicalize -cse | FileCheck %s --check-prefix=REFINED

// CHECK: trimod.parameter @table "table.weight" : tensor<5x2xi8>
// CHECK-NEXT: trimod.parameter @table_scale_0 "table.weight.scale" : tensor<5xf32>
// The symbol of the scales gives way to those of the model.
// CHECK-NEXT: trimod.parameter @table_scale "table.weight.scale" : tensor<5xf32>
trimod.parameter @table "table.weight" : tensor<?x2xf16>
trimod.parameter @table_scale "table.weight.scale" : tensor<?xf32>

// CHECK-LABEL: func.func @embed
// REFINED-LABEL: func.func @embed
func.func @embed(%ids: tensor<?xi32>, %more: tensor<?x3xi32>) -> (tensor<?x2xf32>, tensor<?x3x?xf32>) {
  // CHECK: %[[TABLE:.*]] = trimod.get_parameter @table : tensor<5x2xi8>
  // CHECK: %[[DECLARED:.*]] = tensor.cast %[[TABLE]] : tensor<5x2xi8> to tensor<?x2xi8>
  // CHECK: %[[SCALES:.*]] = trimod.get_parameter @table_scale_0 : tensor<5xf32>
  %table = trimod.get_parameter @table : tensor<?x2xf16>
  // CHECK: trimod.embedding %arg0, %[[DECLARED]] scales(%[[SCALES]]) : tensor<?xi32>, tensor<?x2xi8>, tensor<5xf32>
  // REFINED: %[[TABLE:.*]] = trimod.get_parameter @table : tensor<5x2xi8>
  // REFINED: trimod.embedding %arg0, %[[TABLE]] scales(%{{.*}}) : tensor<?xi32>, tensor<5x2xi8>, tensor<5xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<?x2xf16>
  // A cast of the table is the table.
  // CHECK: %[[ANY:.*]] = tensor.cast %[[DECLARED]] : tensor<?x2xi8> to tensor<?x?xi8>
  %any = tensor.cast %table : tensor<?x2xf16> to tensor<?x?xf16>
  // CHECK: trimod.embedding %arg1, %[[ANY]] scales(%[[SCALES]])
  %f = trimod.embedding %more, %any : tensor<?x3xi32>, tensor<?x?xf16>
  return %e, %f : tensor<?x2xf32>, tensor<?x3x?xf32>
}

// In the body of a map, and in a second function.
// CHECK-LABEL: func.func @embed_items
// CHECK: trimod.map
// CHECK: trimod.embedding {{.*}} scales(
func.func @embed_items(%chars: !trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x2xf32>> {
  %r = trimod.map %chars {
  ^bb0(%ids: tensor<?xi32>):
    %table = trimod.get_parameter @table : tensor<?x2xf16>
    %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<?x2xf16>
    trimod.yield %e : tensor<?x2xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x2xf32>>
  return %r : !trimod.ragged<tensor<?x2xf32>>
}
