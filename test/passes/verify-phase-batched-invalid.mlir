// RUN: trimod-opt %s --trimod-verify-phase=phase=batched --split-input-file --verify-diagnostics

// expected-error@+1 {{phase 'batched' must not leave a ragged argument (#1): 'func.func' @f; run trimod-expand-ragged}}
func.func @f(%x: tensor<?xi32> {trimod.name = "x"}, %y: !trimod.ragged<tensor<?xi32>> {trimod.name = "y"}) {
  return
}

// -----

// expected-error@+1 {{phase 'batched' must not leave a ragged result (#0): 'func.func' @f; run trimod-expand-ragged}}
func.func @f(%x: tensor<?xi32> {trimod.name = "x"}, %o: tensor<?xindex> {trimod.name = "x.offsets"})
    -> (!trimod.ragged<tensor<?xi32>> {trimod.name = "r"}) {
  %r = trimod.pack %x, %o : tensor<?xindex> -> <tensor<?xi32>>
  return %r : !trimod.ragged<tensor<?xi32>>
}

// -----

// expected-error@+1 {{phase 'batched' must not leave an argument without a name (#1): 'func.func' @f; write {trimod.name = "..."} and {trimod.length = "..."}}}
func.func @f(%x: tensor<?xi32> {trimod.name = "x"}, %o: tensor<?xindex>) {
  return
}

// -----

func.func private @g()
func.func @f() {
  // expected-error@+1 {{phase 'batched' must not leave a call: 'func.call'}}
  func.call @g() : () -> ()
  return
}
