// RUN: trimod-opt %s -trimod-flatten -split-input-file -verify-diagnostics

// Rows of a map are not computed in order, so their effects would not be either.
func.func @effect(%a: tensor<?xf32>, %log: memref<f32>) -> tensor<?xf32> {
  // expected-note @below {{the map}}
  %r = trimod.map %a {
  ^bb0(%x: tensor<f32>):
    %y = math.exp %x : tensor<f32>
    %s = tensor.extract %x[] : tensor<f32>
    // expected-error @below {{'memref.store' op in a trimod.map must be free of side effects to be flattened}}
    memref.store %s, %log[] : memref<f32>
    trimod.yield %y : tensor<f32>
  } : (tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----
func.func private @f(%x: tensor<f32>) -> tensor<f32>
func.func @call(%a: tensor<?xf32>) -> tensor<?xf32> {
  // expected-note @below {{the map}}
  %r = trimod.map %a {
  ^bb0(%x: tensor<f32>):
    // expected-error @below {{'func.call' op in a trimod.map must be free of side effects to be flattened; inline calls first}}
    %y = func.call @f(%x) : (tensor<f32>) -> tensor<f32>
    trimod.yield %y : tensor<f32>
  } : (tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----
// The op to blame is named, however deep it stands.
func.func @nested(%a: tensor<?x4xf32>, %log: memref<f32>, %h0: tensor<f32>) -> tensor<?xf32> {
  // expected-note @below {{the map}}
  %r = trimod.map %a {
  ^bb0(%x: tensor<4xf32>):
    %l = trimod.scan %x init(%h0) {
    ^bb1(%xt: tensor<f32>, %h: tensor<f32>):
      // expected-error @below {{'memref.load' op in a trimod.map must be free of side effects to be flattened}}
      %s = memref.load %log[] : memref<f32>
      %t = tensor.from_elements %s : tensor<f32>
      trimod.yield %t : tensor<f32>
    } : (tensor<4xf32>, tensor<f32>) -> tensor<f32>
    trimod.yield %l : tensor<f32>
  } : (tensor<?x4xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
