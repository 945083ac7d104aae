// Rows of a table, and a bias.
trimod.parameter @table "table.weight" : tensor<?x3xf32>
trimod.parameter @bias "bias" : tensor<3xf32>
func.func @embed(%ids: tensor<?xi32> {trimod.name = "ids", trimod.length = "ids"})
    -> (tensor<?x3xf32> {trimod.name = "rows", trimod.length = "ids"}) {
  %table = trimod.get_parameter @table : tensor<?x3xf32>
  %bias = trimod.get_parameter @bias : tensor<3xf32>
  %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<?x3xf32>
  %y = trimod.map %e {
  ^bb0(%row: tensor<3xf32>):
    %sum = arith.addf %row, %bias : tensor<3xf32>
    trimod.yield %sum : tensor<3xf32>
  } : (tensor<?x3xf32>) -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}
