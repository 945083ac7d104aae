// RUN: trimod-opt %s --trimod-verify-phase=phase=llvm --split-input-file --verify-diagnostics

// expected-error@+1 {{phase 'llvm' must not leave an op outside the LLVM dialect: 'func.func' @f; add its conversion to the lowering to LLVM}}
func.func private @f()

// -----

llvm.func @f(%a: f32) -> f32 {
  // expected-error@+1 {{phase 'llvm' must not leave an op outside the LLVM dialect: 'math.exp'}}
  %e = math.exp %a : f32
  llvm.return %e : f32
}
