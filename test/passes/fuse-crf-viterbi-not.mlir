// RUN: trimod-opt %s -canonicalize -cse -trimod-fuse-crf-viterbi -canonicalize \
// RUN:   --remarks-filter=trimod-fusion -verify-diagnostics | FileCheck %s
// Scans that are almost Viterbi decoding stay scans, and a remark says why.

#vec = affine_map<(j, i) -> (i)>
#mat = affine_map<(j, i) -> (i, j)>
#out = affine_map<(j, i) -> (j)>
#tmat = affine_map<(j, i) -> (j, i)>

// CHECK-LABEL: func @last_of_a_tie(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @last_of_a_tie(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step compares by oge, expected ogt (the lowest label wins a tie)}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf oge, %s, %m : f32
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

// CHECK-LABEL: func @last_of_a_tie_commuted(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @last_of_a_tie_commuted(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step compares by ole, expected olt (the lowest label wins a tie)}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ole, %m, %s : f32
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

// CHECK-LABEL: func @minimum(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @minimum(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step compares by olt, expected ogt (the lowest label wins a tie)}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf olt, %s, %m : f32
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

// CHECK-LABEL: func @sum_product(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @sum_product(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not choose its maximum and its argument by one comparison}}
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
      %m1 = arith.addf %s, %m : f32
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

// CHECK-LABEL: func @argument_by_another_comparison(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @argument_by_another_comparison(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not choose its maximum and its argument by one comparison}}
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
      %gt2 = arith.cmpf ogt, %t, %m : f32
      %m1 = arith.select %gt, %s, %m : f32
      %k1 = arith.select %gt2, %i32, %k : i32
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

// CHECK-LABEL: func @compares_the_score_alone(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @compares_the_score_alone(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not compare each sum with the best so far}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.addf %a, %t : f32
      %gt = arith.cmpf ogt, %a, %m : f32
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

// CHECK-LABEL: func @records_the_label_after(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @records_the_label_after(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not record the label that gave the maximum}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
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

// CHECK-LABEL: func @multiplies(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @multiplies(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not maximise the sum of a score and a transition}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<9x10xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
    ^bb0(%a: f32, %t: f32, %m: f32, %k: i32):
      %s = arith.mulf %a, %t : f32
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

// Transitions are [to, from].
// CHECK-LABEL: func @transitions_from_the_label_after(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @transitions_from_the_label_after(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_row = tensor.expand_shape %end [[0, 1]] output_shape [1, 9] : tensor<9xf32> into tensor<1x9xf32>
  %to = tensor.concat dim(0) %transitions, %end_row : (tensor<9x9xf32>, tensor<1x9xf32>) -> tensor<10x9xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the step does not maximise over the label before: transitions are [from, to] and the maximum runs over their rows}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %alpha = arith.addf %c9, %e : tensor<9xf32>
    %next:2 = linalg.generic {indexing_maps = [#vec, #tmat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf32>, tensor<10x9xf32>) outs(%minf, %none : tensor<10xf32>, tensor<10xi32>) {
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

// CHECK-LABEL: func @maximum_from_zero(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @maximum_from_zero(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0.0> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the maximum does not start at minus infinity}}
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

// CHECK-LABEL: func @argument_from_the_end(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @argument_from_the_end(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<9> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the argument of the maximum does not start at label 0}}
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

// CHECK-LABEL: func @emissions_not_added(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @emissions_not_added(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the forward step does not add the emissions to the carried scores of the labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %alpha = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
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

// CHECK-LABEL: func @emissions_doubled(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @emissions_doubled(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the forward step does not add the emissions to the carried scores of the labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf32> to tensor<9xf32>
    %e2 = arith.addf %e, %e : tensor<9xf32>
    %alpha = arith.addf %c9, %e2 : tensor<9xf32>
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

// CHECK-LABEL: func @carried_scores_shifted(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @carried_scores_shifted(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the forward step does not add the emissions to the carried scores of the labels}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf32>, %c: tensor<10xf32>):
    %c9 = tensor.extract_slice %c[1] [9] [1] : tensor<10xf32> to tensor<9xf32>
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

// The extended transitions come from outside as they are.
// CHECK-LABEL: func @no_end_column(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @no_end_column(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>, %to: tensor<9x10xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the transitions are not [transitions | end]}}
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

// CHECK-LABEL: func @end_column_first(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @end_column_first(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %end_column, %transitions : (tensor<9x1xf32>, tensor<9x9xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the transitions are not [transitions | end]}}
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

// CHECK-LABEL: func @two_end_columns(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @two_end_columns(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x8xf32>, %end: tensor<18xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 2] : tensor<18xf32> into tensor<9x2xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x8xf32>, tensor<9x2xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the transitions are not [transitions | end]}}
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

// CHECK-LABEL: func @end_scored_at_the_start(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @end_scored_at_the_start(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<1.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the initial scores are not [start | 0]}}
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

// CHECK-LABEL: func @no_start(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @no_start(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>, %first: tensor<10xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  // expected-remark @below {{the initial scores are not [start | 0]}}
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

// CHECK-LABEL: func @pointers_used(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @pointers_used(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<?x10xi32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the back pointers are also used outside the back trace}}
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
  return %labels, %back : tensor<?xi32>, tensor<?x10xi32>
}

// CHECK-LABEL: func @scores_used(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @scores_used(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<10xf32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the final scores are used, by func.return, for more than the score of the end}}
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
  return %labels, %last : tensor<?xi32>, tensor<10xf32>
}

// CHECK-LABEL: func @score_of_a_label(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @score_of_a_label(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the final scores are used, by tensor.extract_slice, for more than the score of the end}}
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
  %score = tensor.extract_slice %last[0] [1] [1] : tensor<10xf32> to tensor<f32>
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

// CHECK-LABEL: func @starts_elsewhere(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @starts_elsewhere(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<0> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the back trace does not start at the end, label 9}}
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

// CHECK-LABEL: func @follows_a_fixed_pointer(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @follows_a_fixed_pointer(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %zero_i = arith.constant 0 : index
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the back trace does not follow the pointer of the label behind}}
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
    %a = tensor.extract %row[%zero_i] : tensor<10xi32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// CHECK-LABEL: func @stacks_the_label_after(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @stacks_the_label_after(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the back trace stacks a value other than the label}}
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
    trimod.yield %lt, %after : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f32>
}

// CHECK-LABEL: func @first_label_used(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @first_label_used(%emissions: tensor<?x9xf32>, %start: tensor<9xf32>, %transitions: tensor<9x9xf32>, %end: tensor<9xf32>) -> (tensor<?xi32>, tensor<i32>) {
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %minf = arith.constant dense<0xFF800000> : tensor<10xf32>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf32> into tensor<9x1xf32>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf32>, tensor<9x1xf32>) -> tensor<9x10xf32>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf32>, tensor<1xf32>) -> tensor<10xf32>
  // expected-remark @below {{the first label is used apart from the sequence; take it from the labels}}
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
  return %labels, %l0 : tensor<?xi32>, tensor<i32>
}

// CHECK-LABEL: func @double_precision(
// CHECK-NOT: trimod.crf_viterbi
// CHECK: trimod.scan
// CHECK: trimod.scan reverse
func.func @double_precision(%emissions: tensor<?x9xf64>, %start: tensor<9xf64>, %transitions: tensor<9x9xf64>, %end: tensor<9xf64>) -> (tensor<?xi32>, tensor<f64>) {
  %zero = arith.constant dense<0.0> : tensor<1xf64>
  %minf = arith.constant dense<0xFFF0000000000000> : tensor<10xf64>
  %none = arith.constant dense<0> : tensor<10xi32>
  %the_end = arith.constant dense<9> : tensor<i32>
  %end_column = tensor.expand_shape %end [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %to = tensor.concat dim(1) %transitions, %end_column : (tensor<9x9xf64>, tensor<9x1xf64>) -> tensor<9x10xf64>
  %first = tensor.concat dim(0) %start, %zero : (tensor<9xf64>, tensor<1xf64>) -> tensor<10xf64>
  // expected-remark @below {{emissions and scores are not of f32}}
  %last, %back = trimod.scan %emissions init(%first) {
  ^bb0(%e: tensor<9xf64>, %c: tensor<10xf64>):
    %c9 = tensor.extract_slice %c[0] [9] [1] : tensor<10xf64> to tensor<9xf64>
    %alpha = arith.addf %c9, %e : tensor<9xf64>
    %next:2 = linalg.generic {indexing_maps = [#vec, #mat, #out, #out], iterator_types = ["parallel", "reduction"]}
        ins(%alpha, %to : tensor<9xf64>, tensor<9x10xf64>) outs(%minf, %none : tensor<10xf64>, tensor<10xi32>) {
    ^bb0(%a: f64, %t: f64, %m: f64, %k: i32):
      %s = arith.addf %a, %t : f64
      %gt = arith.cmpf ogt, %s, %m : f64
      %i = linalg.index 1 : index
      %i32 = arith.index_cast %i : index to i32
      %m1 = arith.select %gt, %s, %m : f64
      %k1 = arith.select %gt, %i32, %k : i32
      linalg.yield %m1, %k1 : f64, i32
    } -> (tensor<10xf64>, tensor<10xi32>)
    trimod.yield %next#0, %next#1 : tensor<10xf64>, tensor<10xi32>
  } : (tensor<?x9xf64>, tensor<10xf64>) -> (tensor<10xf64>, tensor<?x10xi32>)
  %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf64> to tensor<f64>
  %l0, %labels = trimod.scan reverse %back init(%the_end) {
  ^bb0(%row: tensor<10xi32>, %after: tensor<i32>):
    %a = tensor.extract %after[] : tensor<i32>
    %i = arith.index_cast %a : i32 to index
    %l = tensor.extract %row[%i] : tensor<10xi32>
    %lt = tensor.from_elements %l : tensor<i32>
    trimod.yield %lt, %lt : tensor<i32>, tensor<i32>
  } : (tensor<?x10xi32>, tensor<i32>) -> (tensor<i32>, tensor<?xi32>)
  return %labels, %score : tensor<?xi32>, tensor<f64>
}

// Far from Viterbi, so no remark: a reverse scan over integers that no scan made.
// CHECK-LABEL: func @other_reverse_scan(
// CHECK: trimod.scan reverse
func.func @other_reverse_scan(%rows: tensor<?x10xi32>, %i: tensor<10xi32>) -> tensor<10xi32> {
  %s = trimod.scan reverse %rows init(%i) {
  ^bb0(%row: tensor<10xi32>, %c: tensor<10xi32>):
    %n = arith.addi %row, %c : tensor<10xi32>
    trimod.yield %n : tensor<10xi32>
  } : (tensor<?x10xi32>, tensor<10xi32>) -> tensor<10xi32>
  return %s : tensor<10xi32>
}
