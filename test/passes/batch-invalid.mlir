// RUN: trimod-opt %s -trimod-batch -split-input-file -verify-diagnostics

// expected-error @below {{'func.func' op needs at least one argument to be batched}}
func.func @tag() -> tensor<3xf32> {
  %c = arith.constant dense<1.0> : tensor<3xf32>
  return %c : tensor<3xf32>
}

// -----
// expected-error @below {{'func.func' op cannot be batched: expected 'arg0' to be a ranked tensor or ragged, got 'f32'}}
func.func @tag(%a: f32) { return }

// -----
// expected-error @below {{'func.func' op cannot be batched: 'h0' has trimod.length, but its type 'tensor<3xf32>' has no length of its own}}
func.func @tag(%a: tensor<3xf32> {trimod.name = "h0", trimod.length = "tokens"}) { return }

// -----
// expected-error @below {{'func.func' op cannot be batched: 'tokens' has no trimod.length and the name of another length}}
func.func @tag(%a: tensor<?xi32> {trimod.name = "tokens"}, %b: tensor<?xi32> {trimod.length = "tokens"}) { return }

// -----
func.func @tag(%a: tensor<?xi32> {trimod.length = "tokens"}, %b: tensor<?xi32> {trimod.name = "visual"})
    -> (tensor<?xi32> {trimod.name = "labels", trimod.length = "tokens"}) {
  // expected-error @below {{'func.return' op result 'labels' is declared to have the length 'tokens', but has the length of argument 'visual'}}
  return %b : tensor<?xi32>
}

// -----
// expected-error @below {{'func.func' op is batched already: argument #0 has trimod.offsets}}
func.func @tag(%a: !trimod.ragged<tensor<?xi32>> {trimod.offsets = "tokens"}) { return }

// -----
// expected-error @below {{'func.func' op is called and cannot be batched; inline calls first}}
func.func @tag(%a: tensor<?xi32>) -> tensor<?xi32> { return %a : tensor<?xi32> }
func.func @other(%a: tensor<?xi32>) -> tensor<?xi32> {
  %r = call @tag(%a) : (tensor<?xi32>) -> tensor<?xi32>
  return %r : tensor<?xi32>
}

// -----
// expected-error @below {{'func.func' op must have a body of one block to be batched}}
func.func @tag(%a: tensor<?xi32>) -> tensor<?xi32> {
  cf.br ^next
^next:
  return %a : tensor<?xi32>
}
