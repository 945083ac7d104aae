// RUN: trimod-opt %s -verify-diagnostics -split-input-file
// expected-error @below {{item of a ragged type: expected a tensor with a dynamic leading dimension or a ragged type, got 'tensor<3xf32>'}}
func.func private @ragged(!trimod.ragged<tensor<3xf32>>)
// -----
// expected-note @below {{declared here}}
trimod.parameter @w "w" : tensor<?x3xf32>
func.func @parameter() {
  // expected-error @below {{type of @w: expected 'tensor<?x3xf32>', got 'tensor<?x4xf32>'}}
  %0 = trimod.get_parameter @w : tensor<?x4xf32>
  return
}
// -----
func.func @missing() {
  // expected-error @below {{no parameter @w in scope}}
  %0 = trimod.get_parameter @w : tensor<3xf32>
  return
}
// -----
func.func @scan(%x: tensor<?x3xf32>, %h: tensor<4xf32>) {
  // expected-error @below {{body argument #0: expected 'tensor<3xf32>', got 'tensor<2xf32>'}}
  %0 = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<2xf32>, %ht: tensor<4xf32>):
    trimod.yield %ht : tensor<4xf32>
  } : (tensor<?x3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}
// -----
func.func @scan_carry(%x: tensor<?x4xf32>, %h: tensor<?x4xf32>, %c: tensor<5xf32>) {
  // expected-error @below {{carried value #0: expected one type, got initial 'tensor<5xf32>', yielded 'tensor<4xf32>', final 'tensor<5xf32>'}}
  %0 = trimod.scan %x init(%c) {
  ^bb0(%xt: tensor<4xf32>, %ht: tensor<5xf32>):
    trimod.yield %xt : tensor<4xf32>
  } : (tensor<?x4xf32>, tensor<5xf32>) -> tensor<5xf32>
  return
}
// -----
func.func @scan_lengths(%x: tensor<7x3xf32>, %y: tensor<8x3xf32>, %h: tensor<4xf32>) {
  // expected-error @below {{inputs differ in length: expected 7, got 8}}
  %0 = trimod.scan %x, %y init(%h) {
  ^bb0(%xt: tensor<3xf32>, %yt: tensor<3xf32>, %ht: tensor<4xf32>):
    trimod.yield %ht : tensor<4xf32>
  } : (tensor<7x3xf32>, tensor<8x3xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}
// -----
func.func @map(%x: !trimod.ragged<tensor<?x3xf32>>) {
  // expected-error @below {{result #0: yields 'tensor<?x3xf32>', expected '!trimod.ragged<tensor<?x3xf32>>', got 'tensor<?x3xf32>'}}
  %0 = trimod.map %x {
  ^bb0(%xt: tensor<?x3xf32>):
    trimod.yield %xt : tensor<?x3xf32>
  } : (!trimod.ragged<tensor<?x3xf32>>) -> tensor<?x3xf32>
  return
}
// -----
func.func @gru(%x: tensor<?x3xf32>, %w: tensor<12x2xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{w_ih: expected shape 12x3, got 'tensor<12x2xf32>'}}
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x2xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return
}
// -----
func.func @gru_directions(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{w_ih: expected 2 (one for each direction), got 1}}
  %s, %l = trimod.gru bidirectional %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
  return
}
// -----
func.func @viterbi(%e: tensor<?x9xf32>, %s: tensor<9xf32>, %t: tensor<9x8xf32>) {
  // expected-error @below {{transitions: expected shape 9x9, got 'tensor<9x8xf32>'}}
  %l, %c = trimod.crf_viterbi %e, %s, %t, %s : tensor<?x9xf32>, tensor<9xf32>, tensor<9x8xf32>, tensor<9xf32>
  return
}
// -----
func.func @attention(%q: tensor<?x4xf32>, %v: tensor<?x5xf32>, %w: tensor<6x4xf32>, %b: tensor<6xf32>) {
  // expected-error @below {{context: expected shape ?x4, got 'tensor<?x5xf32>'}}
  %r = trimod.attention_pool queries(%q) context(%v) score(%w, %b, %b) : tensor<?x4xf32>, tensor<?x5xf32>, tensor<6x4xf32>, tensor<6xf32>, tensor<6xf32>
  return
}
// -----
func.func @map_rows(%x: tensor<f32>) {
  // expected-error @below {{input: expected a value with rows, got 'tensor<f32>'}}
  %0 = trimod.map %x {
  ^bb0(%xt: tensor<f32>):
    trimod.yield %xt : tensor<f32>
  } : (tensor<f32>) -> tensor<?xf32>
  return
}
// -----
func.func @map_lengths(%x: tensor<3xf32>, %y: tensor<4xf32>) {
  // expected-error @below {{inputs differ in length: expected 3, got 4}}
  %0 = trimod.map %x, %y {
  ^bb0(%xt: tensor<f32>, %yt: tensor<f32>):
    trimod.yield %xt : tensor<f32>
  } : (tensor<3xf32>, tensor<4xf32>) -> tensor<3xf32>
  return
}
// -----
func.func @map_inputs() {
  // expected-error @below {{expected at least one input, got none}}
  "trimod.map"() ({
  ^bb0:
    "trimod.yield"() : () -> ()
  }) : () -> ()
  return
}
// -----
func.func @scan_yields(%x: tensor<?x3xf32>, %h: tensor<3xf32>) {
  // expected-error @below {{yielded values: expected 2, got 1}}
  %0:2 = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<3xf32>):
    trimod.yield %ht : tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
  return
}
// -----
func.func @scan_stacked(%x: tensor<?x3xf32>, %h: tensor<3xf32>) {
  // expected-error @below {{stacked output #0: expected rows of type 'tensor<3xf32>', got 'tensor<?x4xf32>'}}
  %0:2 = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<3xf32>, %ht: tensor<3xf32>):
    trimod.yield %ht, %ht : tensor<3xf32>, tensor<3xf32>
  } : (tensor<?x3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x4xf32>)
  return
}
// -----
func.func @embedding_without_scales(%i: tensor<?xi32>, %t: tensor<7x3xi8>) {
  // expected-error @below {{scales: expected one f32 for each row of 'tensor<7x3xi8>', got none}}
  %0 = trimod.embedding %i, %t : tensor<?xi32>, tensor<7x3xi8>
  return
}
// -----
func.func @embedding_of_halves_with_scales(%i: tensor<?xi32>, %t: tensor<7x3xf16>, %s: tensor<7xf32>) {
  // expected-error @below {{scales: expected none, because only rows of i8 have them, got 'tensor<7xf32>' for 'tensor<7x3xf16>'}}
  %0 = trimod.embedding %i, %t scales(%s) : tensor<?xi32>, tensor<7x3xf16>, tensor<7xf32>
  return
}
// -----
func.func @embedding_with_other_scales(%i: tensor<?xi32>, %t: tensor<7x3xi8>, %s: tensor<3xf32>) {
  // expected-error @below {{scales: expected shape 7, got 'tensor<3xf32>'}}
  %0 = trimod.embedding %i, %t scales(%s) : tensor<?xi32>, tensor<7x3xi8>, tensor<3xf32>
  return
}
// -----
func.func @linear(%x: tensor<?x3xf32>, %w: tensor<4x2xf32>) {
  // expected-error @below {{last dimension of x: expected 2 (the columns of w), got 3}}
  %0 = trimod.linear %x, %w : tensor<?x3xf32>, tensor<4x2xf32>
  return
}
// -----
func.func @linear_bias(%x: tensor<?x2xf32>, %w: tensor<4x2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{bias: expected shape 4, got 'tensor<3xf32>'}}
  %0 = trimod.linear %x, %w bias(%b) : tensor<?x2xf32>, tensor<4x2xf32>, tensor<3xf32>
  return
}
// -----
func.func @linear_scalar(%x: tensor<f32>, %w: tensor<4x2xf32>) {
  // expected-error @below {{x: expected at least one dimension, got 'tensor<f32>'}}
  %0 = trimod.linear %x, %w : tensor<f32>, tensor<4x2xf32>
  return
}
// -----
func.func @conv1d_even(%x: tensor<?x3xf32>, %w: tensor<5x3x2xf32>) {
  // expected-error @below {{kernel size of w: expected a static odd number, got 'tensor<5x3x2xf32>'}}
  %0 = trimod.conv1d %x, %w : tensor<?x3xf32>, tensor<5x3x2xf32>
  return
}
// -----
func.func @conv1d_open_kernel(%x: tensor<?x3xf32>, %w: tensor<5x3x?xf32>) {
  // expected-error @below {{kernel size of w: expected a static odd number, got 'tensor<5x3x?xf32>'}}
  %0 = trimod.conv1d %x, %w : tensor<?x3xf32>, tensor<5x3x?xf32>
  return
}
// -----
func.func @conv1d_channels(%x: tensor<?x4xf32>, %w: tensor<5x3x3xf32>) {
  // expected-error @below {{columns of x: expected 3 (the channels of w), got 4}}
  %0 = trimod.conv1d %x, %w : tensor<?x4xf32>, tensor<5x3x3xf32>
  return
}
// -----
func.func @conv1d_bias(%x: tensor<?x3xf32>, %w: tensor<5x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{bias: expected shape 5, got 'tensor<3xf32>'}}
  %0 = trimod.conv1d %x, %w bias(%b) : tensor<?x3xf32>, tensor<5x3x3xf32>, tensor<3xf32>
  return
}
// -----
func.func @gru_init(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>, %h: tensor<5xf32>) {
  // expected-error @below {{init: expected shape 4, got 'tensor<5xf32>'}}
  %s, %l = trimod.gru forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) linear_before_reset = true : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>, tensor<5xf32>
  return
}
// -----
func.func @gru_recurrence(%g: tensor<?x11xf32>, %u: tensor<12x4xf32>, %b: tensor<12xf32>) {
  // expected-error @below {{gates: expected shape ?x12, got 'tensor<?x11xf32>'}}
  %s, %l = trimod.gru_recurrence forward %g w_hh(%u) b_hh(%b) linear_before_reset = true : tensor<?x11xf32>, tensor<12x4xf32>, tensor<12xf32>
  return
}
// -----
func.func @attention_offsets(%q: tensor<?x4xf32>, %w: tensor<6x4xf32>, %b: tensor<6xf32>, %o: tensor<?xindex>) {
  // expected-error @below {{context offsets: expected 1 (one for each context), got 0}}
  %r = trimod.attention_pool queries(%q) context(%q) score(%w, %b, %b) offsets(%o) () : tensor<?x4xf32>, tensor<?x4xf32>, tensor<6x4xf32>, tensor<6xf32>, tensor<6xf32>, tensor<?xindex>
  return
}
// -----
func.func @attention_context(%q: tensor<?x4xf32>, %u: tensor<5xf32>) {
  // expected-error @below {{projected: expected shape ?x5, got 'tensor<?x4xf32>'}}
  %m, %w, %s = trimod.attention_context context(%q) projected(%q) score(%u) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<5xf32>
  return
}
// -----
func.func @attention_merge(%q: tensor<?x4xf32>, %u: tensor<4xf32>, %m: tensor<f32>, %s: tensor<5xf32>) {
  // expected-error @below {{sum: expected shape 4, got 'tensor<5xf32>'}}
  %r = trimod.attention_merge queries(%q) projected(%q) score(%u) context(%m, %m, %s) : tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xf32>, tensor<f32>, tensor<f32>, tensor<5xf32>
  return
}
// -----
func.func @crf_labels(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>, %y: tensor<8xi32>) {
  // expected-error @below {{labels: expected shape 7, got 'tensor<8xi32>'}}
  %s = trimod.crf_score %e, %y, %v, %t, %v : tensor<7x9xf32>, tensor<8xi32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return
}
// -----
func.func @marginals_transitions(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<8x9xf32>) {
  // expected-error @below {{transitions: expected shape 9x9, got 'tensor<8x9xf32>'}}
  %m, %p, %z = trimod.crf_marginals %e, %v, %t, %v : tensor<7x9xf32>, tensor<9xf32>, tensor<8x9xf32>, tensor<9xf32>
  return
}
// -----
func.func @nbest_end(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>, %w: tensor<8xf32>) {
  // expected-error @below {{end: expected shape 9, got 'tensor<8xf32>'}}
  %l, %s = trimod.crf_nbest %e, %v, %t, %w count = 2 : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<8xf32>
  return
}
// -----
func.func @nbest_of_none(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>) {
  // expected-error @below {{attribute 'count' failed to satisfy constraint}}
  %l, %s = trimod.crf_nbest %e, %v, %t, %v count = 0 : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return
}
// -----
func.func @nbest_of_too_many(%e: tensor<7x9xf32>, %v: tensor<9xf32>, %t: tensor<9x9xf32>) {
  // expected-error @below {{attribute 'count' failed to satisfy constraint}}
  %l, %s = trimod.crf_nbest %e, %v, %t, %v count = 1025 : tensor<7x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return
}
// -----
func.func @packed_columns(%x: tensor<?x3xf32>, %w: tensor<2x3x24xf32>) {
  // expected-error @below {{columns: expected at most 48 (panels of w), got 49}}
  %y = trimod.packed_linear %x, %w columns = 49 : tensor<?x3xf32>, tensor<2x3x24xf32>
  return
}
// -----
func.func @packed_start(%x: tensor<?x3xf32>, %w: tensor<2x3x24xf32>, %s: tensor<?x48xf32>) {
  // expected-error @below {{start: expected shape ?x47, got 'tensor<?x48xf32>'}}
  %y = trimod.packed_linear %x, %w start(%s) columns = 47 : tensor<?x3xf32>, tensor<2x3x24xf32>, tensor<?x48xf32>
  return
}
// -----
func.func @packed_gru_rows(%r: tensor<?xi32>, %g: tensor<?x40xf32>, %u: tensor<1x2x10x24xf32>, %n: tensor<1x16xf32>) {
  // expected-error @below {{gates: expected shape ?x48, got 'tensor<?x40xf32>'}}
  %s, %l = trimod.packed_gru forward %g rows(%r), %u, %n hidden = 10 : tensor<?x40xf32>, tensor<?xi32>, tensor<1x2x10x24xf32>, tensor<1x16xf32>
  return
}
// -----
func.func @packed_gru_panels(%g: tensor<?x48xf32>, %u: tensor<1x2x17x24xf32>, %n: tensor<1x16xf32>) {
  // expected-error @below {{w_hh: expected ceil(17 / 8) panels of units, got 2}}
  %s, %l = trimod.packed_gru forward %g, %u, %n hidden = 17 : tensor<?x48xf32>, tensor<1x2x17x24xf32>, tensor<1x16xf32>
  return
}
// -----
func.func @packed_conv1d_kernel(%x: tensor<?x3xf32>, %w: tensor<2x6x24xf32>) {
  // expected-error @below {{kernel: expected an odd number, got 2}}
  %y = trimod.packed_conv1d %x, %w kernel = 2 columns = 30 : tensor<?x3xf32>, tensor<2x6x24xf32>
  return
}
// -----
func.func @packed_conv1d_window(%x: tensor<?x3xf32>, %w: tensor<2x6x24xf32>) {
  // expected-error @below {{w: expected shape ?x9x?, got 'tensor<2x6x24xf32>'}}
  %y = trimod.packed_conv1d %x, %w kernel = 3 columns = 30 : tensor<?x3xf32>, tensor<2x6x24xf32>
  return
}
// -----
func.func @packed_conv1d_columns(%x: tensor<?x3xf32>, %w: tensor<2x9x24xf32>) {
  // expected-error @below {{columns: expected at most 48 (panels of w), got 49}}
  %y = trimod.packed_conv1d %x, %w kernel = 3 columns = 49 : tensor<?x3xf32>, tensor<2x9x24xf32>
  return
}
// -----
func.func @packed_gru_no_lanes(%g: tensor<?x0xf32>, %u: tensor<1x2x17x0xf32>, %n: tensor<1x16xf32>) {
  // expected-error @below {{w_hh: expected a static shape [D, P, H, 3*L], got 'tensor<1x2x17x0xf32>'}}
  %s, %l = trimod.packed_gru forward %g, %u, %n hidden = 17 : tensor<?x0xf32>, tensor<1x2x17x0xf32>, tensor<1x16xf32>
  return
}
// -----
func.func @lstm_gates(%x: tensor<?x3xf32>, %w: tensor<12x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>) {
  // expected-error @below {{w_ih: expected shape 16x3, got 'tensor<12x3xf32>'}}
  %s, %l, %c = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) : tensor<?x3xf32>, tensor<12x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>
  return
}
// -----
func.func @lstm_init(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %h: tensor<4xf32>) {
  // expected-error @below {{init: expected 2 (h and c for each direction), got 1}}
  %s, %l, %c = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>
  return
}
// -----
func.func @lstm_init_shape(%x: tensor<?x3xf32>, %w: tensor<16x3xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>, %h: tensor<4xf32>, %c: tensor<?x4xf32>) {
  // expected-error @below {{init: expected shape 4, got 'tensor<?x4xf32>'}}
  %s, %l, %m = trimod.lstm forward %x w_ih(%w) w_hh(%u) b_ih(%b) b_hh(%b) init(%h, %c) : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>, tensor<4xf32>, tensor<?x4xf32>
  return
}
// -----
func.func @lstm_recurrence(%g: tensor<?x12xf32>, %u: tensor<16x4xf32>, %b: tensor<16xf32>) {
  // expected-error @below {{gates: expected shape ?x16, got 'tensor<?x12xf32>'}}
  %s, %l, %c = trimod.lstm_recurrence forward %g w_hh(%u) b_hh(%b) : tensor<?x12xf32>, tensor<16x4xf32>, tensor<16xf32>
  return
}
// -----
func.func @packed_lstm(%g: tensor<?x64xf32>, %u: tensor<1x2x10x30xf32>) {
  // expected-error @below {{w_hh: expected a static shape [D, P, H, 4*L], got 'tensor<1x2x10x30xf32>'}}
  %s, %l, %c = trimod.packed_lstm forward %g, %u hidden = 10 : tensor<?x64xf32>, tensor<1x2x10x30xf32>
  return
}
