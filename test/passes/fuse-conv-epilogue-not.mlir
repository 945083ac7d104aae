// RUN: trimod-opt %s -trimod-fuse-conv-epilogue -split-input-file --remarks-filter-missed=trimod-fusion -verify-diagnostics | FileCheck %s

// CHECK-LABEL: func @used_twice(
// CHECK: %[[Y:.*]] = trimod.conv1d %arg0, %arg1 : tensor
// CHECK: math.tanh %[[Y]]
func.func @used_twice(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %y = trimod.conv1d %x, %w : tensor<?x3xf32>, tensor<5x3x3xf32>
  // expected-remark @below {{the convolution's result is used elsewhere too}}
  %f = math.tanh %y : tensor<?x5xf32>
  return %y, %f : tensor<?x5xf32>, tensor<?x5xf32>
}

// -----
// Used twice, behind a cast.
// CHECK-LABEL: func @cast_used_twice(
// CHECK: math.tanh
func.func @cast_used_twice(%x: tensor<4x3xf32>, %w: tensor<5x3x3xf32>) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %y = trimod.conv1d %x, %w : tensor<4x3xf32>, tensor<5x3x3xf32>
  %open = tensor.cast %y : tensor<4x5xf32> to tensor<?x5xf32>
  // expected-remark @below {{the convolution's result is used elsewhere too}}
  %f = math.tanh %open : tensor<?x5xf32>
  return %open, %f : tensor<?x5xf32>, tensor<?x5xf32>
}

// -----
// relu(tanh(y)), and tanh(y) + b.
// CHECK-LABEL: func @after_an_activation(
// CHECK: arith.maximumf
// CHECK: arith.addf
func.func @after_an_activation(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %empty: tensor<?x5xf32>, %n: index) -> (tensor<?x5xf32>, tensor<?x5xf32>) {
  %zero = arith.constant 0.0 : f32
  %zeros = tensor.splat %zero[%n] : tensor<?x5xf32>
  %y = trimod.conv1d %x, %w activation = tanh : tensor<?x3xf32>, tensor<5x3x3xf32>
  // expected-remark @below {{the convolution has an activation already}}
  %f = arith.maximumf %y, %zeros : tensor<?x5xf32>
  %u = trimod.conv1d %x, %w activation = tanh : tensor<?x3xf32>, tensor<5x3x3xf32>
  %rows = linalg.broadcast ins(%b : tensor<5xf32>) outs(%empty : tensor<?x5xf32>) dimensions = [0]
  // expected-remark @below {{the convolution has an activation already}}
  %z = arith.addf %u, %rows : tensor<?x5xf32>
  return %f, %z : tensor<?x5xf32>, tensor<?x5xf32>
}

// -----
// CHECK-LABEL: func @second_bias(
// CHECK: arith.addf
func.func @second_bias(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %empty: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = trimod.conv1d %x, %w bias(%b) : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<5xf32>
  %rows = linalg.broadcast ins(%b : tensor<5xf32>) outs(%empty : tensor<?x5xf32>) dimensions = [0]
  // expected-remark @below {{the convolution has a bias already}}
  %z = arith.addf %y, %rows : tensor<?x5xf32>
  return %z : tensor<?x5xf32>
}

// -----
// What differs from row to row is no bias, the larger of y and 1 no relu, and maxnumf forgets a NaN.
// CHECK-LABEL: func @others(
// CHECK: arith.addf
// CHECK: arith.maximumf
// CHECK: arith.maxnumf
func.func @others(%x: tensor<4x3xf32>, %w: tensor<5x3x3xf32>, %r: tensor<4xf32>, %empty: tensor<4x5xf32>) -> (tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  %ones = arith.constant dense<1.0> : tensor<4x5xf32>
  %zeros = arith.constant dense<0.0> : tensor<4x5xf32>
  %y = trimod.conv1d %x, %w : tensor<4x3xf32>, tensor<5x3x3xf32>
  %columns = linalg.broadcast ins(%r : tensor<4xf32>) outs(%empty : tensor<4x5xf32>) dimensions = [1]
  %a = arith.addf %y, %columns : tensor<4x5xf32>
  %u = trimod.conv1d %x, %w : tensor<4x3xf32>, tensor<5x3x3xf32>
  %b = arith.maximumf %u, %ones : tensor<4x5xf32>
  %v = trimod.conv1d %x, %w : tensor<4x3xf32>, tensor<5x3x3xf32>
  %c = arith.maxnumf %v, %zeros : tensor<4x5xf32>
  return %a, %b, %c : tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}
