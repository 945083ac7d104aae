// A hashtag segmenter that looks at one character at a time, for tests of artefacts with several models: like the bundled
// tagger it has a parameter @char_embedding and a private @sigmoid, with other types.

trimod.parameter @char_embedding "segmenter.char_embedding.weight" : tensor<?x3xf32>
trimod.parameter @output_w "segmenter.output.weight" : tensor<1x3xf32>
trimod.parameter @output_b "segmenter.output.bias" : tensor<1xf32>

func.func private @sigmoid(%x: tensor<?x1xf32>) -> tensor<?x1xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?x1xf32>
  %one = arith.constant 1.0 : f32
  %ones = tensor.splat %one[%n] : tensor<?x1xf32>
  %minus_x = arith.negf %x : tensor<?x1xf32>
  %exp = math.exp %minus_x : tensor<?x1xf32>
  %denominator = arith.addf %ones, %exp : tensor<?x1xf32>
  %s = arith.divf %ones, %denominator : tensor<?x1xf32>
  return %s : tensor<?x1xf32>
}

// The probability that a word ends after each character.
func.func @segment(%characters: tensor<?xi32> {trimod.name = "characters", trimod.length = "characters"})
    -> (tensor<?xf32> {trimod.name = "split", trimod.length = "characters"}) {
  %table = trimod.get_parameter @char_embedding : tensor<?x3xf32>
  %w = trimod.get_parameter @output_w : tensor<1x3xf32>
  %b = trimod.get_parameter @output_b : tensor<1xf32>
  %x = trimod.embedding %characters, %table : tensor<?xi32>, tensor<?x3xf32>
  %score = trimod.linear %x, %w bias(%b) : tensor<?x3xf32>, tensor<1x3xf32>, tensor<1xf32>
  %probability = func.call @sigmoid(%score) : (tensor<?x1xf32>) -> tensor<?x1xf32>
  %split = tensor.collapse_shape %probability [[0, 1]] : tensor<?x1xf32> into tensor<?xf32>
  return %split : tensor<?xf32>
}
