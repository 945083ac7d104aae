// The character encoder of Ma and Hovy (2016): what a word's characters say, by a convolution and the maximum over the word.
// Sizes are small on purpose, and none is a multiple of a vector.

trimod.parameter @char_embedding "char_embedding.weight" : tensor<20x7xf32>
trimod.parameter @conv_w "char_conv.weight" : tensor<13x7x3xf32>
trimod.parameter @conv_b "char_conv.bias" : tensor<13xf32>

func.func private @char_features(%word: tensor<?xi32>) -> tensor<13xf32> {
  %table = trimod.get_parameter @char_embedding : tensor<20x7xf32>
  %w = trimod.get_parameter @conv_w : tensor<13x7x3xf32>
  %b = trimod.get_parameter @conv_b : tensor<13xf32>
  %x = trimod.embedding %word, %table : tensor<?xi32>, tensor<20x7xf32>
  %y = trimod.conv1d %x, %w : tensor<?x7xf32>, tensor<13x7x3xf32>
  %c0 = arith.constant 0 : index
  %length = tensor.dim %word, %c0 : tensor<?xi32>
  %empty = tensor.empty(%length) : tensor<?x13xf32>
  %biases = linalg.broadcast ins(%b : tensor<13xf32>) outs(%empty : tensor<?x13xf32>) dimensions = [0]
  %z = arith.addf %y, %biases : tensor<?x13xf32>
  %f = math.tanh %z : tensor<?x13xf32>
  %max = trimod.max_over_time %f : tensor<?x13xf32>
  return %max : tensor<13xf32>
}

func.func @tag(%chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"})
    -> (tensor<?x13xf32> {trimod.name = "features", trimod.length = "tokens"}) {
  %features = trimod.map %chars {
  ^bb0(%word: tensor<?xi32>):
    %f = func.call @char_features(%word) : (tensor<?xi32>) -> tensor<13xf32>
    trimod.yield %f : tensor<13xf32>
  } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x13xf32>
  return %features : tensor<?x13xf32>
}
