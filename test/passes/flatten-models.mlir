// Whole models in the batched phase.
// RUN: trimod-opt %models/test/mgu.mlir -pass-pipeline='builtin.module(inline,symbol-dce,canonicalize,cse,func.func(loop-invariant-code-motion),trimod-batch,trimod-expand-ragged,canonicalize,cse,func.func(trimod-flatten),canonicalize,cse)' | FileCheck %s --check-prefix=MGU
// RUN: trimod-opt %models/test/mgu.mlir -o /dev/null --remarks-filter=trimod-flatten -pass-pipeline='builtin.module(inline,trimod-batch,trimod-expand-ragged,canonicalize,cse,func.func(trimod-flatten))' 2>&1 | FileCheck %s --check-prefix=REMARKS
// RUN: trimod-opt %models/trimod/trimod.mlir -pass-pipeline='builtin.module(inline,symbol-dce,canonicalize,cse,trimod-batch,trimod-expand-ragged,canonicalize,cse,func.func(trimod-flatten),canonicalize,cse)' | FileCheck %s --check-prefix=UNFUSED

// A cell that no pass knows: two loops over rows are left, one over words and one over
// posts, each around both directions; nothing but the recurrence is inside.
// MGU-LABEL: func.func @tag(
// MGU-SAME: %[[WORDS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"}, %[[TOKENS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "tokens.offsets"}, %[[CHARS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"}, %[[LETTERS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "chars.item_offsets"}
// MGU: %[[E:.*]] = trimod.embedding %[[CHARS]]
// MGU: %[[FG:.*]] = trimod.linear %[[E]]
// MGU: %[[BG:.*]] = trimod.linear %[[E]]
// MGU: %[[F:.*]] = trimod.pack %[[FG]], %[[LETTERS]]
// MGU: %[[B:.*]] = trimod.pack %[[BG]], %[[LETTERS]]
// MGU: trimod.map %[[F]], %[[B]] {
// MGU-NEXT: ^bb0
// MGU-NEXT: trimod.scan
// MGU: trimod.scan reverse
// MGU: } : (!trimod.ragged<tensor<?x14xf32>>, !trimod.ragged<tensor<?x14xf32>>) -> (tensor<?x7xf32>, tensor<?x7xf32>)
// MGU: trimod.pack %{{.*}}, %[[TOKENS]]
// MGU: trimod.pack %{{.*}}, %[[TOKENS]]
// MGU-NEXT: trimod.map
// MGU-NEXT: ^bb0
// MGU-NEXT: trimod.scan
// MGU: trimod.scan reverse
// MGU-NOT: trimod.map
// MGU: trimod.attention_pool {{.*}} offsets(%[[TOKENS]]) (%{{.*}}, %{{.*}})
// MGU: trimod.crf_viterbi {{.*}} offsets(%[[TOKENS]])
// MGU: return
// REMARKS-COUNT-4: remark: [Missed] {{.*}}trimod.scan: does not say how it looks for all rows at once
// REMARKS-NOT: [Missed]

// Without any fusion, and with sizes that are not known yet, the bundled model is still
// batched: recurrences, attention and decoding as loops over posts.
// UNFUSED-LABEL: func.func @tag(
// UNFUSED: trimod.embedding
// UNFUSED: trimod.map
// UNFUSED: trimod.scan
// UNFUSED: return %{{.*}}, %{{.*}}, %{{.*}} : tensor<?xi32>, tensor<?xf32>, tensor<?x9xf32>

// The bundled model, fused (weights: see fuse-model.mlir): no map, no scan, no ragged value
// is left, and everything knows its segments.
// RUN: cp %S/Inputs/trimod.header %t.safetensors
// RUN: truncate -s 2389032 %t.safetensors
// RUN: trimod-opt %models/trimod/trimod.mlir -pass-pipeline='builtin.module( \
// RUN:   trimod-specialize{weights=%t.safetensors},inline,symbol-dce,canonicalize,cse, \
// RUN:   func.func(trimod-refine-shapes),canonicalize,cse,func.func(loop-invariant-code-motion, \
// RUN:   trimod-fuse-gru-cell,trimod-merge-directions,trimod-fuse-attention-pool, \
// RUN:   trimod-fuse-crf-viterbi),canonicalize,cse,trimod-batch,trimod-expand-ragged,canonicalize, \
// RUN:   cse,func.func(trimod-flatten),canonicalize,cse)' | FileCheck %s --check-prefix=BATCHED

// BATCHED: func.func @tag(%[[WORDS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
// BATCHED-SAME: %[[TOKENS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "tokens.offsets"},
// BATCHED-SAME: %[[CHARS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"},
// BATCHED-SAME: %[[LETTERS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "chars.item_offsets"},
// BATCHED-SAME: %[[VISUAL:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "visual", trimod.offsets = "visual"},
// BATCHED-SAME: %[[VISUALS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "visual.offsets"},
// BATCHED-SAME: %[[TAGS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "hashtags", trimod.offsets = "hashtags"},
// BATCHED-SAME: %[[ITEMS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "hashtags.item_offsets"},
// BATCHED-SAME: %[[POSTS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "hashtags.offsets"})
// BATCHED-SAME: -> (tensor<?xi32> {trimod.name = "labels", trimod.offsets = "tokens"}, tensor<?xf32> {trimod.name = "score"}, tensor<?x9xf32> {trimod.name = "emissions", trimod.offsets = "tokens"})
// BATCHED-NOT: {{trimod\.(map|scan|pack|unpack|ragged)}}
// BATCHED: %[[W:.*]] = trimod.embedding %[[WORDS]]
// BATCHED-NOT: {{trimod\.(map|scan|pack|unpack|ragged)}}
// BATCHED: %[[E:.*]] = trimod.embedding %[[CHARS]]
// BATCHED-NEXT: %{{.*}}, %[[LAST:.*]] = trimod.gru{{ +}}bidirectional %[[E]] {{.*}} offsets(%[[LETTERS]])
// BATCHED-NEXT: %[[X:.*]] = tensor.concat dim(1) %[[W]], %[[LAST]]
// BATCHED-NOT: {{trimod\.(map|scan|pack|unpack|ragged)}}
// BATCHED: %[[H:.*]], %{{.*}} = trimod.gru{{ +}}bidirectional %[[X]] {{.*}} offsets(%[[TOKENS]])
// BATCHED: %[[VE:.*]] = trimod.embedding %[[VISUAL]]
// BATCHED: %[[V:.*]] = trimod.linear %[[VE]]
// BATCHED: %[[GO:.*]] = linalg.generic {{.*}} ins(%[[POSTS]] :
// BATCHED: tensor.extract %[[ITEMS]]
// BATCHED: %[[GE:.*]] = trimod.embedding %[[TAGS]]
// BATCHED: %[[G:.*]] = trimod.linear %[[GE]]
// BATCHED-NOT: {{trimod\.(map|scan|pack|unpack|ragged)}}
// BATCHED: %[[F:.*]] = trimod.attention_pool queries(%[[H]]) context(%[[V]], %[[G]]) {{.*}} offsets(%[[TOKENS]]) (%[[VISUALS]], %[[GO]])
// BATCHED-NEXT: %[[P:.*]] = trimod.linear %[[F]]
// BATCHED-NOT: {{trimod\.(map|scan|pack|unpack|ragged)}}
// BATCHED: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %[[P]], {{.*}} offsets(%[[TOKENS]])
// BATCHED-NEXT: return %[[L]], %[[S]], %[[P]]
