// RUN: trimod-opt %s -canonicalize -cse -trimod-fuse-crf-viterbi -canonicalize \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Spellings of Viterbi decoding: all of them are one trimod.crf_viterbi.

#vec = affine_map<(j, i) -> (i)>
#mat = affine_map<(j, i) -> (i, j)>
#out = affine_map<(j, i) -> (j)>
#imat = affine_map<(i, j) -> (i, j)>
#ivec = affine_map<(i, j) -> (i)>
#iout = affine_map<(i, j) -> (j)>

// As the bundled model writes it.
// CHECK-LABEL: func @model(
// CHECK-NEXT: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @model(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %s, %m : f32
      %i = linalg.index 1 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// CHECK-LABEL: func @commuted(
// CHECK-NEXT: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @commuted(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %e, %c9 : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %t, %a : f32
      %gt = arith.cmpf olt, %m, %s : f32
      %i = linalg.index 1 : index
      %i32 = arith.index_castui %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// The loop over the label before is the outer one.
// CHECK-LABEL: func @loops_exchanged(
// CHECK-NEXT: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @loops_exchanged(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#ivec, #imat, #iout, #iout], iterator_types = ["reduction", "parallel"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %s, %m : f32
      %i = linalg.index 0 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// The score as a number.
// CHECK-LABEL: func @score_extracted(
// CHECK: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: %[[N:.*]] = tensor.extract %[[S]][]
// CHECK-NEXT: return %[[L]], %[[N]]
func.func @score_extracted(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, f32) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %s, %m : f32
      %i = linalg.index 1 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %c9 = arith.constant 9 : index
  %score = tensor.extract %last[%c9] : tensor<10xf32>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, f32
}

// The score is not wanted.
// CHECK-LABEL: func @labels_alone(
// CHECK-NEXT: %[[L:.*]], %{{.*}} = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]]
func.func @labels_alone(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> tensor<?xi32> {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %s, %m : f32
      %i = linalg.index 1 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<?x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<?x10xi32>)
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels : tensor<?xi32>
}

// A post of five tokens.
// CHECK-LABEL: func @static_length(
// CHECK-NEXT: %[[L:.*]], %[[S:.*]] = trimod.crf_viterbi %arg0, %arg1, %arg2, %arg3 :
// CHECK-NEXT: return %[[L]], %[[S]]
func.func @static_length(%emissions: tensor<5x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<5xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the two scans are Viterbi decoding over 9 labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %s, %m : f32
      %i = linalg.index 1 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f32, i32
    } -> (tensor<10xf32>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf32>, tensor<10xi32>
  } : (tensor<5x9xf32>, tensor<10xf32>) -> (tensor<10xf32>, tensor<5x10xi32>)
  %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<5x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<5xi32>)
  return %labels, %score : tensor<5xi32>, tensor<f32>
}
