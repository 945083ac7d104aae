// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize-int8.safetensors \
// RUN:   --split-input-file --verify-diagnostics=only-expected

// expected-error-re@+1 {{parameter @t: 'unscaled.weight' of {{.*}} is I8 [3, 2]: expected its scales, F32 [3], as 'unscaled.weight.scale', found no tensor of this name}}
trimod.parameter @t "unscaled.weight" : tensor<?x2xf16>

// -----

// expected-error-re@+1 {{parameter @t: 'short.weight' of {{.*}} is I8 [3, 2]: expected its scales, F32 [3], as 'short.weight.scale', found F32 [2]}}
trimod.parameter @t "short.weight" : tensor<?x2xf32>

// -----

// expected-error-re@+1 {{parameter @t: 'half.weight' of {{.*}} is I8 [3, 2]: expected its scales, F32 [3], as 'half.weight.scale', found F16 [3]}}
trimod.parameter @t "half.weight" : tensor<?x2xf32>

// -----

// expected-error-re@+1 {{parameter @t: numbers of dimensions differ: expected 'tensor<?x2xf32>', but 'cube.weight' of {{.*}} is I8 [1, 2, 2]}}
trimod.parameter @t "cube.weight" : tensor<?x2xf32>

// -----

// expected-error-re@+1 {{parameter @t: sizes of dimension 1 differ: expected 'tensor<?x3xi8>', but 'table.weight' of {{.*}} is I8 [5, 2]}}
trimod.parameter @t "table.weight" : tensor<?x3xf16>

// -----

// Only rows of two dimensions have scales.
// expected-error-re@+1 {{parameter @t: element types differ: expected 'tensor<?x1x2xf16>', but 'table.weight' of {{.*}} is I8 [5, 2]}}
trimod.parameter @t "table.weight" : tensor<?x1x2xf16>

// -----

// What else reads the table could not.
// expected-error-re@+1 {{parameter @w: element types differ: expected 'tensor<?x2xf32>', but 'table.weight' of {{.*}} is I8 [5, 2]}}
trimod.parameter @w "table.weight" : tensor<?x2xf32>
func.func @tied(%ids: tensor<?xi32>) -> tensor<?x?xf32> {
  %w = trimod.get_parameter @w : tensor<?x2xf32>
  %e = trimod.embedding %ids, %w : tensor<?xi32>, tensor<?x2xf32>
  // expected-note@+1 {{rows of int8 are read by trimod.embedding alone, not by 'trimod.linear'}}
  %y = trimod.linear %e, %w : tensor<?x2xf32>, tensor<?x2xf32>
  return %y : tensor<?x?xf32>
}
