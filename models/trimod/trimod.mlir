// TriMod (Alfaqeeh 2024): named entities of one social-media post from its words, their characters, words that describe its
// image, and the words of its hashtags. Sizes that only the weights know are `?`; trimod-specialize fills them in.

trimod.parameter @word_embedding "word_embedding.weight" : tensor<?x200xf16>
trimod.parameter @char_embedding "char_embedding.weight" : tensor<?x30xf32>
trimod.parameter @char_f_w_ih "char_gru.weight_ih_l0" : tensor<?x?xf32>
trimod.parameter @char_f_w_hh "char_gru.weight_hh_l0" : tensor<?x?xf32>
trimod.parameter @char_f_b_ih "char_gru.bias_ih_l0" : tensor<?xf32>
trimod.parameter @char_f_b_hh "char_gru.bias_hh_l0" : tensor<?xf32>
trimod.parameter @char_b_w_ih "char_gru.weight_ih_l0_reverse" : tensor<?x?xf32>
trimod.parameter @char_b_w_hh "char_gru.weight_hh_l0_reverse" : tensor<?x?xf32>
trimod.parameter @char_b_b_ih "char_gru.bias_ih_l0_reverse" : tensor<?xf32>
trimod.parameter @char_b_b_hh "char_gru.bias_hh_l0_reverse" : tensor<?xf32>
trimod.parameter @word_f_w_ih "word_gru.weight_ih_l0" : tensor<?x?xf32>
trimod.parameter @word_f_w_hh "word_gru.weight_hh_l0" : tensor<?x?xf32>
trimod.parameter @word_f_b_ih "word_gru.bias_ih_l0" : tensor<?xf32>
trimod.parameter @word_f_b_hh "word_gru.bias_hh_l0" : tensor<?xf32>
trimod.parameter @word_b_w_ih "word_gru.weight_ih_l0_reverse" : tensor<?x?xf32>
trimod.parameter @word_b_w_hh "word_gru.weight_hh_l0_reverse" : tensor<?x?xf32>
trimod.parameter @word_b_b_ih "word_gru.bias_ih_l0_reverse" : tensor<?xf32>
trimod.parameter @word_b_b_hh "word_gru.bias_hh_l0_reverse" : tensor<?xf32>
trimod.parameter @visual_w "visual.weight" : tensor<300x200xf32>
trimod.parameter @visual_b "visual.bias" : tensor<300xf32>
trimod.parameter @hashtag_w "hashtag.weight" : tensor<300x200xf32>
trimod.parameter @hashtag_b "hashtag.bias" : tensor<300xf32>
trimod.parameter @fusion_w "fusion.weight" : tensor<300x300xf32>
trimod.parameter @fusion_b "fusion.bias" : tensor<300xf32>
trimod.parameter @fusion_u "fusion.u" : tensor<300xf32>
trimod.parameter @emission_w "emission.weight" : tensor<9x300xf32>
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

// Eq. 5: one step of a GRU of any size; gates in the order r, z, n, reset after the product.
func.func private @gru_cell(%x: tensor<?xf32>, %h: tensor<?xf32>, %w_ih: tensor<?x?xf32>, %w_hh: tensor<?x?xf32>,
                            %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %H = tensor.dim %h, %c0 : tensor<?xf32>
  %gx = linalg.matvec ins(%w_ih, %x : tensor<?x?xf32>, tensor<?xf32>) outs(%b_ih : tensor<?xf32>) -> tensor<?xf32>
  %gh = linalg.matvec ins(%w_hh, %h : tensor<?x?xf32>, tensor<?xf32>) outs(%b_hh : tensor<?xf32>) -> tensor<?xf32>
  %xr = tensor.extract_slice %gx[0] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %hr = tensor.extract_slice %gh[0] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %xz = tensor.extract_slice %gx[%H] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %hz = tensor.extract_slice %gh[%H] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %n_at = arith.addi %H, %H : index
  %xn = tensor.extract_slice %gx[%n_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %hn = tensor.extract_slice %gh[%n_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %r_sum = arith.addf %xr, %hr : tensor<?xf32>
  %r = func.call @sigmoid(%r_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %z_sum = arith.addf %xz, %hz : tensor<?xf32>
  %z = func.call @sigmoid(%z_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %r_hn = arith.mulf %r, %hn : tensor<?xf32>
  %n_sum = arith.addf %xn, %r_hn : tensor<?xf32>
  %n = math.tanh %n_sum : tensor<?xf32>
  %one = arith.constant 1.0 : f32
  %ones = tensor.splat %one[%H] : tensor<?xf32>
  %keep = arith.subf %ones, %z : tensor<?xf32>
  %new = arith.mulf %keep, %n : tensor<?xf32>
  %old = arith.mulf %z, %h : tensor<?xf32>
  %next = arith.addf %new, %old : tensor<?xf32>
  return %next : tensor<?xf32>
}

// Eq. 2-4: both directions over a sequence; all states [T, 2H], and the last state of each direction [2H].
func.func private @bigru(%x: tensor<?x?xf32>, %f_w_ih: tensor<?x?xf32>, %f_w_hh: tensor<?x?xf32>, %f_b_ih: tensor<?xf32>,
                         %f_b_hh: tensor<?xf32>, %b_w_ih: tensor<?x?xf32>, %b_w_hh: tensor<?x?xf32>, %b_b_ih: tensor<?xf32>,
                         %b_b_hh: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
  %c1 = arith.constant 1 : index
  %H = tensor.dim %f_w_hh, %c1 : tensor<?x?xf32>
  %zero = arith.constant 0.0 : f32
  %h0 = tensor.splat %zero[%H] : tensor<?xf32>
  %f_last, %f = trimod.scan %x init(%h0) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>):
    %next = func.call @gru_cell(%xt, %h, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    trimod.yield %next, %next : tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  %b_last, %b = trimod.scan reverse %x init(%h0) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>):
    %next = func.call @gru_cell(%xt, %h, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    trimod.yield %next, %next : tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  %states = tensor.concat dim(1) %f, %b : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  %last = tensor.concat dim(0) %f_last, %b_last : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %states, %last : tensor<?x?xf32>, tensor<?xf32>
}

// Eq. 2-3: the characters of one word.
func.func private @char_features(%word: tensor<?xi32>) -> tensor<60xf32> {
  %table = trimod.get_parameter @char_embedding : tensor<?x30xf32>
  %f_w_ih = trimod.get_parameter @char_f_w_ih : tensor<?x?xf32>
  %f_w_hh = trimod.get_parameter @char_f_w_hh : tensor<?x?xf32>
  %f_b_ih = trimod.get_parameter @char_f_b_ih : tensor<?xf32>
  %f_b_hh = trimod.get_parameter @char_f_b_hh : tensor<?xf32>
  %b_w_ih = trimod.get_parameter @char_b_w_ih : tensor<?x?xf32>
  %b_w_hh = trimod.get_parameter @char_b_w_hh : tensor<?x?xf32>
  %b_b_ih = trimod.get_parameter @char_b_b_ih : tensor<?xf32>
  %b_b_hh = trimod.get_parameter @char_b_b_hh : tensor<?xf32>
  %e = trimod.embedding %word, %table : tensor<?xi32>, tensor<?x30xf32>
  %x = tensor.cast %e : tensor<?x30xf32> to tensor<?x?xf32>
  %states, %last = func.call @bigru(%x, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?xf32>, tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>)
  %features = tensor.cast %last : tensor<?xf32> to tensor<60xf32>
  return %features : tensor<60xf32>
}

// Eq. 4: the tokens in their context, h_t = [forward; backward].
func.func private @encode(%tokens: tensor<?x260xf32>) -> tensor<?x300xf32> {
  %f_w_ih = trimod.get_parameter @word_f_w_ih : tensor<?x?xf32>
  %f_w_hh = trimod.get_parameter @word_f_w_hh : tensor<?x?xf32>
  %f_b_ih = trimod.get_parameter @word_f_b_ih : tensor<?xf32>
  %f_b_hh = trimod.get_parameter @word_f_b_hh : tensor<?xf32>
  %b_w_ih = trimod.get_parameter @word_b_w_ih : tensor<?x?xf32>
  %b_w_hh = trimod.get_parameter @word_b_w_hh : tensor<?x?xf32>
  %b_b_ih = trimod.get_parameter @word_b_b_ih : tensor<?xf32>
  %b_b_hh = trimod.get_parameter @word_b_b_hh : tensor<?xf32>
  %x = tensor.cast %tokens : tensor<?x260xf32> to tensor<?x?xf32>
  %states, %last = func.call @bigru(%x, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?xf32>, tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>)
  %h = tensor.cast %states : tensor<?x?xf32> to tensor<?x300xf32>
  return %h : tensor<?x300xf32>
}

// Eq. 11-12: gamma_i = exp(u . tanh(W f_i + b)) over the token's own state and the post's visual and hashtag features, then
// the mean of these features weighted by gamma. The largest score is taken out of the exponent, which changes nothing else.
func.func private @fuse(%h: tensor<?x300xf32>, %visual: tensor<?x300xf32>, %hashtag: tensor<?x300xf32>) -> tensor<?x300xf32> {
  %w = trimod.get_parameter @fusion_w : tensor<300x300xf32>
  %b = trimod.get_parameter @fusion_b : tensor<300xf32>
  %u = trimod.get_parameter @fusion_u : tensor<300xf32>
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %no_weight = arith.constant dense<0.0> : tensor<f32>
  %no_score = arith.constant dense<0xFF800000> : tensor<f32>
  %no_feature = arith.constant dense<0.0> : tensor<300xf32>
  %fused = trimod.map %h {
  ^bb0(%ht: tensor<300xf32>):
    %own = tensor.expand_shape %ht [[0, 1]] output_shape [1, 300] : tensor<300xf32> into tensor<1x300xf32>
    %f = tensor.concat dim(0) %own, %visual, %hashtag : (tensor<1x300xf32>, tensor<?x300xf32>, tensor<?x300xf32>) -> tensor<?x300xf32>
    %p = trimod.linear %f, %w bias(%b) : tensor<?x300xf32>, tensor<300x300xf32>, tensor<300xf32>
    %t = math.tanh %p : tensor<?x300xf32>
    %n = tensor.dim %f, %c0 : tensor<?x300xf32>
    %empty = tensor.empty(%n) : tensor<?xf32>
    %zeros = linalg.fill ins(%zero : f32) outs(%empty : tensor<?xf32>) -> tensor<?xf32>
    %scores = linalg.matvec ins(%t, %u : tensor<?x300xf32>, tensor<300xf32>) outs(%zeros : tensor<?xf32>) -> tensor<?xf32>
    %max = linalg.reduce { arith.maximumf } ins(%scores : tensor<?xf32>) outs(%no_score : tensor<f32>) dimensions = [0]
    %maxs = linalg.broadcast ins(%max : tensor<f32>) outs(%empty : tensor<?xf32>) dimensions = [0]
    %below_max = arith.subf %scores, %maxs : tensor<?xf32>
    %gamma = math.exp %below_max : tensor<?xf32>
    %weight = linalg.reduce { arith.addf } ins(%gamma : tensor<?xf32>) outs(%no_weight : tensor<f32>) dimensions = [0]
    %empty_row = tensor.empty() : tensor<300xf32>
    %weights = linalg.broadcast ins(%weight : tensor<f32>) outs(%empty_row : tensor<300xf32>) dimensions = [0]
    %sum = linalg.vecmat ins(%gamma, %f : tensor<?xf32>, tensor<?x300xf32>) outs(%no_feature : tensor<300xf32>) -> tensor<300xf32>
    %mean = arith.divf %sum, %weights : tensor<300xf32>
    trimod.yield %mean : tensor<300xf32>
  } : (tensor<?x300xf32>) -> tensor<?x300xf32>
  return %fused : tensor<?x300xf32>
}

// Eq. 13 and 16: Viterbi in (max, +). The tenth label is the end of the post: its column of the transitions is `end`, so the
// first and the last token need no case of their own, and its score after the last token is that of the best path.
#from = affine_map<(to, from) -> (from)>
#from_to = affine_map<(to, from) -> (from, to)>
#to = affine_map<(to, from) -> (to)>
func.func private @decode(%emissions: tensor<?x9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %start = trimod.get_parameter @start : tensor<9xf32>
  %transitions = trimod.get_parameter @transitions : tensor<9x9xf32>
  %end = trimod.get_parameter @end : tensor<9xf32>
  %no_end = arith.constant dense<0.0> : tensor<1xf32>
  %no_score = arith.constant dense<0xFF800000> : tensor<10xf32>
  %no_label = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %moves = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %no_end : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %best = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %best, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#from, #from_to, #to, #to], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %moves : tensor<9xf32>, tensor<9x10xf32>) outs(%no_score, %no_label : tensor<10xf32>, tensor<10xi32>) {
    ^bb1(%a: f32, %move: f32, %score: f32, %label: i32):
      %s = arith.addf %a, %move : f32
      %better = arith.cmpf ogt, %s, %score : f32
      %source = linalg.index 1 : index
      %source_label = arith.index_cast %source : index to i32
      %new_score = arith.select %better, %s, %score : f32
      %new_label = arith.select %better, %source_label, %label : i32
      linalg.yield %new_score, %new_label : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %path_score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
  %first_label, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%pointers: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %best = tensor.extract %pointers[%i] : tensor<10xi32>
    %l = tensor.from_elements %best : tensor<i32>
    trimod.yield %l, %l : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %path_score : tensor<?xi32>, tensor<f32>
}

func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
               %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"},
               %visual: tensor<?xi32> {trimod.name = "visual", trimod.length = "visual"},
               %hashtags: !trimod.ragged<tensor<?xi32>> {trimod.name = "hashtags", trimod.length = "hashtags"})
    -> (tensor<?xi32> {trimod.name = "labels", trimod.length = "tokens"}, tensor<f32> {trimod.name = "score"},
        tensor<?x9xf32> {trimod.name = "emissions", trimod.length = "tokens"}) {
  %table = trimod.get_parameter @word_embedding : tensor<?x200xf16>
  %visual_w = trimod.get_parameter @visual_w : tensor<300x200xf32>
  %visual_b = trimod.get_parameter @visual_b : tensor<300xf32>
  %hashtag_w = trimod.get_parameter @hashtag_w : tensor<300x200xf32>
  %hashtag_b = trimod.get_parameter @hashtag_b : tensor<300xf32>
  %emission_w = trimod.get_parameter @emission_w : tensor<9x300xf32>
  %emission_b = trimod.get_parameter @emission_b : tensor<9xf32>
  // Eq. 1-4: a token is its word and its characters, read in both directions.
  %w = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x200xf16>
  %c = trimod.map %chars {
  ^bb0(%word: tensor<?xi32>):
    %features = func.call @char_features(%word) : (tensor<?xi32>) -> tensor<60xf32>
    trimod.yield %features : tensor<60xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x60xf32>
  %tokens = tensor.concat dim(1) %w, %c : (tensor<?x200xf32>, tensor<?x60xf32>) -> tensor<?x260xf32>
  %h = func.call @encode(%tokens) : (tensor<?x260xf32>) -> tensor<?x300xf32>
  // Words that describe the image, and the words of all hashtags, in the space of the token states.
  %visual_e = trimod.embedding %visual, %table : tensor<?xi32>, tensor<?x200xf16>
  %v = trimod.linear %visual_e, %visual_w bias(%visual_b) : tensor<?x200xf32>, tensor<300x200xf32>, tensor<300xf32>
  %hashtag_words, %_ = trimod.unpack %hashtags : <tensor<?xi32>>
  %hashtag_e = trimod.embedding %hashtag_words, %table : tensor<?xi32>, tensor<?x200xf16>
  %g = trimod.linear %hashtag_e, %hashtag_w bias(%hashtag_b) : tensor<?x200xf32>, tensor<300x200xf32>, tensor<300xf32>
  %f = func.call @fuse(%h, %v, %g) : (tensor<?x300xf32>, tensor<?x300xf32>, tensor<?x300xf32>) -> tensor<?x300xf32>
  %emissions = trimod.linear %f, %emission_w bias(%emission_b) : tensor<?x300xf32>, tensor<9x300xf32>, tensor<9xf32>
  %labels, %score = func.call @decode(%emissions) : (tensor<?x9xf32>) -> (tensor<?xi32>, tensor<f32>)
  return %labels, %score, %emissions : tensor<?xi32>, tensor<f32>, tensor<?x9xf32>
}

// Eq. 14-15: what the labels' probabilities are, and the ten best label sequences, of the emissions that @tag gave.
func.func @posterior(%emissions: tensor<?x9xf32> {trimod.name = "emissions", trimod.length = "tokens"})
    -> (tensor<?x9xf32> {trimod.name = "marginals", trimod.length = "tokens"},
        tensor<?x9x9xf32> {trimod.name = "pairs", trimod.length = "tokens"}, tensor<f32> {trimod.name = "log_partition"}) {
  %start = trimod.get_parameter @start : tensor<9xf32>
  %transitions = trimod.get_parameter @transitions : tensor<9x9xf32>
  %end = trimod.get_parameter @end : tensor<9xf32>
  %marginals, %pairs, %log_partition = trimod.crf_marginals %emissions, %start, %transitions, %end
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %marginals, %pairs, %log_partition : tensor<?x9xf32>, tensor<?x9x9xf32>, tensor<f32>
}

func.func @nbest(%emissions: tensor<?x9xf32> {trimod.name = "emissions", trimod.length = "tokens"})
    -> (tensor<?x10xi32> {trimod.name = "paths", trimod.length = "tokens"}, tensor<10xf32> {trimod.name = "scores"}) {
  %start = trimod.get_parameter @start : tensor<9xf32>
  %transitions = trimod.get_parameter @transitions : tensor<9x9xf32>
  %end = trimod.get_parameter @end : tensor<9xf32>
  %paths, %scores = trimod.crf_nbest %emissions, %start, %transitions, %end count = 10
      : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
  return %paths, %scores : tensor<?x10xi32>, tensor<10xf32>
}
