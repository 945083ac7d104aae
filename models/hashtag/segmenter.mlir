// The hashtag segmenter (Alfaqeeh 2024, eq. 9-10): after which characters of a hashtag a word ends. Characters are looked up,
// two convolutions read their neighbours, an LSTM reads the whole in both directions. Sizes that only the weights know are `?`.

trimod.parameter @embedding "segmenter.embedding.weight" : tensor<?x?xf32>
trimod.parameter @conv1_w "segmenter.conv1.weight" : tensor<?x?x5xf32>
trimod.parameter @conv1_b "segmenter.conv1.bias" : tensor<?xf32>
trimod.parameter @conv2_w "segmenter.conv2.weight" : tensor<?x?x3xf32>
trimod.parameter @conv2_b "segmenter.conv2.bias" : tensor<?xf32>
trimod.parameter @lstm_f_w_ih "segmenter.lstm.weight_ih_l0" : tensor<?x?xf32>
trimod.parameter @lstm_f_w_hh "segmenter.lstm.weight_hh_l0" : tensor<?x?xf32>
trimod.parameter @lstm_f_b_ih "segmenter.lstm.bias_ih_l0" : tensor<?xf32>
trimod.parameter @lstm_f_b_hh "segmenter.lstm.bias_hh_l0" : tensor<?xf32>
trimod.parameter @lstm_b_w_ih "segmenter.lstm.weight_ih_l0_reverse" : tensor<?x?xf32>
trimod.parameter @lstm_b_w_hh "segmenter.lstm.weight_hh_l0_reverse" : tensor<?x?xf32>
trimod.parameter @lstm_b_b_ih "segmenter.lstm.bias_ih_l0_reverse" : tensor<?xf32>
trimod.parameter @lstm_b_b_hh "segmenter.lstm.bias_hh_l0_reverse" : tensor<?xf32>
trimod.parameter @output_w "segmenter.output.weight" : tensor<2x?xf32>
trimod.parameter @output_b "segmenter.output.bias" : tensor<2xf32>

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

// One step of an LSTM of any size: gates in the order i, f, g, o; c' = f * c + i * g, h' = o * tanh(c').
func.func private @lstm_cell(%x: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>, %w_ih: tensor<?x?xf32>,
                             %w_hh: tensor<?x?xf32>, %b_ih: tensor<?xf32>, %b_hh: tensor<?xf32>)
    -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %H = tensor.dim %h, %c0 : tensor<?xf32>
  %gx = linalg.matvec ins(%w_ih, %x : tensor<?x?xf32>, tensor<?xf32>) outs(%b_ih : tensor<?xf32>) -> tensor<?xf32>
  %gh = linalg.matvec ins(%w_hh, %h : tensor<?x?xf32>, tensor<?xf32>) outs(%b_hh : tensor<?xf32>) -> tensor<?xf32>
  %gates = arith.addf %gx, %gh : tensor<?xf32>
  %g_at = arith.addi %H, %H : index
  %o_at = arith.addi %g_at, %H : index
  %i_sum = tensor.extract_slice %gates[0] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %f_sum = tensor.extract_slice %gates[%H] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %g_sum = tensor.extract_slice %gates[%g_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %o_sum = tensor.extract_slice %gates[%o_at] [%H] [1] : tensor<?xf32> to tensor<?xf32>
  %i = func.call @sigmoid(%i_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %f = func.call @sigmoid(%f_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %g = math.tanh %g_sum : tensor<?xf32>
  %o = func.call @sigmoid(%o_sum) : (tensor<?xf32>) -> tensor<?xf32>
  %kept = arith.mulf %f, %c : tensor<?xf32>
  %added = arith.mulf %i, %g : tensor<?xf32>
  %next_c = arith.addf %kept, %added : tensor<?xf32>
  %bounded = math.tanh %next_c : tensor<?xf32>
  %next_h = arith.mulf %o, %bounded : tensor<?xf32>
  return %next_h, %next_c : tensor<?xf32>, tensor<?xf32>
}

// Both directions over a sequence: all states [T, 2H].
func.func private @bilstm(%x: tensor<?x?xf32>, %f_w_ih: tensor<?x?xf32>, %f_w_hh: tensor<?x?xf32>, %f_b_ih: tensor<?xf32>,
                          %f_b_hh: tensor<?xf32>, %b_w_ih: tensor<?x?xf32>, %b_w_hh: tensor<?x?xf32>, %b_b_ih: tensor<?xf32>,
                          %b_b_hh: tensor<?xf32>) -> tensor<?x?xf32> {
  %c1 = arith.constant 1 : index
  %H = tensor.dim %f_w_hh, %c1 : tensor<?x?xf32>
  %zero = arith.constant 0.0 : f32
  %none = tensor.splat %zero[%H] : tensor<?xf32>
  %f_last, %f_last_c, %f = trimod.scan %x init(%none, %none) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>):
    %next:2 = func.call @lstm_cell(%xt, %h, %c, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
        -> (tensor<?xf32>, tensor<?xf32>)
    trimod.yield %next#0, %next#1, %next#0 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>)
  %b_last, %b_last_c, %b = trimod.scan reverse %x init(%none, %none) {
  ^bb0(%xt: tensor<?xf32>, %h: tensor<?xf32>, %c: tensor<?xf32>):
    %next:2 = func.call @lstm_cell(%xt, %h, %c, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
        : (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>)
        -> (tensor<?xf32>, tensor<?xf32>)
    trimod.yield %next#0, %next#1, %next#0 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>)
  %states = tensor.concat dim(1) %f, %b : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %states : tensor<?x?xf32>
}

func.func @segment(%characters: tensor<?xi32> {trimod.name = "characters", trimod.length = "characters"})
    -> (tensor<?xf32> {trimod.name = "split", trimod.length = "characters"}) {
  %table = trimod.get_parameter @embedding : tensor<?x?xf32>
  %conv1_w = trimod.get_parameter @conv1_w : tensor<?x?x5xf32>
  %conv1_b = trimod.get_parameter @conv1_b : tensor<?xf32>
  %conv2_w = trimod.get_parameter @conv2_w : tensor<?x?x3xf32>
  %conv2_b = trimod.get_parameter @conv2_b : tensor<?xf32>
  %f_w_ih = trimod.get_parameter @lstm_f_w_ih : tensor<?x?xf32>
  %f_w_hh = trimod.get_parameter @lstm_f_w_hh : tensor<?x?xf32>
  %f_b_ih = trimod.get_parameter @lstm_f_b_ih : tensor<?xf32>
  %f_b_hh = trimod.get_parameter @lstm_f_b_hh : tensor<?xf32>
  %b_w_ih = trimod.get_parameter @lstm_b_w_ih : tensor<?x?xf32>
  %b_w_hh = trimod.get_parameter @lstm_b_w_hh : tensor<?x?xf32>
  %b_b_ih = trimod.get_parameter @lstm_b_b_ih : tensor<?xf32>
  %b_b_hh = trimod.get_parameter @lstm_b_b_hh : tensor<?xf32>
  %output_w = trimod.get_parameter @output_w : tensor<2x?xf32>
  %output_b = trimod.get_parameter @output_b : tensor<2xf32>
  %e = trimod.embedding %characters, %table : tensor<?xi32>, tensor<?x?xf32>
  %near = trimod.conv1d %e, %conv1_w bias(%conv1_b) activation = relu : tensor<?x?xf32>, tensor<?x?x5xf32>, tensor<?xf32>
  %x = trimod.conv1d %near, %conv2_w bias(%conv2_b) activation = relu : tensor<?x?xf32>, tensor<?x?x3xf32>, tensor<?xf32>
  %states = func.call @bilstm(%x, %f_w_ih, %f_w_hh, %f_b_ih, %f_b_hh, %b_w_ih, %b_w_hh, %b_b_ih, %b_b_hh)
      : (tensor<?x?xf32>, tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<?x?xf32>,
         tensor<?xf32>, tensor<?xf32>) -> tensor<?x?xf32>
  // Eq. 10: the softmax of two scores, going on and ending a word, is the sigmoid of their difference.
  %scores = trimod.linear %states, %output_w bias(%output_b) : tensor<?x?xf32>, tensor<2x?xf32>, tensor<2xf32>
  %split = trimod.map %scores {
  ^bb0(%score: tensor<2xf32>):
    %one = arith.constant dense<1.0> : tensor<f32>
    %on = tensor.extract_slice %score[0] [1] [1] : tensor<2xf32> to tensor<f32>
    %end = tensor.extract_slice %score[1] [1] [1] : tensor<2xf32> to tensor<f32>
    %against = arith.subf %on, %end : tensor<f32>
    %odds = math.exp %against : tensor<f32>
    %all = arith.addf %one, %odds : tensor<f32>
    %p = arith.divf %one, %all : tensor<f32>
    trimod.yield %p : tensor<f32>
  } : (tensor<?x2xf32>) -> tensor<?xf32>
  return %split : tensor<?xf32>
}
