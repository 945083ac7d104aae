// RUN: trimod-opt %s -trimod-fuse-conv-epilogue -canonicalize -split-input-file | FileCheck %s

// CHECK-LABEL: func @bias_and_tanh(
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>, %[[W:.*]]: tensor<5x3x3xf32>, %[[B:.*]]: tensor<5xf32>, %[[E:.*]]: tensor<?x5xf32>)
// CHECK-NEXT: %[[Y:.*]] = trimod.conv1d %[[X]], %[[W]] bias(%[[B]]) activation = tanh : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<5xf32>
// CHECK-NEXT: return %[[Y]]
func.func @bias_and_tanh(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %empty: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = trimod.conv1d %x, %w : tensor<?x3xf32>, tensor<5x3x3xf32>
  %rows = linalg.broadcast ins(%b : tensor<5xf32>) outs(%empty : tensor<?x5xf32>) dimensions = [0]
  %z = arith.addf %y, %rows : tensor<?x5xf32>
  %f = math.tanh %z : tensor<?x5xf32>
  return %f : tensor<?x5xf32>
}

// -----
// Commuted operands; a zero that is a splat; the bias is the convolution's own.
// CHECK-LABEL: func @relu(
// CHECK-NEXT: %[[Y:.*]] = trimod.conv1d %arg0, %arg1 bias(%arg2) offsets(%arg3) activation = relu
// CHECK-NEXT: return %[[Y]]
func.func @relu(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %o: tensor<?xindex>, %n: index) -> tensor<?x5xf32> {
  %zero = arith.constant 0.0 : f32
  %zeros = tensor.splat %zero[%n] : tensor<?x5xf32>
  %y = trimod.conv1d %x, %w bias(%b) offsets(%o) : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<5xf32>, tensor<?xindex>
  %f = arith.maximumf %zeros, %y : tensor<?x5xf32>
  return %f : tensor<?x5xf32>
}

// -----
// Through a cast; a bias in front.
// CHECK-LABEL: func @cast(
// CHECK: %[[Y:.*]] = trimod.conv1d %{{.*}}, %arg1 bias(%arg2) activation = tanh
// CHECK: return
// CHECK-NOT: addf
func.func @cast(%x: tensor<4x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<5xf32>, %empty: tensor<?x5xf32>) -> tensor<?x5xf32> {
  %y = trimod.conv1d %x, %w : tensor<4x3xf32>, tensor<5x3x3xf32>
  %open = tensor.cast %y : tensor<4x5xf32> to tensor<?x5xf32>
  %rows = linalg.broadcast ins(%b : tensor<5xf32>) outs(%empty : tensor<?x5xf32>) dimensions = [0]
  %z = arith.addf %rows, %open : tensor<?x5xf32>
  %f = math.tanh %z : tensor<?x5xf32>
  return %f : tensor<?x5xf32>
}
