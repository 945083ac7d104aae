// Only f32 exp, log and tanh are replaced.
// RUN: trimod-opt %s --trimod-polynomial-math | FileCheck %s

// CHECK-LABEL: func @replaced(
//   CHECK-NOT: math.exp
//   CHECK-NOT: math.log
//   CHECK-NOT: math.tanh
//       CHECK: math.fma {{.*}} : f32
//       CHECK: math.fma {{.*}} : vector<8xf32>
func.func @replaced(%x: f32, %y: vector<8xf32>) -> (f32, f32, vector<8xf32>) {
  %0 = math.exp %x : f32
  %1 = math.log %x : f32
  %2 = math.tanh %y : vector<8xf32>
  return %0, %1, %2 : f32, f32, vector<8xf32>
}

// CHECK-LABEL: func @kept(
//       CHECK: math.exp %{{.*}} : f64
//       CHECK: math.tanh %{{.*}} : tensor<4xf32>
//       CHECK: math.sqrt %{{.*}} : f32
func.func @kept(%x: f64, %y: tensor<4xf32>, %z: f32) -> (f64, tensor<4xf32>, f32) {
  %0 = math.exp %x : f64
  %1 = math.tanh %y : tensor<4xf32>
  %2 = math.sqrt %z : f32
  return %0, %1, %2 : f64, tensor<4xf32>, f32
}
