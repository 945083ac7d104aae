// RUN: trimod-opt %s --trimod-verify-phase=phase=model --split-input-file --verify-diagnostics

// expected-error@+1 {{phase 'model' must not leave an argument without a name (#1): 'func.func' @f; write {trimod.name = "..."} behind its type}}
func.func @f(%x: tensor<?xf32> {trimod.name = "x"}, %y: tensor<?xf32>) {
  return
}

// -----

// expected-error@+1 {{phase 'model' must not leave a result without a name (#0): 'func.func' @f}}
func.func @f(%x: tensor<?xf32> {trimod.name = "x"}) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}

// -----

func.func private @f(%x: tensor<?x5xf32>, %w: tensor<1x5x24xf32>) -> tensor<?x20xf32> {
  // expected-error@+1 {{phase 'model' must not leave an op made by scheduling: 'trimod.packed_linear'; run the passes of phase 'scheduled' later}}
  %y = trimod.packed_linear %x, %w columns = 20 : tensor<?x5xf32>, tensor<1x5x24xf32>
  return %y : tensor<?x20xf32>
}

// -----

// expected-error@+1 {{phase 'model' must not leave buffers: 'func.func' @f; write models in tensors; phase 'kernels' makes the buffers}}
func.func private @f(%x: memref<?xf32>) {
  return
}

// -----

func.func private @f(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error@+1 {{phase 'model' must not leave an op of the tosa dialect: 'tosa.sigmoid'; write it with ops of arith, math, tensor, linalg or trimod}}
  %y = tosa.sigmoid %x : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// One broken promise at many places: the first five.
func.func private @f() {
  // expected-error@+1 {{must not leave buffers: 'memref.alloc'}}
  %0 = memref.alloc() : memref<1xf32>
  // expected-error@+1 {{must not leave buffers}}
  %1 = memref.alloc() : memref<1xf32>
  // expected-error@+1 {{must not leave buffers}}
  %2 = memref.alloc() : memref<1xf32>
  // expected-error@+1 {{must not leave buffers}}
  %3 = memref.alloc() : memref<1xf32>
  // expected-error@+1 {{must not leave buffers}}
  %4 = memref.alloc() : memref<1xf32>
  %5 = memref.alloc() : memref<1xf32>
  return
}
