// RUN: trimod-opt %s --trimod-specialize=weights=%S/Inputs/specialize.safetensors \
// RUN:   --split-input-file --verify-diagnostics=only-expected
// RUN: not trimod-opt %S/specialize.mlir --trimod-specialize 2>&1 | FileCheck %s --check-prefix=NO-OPTION
// RUN: not trimod-opt %S/specialize.mlir --trimod-specialize=weights=%t.absent 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NO-FILE
// RUN: not trimod-opt %S/specialize.mlir --trimod-specialize=weights=%s 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NOT-WEIGHTS
// RUN: cp %S/Inputs/specialize.safetensors %t.copy
// RUN: not trimod-opt %S/specialize.mlir \
// RUN:   --trimod-specialize=weights=%S/Inputs/specialize.safetensors,%t.copy 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TWICE

// NO-OPTION: error: trimod-specialize: expected files of weights (option weights=FILE,...), got none
// NO-FILE: error: {{.*}}.absent
// NOT-WEIGHTS: error: {{.*}}specialize-invalid.mlir
// TWICE: error: tensor 'embedding.weight': expected it in one file of weights, found it in {{.*}} and in {{.*}}

// expected-error@+1 {{parameter @w: no tensor 'gru.weigth_hh' in }}
trimod.parameter @w "gru.weigth_hh" : tensor<?x?xf32>

// -----

// expected-error-re@+1 {{parameter @w: no tensor 'conv1.kernel' in {{.*}}, which has 'embedding.weight', 'gru.bias_hh', 'gru.weight_hh' and 2 more}}
trimod.parameter @w "conv1.kernel" : tensor<?x?xf32>

// -----

// expected-error-re@+1 {{parameter @table: element types differ: expected 'tensor<?x2xf32>', but 'embedding.weight' of {{.*}} is F16 [5, 2]}}
trimod.parameter @table "embedding.weight" : tensor<?x2xf32>

// -----

// expected-error-re@+1 {{parameter @b: numbers of dimensions differ: expected 'tensor<?x?xf32>', but 'gru.bias_hh' of {{.*}} is F32 [6]}}
trimod.parameter @b "gru.bias_hh" : tensor<?x?xf32>

// -----

// expected-error-re@+1 {{parameter @head: sizes of dimension 1 differ: expected 'tensor<?x300xf32>', but 'head.weight' of {{.*}} is F32 [3, 2]}}
trimod.parameter @head "head.weight" : tensor<?x300xf32>

// -----

// The weights of another model: five errors tell as much as fifty.
// expected-error@+1 {{stopped after 5 parameters that do not fit: are these the weights of this model?}}
module {
  // expected-error@+1 {{parameter @p1}}
  trimod.parameter @p1 "layer1.weight" : tensor<?xf32>
  // expected-error@+1 {{parameter @p2}}
  trimod.parameter @p2 "layer2.weight" : tensor<?xf32>
  // expected-error@+1 {{parameter @p3}}
  trimod.parameter @p3 "layer3.weight" : tensor<?xf32>
  // expected-error@+1 {{parameter @p4}}
  trimod.parameter @p4 "layer4.weight" : tensor<?xf32>
  // expected-error@+1 {{parameter @p5}}
  trimod.parameter @p5 "layer5.weight" : tensor<?xf32>
  trimod.parameter @p6 "layer6.weight" : tensor<?xf32>
}
