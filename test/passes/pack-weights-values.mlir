// The layouts of trimod.packed_linear and trimod.packed_gru, by running what rearranges the weights.
// RUN: trimod-opt %s --trimod-project-inputs --canonicalize --trimod-pack-weights=lanes=8 --canonicalize \
// RUN:     --cse --trimod-outline-init \
// RUN:   | sed -e '/trimod.parameter/d' -e 's/trimod.get_parameter \(@[a-z0-9]*\) :/func.call \1() : () ->/' \
// RUN:         -e '/func.func @f(/,$d' > %t.mlir
// RUN: cat %S/Inputs/pack-weights-main.mlir >> %t.mlir
// RUN: trimod-opt %t.mlir --inline --symbol-privatize=exclude=main --symbol-dce --canonicalize --convert-elementwise-to-linalg \
// RUN:     --one-shot-bufferize=bufferize-function-boundaries --convert-linalg-to-loops --convert-scf-to-cf \
// RUN:     --expand-strided-metadata --lower-affine --convert-to-llvm --reconcile-unrealized-casts \
// RUN:   | mlir-runner -e main -entry-point-result=void \
// RUN:     --shared-libs=%llvm_lib_dir/libmlir_runner_utils.so,%llvm_lib_dir/libmlir_c_runner_utils.so \
// RUN:   | FileCheck %s

trimod.parameter @w0 "w0" : tensor<27x1xf32>
trimod.parameter @w1 "w1" : tensor<27x1xf32>
trimod.parameter @b0 "b0" : tensor<27xf32>
trimod.parameter @b1 "b1" : tensor<27xf32>
trimod.parameter @u0 "u0" : tensor<27x9xf32>
trimod.parameter @u1 "u1" : tensor<27x9xf32>
trimod.parameter @c0 "c0" : tensor<27xf32>
trimod.parameter @c1 "c1" : tensor<27xf32>

// 9 units are two panels of 8 lanes, the second with one unit. Row r = 9 * gate + unit of direction d.
// W_ih = 27 d + r: gates r, z, n of each panel side by side; forward panels, then reverse ones.
// CHECK: sizes = [4, 1, 24]
// CHECK-NEXT: [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25]
// CHECK-NEXT: [8, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0, 0, 0, 0, 0]
// CHECK-NEXT: [27, 28, 29, 30, 31, 32, 33, 34, 36, 37, 38, 39, 40, 41, 42, 43, 45, 46, 47, 48, 49, 50, 51, 52]
// CHECK-NEXT: [35, 0, 0, 0, 0, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 53, 0, 0, 0, 0, 0, 0, 0]
// The bias of the projection: b_ih = (27 d + r) / 2, and for r and z also b_hh = 1000 (d + 1) + r.
// CHECK: sizes = [96]
// CHECK-NEXT: [1000, 1001.5, 1003, 1004.5, 1006, 1007.5, 1009, 1010.5, 1013.5, 1015, 1016.5, 1018, 1019.5, 1021, 1022.5, 1024, 9, 9.5, 10, 10.5, 11, 11.5, 12, 12.5, 1012, 0, 0, 0, 0, 0, 0, 0, 1025.5, 0, 0, 0, 0, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0, 2013.5, 2015, 2016.5, 2018, 2019.5, 2021, 2022.5, 2024, 2027, 2028.5, 2030, 2031.5, 2033, 2034.5, 2036, 2037.5, 22.5, 23, 23.5, 24, 24.5, 25, 25.5, 26, 2025.5, 0, 0, 0, 0, 0, 0, 0, 2039, 0, 0, 0, 0, 0, 0, 0, 26.5, 0, 0, 0, 0, 0, 0, 0]
// W_hh[r, k] = 10000 d + 100 r + k: a row for each k.
// CHECK: sizes = [2, 2, 9, 24]
// CHECK-NEXT: [0, 100, 200, 300, 400, 500, 600, 700, 900, 1000, 1100, 1200, 1300, 1400, 1500, 1600, 1800, 1900, 2000, 2100, 2200, 2300, 2400, 2500]
// CHECK-NEXT: [1, 101, 201, 301, 401, 501, 601, 701, 901, 1001, 1101, 1201, 1301, 1401, 1501, 1601, 1801, 1901, 2001, 2101, 2201, 2301, 2401, 2501]
// CHECK: [8, 108, 208, 308, 408, 508, 608, 708, 908, 1008, 1108, 1208, 1308, 1408, 1508, 1608, 1808, 1908, 2008, 2108, 2208, 2308, 2408, 2508]
// CHECK-NEXT: [800, 0, 0, 0, 0, 0, 0, 0, 1700, 0, 0, 0, 0, 0, 0, 0, 2600, 0, 0, 0, 0, 0, 0, 0]
// CHECK-NEXT: [801, 0, 0, 0, 0, 0, 0, 0, 1701, 0, 0, 0, 0, 0, 0, 0, 2601, 0, 0, 0, 0, 0, 0, 0]
// CHECK: [808, 0, 0, 0, 0, 0, 0, 0, 1708, 0, 0, 0, 0, 0, 0, 0, 2608, 0, 0, 0, 0, 0, 0, 0]
// CHECK-NEXT: [10000, 10100, 10200, 10300, 10400, 10500, 10600, 10700, 10900, 11000, 11100, 11200, 11300, 11400, 11500, 11600, 11800, 11900, 12000, 12100, 12200, 12300, 12400, 12500]
// CHECK-NEXT: [10001, 10101, 10201, 10301, 10401, 10501, 10601, 10701, 10901, 11001, 11101, 11201, 11301, 11401, 11501, 11601, 11801, 11901, 12001, 12101, 12201, 12301, 12401, 12501]
// CHECK: [10008, 10108, 10208, 10308, 10408, 10508, 10608, 10708, 10908, 11008, 11108, 11208, 11308, 11408, 11508, 11608, 11808, 11908, 12008, 12108, 12208, 12308, 12408, 12508]
// CHECK-NEXT: [10800, 0, 0, 0, 0, 0, 0, 0, 11700, 0, 0, 0, 0, 0, 0, 0, 12600, 0, 0, 0, 0, 0, 0, 0]
// CHECK-NEXT: [10801, 0, 0, 0, 0, 0, 0, 0, 11701, 0, 0, 0, 0, 0, 0, 0, 12601, 0, 0, 0, 0, 0, 0, 0]
// CHECK: [10808, 0, 0, 0, 0, 0, 0, 0, 11708, 0, 0, 0, 0, 0, 0, 0, 12608, 0, 0, 0, 0, 0, 0, 0]
// b_hn alone stays with the recurrence.
// CHECK: sizes = [2, 16]
// CHECK-NEXT: [1018, 1019, 1020, 1021, 1022, 1023, 1024, 1025, 1026, 0, 0, 0, 0, 0, 0, 0]
// CHECK-NEXT: [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 0, 0, 0, 0, 0, 0, 0]
func.func @f(%x: tensor<?x1xf32>) -> tensor<?x18xf32> {
  %w0 = trimod.get_parameter @w0 : tensor<27x1xf32>
  %w1 = trimod.get_parameter @w1 : tensor<27x1xf32>
  %b0 = trimod.get_parameter @b0 : tensor<27xf32>
  %b1 = trimod.get_parameter @b1 : tensor<27xf32>
  %u0 = trimod.get_parameter @u0 : tensor<27x9xf32>
  %u1 = trimod.get_parameter @u1 : tensor<27x9xf32>
  %c0 = trimod.get_parameter @c0 : tensor<27xf32>
  %c1 = trimod.get_parameter @c1 : tensor<27xf32>
  %h, %last = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1) b_hh(%c0, %c1)
      linear_before_reset = true
      : tensor<?x1xf32>, tensor<27x1xf32>, tensor<27x1xf32>, tensor<27x9xf32>, tensor<27x9xf32>, tensor<27xf32>,
        tensor<27xf32>, tensor<27xf32>, tensor<27xf32>
  return %h : tensor<?x18xf32>
}
