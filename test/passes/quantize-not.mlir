// Tables that stay as they are, and why.
// RUN: trimod-opt %s --trimod-quantize=precision=embedding:int8 --remarks-filter=trimod-schedule --split-input-file \
// RUN:   --verify-diagnostics | FileCheck %s --implicit-check-not=xi8> --implicit-check-not=.scale
// RUN: not trimod-opt %S/quantize.mlir --trimod-quantize=precision=linear:int8 2>&1 | FileCheck %s --check-prefix=PART
// RUN: not trimod-opt %S/quantize.mlir --trimod-quantize=precision=embedding 2>&1 | FileCheck %s --check-prefix=FORM
// RUN: not trimod-opt %S/quantize.mlir --trimod-quantize=precision=embedding:int4 2>&1 | FileCheck %s --check-prefix=FORMAT
// RUN: not trimod-opt %S/quantize.mlir --trimod-quantize=precision=embedding:int8,embedding:f16 2>&1 | FileCheck %s --check-prefix=TWICE

// PART: error: precision 'linear:int8': expected embedding:FORMAT, as in embedding:int8
// FORM: error: precision 'embedding': expected embedding:FORMAT, as in embedding:int8
// FORMAT: error: precision 'embedding:int4': expected format f32, f16 or int8, got 'int4'
// TWICE: error: precision 'embedding:f16': expected one format for each part, got a second for 'embedding'

// Weights that a linear layer reads too.
// CHECK: trimod.parameter @tied "tied" : tensor<4x2xf32>
// expected-remark@+1 {{the table is read by 'trimod.linear' too, which takes no other type}}
trimod.parameter @tied "tied" : tensor<4x2xf32>
func.func @tied_weights(%ids: tensor<?xi32>) -> tensor<?x4xf32> {
  %t = trimod.get_parameter @tied : tensor<4x2xf32>
  %e = trimod.embedding %ids, %t : tensor<?xi32>, tensor<4x2xf32>
  %y = trimod.linear %e, %t : tensor<?x2xf32>, tensor<4x2xf32>
  return %y : tensor<?x4xf32>
}

// -----

// One tensor of the file is two parameters.
// expected-remark@+1 {{the weight file's 'words' or 'words.scale' is another parameter's too}}
trimod.parameter @a "words" : tensor<4x2xf32>
trimod.parameter @b "words" : tensor<4x2xf32>
func.func @shared_key(%ids: tensor<?xi32>) -> tensor<?x2xf32> {
  %t = trimod.get_parameter @a : tensor<4x2xf32>
  // CHECK: trimod.embedding {{.*}} : tensor<?xi32>, tensor<4x2xf32>
  %e = trimod.embedding %ids, %t : tensor<?xi32>, tensor<4x2xf32>
  return %e : tensor<?x2xf32>
}

// -----

// expected-remark@+1 {{the size of the table is not known}}
trimod.parameter @t "words" : tensor<?x2xf32>
func.func @unknown_size(%ids: tensor<?xi32>) -> tensor<?x2xf32> {
  %t = trimod.get_parameter @t : tensor<?x2xf32>
  %e = trimod.embedding %ids, %t : tensor<?xi32>, tensor<?x2xf32>
  return %e : tensor<?x2xf32>
}

// -----

// A table that is computed, and a parameter that no embedding reads, are none of this pass's business.
trimod.parameter @t "words" : tensor<4x2xf32>
func.func @computed(%ids: tensor<?xi32>, %x: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x4xf32>) {
  %t = trimod.get_parameter @t : tensor<4x2xf32>
  %twice = arith.addf %t, %t : tensor<4x2xf32>
  // CHECK: trimod.embedding {{.*}} : tensor<?xi32>, tensor<4x2xf32>
  %e = trimod.embedding %ids, %twice : tensor<?xi32>, tensor<4x2xf32>
  %y = trimod.linear %x, %t : tensor<?x2xf32>, tensor<4x2xf32>
  return %e, %y : tensor<?x2xf32>, tensor<?x4xf32>
}
