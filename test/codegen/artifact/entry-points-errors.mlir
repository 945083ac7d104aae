// RUN: trimod-opt %s --trimod-entry-points -split-input-file -verify-diagnostics

// expected-error @below {{argument #0 of entry function 'f': expected a contiguous memref of f32, f16, i32, i8 or index and at most 4 dimensions, got 'memref<?xf32, strided<[?]>>'}}
func.func @f(%x: memref<?xf32, strided<[?]>> {trimod.name = "x"},
             %workspace: memref<?xi8> {trimod.workspace}) attributes {trimod.entry} {
  return
}

// -----

// expected-error @below {{argument #0 of entry function 'f': expected a contiguous memref of f32, f16, i32, i8 or index and at most 4 dimensions, got 'memref<?xf64>'}}
func.func @f(%x: memref<?xf64> {trimod.name = "x"},
             %workspace: memref<?xi8> {trimod.workspace}) attributes {trimod.entry} {
  return
}

// -----

// expected-error @below {{argument #0 of entry function 'f' has no 'trimod.name'}}
func.func @f(%x: memref<?xf32>, %workspace: memref<?xi8> {trimod.workspace})
    attributes {trimod.entry} {
  return
}

// -----

// expected-error @below {{argument #1 of entry function 'f': expected inputs, parameters, workspace, outputs in this order}}
func.func @f(%workspace: memref<?xi8> {trimod.workspace}, %x: memref<?xf32> {trimod.name = "x"})
    attributes {trimod.entry} {
  return
}

// -----

// expected-error @below {{entry function 'f': expected one workspace argument, got 0}}
func.func @f(%x: memref<?xf32> {trimod.name = "x"}) attributes {trimod.entry} {
  return
}

// -----

// expected-error @below {{entry function 'f' has no function 'f_workspace': plan buffers first}}
func.func @f(%x: memref<?xf32> {trimod.name = "x"}, %workspace: memref<?xi8> {trimod.workspace})
    attributes {trimod.entry} {
  return
}

// -----

func.func @f(%x: memref<?xf32> {trimod.name = "x"}, %workspace: memref<?xi8> {trimod.workspace})
    attributes {trimod.entry} {
  return
}
// expected-error @below {{function 'f_workspace': expected type '(memref<?xf32>) -> index', got '() -> index'}}
func.func @f_workspace() -> index {
  %c0 = arith.constant 0 : index
  return %c0 : index
}
