// RUN: trimod-opt %s -trimod-batch=entry=caption | FileCheck %s
// RUN: not trimod-opt %s -trimod-batch 2>&1 | FileCheck %s --check-prefix=MISSING

// MISSING: error: trimod-batch: no function @tag with a body
// CHECK-LABEL: func.func @caption(%{{.*}}: !trimod.ragged<tensor<?xi32>>
// CHECK: trimod.map
func.func @caption(%a: tensor<?xi32>) -> tensor<?xi32> {
  return %a : tensor<?xi32>
}
func.func private @tag(%a: tensor<?xi32>)
