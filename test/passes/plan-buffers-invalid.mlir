// RUN: trimod-opt %s -trimod-plan-buffers -split-input-file -verify-diagnostics

func.func @unbounded(%x: memref<?xindex>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  // expected-note @below {{the size depends on this; trimod-lower-loops bounds lengths by arith.minui}}
  %n = memref.load %x[%c0] : memref<?xindex>
  // expected-error @below {{has a size that is not bounded by what is known when the function is entered}}
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %a, %out : memref<?xf32> to memref<?xf32>
  return
}

// -----

func.func @handed_on(%n: memref<?xf32>, %out: memref<4xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %steps = memref.dim %n, %c0 : memref<?xf32>
  %first = memref.alloc() : memref<4xf32>
  %last = scf.for %i = %c0 to %steps step %c1 iter_args(%carried = %first) -> memref<4xf32> {
    // expected-error @below {{is handed on by the loop around it}}
    %next = memref.alloc() : memref<4xf32>
    memref.copy %carried, %next : memref<4xf32> to memref<4xf32>
    scf.yield %next : memref<4xf32>
  }
  memref.copy %last, %out : memref<4xf32> to memref<4xf32>
  return
}

// -----

func.func @negative(%x: memref<?xf32>, %out: memref<?xf32> {trimod.output}) attributes {trimod.entry} {
  %c0 = arith.constant 0 : index
  // expected-note @below {{the size depends on this}}
  %minus = arith.constant -1 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %m = arith.subi %minus, %n : index
  // expected-error @below {{has a size that is not bounded}}
  %a = memref.alloc(%m) : memref<?xf32>
  memref.copy %a, %out : memref<?xf32> to memref<?xf32>
  return
}
