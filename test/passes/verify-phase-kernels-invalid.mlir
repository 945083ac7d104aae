// RUN: trimod-opt %s --trimod-verify-phase=phase=kernels --split-input-file --verify-diagnostics

trimod.parameter @w "w" : tensor<3xf32>
func.func @f() {
  // expected-error@+1 {{phase 'kernels' must not leave an op of the trimod dialect: 'trimod.get_parameter'; give it a kernel, or run trimod-decompose and trimod-lower-loops}}
  %w = trimod.get_parameter @w : tensor<3xf32>
  return
}

// -----

func.func private @f(%x: memref<3xf32>) {
  // expected-error@+1 {{phase 'kernels' must not leave an op of the tensor dialect: 'tensor.empty'; run bufferization and convert-linalg-to-loops}}
  %e = tensor.empty() : tensor<3xf32>
  %zero = arith.constant 0.0 : f32
  // expected-error@+1 {{phase 'kernels' must not leave an op of the linalg dialect: 'linalg.fill'}}
  linalg.fill ins(%zero : f32) outs(%x : memref<3xf32>)
  return
}

// -----

// expected-error@+1 {{phase 'kernels' must not leave a value of tensor type: 'func.func' @f; run bufferization}}
func.func private @f(%x: tensor<3xf32>) {
  // expected-error@+1 {{phase 'kernels' must not leave a value of tensor type: 'math.exp'}}
  %y = math.exp %x : tensor<3xf32>
  return
}

// -----

func.func private @f(%n: index) {
  // expected-error@+1 {{phase 'kernels' must not leave a heap allocation: 'memref.alloc'; run trimod-plan-buffers}}
  %m = memref.alloc(%n) : memref<?xf32>
  // expected-error@+1 {{phase 'kernels' must not leave a heap allocation: 'memref.dealloc'}}
  memref.dealloc %m : memref<?xf32>
  return
}

// -----

// expected-error@+1 {{phase 'kernels' must not leave results of a function: 'func.func' @f; run trimod-results-to-arguments}}
func.func @f(%m: memref<3xf32>) -> memref<3xf32> {
  return %m : memref<3xf32>
}
