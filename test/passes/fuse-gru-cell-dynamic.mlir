// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -trimod-fuse-gru-cell -canonicalize \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// One cell function with dynamic sizes serves scans of different sizes; what is left of the casts
// after inlining does not matter.

func.func private @sigmoid(%x: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %one = tensor.splat %c1[%n] : tensor<?xf32>
  %m = arith.negf %x : tensor<?xf32>
  %e = math.exp %m : tensor<?xf32>
  %d = arith.addf %one, %e : tensor<?xf32>
  %s = arith.divf %one, %d : tensor<?xf32>
  return %s : tensor<?xf32>
}
func.func private @cell(%x: tensor<?xf32>, %h: tensor<?xf32>, %w_ih: tensor<?x?xf32>,
    %w_hh: tensor<?x?xf32>, %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %c1 = arith.constant 1.0 : f32
  %n = tensor.dim %h, %c0 : tensor<?xf32>
  %n2 = arith.muli %n, %c2 : index
  %gx = trimod.linear %x, %w_ih bias(%b_ih) : tensor<?xf32>, tensor<?x?xf32>, tensor<?xf32>
  %gh = trimod.linear %h, %w_hh bias(%b_hh) : tensor<?xf32>, tensor<?x?xf32>, tensor<?xf32>
  %xr = tensor.extract_slice %gx[0] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %xz = tensor.extract_slice %gx[%n] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %xn = tensor.extract_slice %gx[%n2] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %hr = tensor.extract_slice %gh[0] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %hz = tensor.extract_slice %gh[%n] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %hn = tensor.extract_slice %gh[%n2] [%n] [1] : tensor<?xf32> to tensor<?xf32>
  %ar = arith.addf %xr, %hr : tensor<?xf32>
  %r = func.call @sigmoid(%ar) : (tensor<?xf32>) -> tensor<?xf32>
  %az = arith.addf %xz, %hz : tensor<?xf32>
  %z = func.call @sigmoid(%az) : (tensor<?xf32>) -> tensor<?xf32>
  %rn = arith.mulf %r, %hn : tensor<?xf32>
  %an = arith.addf %xn, %rn : tensor<?xf32>
  %new = math.tanh %an : tensor<?xf32>
  %one = tensor.splat %c1[%n] : tensor<?xf32>
  %k = arith.subf %one, %z : tensor<?xf32>
  %kn = arith.mulf %k, %new : tensor<?xf32>
  %zh = arith.mulf %z, %h : tensor<?xf32>
  %next = arith.addf %kn, %zh : tensor<?xf32>
  return %next : tensor<?xf32>
}

// CHECK-LABEL: func @two_sizes(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x3xf32>, %[[WI:[a-z0-9]+]]: tensor<12x3xf32>, %[[WH:[a-z0-9]+]]: tensor<12x4xf32>, %[[B:[a-z0-9]+]]: tensor<12xf32>, %[[VI:[a-z0-9]+]]: tensor<15x4xf32>, %[[VH:[a-z0-9]+]]: tensor<15x5xf32>, %[[C:[a-z0-9]+]]: tensor<15xf32>)
// CHECK-NEXT: %[[S:.*]], %{{.*}} = trimod.gru{{ +}}forward %[[X]] w_ih(%[[WI]]) w_hh(%[[WH]]) b_ih(%[[B]]) b_hh(%[[B]]) linear_before_reset = true
// CHECK-NEXT: %{{.*}}, %[[L:.*]] = trimod.gru{{ +}}reverse %[[S]] w_ih(%[[VI]]) w_hh(%[[VH]]) b_ih(%[[C]]) b_hh(%[[C]]) linear_before_reset = true
// CHECK-NEXT: return %[[L]]
func.func @two_sizes(%x: tensor<?x3xf32>, %w_ih: tensor<12x3xf32>, %w_hh: tensor<12x4xf32>, %b: tensor<12xf32>,
    %v_ih: tensor<15x4xf32>, %v_hh: tensor<15x5xf32>, %c: tensor<15xf32>) -> tensor<5xf32> {
  %zero4 = arith.constant dense<0.0> : tensor<4xf32>
  %zero5 = arith.constant dense<0.0> : tensor<5xf32>
  %dw_ih = tensor.cast %w_ih : tensor<12x3xf32> to tensor<?x?xf32>
  %dw_hh = tensor.cast %w_hh : tensor<12x4xf32> to tensor<?x?xf32>
  %db = tensor.cast %b : tensor<12xf32> to tensor<?xf32>
  %dv_ih = tensor.cast %v_ih : tensor<15x4xf32> to tensor<?x?xf32>
  %dv_hh = tensor.cast %v_hh : tensor<15x5xf32> to tensor<?x?xf32>
  %dc = tensor.cast %c : tensor<15xf32> to tensor<?xf32>
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %l0, %states = trimod.scan %x init(%zero4) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
    %dx = tensor.cast %xt : tensor<3xf32> to tensor<?xf32>
    %dh = tensor.cast %h : tensor<4xf32> to tensor<?xf32>
    %dn = func.call @cell(%dx, %dh, %dw_ih, %dw_hh, %db, %db)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    %next = tensor.cast %dn : tensor<?xf32> to tensor<4xf32>
    trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>)
  // expected-remark @below {{the scan is a GRU with linear_before_reset = true}}
  %l1 = trimod.scan reverse %states init(%zero5) {
  ^bb0(%xt: tensor<4xf32>, %h: tensor<5xf32>):
    %dx = tensor.cast %xt : tensor<4xf32> to tensor<?xf32>
    %dh = tensor.cast %h : tensor<5xf32> to tensor<?xf32>
    %dn = func.call @cell(%dx, %dh, %dv_ih, %dv_hh, %dc, %dc)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    %next = tensor.cast %dn : tensor<?xf32> to tensor<5xf32>
    trimod.yield %next : tensor<5xf32>
  } : (tensor<?x4xf32>, tensor<5xf32>) -> tensor<5xf32>
  return %l1 : tensor<5xf32>
}
