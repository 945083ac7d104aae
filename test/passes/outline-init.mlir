// RUN: trimod-opt %s --trimod-outline-init --remarks-filter=trimod-schedule --verify-diagnostics | FileCheck %s
// Outlined once, nothing more is found.
// RUN: trimod-opt %s --trimod-outline-init | trimod-opt --trimod-outline-init | FileCheck %s

trimod.parameter @w "w" : tensor<3x2xf32>
trimod.parameter @b "b" : tensor<3xf32>

// CHECK-LABEL: func.func private @entry_init() -> (tensor<2x3xf32>, tensor<3xf32>) {
// CHECK-DAG: %[[W:.*]] = trimod.get_parameter @w
// CHECK-DAG: %[[B:.*]] = trimod.get_parameter @b
// CHECK-DAG: %[[EMPTY:.*]] = tensor.empty() : tensor<2x3xf32>
// CHECK: %[[T:.*]] = linalg.transpose ins(%[[W]] : tensor<3x2xf32>) outs(%[[EMPTY]] : tensor<2x3xf32>)
// CHECK: %[[E:.*]] = math.exp %[[B]]
// CHECK: %[[ONES:.*]] = arith.constant dense<1.000000e+00> : tensor<3xf32>
// CHECK: %[[S:.*]] = linalg.map { arith.addf } ins(%[[E]], %[[ONES]] :
// CHECK: return %[[T]], %[[S]]

// CHECK-LABEL: func.func @entry(
// CHECK-SAME: %[[X:.*]]: tensor<?x2xf32> {trimod.name = "x"}, %[[A0:.*]]: tensor<2x3xf32> {trimod.derived = 0 : i64}, %[[A1:.*]]: tensor<3xf32> {trimod.derived = 1 : i64})
// CHECK-SAME: attributes {trimod.init = @entry_init}
// CHECK-DAG: %[[P:.*]] = trimod.get_parameter @b
// CHECK-DAG: %[[K:.*]] = arith.constant dense<2.000000e+00>
// CHECK-NOT: math.exp
// CHECK: trimod.map %[[X]]
// CHECK: linalg.vecmat ins(%{{.*}}, %[[A0]] : {{.*}}) outs(%[[A1]]
// CHECK: return %{{.*}}, %[[P]], %[[K]]
// expected-remark@+1 {{2 values depend on parameters alone: computed once in @entry_init}}
func.func @entry(%x: tensor<?x2xf32> {trimod.name = "x"}) -> (tensor<?x3xf32>, tensor<3xf32>, tensor<3xf32>) {
  %w = trimod.get_parameter @w : tensor<3x2xf32>
  %b = trimod.get_parameter @b : tensor<3xf32>
  %empty = tensor.empty() : tensor<2x3xf32>
  %t = linalg.transpose ins(%w : tensor<3x2xf32>) outs(%empty : tensor<2x3xf32>) permutation = [1, 0]
  %e = math.exp %b : tensor<3xf32>
  %ones = arith.constant dense<1.0> : tensor<3xf32>
  %row = tensor.empty() : tensor<3xf32>
  %s = linalg.map { arith.addf } ins(%e, %ones : tensor<3xf32>, tensor<3xf32>) outs(%row : tensor<3xf32>)
  // Constants are not outlined, and neither is what is computed from them alone.
  %k = arith.constant dense<2.0> : tensor<3xf32>
  %y = trimod.map %x {
  ^bb0(%xt: tensor<2xf32>):
    %p = linalg.vecmat ins(%xt, %t : tensor<2xf32>, tensor<2x3xf32>) outs(%s : tensor<3xf32>) -> tensor<3xf32>
    trimod.yield %p : tensor<3xf32>
  } : (tensor<?x2xf32>) -> tensor<?x3xf32>
  return %y, %b, %k : tensor<?x3xf32>, tensor<3xf32>, tensor<3xf32>
}

// A body that captures an input is none of parameters alone; one that captures weights is.
// CHECK-LABEL: func.func private @captures_init() -> tensor<3xf32> {
// CHECK: linalg.generic
// CHECK: tensor.extract
// CHECK-LABEL: func.func @captures(
// CHECK-SAME: %{{.*}}: tensor<3xf32> {trimod.derived = 0 : i64})
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
#id = affine_map<(i) -> (i)>
// expected-remark@+1 {{1 values depend on parameters alone}}
func.func @captures(%i: index) -> (tensor<3xf32>, tensor<3xf32>) {
  %b = trimod.get_parameter @b : tensor<3xf32>
  %c1 = arith.constant 1 : index
  %row = tensor.empty() : tensor<3xf32>
  %weights = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%row : tensor<3xf32>) {
  ^bb0(%out: f32):
    %v = tensor.extract %b[%c1] : tensor<3xf32>
    linalg.yield %v : f32
  } -> tensor<3xf32>
  %inputs = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%row : tensor<3xf32>) {
  ^bb0(%out: f32):
    %v = tensor.extract %b[%i] : tensor<3xf32>
    linalg.yield %v : f32
  } -> tensor<3xf32>
  return %weights, %inputs : tensor<3xf32>, tensor<3xf32>
}
