// A model without weights.
func.func @double(%x: tensor<?xf32> {trimod.name = "x", trimod.length = "tokens"})
    -> (tensor<?xf32> {trimod.name = "y", trimod.length = "tokens"}) {
  %y = arith.addf %x, %x : tensor<?xf32>
  return %y : tensor<?xf32>
}
