// RUN: trimod-opt %s --split-input-file --verify-diagnostics --one-shot-bufferize="bufferize-function-boundaries"

func.func @width(%ids: tensor<?xi32>, %table: tensor<?x?xf32>) -> tensor<?x?xf32> {
  // expected-error@+2 {{'trimod.embedding' op needs a static table width for its kernel}}
  // expected-error@+1 {{failed to bufferize op}}
  %0 = trimod.embedding %ids, %table : tensor<?xi32>, tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

module attributes {trimod.isa_level = "x86-64-v4"} {
  func.func @lanes_of_v3(%x: tensor<?x4xf32>, %w: tensor<1x4x24xf32>) -> tensor<?x9xf32> {
    // expected-error@+2 {{'trimod.packed_linear' op has panels of 24 columns, expected a multiple of the 16 lanes of x86-64-v4}}
    // expected-error@+1 {{failed to bufferize op}}
    %0 = trimod.packed_linear %x, %w columns = 9 : tensor<?x4xf32>, tensor<1x4x24xf32>
    return %0 : tensor<?x9xf32>
  }
}

// -----

module attributes {trimod.isa_level = "x86-64-v4"} {
  func.func @panels_of_v3(%gates: tensor<?x24xf32>, %w: tensor<1x1x5x24xf32>, %b: tensor<1x8xf32>) -> tensor<5xf32> {
    // expected-error@+2 {{'trimod.packed_gru' op has panels of 24 columns, expected 3 times the 16 lanes of x86-64-v4}}
    // expected-error@+1 {{failed to bufferize op}}
    %states, %last = trimod.packed_gru forward %gates, %w, %b hidden = 5 : tensor<?x24xf32>, tensor<1x1x5x24xf32>, tensor<1x8xf32>
    return %last : tensor<5xf32>
  }
}
