// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize.safetensors \
// RUN:   --verify-diagnostics=only-expected | FileCheck %s
// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize.safetensors 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=UNUSED
// RUN: trimod-opt %s 2>&1 \
// RUN:   --trimod-specialize=weights=%models/test/segment.safetensors,%S/Inputs/specialize.safetensors \
// RUN:   | FileCheck %s --check-prefixes=CHECK,TWO-FILES

// Of several files any may have a tensor.
// TWO-FILES: warning: 5 of 8 tensors of {{.*}}segment.safetensors, {{.*}}specialize.safetensors belong to no parameter

// Tensors without a parameter are said, and no more than that.
// UNUSED: warning: 2 of 5 tensors of {{.*}}specialize.safetensors belong to no parameter: 'head.weight', 'optimizer.step'

// CHECK: trimod.parameter @embedding "embedding.weight" : tensor<5x2xf16>
trimod.parameter @embedding "embedding.weight" : tensor<?x2xf16>
// CHECK: trimod.parameter @w_hh "gru.weight_hh" : tensor<6x2xf32>
trimod.parameter @w_hh "gru.weight_hh" : tensor<?x?xf32>
// A static type that agrees stays as it is, and a key may serve two parameters.
// CHECK: trimod.parameter @b_hh "gru.bias_hh" : tensor<6xf32>
trimod.parameter @b_hh "gru.bias_hh" : tensor<6xf32>
// CHECK: trimod.parameter @tied "gru.bias_hh" : tensor<6xf32>
trimod.parameter @tied "gru.bias_hh" : tensor<?xf32>

// CHECK-LABEL: func.func @users_keep_the_declared_type
func.func @users_keep_the_declared_type(%ids: tensor<?xi32>) -> (tensor<?x2xf32>, tensor<?x?xf32>, tensor<6xf32>) {
  // CHECK: %[[TABLE:.*]] = trimod.get_parameter @embedding : tensor<5x2xf16>
  // CHECK: %[[OLD_TABLE:.*]] = tensor.cast %[[TABLE]] : tensor<5x2xf16> to tensor<?x2xf16>
  // CHECK: trimod.embedding %{{.*}}, %[[OLD_TABLE]]
  %table = trimod.get_parameter @embedding : tensor<?x2xf16>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<?x2xf16>
  // CHECK: %[[W:.*]] = trimod.get_parameter @w_hh : tensor<6x2xf32>
  // CHECK: %[[OLD_W:.*]] = tensor.cast %[[W]]
  %w = trimod.get_parameter @w_hh : tensor<?x?xf32>
  // CHECK: %[[B:.*]] = trimod.get_parameter @b_hh
  // CHECK-NOT: tensor.cast
  %b = trimod.get_parameter @b_hh : tensor<6xf32>
  // CHECK: return %{{.*}}, %[[OLD_W]], %[[B]]
  return %e, %w, %b : tensor<?x2xf32>, tensor<?x?xf32>, tensor<6xf32>
}
