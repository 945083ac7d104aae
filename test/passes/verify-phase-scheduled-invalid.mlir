// RUN: trimod-opt %s --trimod-verify-phase=phase=scheduled --split-input-file --verify-diagnostics

trimod.parameter @w "w" : tensor<3xf32>
func.func @f(%x: tensor<3xf32> {trimod.name = "x"}) -> (tensor<3xf32> {trimod.name = "y"}) {
  %w = trimod.get_parameter @w : tensor<3xf32>
  // expected-error@+1 {{phase 'scheduled' must not leave a computation that depends on parameters alone: 'math.exp'; run trimod-outline-init}}
  %e = math.exp %w : tensor<3xf32>
  %y = arith.addf %x, %e : tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func private @f_init() -> tensor<4xf32>
// expected-error@+1 {{phase 'scheduled' must not leave a derived argument (#0) that no init function computes: 'func.func' @f; keep the function that 'trimod.init' names}}
func.func @f(%x: tensor<3xf32> {trimod.derived = 0 : i64}) attributes {trimod.init = @f_init} {
  return
}

// -----

// expected-error@+1 {{phase 'scheduled' must not leave a derived argument (#0) that no init function computes: 'func.func' @f}}
func.func @f(%x: tensor<3xf32> {trimod.derived = 0 : i64}) {
  return
}

// -----

// The contract of phase batched holds on.
// expected-error@+1 {{phase 'scheduled' must not leave a ragged argument (#0): 'func.func' @f; run trimod-expand-ragged}}
func.func @f(%y: !trimod.ragged<tensor<?xi32>> {trimod.name = "y"}) {
  return
}
