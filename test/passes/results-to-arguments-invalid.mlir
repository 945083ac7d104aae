// RUN: trimod-opt %s -trimod-results-to-arguments -verify-diagnostics

// expected-error @below {{result #0: expected a tensor, got 'f32'}}
func.func @scalar(%x: f32) -> f32 {
  return %x : f32
}
