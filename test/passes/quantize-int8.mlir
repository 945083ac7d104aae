// Tables that are int8 already stay so.
// RUN: trimod-opt %s -o %t.same
// RUN: trimod-opt %s --trimod-quantize=precision=embedding:int8 | diff - %t.same
// RUN: trimod-opt %s --trimod-quantize=precision=embedding:f16 --remarks-filter=trimod-schedule --verify-diagnostics | diff - %t.same

// expected-remark@+1 {{the table is int8 already, and what was rounded is lost}}
trimod.parameter @t "words" : tensor<4x2xi8>
trimod.parameter @s "words.scale" : tensor<4xf32>
func.func @f(%ids: tensor<?xi32>) -> tensor<?x2xf32> {
  %t = trimod.get_parameter @t : tensor<4x2xi8>
  %s = trimod.get_parameter @s : tensor<4xf32>
  %e = trimod.embedding %ids, %t scales(%s) : tensor<?xi32>, tensor<4x2xi8>, tensor<4xf32>
  return %e : tensor<?x2xf32>
}
