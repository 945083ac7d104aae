//===- TriModScheduledOps.td - ops made by scheduling passes ---------------===//
//
// These stand in no model file. They carry decisions of the schedule (what is
// computed once a post, how weights are laid out) that the model must not know.

#ifndef TRIMOD_SCHEDULED_OPS
#define TRIMOD_SCHEDULED_OPS

def TriMod_AttentionContextOp : TriMod_Op<"attention_context", [Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "the part of attention pooling that does not depend on the query";
  let description = [{
    Over the rows f_i of all contexts, with p_i = W f_i + b given as `projected`:

        s_i = u . tanh(p_i),  max = max_i s_i
        weight = sum_i exp(s_i - max),  sum = sum_i exp(s_i - max) f_i

    and (-inf, 0, 0) for no rows. contexts [C_k, d], projected [C_k, a], u [a];
    results tensor<f32>, tensor<f32>, tensor<dxf32>, and with one offsets value
    for each context tensor<?xf32>, tensor<?xf32>, tensor<?xdxf32>: computed once
    a post instead of once a token. See `trimod.attention_merge`.
  }];
  let arguments = (ins Variadic<TriMod_Matrix>:$contexts, Variadic<TriMod_Matrix>:$projected,
      TriMod_Vector:$u, Variadic<TriMod_Offsets>:$context_offsets);
  let results = (outs TriMod_Float:$max, TriMod_Float:$weight, TriMod_Float:$sum);
  let assemblyFormat = [{
    `context` `(` $contexts `)` `projected` `(` $projected `)` `score` `(` $u `)`
    (`offsets` `(` $context_offsets^ `)`)? attr-dict `:` type(operands)
  }];
}

def TriMod_AttentionMergeOp : TriMod_Op<"attention_merge", [Pure, InferTypeOpAdaptor]> {
  let summary = "joins each query with its post's attention context";
  let description = [{
    With p_t = W q_t + b given as `projected` and (max, weight, sum) from
    `trimod.attention_context`:

        s = u . tanh(p_t),  m = max(s, max)
        out_t = (exp(s - m) q_t + exp(max - m) sum) / (exp(s - m) + exp(max - m) weight)

    so attention_pool(q, c, W, b, u) = attention_merge(q, linear(q), u,
    attention_context(c, linear(c), u)) up to rounding.
  }];
  let arguments = (ins TriMod_Matrix:$queries, TriMod_Matrix:$projected, TriMod_Vector:$u,
      TriMod_Float:$max, TriMod_Float:$weight, TriMod_Float:$sum,
      Optional<TriMod_Offsets>:$query_offsets);
  let results = (outs TriMod_Matrix:$result);
  let assemblyFormat = [{
    `queries` `(` $queries `)` `projected` `(` $projected `)` `score` `(` $u `)`
    `context` `(` $max `,` $weight `,` $sum `)` (`offsets` `(` $query_offsets^ `)`)?
    attr-dict `:` type(operands)
  }];
}

def TriMod_PackedLinearOp : TriMod_Op<"packed_linear", [Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "linear with its weights laid out in panels of columns";
  let description = [{
    y[s, c] = sum_k x[s, k] w[c / V, k, c % V] + b[c] for c below `columns` = N;
    w is [P, K, V] with P*V at least N and zero beyond it, b is [P*V]. A panel is
    V = lanes times vectors wide: what one register tile of the contraction
    builder reads at each k. Made by `trimod-pack-weights`. Sums begin with `start`,
    of the shape of the result, if it is there, else with 0 (`trimod-fold-tables`).
  }];
  let arguments = (ins TriMod_Float:$x, 3DTensorOf<[F32]>:$w, Optional<TriMod_Vector>:$b,
                       Optional<TriMod_Float>:$start, I64Attr:$columns);
  let results = (outs TriMod_Float:$result);
  let assemblyFormat = [{
    $x `,` $w (`bias` `(` $b^ `)`)? (`start` `(` $start^ `)`)? `columns` `=` $columns attr-dict
    `:` type(operands)
  }];
}

def TriMod_PackedConv1dOp : TriMod_Op<"packed_conv1d", [Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "conv1d with its weights laid out in panels of columns";
  let description = [{
    The K rows that one row of the result reads are K*C numbers one after the
    other, so a convolution is a `packed_linear` whose rows of x overlap:

        y[t, c] = f(b[c] + sum_{j < K*C} w[c / V, j, c % V] x[t + j / C - h, j % C])

    for c below `columns`, with K = `kernel`, h = (K - 1) / 2, rows outside the
    segment zero, and f as in `trimod.conv1d`. w is [P, K*C, V], zero beyond
    `columns`, b is [P*V]. Made by `trimod-pack-weights`.
  }];
  let arguments = (ins TriMod_Matrix:$x, 3DTensorOf<[F32]>:$w, Optional<TriMod_Vector>:$b,
      Optional<TriMod_Offsets>:$offsets, I64Attr:$kernel, I64Attr:$columns,
      DefaultValuedAttr<TriMod_ActivationAttr, "Activation::None">:$activation);
  let results = (outs TriMod_Matrix:$result);
  let assemblyFormat = [{
    $x `,` $w (`bias` `(` $b^ `)`)? (`offsets` `(` $offsets^ `)`)? `kernel` `=` $kernel
    `columns` `=` $columns (`activation` `=` $activation^)? attr-dict `:` type(operands)
  }];
}

#endif // TRIMOD_SCHEDULED_OPS
