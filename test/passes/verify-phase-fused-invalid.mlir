// RUN: trimod-opt %s --trimod-verify-phase=phase=fused --split-input-file --verify-diagnostics

// expected-error@+1 {{phase 'fused' must not leave a parameter of unknown size: 'trimod.parameter' @w; run trimod-specialize with the weights of this model}}
trimod.parameter @w "w" : tensor<?x3xf32>

// -----

func.func private @g(tensor<3xf32>) -> tensor<3xf32>
func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{phase 'fused' must not leave a call: 'func.call'; define the function that it calls and run inline}}
  %y = func.call @g(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @f(%gates: tensor<?x9xf32>, %w: tensor<9x3xf32>, %b: tensor<9xf32>) -> tensor<?x3xf32> {
  // expected-error@+1 {{phase 'fused' must not leave an op made by scheduling: 'trimod.gru_recurrence'}}
  %h, %l = trimod.gru_recurrence forward %gates w_hh(%w) b_hh(%b) linear_before_reset = true
      : tensor<?x9xf32>, tensor<9x3xf32>, tensor<9xf32>
  return %h : tensor<?x3xf32>
}
