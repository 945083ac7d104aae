// RUN: trimod-opt %s --pass-pipeline='builtin.module(inline,symbol-dce,canonicalize,func.func(trimod-refine-shapes),canonicalize)' \
// RUN:   | FileCheck %s --check-prefix=INLINED
// RUN: trimod-opt %s --pass-pipeline='builtin.module(func.func(trimod-refine-shapes,cse))' | FileCheck %s

trimod.parameter @char_w_ih "char.w_ih" : tensor<9x2xf32>
trimod.parameter @char_w_hh "char.w_hh" : tensor<9x3xf32>
trimod.parameter @char_b_ih "char.b_ih" : tensor<9xf32>
trimod.parameter @char_b_hh "char.b_hh" : tensor<9xf32>
trimod.parameter @word_w_ih "word.w_ih" : tensor<15x4xf32>
trimod.parameter @word_w_hh "word.w_hh" : tensor<15x5xf32>
trimod.parameter @word_b_ih "word.b_ih" : tensor<15xf32>
trimod.parameter @word_b_hh "word.b_hh" : tensor<15xf32>

// One cell without sizes serves both sequences.
func.func private @gru_cell(%x: tensor<?xf32>, %h: tensor<?xf32>, %w_ih: tensor<?x?xf32>,
    %w_hh: tensor<?x?xf32>, %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %one = arith.constant 1.0 : f32
  %H = tensor.dim %h, %c0 : tensor<?xf32>
  %n_at = arith.muli %H, %c2 : index
  %gx = linalg.matvec ins(%w_ih, %x : tensor<?x?xf32>, tensor<?xf32>) outs(%b_ih : tensor<?xf32>) -> tensor<?xf32>
  %gh = linalg.matvec ins(%w_hh, %h : tensor<?x?xf32>, tensor<?xf32>) outs(%b_hh : tensor<?xf32>) -> tensor<?xf32>
  %xz = tensor.extract_slice %gx[%H] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %hz = tensor.extract_slice %gh[%H] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %xn = tensor.extract_slice %gx[%n_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %ones = tensor.splat %one[%H] : tensor<?xf32>
  %z = arith.addf %xz, %hz : tensor<?xf32>
  %n = math.tanh %xn : tensor<?xf32>
  %keep = arith.subf %ones, %z : tensor<?xf32>
  %new = arith.mulf %keep, %n : tensor<?xf32>
  %old = arith.mulf %z, %h : tensor<?xf32>
  %next = arith.addf %new, %old : tensor<?xf32>
  return %next : tensor<?xf32>
}

func.func private @encode(%x: tensor<?x?xf32>, %w_ih: tensor<?x?xf32>, %w_hh: tensor<?x?xf32>,
    %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>) -> tensor<?x?xf32> {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %H = tensor.dim %w_hh, %c1 : tensor<?x?xf32>
  %empty = tensor.empty(%H) : tensor<?xf32>
  %h0 = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>) -> tensor<?xf32>
  %last, %states = trimod.scan %x init(%h0) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>):
    %next = func.call @gru_cell(%xt, %h, %w_ih, %w_hh, %b_ih, %b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    trimod.yield %next, %next : tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  return %states : tensor<?x?xf32>
}

// INLINED-LABEL: func.func @two_sizes(
// INLINED-NOT: tensor<?x?xf32>
// INLINED-NOT: tensor<?xf32>
// INLINED-DAG: %[[ZERO3:.*]] = arith.constant dense<0.000000e+00> : tensor<3xf32>
// INLINED-DAG: %[[ZERO5:.*]] = arith.constant dense<0.000000e+00> : tensor<5xf32>
// INLINED-DAG: arith.constant dense<1.000000e+00> : tensor<3xf32>
// INLINED: trimod.scan %{{.*}} init(%[[ZERO3]]) {
// INLINED-NEXT: ^bb0(%{{.*}}: tensor<2xf32>, %{{.*}}: tensor<3xf32>):
// INLINED: linalg.matvec ins(%{{.*}} : tensor<9x2xf32>, tensor<2xf32>) outs(%{{.*}} : tensor<9xf32>) -> tensor<9xf32>
// INLINED: tensor.extract_slice %{{.*}}[3] [3] [1] : tensor<9xf32> to tensor<3xf32>
// INLINED: tensor.extract_slice %{{.*}}[6] [3] [1] : tensor<9xf32> to tensor<3xf32>
// INLINED: } : (tensor<?x2xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
// INLINED: trimod.scan %{{.*}} init(%[[ZERO5]]) {
// INLINED: tensor.extract_slice %{{.*}}[5] [5] [1] : tensor<15xf32> to tensor<5xf32>
// INLINED: tensor.extract_slice %{{.*}}[10] [5] [1] : tensor<15xf32> to tensor<5xf32>
// INLINED: } : (tensor<?x4xf32>, tensor<5xf32>) -> (tensor<5xf32>, tensor<?x5xf32>)
// INLINED: return
func.func @two_sizes(%chars: tensor<?x2xf32>, %words: tensor<?x4xf32>) -> (tensor<?x3xf32>, tensor<?x5xf32>) {
  %char_w_ih = trimod.get_parameter @char_w_ih : tensor<9x2xf32>
  %char_w_hh = trimod.get_parameter @char_w_hh : tensor<9x3xf32>
  %char_b_ih = trimod.get_parameter @char_b_ih : tensor<9xf32>
  %char_b_hh = trimod.get_parameter @char_b_hh : tensor<9xf32>
  %word_w_ih = trimod.get_parameter @word_w_ih : tensor<15x4xf32>
  %word_w_hh = trimod.get_parameter @word_w_hh : tensor<15x5xf32>
  %word_b_ih = trimod.get_parameter @word_b_ih : tensor<15xf32>
  %word_b_hh = trimod.get_parameter @word_b_hh : tensor<15xf32>
  %x0 = tensor.cast %chars : tensor<?x2xf32> to tensor<?x?xf32>
  %i0 = tensor.cast %char_w_ih : tensor<9x2xf32> to tensor<?x?xf32>
  %h0 = tensor.cast %char_w_hh : tensor<9x3xf32> to tensor<?x?xf32>
  %j0 = tensor.cast %char_b_ih : tensor<9xf32> to tensor<?xf32>
  %k0 = tensor.cast %char_b_hh : tensor<9xf32> to tensor<?xf32>
  %s0 = func.call @encode(%x0, %i0, %h0, %j0, %k0)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?x?xf32>
  %x1 = tensor.cast %words : tensor<?x4xf32> to tensor<?x?xf32>
  %i1 = tensor.cast %word_w_ih : tensor<15x4xf32> to tensor<?x?xf32>
  %h1 = tensor.cast %word_w_hh : tensor<15x5xf32> to tensor<?x?xf32>
  %j1 = tensor.cast %word_b_ih : tensor<15xf32> to tensor<?xf32>
  %k1 = tensor.cast %word_b_hh : tensor<15xf32> to tensor<?xf32>
  %s1 = func.call @encode(%x1, %i1, %h1, %j1, %k1)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?x?xf32>
  %r0 = tensor.cast %s0 : tensor<?x?xf32> to tensor<?x3xf32>
  %r1 = tensor.cast %s1 : tensor<?x?xf32> to tensor<?x5xf32>
  return %r0, %r1 : tensor<?x3xf32>, tensor<?x5xf32>
}

// A carried value that grows refutes the assumption that it keeps its first size.
// CHECK-LABEL: func.func @carried_value_that_grows(
// CHECK: trimod.scan %{{.*}} init(%{{.*}}) {
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<1x2xf32>, %{{.*}}: tensor<?x2xf32>):
// CHECK: tensor.concat dim(0) %{{.*}} : (tensor<?x2xf32>, tensor<1x2xf32>) -> tensor<?x2xf32>
// CHECK: } : (tensor<?x1x2xf32>, tensor<?x2xf32>) -> tensor<?x2xf32>
func.func @carried_value_that_grows(%x: tensor<?x1x2xf32>, %first: tensor<1x2xf32>) -> tensor<?x?xf32> {
  %c0 = tensor.cast %first : tensor<1x2xf32> to tensor<?x?xf32>
  %all = trimod.scan %x init(%c0) {
  ^bb0(%xt: tensor<1x2xf32>, %c: tensor<?x?xf32>):
    %row = tensor.cast %xt : tensor<1x2xf32> to tensor<?x?xf32>
    %longer = tensor.concat dim(0) %c, %row : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
    trimod.yield %longer : tensor<?x?xf32>
  } : (tensor<?x1x2xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %all : tensor<?x?xf32>
}

// What a step yields says nothing about the final value of no steps.
// CHECK-LABEL: func.func @initial_value_of_unknown_size(
// CHECK: } : (tensor<?x2xf32>, tensor<?xf32>) -> tensor<?xf32>
func.func @initial_value_of_unknown_size(%x: tensor<?x2xf32>, %first: tensor<?xf32>) -> tensor<?xf32> {
  %last = trimod.scan %x init(%first) {
  ^bb0(%xt: tensor<2xf32>, %c: tensor<?xf32>):
    %next = tensor.cast %xt : tensor<2xf32> to tensor<?xf32>
    trimod.yield %next : tensor<?xf32>
  } : (tensor<?x2xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %last : tensor<?xf32>
}

// Rows of a map become static, lengths of its items stay their own.
// CHECK-LABEL: func.func @map_rows(
// CHECK: trimod.map
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<?xi32>):
// CHECK: trimod.embedding %{{.*}} : tensor<?xi32>, tensor<7x3xf32>
// CHECK: } : (!trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x3xf32>>
// CHECK: %[[JOINED:.*]], %{{.*}} = trimod.unpack %{{.*}} : <tensor<?x3xf32>>
// CHECK: %[[TWICE:.*]] = arith.addf %[[JOINED]], %[[JOINED]] : tensor<?x3xf32>
// CHECK: %[[BACK:.*]] = tensor.cast %[[TWICE]] : tensor<?x3xf32> to tensor<?x?xf32>
// CHECK: return %[[BACK]]
func.func @map_rows(%words: !trimod.ragged<tensor<?xi32>>, %table: tensor<7x3xf32>) -> tensor<?x?xf32> {
  %any = tensor.cast %table : tensor<7x3xf32> to tensor<?x?xf32>
  %rows = trimod.map %words {
  ^bb0(%word: tensor<?xi32>):
    %e = trimod.embedding %word, %any : tensor<?xi32>, tensor<?x?xf32>
    trimod.yield %e : tensor<?x?xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> !trimod.ragged<tensor<?x?xf32>>
  %all, %offsets = trimod.unpack %rows : <tensor<?x?xf32>>
  %twice = arith.addf %all, %all : tensor<?x?xf32>
  return %twice : tensor<?x?xf32>
}

// An item of a ragged value keeps its dynamic length even where it is known.
// CHECK-LABEL: func.func @items_of_known_length(
// CHECK: %[[SHORT:.*]] = tensor.cast %{{.*}} : tensor<2xf32> to tensor<?xf32>
// CHECK: trimod.yield %[[SHORT]] : tensor<?xf32>
// CHECK: } : (tensor<?x2xf32>) -> !trimod.ragged<tensor<?xf32>>
func.func @items_of_known_length(%x: tensor<?x2xf32>) -> !trimod.ragged<tensor<?xf32>> {
  %r = trimod.map %x {
  ^bb0(%row: tensor<2xf32>):
    %any = tensor.cast %row : tensor<2xf32> to tensor<?xf32>
    %e = math.exp %any : tensor<?xf32>
    trimod.yield %e : tensor<?xf32>
  } : (tensor<?x2xf32>) -> !trimod.ragged<tensor<?xf32>>
  return %r : !trimod.ragged<tensor<?xf32>>
}

// A value without a size in one operand has it from another.
// CHECK-LABEL: func.func @elementwise(
// CHECK-SAME: %[[A:.*]]: tensor<4x?xf32>, %[[B:.*]]: tensor<?x5xf32>, %[[C:.*]]: i1
// CHECK-DAG: %[[A2:.*]] = tensor.cast %[[A]] : tensor<4x?xf32> to tensor<4x5xf32>
// CHECK-DAG: %[[B2:.*]] = tensor.cast %[[B]] : tensor<?x5xf32> to tensor<4x5xf32>
// CHECK: arith.cmpf ogt, %[[A2]], %[[B2]] : tensor<4x5xf32>
// CHECK: arith.select %{{.*}}, %[[A2]], %[[B2]] : tensor<4x5xi1>, tensor<4x5xf32>
// CHECK: arith.select %[[C]], %{{.*}}, %{{.*}} : tensor<4x5xf32>
func.func @elementwise(%a: tensor<4x?xf32>, %b: tensor<?x5xf32>, %c: i1) -> tensor<?x?xf32> {
  %x = tensor.cast %a : tensor<4x?xf32> to tensor<?x?xf32>
  %y = tensor.cast %b : tensor<?x5xf32> to tensor<?x?xf32>
  %greater = arith.cmpf ogt, %x, %y : tensor<?x?xf32>
  %max = arith.select %greater, %x, %y : tensor<?x?xi1>, tensor<?x?xf32>
  %chosen = arith.select %c, %max, %x : tensor<?x?xf32>
  return %chosen : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @generic_through_indexing_maps(
// CHECK: linalg.generic
// CHECK-SAME: ins(%{{.*}} : tensor<6x4xf32>) outs(%{{.*}} : tensor<4x6xf32>)
#map = affine_map<(i, j) -> (j, i)>
#id = affine_map<(i, j) -> (i, j)>
func.func @generic_through_indexing_maps(%a: tensor<6x4xf32>, %n: index, %m: index) -> tensor<?x?xf32> {
  %x = tensor.cast %a : tensor<6x4xf32> to tensor<?x?xf32>
  %empty = tensor.empty(%n, %m) : tensor<?x?xf32>
  %t = linalg.generic {indexing_maps = [#map, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<?x?xf32>) outs(%empty : tensor<?x?xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<?x?xf32>
  return %t : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @reshapes(
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0], [1, 2]] output_shape [4, 3, 2] : tensor<4x6xf32> into tensor<4x3x2xf32>
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0, 1], [2]] : tensor<4x3x2xf32> into tensor<12x2xf32>
// CHECK: tensor.pad %{{.*}} low[0, 0] high[4, 0]
// CHECK: } : tensor<12x2xf32> to tensor<16x2xf32>
// CHECK: tensor.insert_slice %{{.*}} into %{{.*}}[0, 0] [16, 2] [1, 1] : tensor<16x2xf32> into tensor<20x2xf32>
func.func @reshapes(%a: tensor<4x6xf32>, %into: tensor<20x2xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c3 = arith.constant 3 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %x = tensor.cast %a : tensor<4x6xf32> to tensor<?x?xf32>
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %e = tensor.expand_shape %x [[0], [1, 2]] output_shape [%rows, %c3, 2] : tensor<?x?xf32> into tensor<?x?x2xf32>
  %k = tensor.collapse_shape %e [[0, 1], [2]] : tensor<?x?x2xf32> into tensor<?x2xf32>
  %p = tensor.pad %k low[0, 0] high[%c4, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<?x2xf32> to tensor<?x2xf32>
  %n = tensor.dim %p, %c0 : tensor<?x2xf32>
  %any = tensor.cast %into : tensor<20x2xf32> to tensor<?x?xf32>
  %r = tensor.insert_slice %p into %any[%c0, 0] [%n, 2] [1, 1] : tensor<?x2xf32> into tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// The dropped dimension stays dropped.
// CHECK-LABEL: func.func @rank_reducing_slice(
// CHECK: tensor.extract_slice %{{.*}}[0, 1] [4, 1] [1, 1] : tensor<4x6xf32> to tensor<4xf32>
func.func @rank_reducing_slice(%a: tensor<4x6xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %x = tensor.cast %a : tensor<4x6xf32> to tensor<?x?xf32>
  %rows = tensor.dim %x, %c0 : tensor<?x?xf32>
  %column = tensor.extract_slice %x[0, %c1] [%rows, 1] [1, 1] : tensor<?x?xf32> to tensor<?xf32>
  return %column : tensor<?xf32>
}

// The number of labels reaches every result.
// CHECK-LABEL: func.func @crf_results(
// CHECK: trimod.crf_marginals {{.*}} : tensor<5x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
// CHECK: tensor.cast %{{.*}} : tensor<5x9x9xf32> to tensor<?x?x?xf32>
// CHECK: trimod.crf_nbest {{.*}} count = 4 : tensor<5x9xf32>
// CHECK: tensor.cast %{{.*}} : tensor<5x4xi32> to tensor<?x4xi32>
func.func @crf_results(%a: tensor<5x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>) -> (tensor<?x?x?xf32>, tensor<?x4xi32>) {
  %e = tensor.cast %a : tensor<5x9xf32> to tensor<?x?xf32>
  %w = tensor.cast %v : tensor<9xf32> to tensor<?xf32>
  %m, %p, %z = trimod.crf_marginals %e, %w, %t, %w : tensor<?x?xf32>, tensor<?xf32>, tensor<9x9xf32>, tensor<?xf32>
  %l, %s = trimod.crf_nbest %e, %w, %t, %w count = 4 : tensor<?x?xf32>, tensor<?xf32>, tensor<9x9xf32>, tensor<?xf32>
  return %p, %l : tensor<?x?x?xf32>, tensor<?x4xi32>
}

// A call and what it returns keep their types.
// CHECK-LABEL: func.func @calls_are_a_border(
// CHECK: %[[ANY:.*]] = tensor.cast %{{.*}} : tensor<3xf32> to tensor<?xf32>
// CHECK: call @identity(%[[ANY]]) : (tensor<?xf32>) -> tensor<?xf32>
func.func private @identity(tensor<?xf32>) -> tensor<?xf32>
func.func @calls_are_a_border(%x: tensor<3xf32>) -> tensor<?xf32> {
  %any = tensor.cast %x : tensor<3xf32> to tensor<?xf32>
  %e = math.exp %any : tensor<?xf32>
  %r = func.call @identity(%e) : (tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// A fill of a value that is no constant stays, and so does one of unknown size.
// CHECK-LABEL: func.func @fills(
// CHECK: linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<3xf32>)
// CHECK: linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<?xf32>)
func.func @fills(%v: f32, %n: index) -> (tensor<3xf32>, tensor<?xf32>) {
  %zero = arith.constant 0.0 : f32
  %a = tensor.empty() : tensor<3xf32>
  %b = tensor.empty(%n) : tensor<?xf32>
  %fa = linalg.fill ins(%v : f32) outs(%a : tensor<3xf32>) -> tensor<3xf32>
  %fb = linalg.fill ins(%zero : f32) outs(%b : tensor<?xf32>) -> tensor<?xf32>
  return %fa, %fb : tensor<3xf32>, tensor<?xf32>
}

// The weights of a convolution tell how wide its result is.
// CHECK-LABEL: func.func @conv1d(
// CHECK: %[[Y:.*]] = trimod.conv1d %arg0, %arg1 : tensor<?x3xf32>, tensor<5x3x3xf32>
// CHECK: trimod.max_over_time %[[Y]] : tensor<?x5xf32>
func.func @conv1d(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>) -> tensor<?xf32> {
  %any_x = tensor.cast %x : tensor<?x3xf32> to tensor<?x?xf32>
  %any_w = tensor.cast %w : tensor<5x3x3xf32> to tensor<?x?x3xf32>
  %y = trimod.conv1d %any_x, %any_w : tensor<?x?xf32>, tensor<?x?x3xf32>
  %m = trimod.max_over_time %y : tensor<?x?xf32>
  return %m : tensor<?xf32>
}
