// A BiLSTM-CRF (Lample et al. 2016): words and their characters, each read by an LSTM in both directions, and a CRF. Sizes that
// only the weights know are `?`; trimod-specialize fills them in.

trimod.parameter @word_embedding "word_embedding.weight" : tensor<?x100xf16>
trimod.parameter @char_embedding "char_embedding.weight" : tensor<?x?xf32>
trimod.parameter @char_f_w_ih "char_lstm.weight_ih_l0" : tensor<?x?xf32>
trimod.parameter @char_f_w_hh "char_lstm.weight_hh_l0" : tensor<?x?xf32>
trimod.parameter @char_f_b_ih "char_lstm.bias_ih_l0" : tensor<?xf32>
trimod.parameter @char_f_b_hh "char_lstm.bias_hh_l0" : tensor<?xf32>
trimod.parameter @char_b_w_ih "char_lstm.weight_ih_l0_reverse" : tensor<?x?xf32>
trimod.parameter @char_b_w_hh "char_lstm.weight_hh_l0_reverse" : tensor<?x?xf32>
trimod.parameter @char_b_b_ih "char_lstm.bias_ih_l0_reverse" : tensor<?xf32>
trimod.parameter @char_b_b_hh "char_lstm.bias_hh_l0_reverse" : tensor<?xf32>
trimod.parameter @word_f_w_ih "word_lstm.weight_ih_l0" : tensor<?x?xf32>
trimod.parameter @word_f_w_hh "word_lstm.weight_hh_l0" : tensor<?x?xf32>
trimod.parameter @word_f_b_ih "word_lstm.bias_ih_l0" : tensor<?xf32>
trimod.parameter @word_f_b_hh "word_lstm.bias_hh_l0" : tensor<?xf32>
trimod.parameter @word_b_w_ih "word_lstm.weight_ih_l0_reverse" : tensor<?x?xf32>
trimod.parameter @word_b_w_hh "word_lstm.weight_hh_l0_reverse" : tensor<?x?xf32>
trimod.parameter @word_b_b_ih "word_lstm.bias_ih_l0_reverse" : tensor<?xf32>
trimod.parameter @word_b_b_hh "word_lstm.bias_hh_l0_reverse" : tensor<?xf32>
trimod.parameter @emission_w "emission.weight" : tensor<9x?xf32>
trimod.parameter @emission_b "emission.bias" : tensor<9xf32>
trimod.parameter @start "crf.start_transitions" : tensor<9xf32>
trimod.parameter @transitions "crf.transitions" : tensor<9x9xf32>
trimod.parameter @end "crf.end_transitions" : tensor<9xf32>

func.func private @sigmoid(%x: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %one = arith.constant 1.0 : f32
  %ones = tensor.splat %one[%n] : tensor<?xf32>
  %minus_x = arith.negf %x : tensor<?xf32>
  %exp = math.exp %minus_x : tensor<?xf32>
  %denominator = arith.addf %ones, %exp : tensor<?xf32>
  %s = arith.divf %ones, %denominator : tensor<?xf32>
  return %s : tensor<?xf32>
}

// One step of an LSTM of any size, gates in the order i, f, g, o: c' = f * c + i * g, h' = o * tanh(c').
func.func private @lstm_cell(%x: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>, %w_ih: tensor<?x?xf32>,
                             %w_hh: tensor<?x?xf32>, %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>)
    -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %H = tensor.dim %h, %c0 : tensor<?xf32>
  %f_at = arith.addi %c0, %H : index
  %g_at = arith.addi %f_at, %H : index
  %o_at = arith.addi %g_at, %H : index
  %gx = linalg.matvec ins(%w_ih, %x : tensor<?x?xf32>, tensor<?xf32>) outs(%b_ih : tensor<?xf32>) -> tensor<?xf32>
  %gh = linalg.matvec ins(%w_hh, %h : tensor<?x?xf32>, tensor<?xf32>) outs(%b_hh : tensor<?xf32>) -> tensor<?xf32>
  %gates = arith.addf %gx, %gh : tensor<?xf32>
  %i_sum = tensor.extract_slice %gates[0] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %f_sum = tensor.extract_slice %gates[%f_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %g_sum = tensor.extract_slice %gates[%g_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %o_sum = tensor.extract_slice %gates[%o_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %i = func.call @sigmoid(%i_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %f = func.call @sigmoid(%f_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %g = math.tanh %g_sum : tensor<?xf32>
  %o = func.call @sigmoid(%o_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %old = arith.mulf %f, %c : tensor<?xf32>
  %new = arith.mulf %i, %g : tensor<?xf32>
  %next_c = arith.addf %old, %new : tensor<?xf32>
  %tanh_c = math.tanh %next_c : tensor<?xf32>
  %next_h = arith.mulf %o, %tanh_c : tensor<?xf32>
  return %next_h, %next_c : tensor<?xf32>, tensor<?xf32>
}

// Both directions over a sequence; all states [T, 2H], and the last state of each direction [2H].
func.func private @bilstm(%x: tensor<?x?xf32>, %f_w_ih: tensor<?x?xf32>, %f_w_hh: tensor<?x?xf32>, %f_b_ih: tensor<?xf32>,
                          %f_b_hh: tensor<?xf32>, %b_w_ih: tensor<?x?xf32>, %b_w_hh: tensor<?x?xf32>, %b_b_ih: tensor<?xf32>,
                          %b_b_hh: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  %c1 = arith.constant 1 : index
  %H = tensor.dim %f_w_hh, %c1 : tensor<?x?xf32>
  %zero = arith.constant 0.0 : f32
  %zeros = tensor.splat %zero[%H] : tensor<?xf32>
  %f_last, %f_cell, %f = trimod.scan %x init(%zeros, %zeros) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>):
    %next_h, %next_c = func.call @lstm_cell(%xt, %h, %c, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
        -> (tensor<?xf32>, tensor<?xf32>)
    trimod.yield %next_h, %next_c, %next_h : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>)
  %b_last, %b_cell, %b = trimod.scan reverse %x init(%zeros, %zeros) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>):
    %next_h, %next_c = func.call @lstm_cell(%xt, %h, %c, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
        -> (tensor<?xf32>, tensor<?xf32>)
    trimod.yield %next_h, %next_c, %next_h : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>)
  %states = tensor.concat dim(1) %f, %b : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %last = tensor.concat dim(0) %f_last, %b_last : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %states, %last : tensor<?x?xf32>, tensor<?xf32>
}

// The characters of one word: the last state of each direction.
func.func private @char_features(%word: tensor<?xi32>) -> tensor<50xf32> {
  %table = trimod.get_parameter @char_embedding : tensor<?x?xf32>
  %x = trimod.embedding %word, %table : tensor<?xi32>, tensor<?x?xf32>
  %f_w_ih = trimod.get_parameter @char_f_w_ih : tensor<?x?xf32>
  %f_w_hh = trimod.get_parameter @char_f_w_hh : tensor<?x?xf32>
  %f_b_ih = trimod.get_parameter @char_f_b_ih : tensor<?xf32>
  %f_b_hh = trimod.get_parameter @char_f_b_hh : tensor<?xf32>
  %b_w_ih = trimod.get_parameter @char_b_w_ih : tensor<?x?xf32>
  %b_w_hh = trimod.get_parameter @char_b_w_hh : tensor<?x?xf32>
  %b_b_ih = trimod.get_parameter @char_b_b_ih : tensor<?xf32>
  %b_b_hh = trimod.get_parameter @char_b_b_hh : tensor<?xf32>
  %states, %last = func.call @bilstm(%x, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?xf32>, tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>)
  %features = tensor.cast %last : tensor<?xf32> to tensor<50xf32>
  return %features : tensor<50xf32>
}

func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
               %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"})
    -> (tensor<?xi32> {trimod.name = "labels", trimod.length = "tokens"}, tensor<f32> {trimod.name = "score"},
        tensor<?x9xf32> {trimod.name = "emissions", trimod.length = "tokens"}) {
  %table = trimod.get_parameter @word_embedding : tensor<?x100xf16>
  %emission_w = trimod.get_parameter @emission_w : tensor<9x?xf32>
  %emission_b = trimod.get_parameter @emission_b : tensor<9xf32>
  %start = trimod.get_parameter @start : tensor<9xf32>
  %transitions = trimod.get_parameter @transitions : tensor<9x9xf32>
  %end = trimod.get_parameter @end : tensor<9xf32>
  %w = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x100xf16>
  %c = trimod.map %chars {
  ^bb0(%word: tensor<?xi32>):
    %features = func.call @char_features(%word) : (tensor<?xi32>) -> tensor<50xf32>
    trimod.yield %features : tensor<50xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x50xf32>
  %tokens = tensor.concat dim(1) %w, %c : (tensor<?x100xf32>, tensor<?x50xf32>) -> tensor<?x150xf32>
  %x = tensor.cast %tokens : tensor<?x150xf32> to tensor<?x?xf32>
  %f_w_ih = trimod.get_parameter @word_f_w_ih : tensor<?x?xf32>
  %f_w_hh = trimod.get_parameter @word_f_w_hh : tensor<?x?xf32>
  %f_b_ih = trimod.get_parameter @word_f_b_ih : tensor<?xf32>
  %f_b_hh = trimod.get_parameter @word_f_b_hh : tensor<?xf32>
  %b_w_ih = trimod.get_parameter @word_b_w_ih : tensor<?x?xf32>
  %b_w_hh = trimod.get_parameter @word_b_w_hh : tensor<?x?xf32>
  %b_b_ih = trimod.get_parameter @word_b_b_ih : tensor<?xf32>
  %b_b_hh = trimod.get_parameter @word_b_b_hh : tensor<?xf32>
  %states, %last = func.call @bilstm(%x, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?xf32>, tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>)
  %emissions = trimod.linear %states, %emission_w bias(%emission_b) : tensor<?x?xf32>, tensor<9x?xf32>, tensor<9xf32>
  %labels, %score = trimod.crf_viterbi %emissions, %start, %transitions, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %labels, %score, %emissions : tensor<?xi32>, tensor<f32>, tensor<?x9xf32>
}
