// RUN: trimod-opt %s -trimod-parameters-to-arguments | FileCheck %s --check-prefix=PARAMETERS
// RUN: trimod-opt %s -trimod-parameters-to-arguments -trimod-results-to-arguments | FileCheck %s --check-prefix=RESULTS

// Those that are read, in the order of their declarations; none is left.
// PARAMETERS-NOT: trimod.parameter @
trimod.parameter @unused "unused" : tensor<2xf32>
trimod.parameter @b "layer.bias" : tensor<2xf32>
trimod.parameter @w "layer.weight" : tensor<2x3xf32>

// PARAMETERS-LABEL: func @f(
// PARAMETERS-SAME: %[[X:.*]]: tensor<?x3xf32> {trimod.name = "x"}
// PARAMETERS-SAME: %[[B:.*]]: tensor<2xf32> {trimod.name = "b", trimod.parameter = "layer.bias"}
// PARAMETERS-SAME: %[[W:.*]]: tensor<2x3xf32> {trimod.name = "w", trimod.parameter = "layer.weight"})
// PARAMETERS-NOT: unused
// PARAMETERS: trimod.linear %[[X]], %[[W]] bias(%[[B]])

// RESULTS-LABEL: func @f(
// Bufferization must not overwrite inputs and weights.
// RESULTS-SAME: tensor<?x3xf32> {bufferization.writable = false, trimod.name = "x"}
// RESULTS-SAME: tensor<2xf32> {bufferization.writable = false, trimod.name = "b", trimod.parameter = "layer.bias"}
// RESULTS-SAME: %[[Y:[^ ]*]]: memref<?x2xf32> {trimod.name = "y", trimod.output}) attributes {trimod.entry}
// RESULTS: %[[V:.*]] = trimod.linear
// RESULTS: bufferization.materialize_in_destination %[[V]] in restrict writable %[[Y]]
// RESULTS: return
// RESULTS-NEXT: }
func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"}) -> (tensor<?x2xf32> {trimod.name = "y"}) {
  %w = trimod.get_parameter @w : tensor<2x3xf32>
  %b = trimod.get_parameter @b : tensor<2xf32>
  %y = trimod.linear %x, %w bias(%b) : tensor<?x3xf32>, tensor<2x3xf32>, tensor<2xf32>
  return %y : tensor<?x2xf32>
}
