// RUN: trimod-opt %s -inline -symbol-dce -canonicalize -cse -trimod-fuse-lstm-cell -canonicalize -cse \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Spellings of an LSTM with 3 inputs and 4 units: all of them are one trimod.lstm. How gates are read is what
// fuse-gru-cell.mlir tests.

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

// CHECK-LABEL: func @stacked(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) : 
// CHECK-NEXT: return %[[L]], %[[C]], %[[S]]
func.func @stacked(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %last#0, %last#1, %states : tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>
}

// c is carried in front of h, and the initial states are not zero.
// CHECK-LABEL: func @cell_state_first(
// CHECK-NEXT: %[[S:.*]], %[[L:.*]], %[[C:.*]] = trimod.lstm{{ +}}reverse %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%arg4) init(%arg6, %arg5) : 
// CHECK-NEXT: return %[[C]], %[[L]], %[[S]]
func.func @cell_state_first(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>, %c0: tensor<4xf32>, %h0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>) {
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan reverse %x init(%c0, %h0) {
  ^bb0(%xt: tensor<3xf32>, %c: tensor<4xf32>, %h: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#1, %n#0, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %last#0, %last#1, %states : tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>
}

// Only h begins elsewhere than at zero.
// CHECK-LABEL: func @one_initial_state(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<4xf32>
// CHECK-NEXT: %{{.*}} = trimod.lstm{{ +}}forward {{.*}} init(%arg5, %[[ZERO]]) : 
func.func @one_initial_state(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>, %h0: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2 = trimod.scan %x init(%h0, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1 : tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %last#0 : tensor<4xf32>
}

// Every commutative operation the other way round, 0 - x in one sigmoid, biases added at the end.
// CHECK-LABEL: func @commuted(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<16xf32>
// CHECK-NEXT: %{{.*}} = trimod.lstm{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%[[ZERO]]) : 
// CHECK-NEXT: return
func.func @commuted(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %zeros = arith.constant dense<0.0> : tensor<16xf32>
  %one = arith.constant dense<1.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %px = trimod.linear %xt, %w_ih : tensor<3xf32>, tensor<16x3xf32>
    %ph = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%zeros : tensor<16xf32>) -> tensor<16xf32>
    %p = arith.addf %ph, %px : tensor<16xf32>
    %sum = arith.addf %b, %p : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %i1 = arith.subf %zero, %s#0 : tensor<4xf32>
    %i2 = math.exp %i1 : tensor<4xf32>
    %i3 = arith.addf %i2, %one : tensor<4xf32>
    %i = arith.divf %one, %i3 : tensor<4xf32>
    %f = func.call @sigmoid(%s#1) : (tensor<4xf32>) -> tensor<4xf32>
    %g = math.tanh %s#2 : tensor<4xf32>
    %o = func.call @sigmoid(%s#3) : (tensor<4xf32>) -> tensor<4xf32>
    %cf = arith.mulf %c, %f : tensor<4xf32>
    %gi = arith.mulf %g, %i : tensor<4xf32>
    %next_c = arith.addf %gi, %cf : tensor<4xf32>
    %t = math.tanh %next_c : tensor<4xf32>
    %next_h = arith.mulf %t, %o : tensor<4xf32>
    trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// One product accumulates onto the other, after the bias.
// CHECK-LABEL: func @accumulated(
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<16xf32>
// CHECK-NEXT: %{{.*}} = trimod.lstm{{ +}}forward %arg0 w_ih(%arg1) w_hh(%arg2) b_ih(%arg3) b_hh(%[[ZERO]]) : 
// CHECK-NEXT: return
func.func @accumulated(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %sum = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%gx : tensor<16xf32>) -> tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#1, %s#2, %s#3, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// Gates stacked i, o, f, g as in ONNX: the fused op wants i, f, g, o.
// CHECK-LABEL: func @order_i_o_f_g(
// CHECK-DAG: %[[I:.*]] = tensor.extract_slice %arg1[0, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[O:.*]] = tensor.extract_slice %arg1[4, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[F:.*]] = tensor.extract_slice %arg1[8, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[G:.*]] = tensor.extract_slice %arg1[12, 0] [4, 3] [1, 1]
// CHECK-DAG: %[[W:.*]] = tensor.concat dim(0) %[[I]], %[[F]], %[[G]], %[[O]]
// CHECK: trimod.lstm{{ +}}forward %arg0 w_ih(%[[W]])
func.func @order_i_o_f_g(%x: tensor<?x3xf32>, %w_ih: tensor<16x3xf32>, %w_hh: tensor<16x4xf32>, %b_ih: tensor<16xf32>, %b_hh: tensor<16xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %gx = linalg.matvec ins(%w_ih, %xt : tensor<16x3xf32>, tensor<3xf32>) outs(%b_ih : tensor<16xf32>) -> tensor<16xf32>
    %gh = linalg.matvec ins(%w_hh, %h : tensor<16x4xf32>, tensor<4xf32>) outs(%b_hh : tensor<16xf32>) -> tensor<16xf32>
    %sum = arith.addf %gx, %gh : tensor<16xf32>
    %s:4 = func.call @split(%sum) : (tensor<16xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    %n:2 = func.call @cell(%s#0, %s#2, %s#3, %s#1, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}

// A matrix and a bias for each gate.
// CHECK-LABEL: func @separate_matrices(
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<16xf32>
// CHECK-DAG: %[[W:.*]] = tensor.concat dim(0) %arg1, %arg2, %arg3, %arg4
// CHECK-DAG: %[[U:.*]] = tensor.concat dim(0) %arg5, %arg6, %arg7, %arg8
// CHECK-DAG: %[[B:.*]] = tensor.concat dim(0) %arg9, %arg10, %arg11, %arg12
// CHECK: trimod.lstm{{ +}}forward %arg0 w_ih(%[[W]]) w_hh(%[[U]]) b_ih(%[[B]]) b_hh(%[[ZERO]])
func.func @separate_matrices(%x: tensor<?x3xf32>, %wi: tensor<4x3xf32>, %wf: tensor<4x3xf32>, %wg: tensor<4x3xf32>, %wo: tensor<4x3xf32>, %ui: tensor<4x4xf32>, %uf: tensor<4x4xf32>, %ug: tensor<4x4xf32>, %uo: tensor<4x4xf32>, %bi: tensor<4xf32>, %bf: tensor<4xf32>, %bg: tensor<4xf32>, %bo: tensor<4xf32>) -> tensor<?x4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-remark @below {{the scan is an LSTM}}
  %last:2, %states = trimod.scan %x init(%zero, %zero) {
  ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
    %xi = trimod.linear %xt, %wi bias(%bi) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %hi = trimod.linear %h, %ui : tensor<4xf32>, tensor<4x4xf32>
    %si = arith.addf %xi, %hi : tensor<4xf32>
    %xf = trimod.linear %xt, %wf bias(%bf) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %hf = trimod.linear %h, %uf : tensor<4xf32>, tensor<4x4xf32>
    %sf = arith.addf %xf, %hf : tensor<4xf32>
    %xg = trimod.linear %xt, %wg bias(%bg) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %hg = trimod.linear %h, %ug : tensor<4xf32>, tensor<4x4xf32>
    %sg = arith.addf %xg, %hg : tensor<4xf32>
    %xo = trimod.linear %xt, %wo bias(%bo) : tensor<3xf32>, tensor<4x3xf32>, tensor<4xf32>
    %ho = trimod.linear %h, %uo : tensor<4xf32>, tensor<4x4xf32>
    %so = arith.addf %xo, %ho : tensor<4xf32>
    %n:2 = func.call @cell(%si, %sf, %sg, %so, %c) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
    trimod.yield %n#0, %n#1, %n#0 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<?x4xf32>)
  return %states : tensor<?x4xf32>
}
