// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -trimod-fuse-gru-cell \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Cells that are almost a GRU stay scans, and a remark says why.

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

// CHECK-LABEL: func @candidate_activation(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @candidate_activation(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the candidate: expected math.tanh, got math.erf}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.erf %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @update_activation(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @update_activation(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the update gate: expected a sigmoid, 1 / (1 + exp(-x)), got math.tanh}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z0 = arith.addf %xs#1, %hs#1 : tensor<4xf32>
    %z = math.tanh %z0 : tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @reset_activation(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @reset_activation(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the reset gate: expected a sigmoid, 1 / (1 + exp(-x)), got tensor.extract_slice and math.tanh}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r0 = arith.addf %xs#0, %hs#0 : tensor<4xf32>
    %r = math.tanh %r0 : tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The minus sign is missing.
// CHECK-LABEL: func @not_a_sigmoid(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @not_a_sigmoid(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{activation of the update gate: expected a sigmoid, 1 / (1 + exp(-x)), got arith.divf}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z0 = arith.addf %xs#1, %hs#1 : tensor<4xf32>
    %z1 = math.exp %z0 : tensor<4xf32>
    %z2 = arith.addf %one, %z1 : tensor<4xf32>
    %z = arith.divf %one, %z2 : tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// 2 * s(x).
// CHECK-LABEL: func @twice_a_sigmoid(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @twice_a_sigmoid(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %two = arith.constant dense<2.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{activation of the update gate: expected a sigmoid, 1 / (1 + exp(-x)), got arith.divf}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z0 = arith.addf %xs#1, %hs#1 : tensor<4xf32>
    %zm = arith.negf %z0 : tensor<4xf32>
    %z1 = math.exp %zm : tensor<4xf32>
    %z2 = arith.addf %one, %z1 : tensor<4xf32>
    %z = arith.divf %two, %z2 : tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @swapped_update_gate(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @swapped_update_gate(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{the update gate is swapped: the next state is (1 - z) * h + z * n}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %k = arith.subf %one, %z : tensor<4xf32>
    %zn = arith.mulf %z, %n : tensor<4xf32>
    %kh = arith.mulf %k, %h : tensor<4xf32>
    %next = arith.addf %zn, %kh : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// 1 - r is not 1 - z.
// CHECK-LABEL: func @update_by_two_gates(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @update_by_two_gates(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{the next state is neither (1 - z) * n + z * h nor n + z * (h - n)}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %k = arith.subf %one, %r : tensor<4xf32>
    %kn = arith.mulf %k, %n : tensor<4xf32>
    %zh = arith.mulf %z, %h : tensor<4xf32>
    %next = arith.addf %kn, %zh : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// n + z * (h - m) with an m that is not n.
// CHECK-LABEL: func @correction_of_something_else(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @correction_of_something_else(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the next state is neither (1 - z) * n + z * h nor n + z * (h - n)}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %other = math.tanh %hs#0 : tensor<4xf32>
    %d = arith.subf %h, %other : tensor<4xf32>
    %zd = arith.mulf %z, %d : tensor<4xf32>
    %next = arith.addf %n, %zd : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @residual(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @residual(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the next state is neither (1 - z) * n + z * h nor n + z * (h - n)}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %gru = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %next = arith.addf %gru, %h : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @elman(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @elman(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the next state is made by math.tanh; a GRU's is (1 - z) * n + z * h or n + z * (h - n)}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n0 = arith.addf %xs#2, %hs#2 : tensor<4xf32>
    %next = math.tanh %n0 : tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @gate_used_outside(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @gate_used_outside(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan also stacks a value inside the cell, made by arith.divf; a GRU gives its states alone}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %z : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @no_reset_gate(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @no_reset_gate(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the candidate does not use a reset gate}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %n0 = arith.addf %xs#2, %hs#2 : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @product_outside_the_reset(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @product_outside_the_reset(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{candidate, apart from the reset: there is no place for a matrix product with the state}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n1 = arith.addf %n0, %hs#1 : tensor<4xf32>
    %n = math.tanh %n1 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @two_elementwise_products(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @two_elementwise_products(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the candidate has more than one elementwise product; a GRU has one, with the reset gate}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %m1 = arith.mulf %z, %hs#1 : tensor<4xf32>
    %n1 = arith.addf %n0, %m1 : tensor<4xf32>
    %n = math.tanh %n1 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The reset gate multiplies W x instead of U h.
// CHECK-LABEL: func @reset_of_the_input(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @reset_of_the_input(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{candidate, apart from the reset: expected one matrix product with the input row, got 0}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %xs#2 : tensor<4xf32>
    %n0 = arith.addf %hs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @gate_without_the_state(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @gate_without_the_state(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{update gate: expected one matrix product with the state, got 0}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @sigmoid(%xs#1) : (tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @gate_with_the_state_twice(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @gate_with_the_state_twice(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{update gate: expected one matrix product with the state, got 2}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %hz = arith.addf %hs#0, %hs#1 : tensor<4xf32>
    %z = func.call @gate(%xs#1, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @gate_of_something_else(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @gate_of_something_else(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the input of a gate is not a sum of matrix products and biases: it contains math.absf}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %hz = math.absf %hs#1 : tensor<4xf32>
    %z = func.call @gate(%xs#1, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @peephole(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @peephole(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the input of a gate is not a sum of matrix products and biases: it contains a block argument}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %hz = arith.addf %hs#1, %h : tensor<4xf32>
    %z = func.call @gate(%xs#1, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @weights_computed_in_the_body(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @weights_computed_in_the_body(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{a weight matrix is computed inside the scan, by linalg.broadcast; move it out}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %w = linalg.broadcast ins(%h : tensor<4xf32>) outs(%w_hh : tensor<12x4xf32>) dimensions = [0]
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @half_weights(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @half_weights(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %w: tensor<12x4xf16>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{a weight matrix is not of f32; widen it in front of the scan}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = linalg.matvec ins(%w, %h : tensor<12x4xf16>, tensor<4xf32>) outs(%b_hh : tensor<12xf32>) -> tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @dynamic_offset(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @dynamic_offset(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %i: index) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{a gate is cut from its stack at an offset or a size that is not static}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hz = tensor.extract_slice %gh[%i] [4] [1] : tensor<12xf32> to tensor<4xf32>
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Gates interleaved by unit, not stacked.
// CHECK-LABEL: func @strided_gate(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @strided_gate(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{a gate is cut from its stack with a stride of 3; its rows must be adjacent}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hz = tensor.extract_slice %gh[0] [4] [3] : tensor<12xf32> to tensor<4xf32>
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hz) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @two_inputs(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @two_inputs(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %y: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan runs over 2 inputs, a GRU runs over one; concatenate them}}
  %last, %states = trimod.scan %x, %y init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %yt: tensor<4xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %m = arith.mulf %r, %hs#2 : tensor<4xf32>
    %n0 = arith.addf %xs#2, %m : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<?x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @reset_before_by_two_gates(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @reset_before_by_two_gates(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %w: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the candidate resets the state by more than one gate}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %rh = arith.mulf %r, %h : tensor<4xf32>
    %zh = arith.mulf %z, %h : tensor<4xf32>
    %p = trimod.linear %rh, %w : tensor<4xf32>, tensor<4x4xf32>
    %q = trimod.linear %zh, %w : tensor<4xf32>, tensor<4x4xf32>
    %n0 = arith.addf %xs#2, %p : tensor<4xf32>
    %n1 = arith.addf %n0, %q : tensor<4xf32>
    %n = math.tanh %n1 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @reset_before_without_sigmoid(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
// CHECK-NOT: trimod.gru
// CHECK: return
func.func @reset_before_without_sigmoid(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b_ih: tensor<12xf32>, %b_hh: tensor<12xf32>, %w: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the reset gate: expected a sigmoid, 1 / (1 + exp(-x)), got a block argument}}
  %last, %states = trimod.scan %x init(%zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %gx = trimod.linear %xt, %w_ih bias(%b_ih) : tensor<3xf32>, tensor<12x3xf32>, tensor<12xf32>
    %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<4xf32>, tensor<12x4xf32>, tensor<12xf32>
    %xs:3 = func.call @split(%gx) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %hs:3 = func.call @split(%gh) : (tensor<12xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %r = func.call @gate(%xs#0, %hs#0) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %z = func.call @gate(%xs#1, %hs#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %hh = arith.mulf %h, %h : tensor<4xf32>
    %p = trimod.linear %hh, %w : tensor<4xf32>, tensor<4x4xf32>
    %n0 = arith.addf %xs#2, %p : tensor<4xf32>
    %n = math.tanh %n0 : tensor<4xf32>
    %next = func.call @blend(%z, %n, %h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Sizes that the weights have not filled in yet.
// CHECK-LABEL: func @unspecialised(
// CHECK-NOT: trimod.gru
// CHECK: trimod.scan
func.func @unspecialised(%x: tensor<?x?xf32>, %w_ih: tensor<?x?xf32>, %w_hh: tensor<?x?xf32>, %h0: tensor<?xf32>) -> tensor<?xf32> {
  // expected-remark @below {{the row and the state must be f32 vectors of static size; specialise the parameters first}}
  %last = trimod.scan %x init(%h0) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>):
    %gx = trimod.linear %xt, %w_ih : tensor<?xf32>, tensor<?x?xf32>
    %gh = trimod.linear %h, %w_hh : tensor<?xf32>, tensor<?x?xf32>
    %n0 = arith.addf %gx, %gh : tensor<?xf32>
    %n = math.tanh %n0 : tensor<?xf32>
    trimod.yield %n : tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %last : tensor<?xf32>
}

// Far from a GRU, so no remark: two carried values, and no activation.
// CHECK-LABEL: func @no_recurrent_cell(
// CHECK: trimod.scan
// CHECK: trimod.scan
func.func @no_recurrent_cell(%x: tensor<?x4xf32>, %h0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %h, %c = trimod.scan %x init(%h0, %h0) {
  ^bb0(%xt: tensor<4xf32>, %ht: tensor<4xf32>, %ct: tensor<4xf32>):
    %0 = arith.addf %xt, %ht : tensor<4xf32>
    %1 = math.tanh %0 : tensor<4xf32>
    trimod.yield %1, %0 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %sum = trimod.scan %x init(%h0) {
  ^bb0(%xt: tensor<4xf32>, %ht: tensor<4xf32>):
    %0 = arith.addf %xt, %ht : tensor<4xf32>
    trimod.yield %0 : tensor<4xf32>
  } : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %h, %c, %sum : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
