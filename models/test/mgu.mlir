// A tagger with a recurrent cell that no pass knows, the minimal gated unit (Zhou et al. 2016): the recurrence goes through the
// generic lowering, everything around it is batched and compiled as in the bundled model. It takes what the bundled model
// takes. Sizes are small on purpose, and none is a multiple of a vector.

trimod.parameter @word_embedding "word_embedding.weight" : tensor<?x11xf32>
trimod.parameter @char_embedding "char_embedding.weight" : tensor<?x6xf32>
trimod.parameter @char_f_w "char_mgu.weight_ih" : tensor<14x6xf32>
trimod.parameter @char_f_u "char_mgu.weight_hh" : tensor<14x7xf32>
trimod.parameter @char_f_b "char_mgu.bias" : tensor<14xf32>
trimod.parameter @char_b_w "char_mgu.weight_ih_reverse" : tensor<14x6xf32>
trimod.parameter @char_b_u "char_mgu.weight_hh_reverse" : tensor<14x7xf32>
trimod.parameter @char_b_b "char_mgu.bias_reverse" : tensor<14xf32>
trimod.parameter @word_f_w "word_mgu.weight_ih" : tensor<14x25xf32>
trimod.parameter @word_f_u "word_mgu.weight_hh" : tensor<14x7xf32>
trimod.parameter @word_f_b "word_mgu.bias" : tensor<14xf32>
trimod.parameter @word_b_w "word_mgu.weight_ih_reverse" : tensor<14x25xf32>
trimod.parameter @word_b_u "word_mgu.weight_hh_reverse" : tensor<14x7xf32>
trimod.parameter @word_b_b "word_mgu.bias_reverse" : tensor<14xf32>
trimod.parameter @feature_w "feature.weight" : tensor<14x11xf32>
trimod.parameter @feature_b "feature.bias" : tensor<14xf32>
trimod.parameter @fusion_w "fusion.weight" : tensor<13x14xf32>
trimod.parameter @fusion_b "fusion.bias" : tensor<13xf32>
trimod.parameter @fusion_u "fusion.u" : tensor<13xf32>
trimod.parameter @emission_w "emission.weight" : tensor<9x14xf32>
trimod.parameter @emission_b "emission.bias" : tensor<9xf32>
trimod.parameter @start "crf.start_transitions" : tensor<9xf32>
trimod.parameter @transitions "crf.transitions" : tensor<9x9xf32>
trimod.parameter @end "crf.end_transitions" : tensor<9xf32>

// One step. %g holds W x + b, the rows of the forget gate f and then those of the new state n.
//   f = s(g_f + U_f h), n = tanh(g_n + U_n (f * h)), h' = (1 - f) * h + f * n
func.func private @mgu_cell(%g: tensor<14xf32>, %h: tensor<7xf32>, %u: tensor<14x7xf32>) -> tensor<7xf32> {
  %ones = arith.constant dense<1.0> : tensor<7xf32>
  %g_f = tensor.extract_slice %g[0] [7] [1] : tensor<14xf32> to tensor<7xf32>
  %g_n = tensor.extract_slice %g[7] [7] [1] : tensor<14xf32> to tensor<7xf32>
  %u_f = tensor.extract_slice %u[0, 0] [7, 7] [1, 1] : tensor<14x7xf32> to tensor<7x7xf32>
  %u_n = tensor.extract_slice %u[7, 0] [7, 7] [1, 1] : tensor<14x7xf32> to tensor<7x7xf32>
  %f_sum = linalg.matvec ins(%u_f, %h : tensor<7x7xf32>, tensor<7xf32>) outs(%g_f : tensor<7xf32>) -> tensor<7xf32>
  %minus_f = arith.negf %f_sum : tensor<7xf32>
  %exp = math.exp %minus_f : tensor<7xf32>
  %denominator = arith.addf %ones, %exp : tensor<7xf32>
  %f = arith.divf %ones, %denominator : tensor<7xf32>
  %fh = arith.mulf %f, %h : tensor<7xf32>
  %n_sum = linalg.matvec ins(%u_n, %fh : tensor<7x7xf32>, tensor<7xf32>) outs(%g_n : tensor<7xf32>) -> tensor<7xf32>
  %n = math.tanh %n_sum : tensor<7xf32>
  %keep = arith.subf %ones, %f : tensor<7xf32>
  %old = arith.mulf %keep, %h : tensor<7xf32>
  %new = arith.mulf %f, %n : tensor<7xf32>
  %next = arith.addf %old, %new : tensor<7xf32>
  return %next : tensor<7xf32>
}

// Both directions over a sequence of W x + b: all states, and the last state of each direction.
func.func private @bimgu(%f_g: tensor<?x14xf32>, %b_g: tensor<?x14xf32>, %f_u: tensor<14x7xf32>, %b_u: tensor<14x7xf32>)
    -> (tensor<?x14xf32>, tensor<14xf32>) {
  %h0 = arith.constant dense<0.0> : tensor<7xf32>
  %f_last, %f = trimod.scan %f_g init(%h0) {
  ^bb0(%g: tensor<14xf32>, %h: tensor<7xf32>):
    %next = func.call @mgu_cell(%g, %h, %f_u) : (tensor<14xf32>, tensor<7xf32>, tensor<14x7xf32>) -> tensor<7xf32>
    trimod.yield %next, %next : tensor<7xf32>, tensor<7xf32>
  } : (tensor<?x14xf32>, tensor<7xf32>) -> (tensor<7xf32>, tensor<?x7xf32>)
  %b_last, %b = trimod.scan reverse %b_g init(%h0) {
  ^bb0(%g: tensor<14xf32>, %h: tensor<7xf32>):
    %next = func.call @mgu_cell(%g, %h, %b_u) : (tensor<14xf32>, tensor<7xf32>, tensor<14x7xf32>) -> tensor<7xf32>
    trimod.yield %next, %next : tensor<7xf32>, tensor<7xf32>
  } : (tensor<?x14xf32>, tensor<7xf32>) -> (tensor<7xf32>, tensor<?x7xf32>)
  %states = tensor.concat dim(1) %f, %b : (tensor<?x7xf32>, tensor<?x7xf32>) -> tensor<?x14xf32>
  %last = tensor.concat dim(0) %f_last, %b_last : (tensor<7xf32>, tensor<7xf32>) -> tensor<14xf32>
  return %states, %last : tensor<?x14xf32>, tensor<14xf32>
}

func.func private @char_features(%word: tensor<?xi32>) -> tensor<14xf32> {
  %table = trimod.get_parameter @char_embedding : tensor<?x6xf32>
  %f_w = trimod.get_parameter @char_f_w : tensor<14x6xf32>
  %f_u = trimod.get_parameter @char_f_u : tensor<14x7xf32>
  %f_b = trimod.get_parameter @char_f_b : tensor<14xf32>
  %b_w = trimod.get_parameter @char_b_w : tensor<14x6xf32>
  %b_u = trimod.get_parameter @char_b_u : tensor<14x7xf32>
  %b_b = trimod.get_parameter @char_b_b : tensor<14xf32>
  %x = trimod.embedding %word, %table : tensor<?xi32>, tensor<?x6xf32>
  %f_g = trimod.linear %x, %f_w bias(%f_b) : tensor<?x6xf32>, tensor<14x6xf32>, tensor<14xf32>
  %b_g = trimod.linear %x, %b_w bias(%b_b) : tensor<?x6xf32>, tensor<14x6xf32>, tensor<14xf32>
  %states, %last = func.call @bimgu(%f_g, %b_g, %f_u, %b_u)
      : (tensor<?x14xf32>, tensor<?x14xf32>, tensor<14x7xf32>, tensor<14x7xf32>) -> (tensor<?x14xf32>, tensor<14xf32>)
  return %last : tensor<14xf32>
}

func.func private @encode(%x: tensor<?x25xf32>) -> tensor<?x14xf32> {
  %f_w = trimod.get_parameter @word_f_w : tensor<14x25xf32>
  %f_u = trimod.get_parameter @word_f_u : tensor<14x7xf32>
  %f_b = trimod.get_parameter @word_f_b : tensor<14xf32>
  %b_w = trimod.get_parameter @word_b_w : tensor<14x25xf32>
  %b_u = trimod.get_parameter @word_b_u : tensor<14x7xf32>
  %b_b = trimod.get_parameter @word_b_b : tensor<14xf32>
  %f_g = trimod.linear %x, %f_w bias(%f_b) : tensor<?x25xf32>, tensor<14x25xf32>, tensor<14xf32>
  %b_g = trimod.linear %x, %b_w bias(%b_b) : tensor<?x25xf32>, tensor<14x25xf32>, tensor<14xf32>
  %states, %last = func.call @bimgu(%f_g, %b_g, %f_u, %b_u)
      : (tensor<?x14xf32>, tensor<?x14xf32>, tensor<14x7xf32>, tensor<14x7xf32>) -> (tensor<?x14xf32>, tensor<14xf32>)
  return %states : tensor<?x14xf32>
}

// Words of the caption or of hashtags, in the space of the token states.
func.func private @features(%words: tensor<?xi32>) -> tensor<?x14xf32> {
  %table = trimod.get_parameter @word_embedding : tensor<?x11xf32>
  %w = trimod.get_parameter @feature_w : tensor<14x11xf32>
  %b = trimod.get_parameter @feature_b : tensor<14xf32>
  %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x11xf32>
  %features = trimod.linear %e, %w bias(%b) : tensor<?x11xf32>, tensor<14x11xf32>, tensor<14xf32>
  return %features : tensor<?x14xf32>
}

func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
               %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"},
               %visual: tensor<?xi32> {trimod.name = "visual", trimod.length = "visual"},
               %hashtags: !trimod.ragged<tensor<?xi32>> {trimod.name = "hashtags", trimod.length = "hashtags"})
    -> (tensor<?xi32> {trimod.name = "labels", trimod.length = "tokens"}, tensor<f32> {trimod.name = "score"},
        tensor<?x9xf32> {trimod.name = "emissions", trimod.length = "tokens"}) {
  %table = trimod.get_parameter @word_embedding : tensor<?x11xf32>
  %fusion_w = trimod.get_parameter @fusion_w : tensor<13x14xf32>
  %fusion_b = trimod.get_parameter @fusion_b : tensor<13xf32>
  %fusion_u = trimod.get_parameter @fusion_u : tensor<13xf32>
  %emission_w = trimod.get_parameter @emission_w : tensor<9x14xf32>
  %emission_b = trimod.get_parameter @emission_b : tensor<9xf32>
  %start = trimod.get_parameter @start : tensor<9xf32>
  %transitions = trimod.get_parameter @transitions : tensor<9x9xf32>
  %end = trimod.get_parameter @end : tensor<9xf32>
  %w = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x11xf32>
  %c = trimod.map %chars {
  ^bb0(%word: tensor<?xi32>):
    %last = func.call @char_features(%word) : (tensor<?xi32>) -> tensor<14xf32>
    trimod.yield %last : tensor<14xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x14xf32>
  %x = tensor.concat dim(1) %w, %c : (tensor<?x11xf32>, tensor<?x14xf32>) -> tensor<?x25xf32>
  %h = func.call @encode(%x) : (tensor<?x25xf32>) -> tensor<?x14xf32>
  %hashtag_words, %_ = trimod.unpack %hashtags : <tensor<?xi32>>
  %v = func.call @features(%visual) : (tensor<?xi32>) -> tensor<?x14xf32>
  %g = func.call @features(%hashtag_words) : (tensor<?xi32>) -> tensor<?x14xf32>
  %f = trimod.attention_pool queries(%h) context(%v, %g) score(%fusion_w, %fusion_b, %fusion_u)
      : tensor<?x14xf32>, tensor<?x14xf32>, tensor<?x14xf32>, tensor<13x14xf32>, tensor<13xf32>, tensor<13xf32>
  %emissions = trimod.linear %f, %emission_w bias(%emission_b) : tensor<?x14xf32>, tensor<9x14xf32>, tensor<9xf32>
  %labels, %score = trimod.crf_viterbi %emissions, %start, %transitions, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %labels, %score, %emissions : tensor<?xi32>, tensor<f32>, tensor<?x9xf32>
}
