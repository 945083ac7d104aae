// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -trimod-fuse-gru-cell -canonicalize -cse \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Spellings of a GRU with 3 inputs and 4 units: all of them are one trimod.gru.

func.func private @sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %m = arith.negf %x : tensor<4xf32>
  %e = math.exp %m : tensor<4xf32>
  %d = arith.addf %one, %e : tensor<4xf32>
  %s = arith.divf %one, %d : tensor<4xf32>
  return %s : tensor<4xf32>
}
func.func private @split(%g: tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = tensor.extract_slice %g[0] [4] [1] : tensor<12xf32> to tensor<4xf32>
  %1 = tensor.extract_slice %g[4] [4] [1] : tensor<12xf32> to tensor<4xf32>
  %2 = tensor.extract_slice %g[8] [4] [1] : tensor<12xf32> to tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
// s(a + b)
func.func private @gate(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = arith.addf %a, %b : tensor<4xf32>
  %1 = func.call @sigmoid(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
// (1 - z) * n + z * h
func.func private @blend(%z: tensor<4xf32>, %n: tensor<4xf32>, %h: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %k = arith.subf %one, %z : tensor<4xf32>
  %kn = arith.mulf %k, %n : tensor<4xf32>
  %zh = arith.mulf %z, %h : tensor<4xf32>
  %next = arith.addf %kn, %zh : tensor<4xf32>
  return %next : tensor<4xf32>
}
// The usual cell after its matrix products.
func.func private @cell(%xr: tensor<4xf32>, %xz: tensor<4xf32>, %xn: tensor<4xf32>,
    %hr: tensor<4xf32>, %hz: tensor<4xf32>, %hn: tensor<4xf32>, %h: tensor<4xf32>) -> tensor<4xf32> {
  %r = func.call @gate(%xr, %hr) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %z = func.call @gate(%xz, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %m = arith.mulf %r, %hn : tensor<4xf32>
  %n0 = arith.addf %xn, %m : tensor<4xf32>
  %n = math.tanh %n0 : tensor<4xf32>
  %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %next : tensor<4xf32>
}

// CHECK-LABEL: func @stacked(
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>, %[[WI:.*]]: tensor<12x3xf32>, %[[WH:.*]]: tensor<12x4xf32>, %[[BI:.*]]: tensor<12xf32>, %[[BH:.*]]: tensor<12xf32>)
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}forward %[[X]] w_ih(%[[WI]]) w_hh(%[[WH]]) b_ih(%[[BI]]) b_hh(%[[BH]]) linear_before_reset = true
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @stacked(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %last, %states : tensor<4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func @reverse_from_a_state(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]] = trimod.gru{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg5) linear_before_reset = true
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @reverse_from_a_state(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %h0: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan reverse %x init(%h0) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %last, %states : tensor<4xf32>, tensor<?x4xf32>
}

// Only the last state is wanted, and the sequence has a static length.
// CHECK-LABEL: func @last_state_alone(
// CHECK-NEXT: %{{.*}}, %[[L:.*]] = trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = true
// CHECK-NEXT: return %[[L]]
func.func @last_state_alone(%x: tensor<5x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next : tensor<4xf32>
  } : (tensor<5x3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %last : tensor<4xf32>
}

// Every commutative operation the other way round, and 0 - x in one sigmoid.
// CHECK-LABEL: func @commuted(
// CHECK-NEXT: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = true
// CHECK-NEXT: return
func.func @commuted(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r0 = arith.addf %hs#0, %xs#0 : tensor<4xf32>
    %r1 = arith.negf %r0 : tensor<4xf32>
    %r2 = math.exp %r1 : tensor<4xf32>
    %r3 = arith.addf %r2, %one : tensor<4xf32>
    %r = arith.divf %one, %r3 : tensor<4xf32>
    %z0 = arith.addf %hs#1, %xs#1 : tensor<4xf32>
    %z1 = arith.subf %zero, %z0 : tensor<4xf32>
    %z2 = math.exp %z1 : tensor<4xf32>
    %z3 = arith.addf %z2, %one : tensor<4xf32>
    %z = arith.divf %one, %z3 : tensor<4xf32>
    %m = arith.mulf %hs#2, %r : tensor<4xf32>
    %n0 = arith.addf %m, %xs#2 : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %k = arith.subf %one, %z : tensor<4xf32>
    %kn = arith.mulf %n, %k : tensor<4xf32>
    %zh = arith.mulf %h, %z : tensor<4xf32>
    %next = arith.addf %zh, %kn : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// n + z * (h - n)
// CHECK-LABEL: func @difference_form(
// CHECK-NEXT: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = true
// CHECK-NEXT: return
func.func @difference_form(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %d = arith.subf %h, %n : tensor<4xf32>
    %zd = arith.mulf %d, %z : tensor<4xf32>
    %next = arith.addf %zd, %n : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// trimod.linear instead of linalg.matvec; the recurrent one has no bias, so b_hh is zero.
// CHECK-LABEL: func @linear(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<12xf32>
// CHECK-NEXT: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%[[ZERO]]) linear_before_reset = true
// CHECK-NEXT: return
func.func @linear(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh : tensor<4xf32>, tensor<12x4xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The biases are added to products that start from zero. Those of r and z may end up on either
// side, that of n must stay with what the reset gate multiplies.
// CHECK-LABEL: func @biases_added(
// CHECK-SAME: %[[BX:[a-z0-9]+]]: tensor<12xf32>, %[[BN:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG: %[[BH:.*]] = tensor.concat dim(0) %[[Z]], %[[Z]], %[[BN]]
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%[[BX]]) b_hh(%[[BH]]) linear_before_reset = true
func.func @biases_added(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %bx: tensor<12xf32>, %bn: tensor<4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %zeros = arith.constant dense<0.0> : tensor<12xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %px = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%zeros : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%zeros : tensor<12xf32>) -> tensor<12xf32>
    %gx = arith.addf %bx, %px : tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hn = arith.addf %hs#2, %bn : tensor<4xf32>
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hn, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The mirror image: the candidate's bias is outside the reset, so it belongs to the input.
// CHECK-LABEL: func @candidate_bias_outside_the_reset(
// CHECK-SAME: %[[BR:[a-z0-9]+]]: tensor<4xf32>, %[[BZ:[a-z0-9]+]]: tensor<4xf32>, %[[BN:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<12xf32>
// CHECK-DAG: %[[BI:.*]] = tensor.concat dim(0) %[[BR]], %[[BZ]], %[[BN]]
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%[[BI]]) b_hh(%[[ZERO]]) linear_before_reset = true
func.func @candidate_bias_outside_the_reset(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %br: tensor<4xf32>, %bz: tensor<4xf32>, %bn: tensor<4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih : tensor<3xf32>, tensor<12x3xf32>
    %gh = trimod.linear %h, %w_hh : tensor<4xf32>, tensor<12x4xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hr = arith.addf %hs#0, %br : tensor<4xf32>
    %hz = arith.addf %hs#1, %bz : tensor<4xf32>
    %xn = arith.addf %xs#2, %bn : tensor<4xf32>
    %next = func.call @cell(%xs#0, %xs#1, %xn, %hr, %hz, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Gates stacked z, r, n: the fused op wants r, z, n.
// CHECK-LABEL: func @order_z_r_n(
// CHECK-DAG: %[[IR:.*]] = tensor.extract_slice %arg1[4, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[IZ:.*]] = tensor.extract_slice %arg1[0, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[IN:.*]] = tensor.extract_slice %arg1[8, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[WI:.*]] = tensor.concat dim(0) %[[IR]], %[[IZ]], %[[IN]]
// CHECK-DAG: %[[HR:.*]] = tensor.extract_slice %arg2[4, 0] [4, 4] [1, 1]
// CHECK-DAG: %[[HZ:.*]] = tensor.extract_slice %arg2[0, 0] [4, 4] [1, 1]
// CHECK-DAG: %[[HN:.*]] = tensor.extract_slice %arg2[8, 0] [4, 4] [1, 1]
// CHECK-DAG: %[[WH:.*]] = tensor.concat dim(0) %[[HR]], %[[HZ]], %[[HN]]
// CHECK-DAG: %[[BR:.*]] = tensor.extract_slice %arg3[4] [4] [1]
// CHECK-DAG: %[[BZ:.*]] = tensor.extract_slice %arg3[0] [4] [1]
// CHECK-DAG: %[[BN:.*]] = tensor.extract_slice %arg3[8] [4] [1]
// CHECK-DAG: %[[BI:.*]] = tensor.concat dim(0) %[[BR]], %[[BZ]], %[[BN]]
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%[[WI]]) w_hh(%[[WH]]) b_ih(%[[BI]]) b_hh(%{{.*}}) linear_before_reset = true
func.func @order_z_r_n(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#1, %xs#0, %xs#2, %hs#1, %hs#0, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// A matrix per gate, and two biases for one gate.
// CHECK-LABEL: func @separate_matrices(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x3xf32>, %[[IR:[a-z0-9]+]]: tensor<4x3xf32>, %[[IZ:[a-z0-9]+]]: tensor<4x3xf32>, %[[IN:[a-z0-9]+]]: tensor<4x3xf32>, %[[HR:[a-z0-9]+]]: tensor<4x4xf32>, %[[HZ:[a-z0-9]+]]: tensor<4x4xf32>, %[[HN:[a-z0-9]+]]: tensor<4x4xf32>, %[[B0:[a-z0-9]+]]: tensor<4xf32>, %[[B1:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-DAG: %[[WI:.*]] = tensor.concat dim(0) %[[IR]], %[[IZ]], %[[IN]]
// CHECK-DAG: %[[WH:.*]] = tensor.concat dim(0) %[[HR]], %[[HZ]], %[[HN]]
// CHECK-DAG: %[[SUM:.*]] = arith.addf %[[B0]], %[[B1]]
// CHECK-DAG: %[[BI:.*]] = tensor.concat dim(0) %[[SUM]], %[[ZERO]], %[[ZERO]]
// CHECK: trimod.gru{{ +}}forward %[[X]] w_ih(%[[WI]]) w_hh(%[[WH]]) b_ih(%[[BI]]) b_hh(%{{.*}}) linear_before_reset = true
func.func @separate_matrices(%x: tensor<?x3xf32>, %ir: tensor<4x3xf32>, %iz: tensor<4x3xf32>, %in: tensor<4x3xf32>,
    %hr: tensor<4x4xf32>, %hz: tensor<4x4xf32>, %hn: tensor<4x4xf32>, %b0: tensor<4xf32>, %b1: tensor<4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %xr = trimod.linear %xt, %ir bias(%b0) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %xz = trimod.linear %xt, %iz : tensor<3xf32>, tensor<4x3xf32>
    %xn = trimod.linear %xt, %in : tensor<3xf32>, tensor<4x3xf32>
    %pr = trimod.linear %h, %hr : tensor<4xf32>, tensor<4x4xf32>
    %pz = trimod.linear %h, %hz : tensor<4xf32>, tensor<4x4xf32>
    %pn = trimod.linear %h, %hn : tensor<4xf32>, tensor<4x4xf32>
    %qr = arith.addf %pr, %b1 : tensor<4xf32>
    %next = func.call @cell(%xr, %xz, %xn, %qr, %pz, %pn, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// One product accumulates onto the other; the gates' biases are those of the inner one.
// CHECK-LABEL: func @accumulated(
// CHECK-DAG: %[[Z:.*]] = arith.constant dense<0.000000e+00> : tensor<12xf32>
// CHECK-DAG: %[[U:.*]] = tensor.concat dim(0) %arg2, %arg2, %arg3
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%[[U]]) b_ih(%arg4) b_hh(%[[Z]]) linear_before_reset = false
// CHECK-NEXT: return
func.func @accumulated(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %u: tensor<4x4xf32>, %un: tensor<4x4xf32>, %b: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = false}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %ar = linalg.matvec ins(%u, %h : tensor<4x4xf32>, tensor<4xf32>) outs(%xs#0 : tensor<4xf32>) -> tensor<4xf32>
    %r = func.call @sigmoid(%ar) : (tensor<4xf32>) -> tensor<4xf32>
    %az = linalg.matvec ins(%u, %h : tensor<4x4xf32>, tensor<4xf32>) outs(%xs#1 : tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @sigmoid(%az) : (tensor<4xf32>) -> tensor<4xf32>
    %rh = arith.mulf %r, %h : tensor<4xf32>
    %an = linalg.matvec ins(%un, %rh : tensor<4x4xf32>, tensor<4xf32>) outs(%xs#2 : tensor<4xf32>) -> tensor<4xf32>
    %n = math.tanh %an : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Matrices that were cut from one stack before the scan: the stack comes back.
// CHECK-LABEL: func @cut_before_the_scan(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<12xf32>
// CHECK-NEXT: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%[[ZERO]]) linear_before_reset = true
// CHECK-NEXT: return
func.func @cut_before_the_scan(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %ir = tensor.extract_slice %w_ih[0, 0] [4, 3] [1, 1] : tensor<12x3xf32> to tensor<4x3xf32>
  %iz = tensor.extract_slice %w_ih[4, 0] [4, 3] [1, 1] : tensor<12x3xf32> to tensor<4x3xf32>
  %in = tensor.extract_slice %w_ih[8, 0] [4, 3] [1, 1] : tensor<12x3xf32> to tensor<4x3xf32>
  %hrz = tensor.extract_slice %w_hh[0, 0] [8, 4] [1, 1] : tensor<12x4xf32> to tensor<8x4xf32>
  %hn = tensor.extract_slice %w_hh[8, 0] [4, 4] [1, 1] : tensor<12x4xf32> to tensor<4x4xf32>
  %b:3 = func.call @split(%b_ih) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %xr = trimod.linear %xt, %ir bias(%b#0) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %xz = trimod.linear %xt, %iz bias(%b#1) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %xn = trimod.linear %xt, %in bias(%b#2) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %prz = trimod.linear %h, %hrz : tensor<4xf32>, tensor<8x4xf32>
    %pr = tensor.extract_slice %prz[0] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %pz = tensor.extract_slice %prz[4] [4] [1] : tensor<8xf32> to tensor<4xf32>
    %pn = trimod.linear %h, %hn : tensor<4xf32>, tensor<4x4xf32>
    %next = func.call @cell(%xr, %xz, %xn, %pr, %pz, %pn, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// A matrix that is some columns of a wider one stays a slice of it.
// CHECK-LABEL: func @columns_of_a_wider_matrix(
// CHECK-DAG: %[[WI:.*]] = tensor.extract_slice %arg1[0, 2] [12, 3] [1, 1]
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%[[WI]]) w_hh(%arg2) b_ih(%arg3) b_hh(%{{.*}}) linear_before_reset = true
func.func @columns_of_a_wider_matrix(%x: tensor<?x3xf32>, %wide: tensor<12x5xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %w_ih = tensor.extract_slice %wide[0, 2] [12, 3] [1, 1] : tensor<12x5xf32> to tensor<12x3xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh : tensor<4xf32>, tensor<12x4xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// r and z from the same rows (a minimal gated unit): the stack is not the one that it was cut from.
// CHECK-LABEL: func @one_gate_twice(
// CHECK-DAG: %[[G:.*]] = tensor.extract_slice %arg1[0, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[N:.*]] = tensor.extract_slice %arg1[8, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[WI:.*]] = tensor.concat dim(0) %[[G]], %[[G]], %[[N]]
// CHECK: trimod.gru{{ +}}forward %arg0 w_ih(%[[WI]]) w_hh(%{{.*}}) b_ih(%{{.*}}) b_hh(%{{.*}}) linear_before_reset = true
func.func @one_gate_twice(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#0, %xs#2, %hs#0, %hs#0, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The reset gate before the product: W_hn (r * h).
// CHECK-LABEL: func @reset_before_the_product(
// CHECK-NEXT: trimod.gru{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) linear_before_reset = false
// CHECK-NEXT: return
func.func @reset_before_the_product(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %w_hn = tensor.extract_slice %w_hh[8, 0] [4, 4] [1, 1] : tensor<12x4xf32> to tensor<4x4xf32>
  %b_hn = tensor.extract_slice %b_hh[8] [4] [1] : tensor<12xf32> to tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = false}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<12x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<12xf32>) -> tensor<12xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<12x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%hs#1, %xs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %rh = arith.mulf %h, %r : tensor<4xf32>
    %hn = linalg.matvec ins(%w_hn, %rh : tensor<4x4xf32>, tensor<4xf32>) outs(%b_hn : tensor<4xf32>) -> tensor<4xf32>
    %n0 = arith.addf %hn, %xs#2 : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// One recurrence over the states of another: both fuse.
// CHECK-LABEL: func @two_layers(
// CHECK-NEXT: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}forward %arg0
// CHECK-NEXT: trimod.gru{{ +}}reverse %[[S]]
// CHECK-NEXT: return
func.func @two_layers(%x: tensor<?x4xf32>, %w_ih: tensor<12x4xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %l0, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<4xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %l1 = trimod.scan reverse %states init(%zero) {
  ^bb0(%xt: tensor<4xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %next = func.call @cell(%xs#0, %xs#1, %xs#2, %hs#0, %hs#1, %hs#2, %h)
        : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next : tensor<4xf32>
  } : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %l1 : tensor<4xf32>
}
