// RUN: trimod-opt %s -trimod-lower-loops -split-input-file -verify-diagnostics

func.func @sequences_of_sequences(%r: !trimod.ragged<!trimod.ragged<tensor<?xf32>>>) -> !trimod.ragged<!trimod.ragged<tensor<?xf32>>> {
  // expected-error @below {{result: expected rows or sequences, got '!trimod.ragged<!trimod.ragged<tensor<?xf32>>>'}}
  %y = trimod.map %r {
  ^bb0(%post: !trimod.ragged<tensor<?xf32>>):
    trimod.yield %post : !trimod.ragged<tensor<?xf32>>
  } : (!trimod.ragged<!trimod.ragged<tensor<?xf32>>>) -> !trimod.ragged<!trimod.ragged<tensor<?xf32>>>
  return %y : !trimod.ragged<!trimod.ragged<tensor<?xf32>>>
}

// -----

func.func @rows_of_dynamic_size(%x: tensor<?x?xf32>, %h: tensor<?xf32>) -> tensor<?x?xf32> {
  // expected-error @below {{expected stacked rows of static size, got 'tensor<?x?xf32>'}}
  %last, %all = trimod.scan %x init(%h) {
  ^bb0(%xt: tensor<?xf32>, %ht: tensor<?xf32>):
    %s = arith.addf %xt, %ht : tensor<?xf32>
    trimod.yield %s, %s : tensor<?xf32>, tensor<?xf32>
  } : (tensor<?x?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?x?xf32>)
  return %all : tensor<?x?xf32>
}
