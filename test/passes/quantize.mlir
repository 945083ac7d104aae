// RUN: trimod-opt %s --trimod-quantize=precision=embedding:int8 | FileCheck %s --check-prefixes=CHECK,INT8
// RUN: trimod-opt %s --trimod-quantize=precision=embedding:f16 | FileCheck %s --check-prefixes=CHECK,F16
// RUN: trimod-opt %s --trimod-quantize=precision=embedding:f32 | FileCheck %s --check-prefixes=CHECK,F32
// RUN: trimod-opt %s -o %t.same && trimod-opt %s --trimod-quantize | diff - %t.same
// Only the parameter changes, and what reads it.

// INT8: trimod.parameter @words "words.weight" : tensor<5x2xi8>
// INT8-NEXT: trimod.parameter @words_scale "words.weight.scale" : tensor<5xf32>
// F16: trimod.parameter @words "words.weight" : tensor<5x2xf16>
// F32: trimod.parameter @words "words.weight" : tensor<5x2xf32>
trimod.parameter @words "words.weight" : tensor<5x2xf16>
// INT8: trimod.parameter @chars "chars.weight" : tensor<7x3xi8>
// INT8-NEXT: trimod.parameter @chars_scale "chars.weight.scale" : tensor<7xf32>
// F16: trimod.parameter @chars "chars.weight" : tensor<7x3xf16>
// F32: trimod.parameter @chars "chars.weight" : tensor<7x3xf32>
trimod.parameter @chars "chars.weight" : tensor<7x3xf32>
// CHECK: trimod.parameter @w "layer.weight" : tensor<4x2xf32>
trimod.parameter @w "layer.weight" : tensor<4x2xf32>

// Three inputs share one table.
// CHECK-LABEL: func.func @f
func.func @f(%a: tensor<?xi32>, %b: tensor<?xi32>, %c: tensor<?xi32>, %d: tensor<?xi32>)
    -> (tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x3xf32>) {
  // INT8: %[[WORDS:.*]] = trimod.get_parameter @words : tensor<5x2xi8>
  // INT8: %[[SCALES:.*]] = trimod.get_parameter @words_scale : tensor<5xf32>
  // INT8-NOT: trimod.get_parameter @words
  // F16: trimod.embedding %arg0, %{{.*}} : tensor<?xi32>, tensor<5x2xf16>
  // F32: trimod.embedding %arg0, %{{.*}} : tensor<?xi32>, tensor<5x2xf32>
  // INT8-COUNT-3: trimod.embedding %{{.*}}, %[[WORDS]] scales(%[[SCALES]]) : tensor<?xi32>, tensor<5x2xi8>, tensor<5xf32>
  // INT8: trimod.embedding %arg3, %{{.*}} scales(%{{.*}}) : tensor<?xi32>, tensor<7x3xi8>, tensor<7xf32>
  %words = trimod.get_parameter @words : tensor<5x2xf16>
  %chars = trimod.get_parameter @chars : tensor<7x3xf32>
  %w = trimod.get_parameter @w : tensor<4x2xf32>
  %ea = trimod.embedding %a, %words : tensor<?xi32>, tensor<5x2xf16>
  %eb = trimod.embedding %b, %words : tensor<?xi32>, tensor<5x2xf16>
  %ec = trimod.embedding %c, %words : tensor<?xi32>, tensor<5x2xf16>
  %ed = trimod.embedding %d, %chars : tensor<?xi32>, tensor<7x3xf32>
  // CHECK: trimod.linear %{{.*}} : tensor<?x2xf32>, tensor<4x2xf32>
  %y = trimod.linear %ea, %w : tensor<?x2xf32>, tensor<4x2xf32>
  return %y, %eb, %ec, %ed : tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x2xf32>, tensor<?x3xf32>
}
