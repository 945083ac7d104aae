// RUN: trimod-opt %s -trimod-expand-ragged -split-input-file | FileCheck %s
// RUN: trimod-opt %s -trimod-expand-ragged -trimod-expand-ragged -split-input-file | FileCheck %s

// Values first, then inner offsets, then the offsets of posts unless they are there
// already. What shares a length shares the SSA value.
// CHECK-LABEL: func.func @tag(
// CHECK-SAME: %[[WORDS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
// CHECK-SAME: %[[TOKENS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "tokens.offsets"},
// CHECK-SAME: %[[CHARS:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"},
// CHECK-SAME: %[[LETTERS:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "chars.item_offsets"},
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<?xi32> {trimod.name = "visual", trimod.offsets = "visual"},
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<?xindex> {trimod.name = "visual.offsets"},
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<?xi32> {trimod.name = "hashtags", trimod.offsets = "hashtags"},
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<?xindex> {trimod.name = "hashtags.item_offsets"},
// CHECK-SAME: %{{[a-z0-9]+}}: tensor<?xindex> {trimod.name = "hashtags.offsets"})
// CHECK-SAME: -> (tensor<?xi32> {trimod.name = "labels", trimod.offsets = "tokens"}, tensor<?xf32> {trimod.name = "score"})
// CHECK: %[[C:.*]] = trimod.pack %[[CHARS]], %[[LETTERS]] : tensor<?xindex> -> <tensor<?xi32>>
// CHECK: %[[CC:.*]] = trimod.pack %[[C]], %[[TOKENS]] : tensor<?xindex> -> <!trimod.ragged<tensor<?xi32>>>
// CHECK: %[[M:.*]]:2 = trimod.map %[[CC]]
// CHECK: %[[LABELS:.*]], %{{.*}} = trimod.unpack %[[M]]#0
// CHECK: return %[[LABELS]], %[[M]]#1 : tensor<?xi32>, tensor<?xf32>
func.func @tag(%words: !trimod.ragged<tensor<?xi32>> {trimod.name = "words", trimod.offsets = "tokens"},
               %chars: !trimod.ragged<!trimod.ragged<tensor<?xi32>>> {trimod.name = "chars", trimod.offsets = "tokens"},
               %visual: !trimod.ragged<tensor<?xi32>> {trimod.name = "visual", trimod.offsets = "visual"},
               %hashtags: !trimod.ragged<!trimod.ragged<tensor<?xi32>>> {trimod.name = "hashtags", trimod.offsets = "hashtags"})
    -> (!trimod.ragged<tensor<?xi32>> {trimod.name = "labels", trimod.offsets = "tokens"},
        tensor<?xf32> {trimod.name = "score"}) {
  %s = arith.constant dense<0.0> : tensor<f32>
  %r:2 = trimod.map %chars {
  ^bb0(%c: !trimod.ragged<tensor<?xi32>>):
    %v, %o = trimod.unpack %c : <tensor<?xi32>>
    trimod.yield %v, %s : tensor<?xi32>, tensor<f32>
  } : (!trimod.ragged<!trimod.ragged<tensor<?xi32>>>) -> (!trimod.ragged<tensor<?xi32>>, tensor<?xf32>)
  return %r#0, %r#1 : !trimod.ragged<tensor<?xi32>>, tensor<?xf32>
}

// -----
// A length that only results name is returned once. What comes in goes out as it was.
// CHECK-LABEL: func.func @results(
// CHECK-SAME: %[[A:[a-z0-9]+]]: tensor<?xi32> {trimod.name = "arg0", trimod.offsets = "a"}, %[[O:[a-z0-9]+]]: tensor<?xindex> {trimod.name = "a.offsets"})
// CHECK-SAME: -> (tensor<?xi32> {trimod.name = "x", trimod.offsets = "n"}, tensor<?xindex> {trimod.name = "n.offsets"}, tensor<?xi32> {trimod.name = "result1", trimod.offsets = "n"})
// CHECK-NOT: trimod.pack
// CHECK: return %[[A]], %[[O]], %[[A]]
func.func @results(%a: !trimod.ragged<tensor<?xi32>> {trimod.offsets = "a"})
    -> (!trimod.ragged<tensor<?xi32>> {trimod.name = "x", trimod.offsets = "n"},
        !trimod.ragged<tensor<?xi32>> {trimod.offsets = "n"}) {
  return %a, %a : !trimod.ragged<tensor<?xi32>>, !trimod.ragged<tensor<?xi32>>
}

// -----
// A function of one post has no offsets of posts: its ragged arguments are items.
// CHECK-LABEL: func.func @one_post(
// CHECK-SAME: %{{.*}}: tensor<?xi32> {trimod.length = "tokens", trimod.name = "words"},
// CHECK-SAME: %{{.*}}: tensor<?xi32> {trimod.length = "tokens", trimod.name = "chars"},
// CHECK-SAME: %{{.*}}: tensor<?xindex> {trimod.name = "chars.item_offsets"},
// CHECK-SAME: %{{.*}}: tensor<?xf32> {trimod.name = "arg2"},
// CHECK-SAME: %{{.*}}: tensor<?xindex> {trimod.name = "arg2.item_item_offsets"},
// CHECK-SAME: %{{.*}}: tensor<?xindex> {trimod.name = "arg2.item_offsets"})
func.func @one_post(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"},
                    %chars: !trimod.ragged<tensor<?xi32>> {trimod.name = "chars", trimod.length = "tokens"},
                    %deep: !trimod.ragged<!trimod.ragged<tensor<?xf32>>>) {
  return
}

// -----
// CHECK-LABEL: func.func private @helper(%{{.*}}: !trimod.ragged<tensor<?xi32>>)
func.func private @helper(%a: !trimod.ragged<tensor<?xi32>>) { return }
