// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -trimod-fuse-lstm-cell \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Cells that are almost an LSTM stay scans, and a remark says why.

// CHECK-NOT: trimod.lstm

func.func private @sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf32>
  %m = arith.negf %x : tensor<4xf32>
  %e = math.exp %m : tensor<4xf32>
  %d = arith.addf %one, %e : tensor<4xf32>
  %s = arith.divf %one, %d : tensor<4xf32>
  return %s : tensor<4xf32>
}
func.func private @split(%g: tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %0 = tensor.extract_slice %g[0] [4] [1] : tensor<16xf32> to tensor<4xf32>
  %1 = tensor.extract_slice %g[4] [4] [1] : tensor<16xf32> to tensor<4xf32>
  %2 = tensor.extract_slice %g[8] [4] [1] : tensor<16xf32> to tensor<4xf32>
  %3 = tensor.extract_slice %g[12] [4] [1] : tensor<16xf32> to tensor<4xf32>
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
// The cell after its matrix products, from the sums of its gates: h' and c'.
func.func private @cell(%i0: tensor<4xf32>, %f0: tensor<4xf32>, %g0: tensor<4xf32>, %o0: tensor<4xf32>, %c: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %i = func.call @sigmoid(%i0) : (tensor<4xf32>) -> tensor<4xf32>
  %f = func.call @sigmoid(%f0) : (tensor<4xf32>) -> tensor<4xf32>
  %g = math.tanh %g0 : tensor<4xf32>
  %o = func.call @sigmoid(%o0) : (tensor<4xf32>) -> tensor<4xf32>
  %fc = arith.mulf %f, %c : tensor<4xf32>
  %ig = arith.mulf %i, %g : tensor<4xf32>
  %next_c = arith.addf %fc, %ig : tensor<4xf32>
  %t = math.tanh %next_c : tensor<4xf32>
  %next_h = arith.mulf %o, %t : tensor<4xf32>
  return %next_h, %next_c : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @input_activation(
// CHECK: trimod.scan
// CHECK: return
func.func @input_activation(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the input gate: expected a sigmoid, 1 / (1 + exp(-x)), got math.tanh}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = math.tanh %s#0 : tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @forget_activation(
// CHECK: trimod.scan
// CHECK: return
func.func @forget_activation(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the forget gate: expected a sigmoid, 1 / (1 + exp(-x)), got math.erf}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = math.erf %s#1 : tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @cell_activation(
// CHECK: trimod.scan
// CHECK: return
func.func @cell_activation(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the cell gate: expected math.tanh, got arith.divf and math.erf}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.erf %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @output_activation(
// CHECK: trimod.scan
// CHECK: return
func.func @output_activation(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{activation of the output gate: expected a sigmoid, 1 / (1 + exp(-x)), got math.tanh}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = math.tanh %s#3 : tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// h' = o * c'
// CHECK-LABEL: func @no_output_tanh(
// CHECK: trimod.scan
// CHECK: return
func.func @no_output_tanh(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{neither carried value becomes o * tanh(c'), where c' is what the other one becomes}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %next_h = arith.mulf %o, %next_c : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// h' = o * tanh(c)
// CHECK-LABEL: func @tanh_of_the_old_cell_state(
// CHECK: trimod.scan
// CHECK: return
func.func @tanh_of_the_old_cell_state(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{neither carried value becomes o * tanh(c'), where c' is what the other one becomes}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// c' = f * c - i * g
// CHECK-LABEL: func @difference(
// CHECK: trimod.scan
// CHECK: return
func.func @difference(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the next cell state is made by arith.subf; an LSTM's is f * c + i * g}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.subf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// c' = f * h + i * g
// CHECK-LABEL: func @forgets_the_state(
// CHECK: trimod.scan
// CHECK: return
func.func @forgets_the_state(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the next cell state is not f * c + i * g: no addend is a product with c}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %h : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// c' = f * c + g
// CHECK-LABEL: func @no_input_gate(
// CHECK: trimod.scan
// CHECK: return
func.func @no_input_gate(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{what is added to f * c is made by math.tanh; an LSTM adds i * g}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i = func.call @sigmoid(%s#0) : (tensor<4xf32>) -> tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %next_c = arith.addf %fc, %g : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// i = 1 - f
// CHECK-LABEL: func @coupled_gates(
// CHECK: trimod.scan
// CHECK: return
func.func @coupled_gates(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{the input gate is 1 - f, coupled to the forget gate; an LSTM's has weights of its own}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %i = arith.subf %one, %f : tensor<4xf32>
    %fc = arith.mulf %f, %c : tensor<4xf32>
    %ig = arith.mulf %i, %g : tensor<4xf32>
    %next_c = arith.addf %fc, %ig : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %o, %t : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The forget gate sees c, weighted one by one.
// CHECK-LABEL: func @peephole(
// CHECK: trimod.scan
// CHECK: return
func.func @peephole(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>, %p: tensor<4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the input of a gate is not a sum of matrix products and biases: it contains arith.mulf}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %pc = arith.mulf %p, %c : tensor<4xf32>
    %peep = arith.addf %s#1, %pc : tensor<4xf32>
    %n:2 = func.call @cell(%s#0, %peep, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The forget gate sees c through a matrix.
// CHECK-LABEL: func @product_with_the_cell_state(
// CHECK: trimod.scan
// CHECK: return
func.func @product_with_the_cell_state(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>, %p: tensor<4x4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{forget gate: there is no place for a matrix product with the other carried value}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %pc = trimod.linear %c, %p : tensor<4xf32>, tensor<4x4xf32>
    %peep = arith.addf %s#1, %pc : tensor<4xf32>
    %n:2 = func.call @cell(%s#0, %peep, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// The output gate does not see h.
// CHECK-LABEL: func @no_recurrence(
// CHECK: trimod.scan
// CHECK: return
func.func @no_recurrence(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{output gate: expected one matrix product with the state, got 0}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %so = tensor.extract_slice %gx[12] [4] [1] : tensor<16xf32> to tensor<4xf32>
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %so, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @stacked_cell_state(
// CHECK: trimod.scan
// CHECK: return
func.func @stacked_cell_state(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan also stacks a value inside the cell, made by arith.addf; an LSTM gives its states alone}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#1 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// CHECK-LABEL: func @two_inputs(
// CHECK: trimod.scan
// CHECK: return
func.func @two_inputs(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan runs over 2 inputs, an LSTM runs over one; concatenate them}}
  %last:2, %states = trimod.scan %x, %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %yt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// A weight matrix of the scan's own making.
// CHECK-LABEL: func @weights_from_inside(
// CHECK: trimod.scan
// CHECK: return
func.func @weights_from_inside(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{a weight matrix is computed inside the scan, by arith.mulf; move it out}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %w = arith.addf %w_hh, %w_hh : tensor<16x4xf32>
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %u = arith.mulf %w, %w_hh : tensor<16x4xf32>
    %gh = linalg.matvec ins(%u, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Two carried values and no activation: no remark.
// CHECK-LABEL: func @not_a_cell(
// CHECK: trimod.scan
// CHECK: return
func.func @not_a_cell(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %n0 = arith.addf %h, %c : tensor<4xf32>
    %n1 = arith.mulf %h, %c : tensor<4xf32>
    trimod.yield %n0, %n1, %n0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}
