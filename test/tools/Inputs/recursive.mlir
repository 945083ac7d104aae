// Fails in phase 'fused': nothing can inline the call.
func.func private @loop(%x: tensor<?xf32>) -> tensor<?xf32> {
  %y = func.call @loop(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
func.func @f(%x: tensor<?xf32> {trimod.name = "x", trimod.length = "tokens"})
    -> (tensor<?xf32> {trimod.name = "y", trimod.length = "tokens"}) {
  %y = func.call @loop(%x) : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
