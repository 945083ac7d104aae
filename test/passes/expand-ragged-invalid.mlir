// RUN: trimod-opt %s -trimod-expand-ragged -split-input-file -verify-diagnostics

func.func private @callee(%a: !trimod.ragged<tensor<?xi32>>) { return }
func.func @caller(%a: !trimod.ragged<tensor<?xi32>>) {
  // expected-error @below {{'func.call' op passes ragged values; inline calls before trimod-expand-ragged}}
  call @callee(%a) : (!trimod.ragged<tensor<?xi32>>) -> ()
  return
}

// -----
// expected-error @below {{'func.func' op has two arguments named 'a.item_offsets'}}
func.func @names(%a: !trimod.ragged<tensor<?xi32>> {trimod.name = "a"}, %b: tensor<?xindex> {trimod.name = "a.item_offsets"}) {
  return
}

// -----
// expected-error @below {{'func.func' op must have a body of one block to be expanded}}
func.func @blocks(%a: !trimod.ragged<tensor<?xi32>>) {
  cf.br ^next
^next:
  return
}
