  // The parameters of pack-weights-values.mlir: W_ih[r] = r, b_ih[r] = r / 2, and for direction d
  // W_hh[r, k] = 10000 d + 100 r + k, b_hh[r] = 1000 (d + 1) + r.
  func.func private @affine1(%start: f32, %row: f32) -> tensor<27xf32> {
    %empty = tensor.empty() : tensor<27xf32>
    %r = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
        outs(%empty : tensor<27xf32>) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %i32 = arith.index_cast %i : index to i32
      %f = arith.sitofp %i32 : i32 to f32
      %scaled = arith.mulf %f, %row : f32
      %v = arith.addf %start, %scaled : f32
      linalg.yield %v : f32
    } -> tensor<27xf32>
    return %r : tensor<27xf32>
  }
  func.func private @affine2(%start: f32) -> tensor<27x9xf32> {
    %empty = tensor.empty() : tensor<27x9xf32>
    %c100 = arith.constant 100 : index
    %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
        outs(%empty : tensor<27x9xf32>) {
    ^bb0(%out: f32):
      %i = linalg.index 0 : index
      %j = linalg.index 1 : index
      %rows = arith.muli %i, %c100 : index
      %n = arith.addi %rows, %j : index
      %i32 = arith.index_cast %n : index to i32
      %f = arith.sitofp %i32 : i32 to f32
      %v = arith.addf %start, %f : f32
      linalg.yield %v : f32
    } -> tensor<27x9xf32>
    return %r : tensor<27x9xf32>
  }
  func.func private @u0() -> tensor<27x9xf32> {
    %c = arith.constant 0.0 : f32
    %r = call @affine2(%c) : (f32) -> tensor<27x9xf32>
    return %r : tensor<27x9xf32>
  }
  func.func private @u1() -> tensor<27x9xf32> {
    %c = arith.constant 10000.0 : f32
    %r = call @affine2(%c) : (f32) -> tensor<27x9xf32>
    return %r : tensor<27x9xf32>
  }
  func.func private @c0() -> tensor<27xf32> {
    %c = arith.constant 1000.0 : f32
    %one = arith.constant 1.0 : f32
    %r = call @affine1(%c, %one) : (f32, f32) -> tensor<27xf32>
    return %r : tensor<27xf32>
  }
  func.func private @c1() -> tensor<27xf32> {
    %c = arith.constant 2000.0 : f32
    %one = arith.constant 1.0 : f32
    %r = call @affine1(%c, %one) : (f32, f32) -> tensor<27xf32>
    return %r : tensor<27xf32>
  }
  func.func private @b0() -> tensor<27xf32> {
    %c = arith.constant 0.0 : f32
    %half = arith.constant 0.5 : f32
    %r = call @affine1(%c, %half) : (f32, f32) -> tensor<27xf32>
    return %r : tensor<27xf32>
  }
  func.func private @b1() -> tensor<27xf32> {
    %c = arith.constant 13.5 : f32
    %half = arith.constant 0.5 : f32
    %r = call @affine1(%c, %half) : (f32, f32) -> tensor<27xf32>
    return %r : tensor<27xf32>
  }
  func.func private @column(%start: f32) -> tensor<27x1xf32> {
    %one = arith.constant 1.0 : f32
    %r = call @affine1(%start, %one) : (f32, f32) -> tensor<27xf32>
    %e = tensor.expand_shape %r [[0, 1]] output_shape [27, 1] : tensor<27xf32> into tensor<27x1xf32>
    return %e : tensor<27x1xf32>
  }
  func.func private @w0() -> tensor<27x1xf32> {
    %c = arith.constant 0.0 : f32
    %r = call @column(%c) : (f32) -> tensor<27x1xf32>
    return %r : tensor<27x1xf32>
  }
  func.func private @w1() -> tensor<27x1xf32> {
    %c = arith.constant 27.0 : f32
    %r = call @column(%c) : (f32) -> tensor<27x1xf32>
    return %r : tensor<27x1xf32>
  }
  func.func private @printMemrefF32(%values: tensor<*xf32>)
  func.func @main() {
    %b, %u, %w, %c = call @f_init() : () -> (tensor<96xf32>, tensor<2x2x9x24xf32>, tensor<4x1x24xf32>, tensor<2x16xf32>)
    %b_any = tensor.cast %b : tensor<96xf32> to tensor<*xf32>
    %u_any = tensor.cast %u : tensor<2x2x9x24xf32> to tensor<*xf32>
    %c_any = tensor.cast %c : tensor<2x16xf32> to tensor<*xf32>
    %w_any = tensor.cast %w : tensor<4x1x24xf32> to tensor<*xf32>
    call @printMemrefF32(%w_any) : (tensor<*xf32>) -> ()
    call @printMemrefF32(%b_any) : (tensor<*xf32>) -> ()
    call @printMemrefF32(%u_any) : (tensor<*xf32>) -> ()
    call @printMemrefF32(%c_any) : (tensor<*xf32>) -> ()
    return
  }
}
