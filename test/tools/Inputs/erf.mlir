// Functions that have no kernel of ours and no instruction.
func.func @gauss(%x: tensor<?xf32> {trimod.name = "x", trimod.length = "tokens"})
    -> (tensor<?xf32> {trimod.name = "y", trimod.length = "tokens"}) {
  %e = math.erf %x : tensor<?xf32>
  %y = math.atan %e : tensor<?xf32>
  return %y : tensor<?xf32>
}
