// RUN: trimod-opt %s --pass-pipeline='builtin.module(func.func(trimod-refine-shapes))' \
// RUN:   --split-input-file --verify-diagnostics

func.func @matrix_and_vector(%w: tensor<6x3xf32>, %x: tensor<4xf32>, %b: tensor<?xf32>) -> tensor<?xf32> {
  %any_w = tensor.cast %w : tensor<6x3xf32> to tensor<?x?xf32>
  %any_x = tensor.cast %x : tensor<4xf32> to tensor<?xf32>
  // expected-error@+1 {{sizes contradict each other: dimension 0 of operand #1 is 4, but another operand says 3}}
  %y = linalg.matvec ins(%any_w, %any_x : tensor<?x?xf32>, tensor<?xf32>) outs(%b : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @elementwise(%a: tensor<3xf32>, %b: tensor<4xf32>) -> tensor<?xf32> {
  %x = tensor.cast %a : tensor<3xf32> to tensor<?xf32>
  %y = tensor.cast %b : tensor<4xf32> to tensor<?xf32>
  // expected-error@+1 {{sizes contradict each other: operand or result #1 has type 'tensor<4xf32>', but the other operands imply 'tensor<3xf32>'}}
  %z = arith.addf %x, %y : tensor<?xf32>
  return %z : tensor<?xf32>
}

// -----

func.func @inferred(%x: tensor<?x4xf32>, %w: tensor<2x3xf32>) -> tensor<?x?xf32> {
  %any = tensor.cast %w : tensor<2x3xf32> to tensor<?x?xf32>
  // expected-error@+1 {{last dimension of x: expected 3 (the columns of w), got 4}}
  %y = trimod.linear %x, %any : tensor<?x4xf32>, tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// A claim of the model that the weights refute.
func.func @claim(%w: tensor<6xf32>) -> tensor<5xf32> {
  %any = tensor.cast %w : tensor<6xf32> to tensor<?xf32>
  %e = math.exp %any : tensor<?xf32>
  // expected-error@+1 {{sizes contradict each other: the source has type 'tensor<6xf32>', but the other operands imply 'tensor<5xf32>'}}
  %five = tensor.cast %e : tensor<?xf32> to tensor<5xf32>
  return %five : tensor<5xf32>
}

// -----

func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<?x?xf32> {
  %x = tensor.cast %a : tensor<2x3xf32> to tensor<?x?xf32>
  %y = tensor.cast %b : tensor<2x4xf32> to tensor<?x?xf32>
  // expected-error@+1 {{sizes contradict each other: operand or result #1 has type 'tensor<2x4xf32>'}}
  %z = tensor.concat dim(0) %x, %y : (tensor<?x?xf32>, tensor<?x?xf32>) -> tensor<?x?xf32>
  return %z : tensor<?x?xf32>
}

// -----

func.func @expand(%a: tensor<7xf32>) -> tensor<2x3xf32> {
  %x = tensor.cast %a : tensor<7xf32> to tensor<?xf32>
  %e = math.exp %x : tensor<?xf32>
  %six = arith.addf %e, %e : tensor<?xf32>
  %c2 = arith.constant 2 : index
  // expected-error@+1 {{sizes contradict each other: 7 elements cannot be expanded to 6}}
  %y = tensor.expand_shape %six [[0, 1]] output_shape [%c2, 3] : tensor<?xf32> into tensor<?x3xf32>
  %z = tensor.cast %y : tensor<?x3xf32> to tensor<2x3xf32>
  return %z : tensor<2x3xf32>
}

// -----

func.func @conv1d(%x: tensor<?x4xf32>, %w: tensor<5x3x3xf32>) -> tensor<?x5xf32> {
  %any = tensor.cast %x : tensor<?x4xf32> to tensor<?x?xf32>
  // expected-error@+1 {{columns of x: expected 3 (the channels of w), got 4}}
  %y = trimod.conv1d %any, %w : tensor<?x?xf32>, tensor<5x3x3xf32>
  return %y : tensor<?x5xf32>
}
