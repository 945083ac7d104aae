//===- TriModOps.td - ops of model files -----------------------------------===//

#ifndef TRIMOD_OPS
#define TRIMOD_OPS

include "dialect/TriModBase.td"
include "dialect/TriModInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/LoopLikeInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def TriMod_Lift : DeclareOpInterfaceMethods<TriMod_LiftableOpInterface>;
def TriMod_LoopLike : DeclareOpInterfaceMethods<LoopLikeOpInterface>;

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

def TriMod_ParameterOp : TriMod_Op<"parameter", [Symbol]> {
  let summary = "a trained weight: symbol, key in the weight file, type";
  let description = [{
    Weights never stand in the IR: a parameter names a tensor of the weight file
    (for PyTorch models a name of the state dict). A dimension that only the
    weights know is `?`; `trimod-specialize` fills it in from the file's header.

    ```mlir
    trimod.parameter @word_embedding "word_embedding.weight" : tensor<?x200xf16>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$key, TypeAttrOf<AnyRankedTensor>:$type);
  let assemblyFormat = "$sym_name $key `:` $type attr-dict";
}

def TriMod_GetParameterOp : TriMod_Op<"get_parameter",
    [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the value of a parameter";
  let description = [{
    ```mlir
    %w = trimod.get_parameter @fusion_w : tensor<300x300xf32>
    ```
    Fused ops take weights as SSA operands, so a concatenation or permutation of
    weights is an ordinary op, and everything that depends on parameters alone
    can be found and computed once.

    Errors: no such parameter; a type that differs from the declared one.
  }];
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs AnyRankedTensor:$value);
  let assemblyFormat = "$name attr-dict `:` type($value)";
}

//===----------------------------------------------------------------------===//
// Ragged values
//===----------------------------------------------------------------------===//

def TriMod_PackOp : TriMod_Op<"pack", [Pure,
    TypesMatchWith<"values have the item type", "ragged", "values",
                   "::llvm::cast<RaggedType>($_self).getItem()">]> {
  let summary = "(values, offsets) as one ragged value";
  let description = [{
    `values` are all items joined; item i is rows offsets[i] to offsets[i+1].
    Folds with `unpack`.

    ```mlir
    %r = trimod.pack %values, %offsets : tensor<?xindex> -> <tensor<?xi32>>
    ```
  }];
  let arguments = (ins TriMod_Sequence:$values, TriMod_Offsets:$offsets);
  let results = (outs TriMod_Ragged:$ragged);
  let assemblyFormat = "$values `,` $offsets attr-dict `:` type($offsets) `->` type($ragged)";
  let hasFolder = 1;
}

def TriMod_UnpackOp : TriMod_Op<"unpack", [TriMod_Lift, Pure,
    TypesMatchWith<"values have the item type", "ragged", "values",
                   "::llvm::cast<RaggedType>($_self).getItem()">,
    TypesMatchWith<"offsets are tensor<?xindex>", "ragged", "offsets",
                   "::mlir::RankedTensorType::get({::mlir::ShapedType::kDynamic}, "
                   "::mlir::IndexType::get($_self.getContext()))">]> {
  let summary = "values and offsets of a ragged value";
  let description = [{
    The values are all items joined, so in a model `unpack` is "join": it turns
    the words of every hashtag into the words of the post.

    ```mlir
    %words, %offsets = trimod.unpack %hashtags : <tensor<?xi32>>
    ```
  }];
  let arguments = (ins TriMod_Ragged:$ragged);
  let results = (outs TriMod_Sequence:$values, TriMod_Offsets:$offsets);
  let assemblyFormat = "$ragged attr-dict `:` type($ragged)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// Structure: map, scan
//===----------------------------------------------------------------------===//

def TriMod_YieldOp : TriMod_Op<"yield", [Pure, Terminator, ParentOneOf<["MapOp", "ScanOp"]>]> {
  let summary = "the values of one row of a map, or of one step of a scan";
  let description = "See `trimod.map` and `trimod.scan`.";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def TriMod_MapOp : TriMod_Op<"map", [TriMod_Lift, TriMod_LoopLike, RecursiveMemoryEffects,
    RecursivelySpeculatable, SingleBlock]> {
  let summary = "the body applied to every row, or to every inner sequence";
  let description = [{
    The body sees `tensor<S>` of an input `tensor<NxS>`, and `T` of an input
    `!trimod.ragged<T>`. A yielded `tensor<S>` becomes `tensor<NxS>`; a yielded
    `T` with a length of its own becomes `!trimod.ragged<T>`. All inputs have
    the same number of rows. The body is pure: rows are independent.

    ```mlir
    %features = trimod.map %chars {
    ^bb0(%word: tensor<?xi32>):
      %f = func.call @char_features(%word) : (tensor<?xi32>) -> tensor<60xf32>
      trimod.yield %f : tensor<60xf32>
    } : (!trimod.ragged<tensor<?xi32>>) -> tensor<?x60xf32>
    ```
    Errors: no input, an input without rows, body arguments or results whose
    types do not follow from the inputs and the yielded values.
  }];
  let arguments = (ins Variadic<TriMod_Sequence>:$inputs);
  let results = (outs Variadic<TriMod_Sequence>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$inputs $body attr-dict `:` functional-type(operands, results)";
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// What the body sees of an input: tensor<NxS> -> tensor<S>, ragged<T> -> T.
    /// Null for a tensor without dimensions, which has no rows.
    static ::mlir::Type itemType(::mlir::Type input);
    /// What a yielded value becomes: tensor<S> -> tensor<rows x S>, and T with
    /// a length of its own -> ragged<T>.
    static ::mlir::Type collectedType(::mlir::Type item,
                                      int64_t rows = ::mlir::ShapedType::kDynamic);
    YieldOp getYield();
  }];
}

def TriMod_ScanOp : TriMod_Op<"scan", [TriMod_LoopLike, RecursiveMemoryEffects,
    RecursivelySpeculatable, AttrSizedOperandSegments, SingleBlock]> {
  let summary = "a recurrence over the rows of the inputs";
  let description = [{
    The body takes one row of each input, then the carried values; it yields the
    next carried values, then one row of each stacked output. Results: the final
    carried values, then the stacked values. With `reverse` the rows are visited
    last to first; row t of a stacked output still belongs to row t of the
    input. For no rows the final values are the initial ones.

    ```mlir
    %last, %states = trimod.scan %x init(%h0) {
    ^bb0(%xt: tensor<30xf32>, %h: tensor<30xf32>):
      %next = func.call @cell(%xt, %h) : (tensor<30xf32>, tensor<30xf32>) -> tensor<30xf32>
      trimod.yield %next, %next : tensor<30xf32>, tensor<30xf32>
    } : (tensor<?x30xf32>, tensor<30xf32>) -> (tensor<30xf32>, tensor<?x30xf32>)
    ```
    Errors: no input, inputs of different static length, a carried value whose
    initial, yielded and final types differ, a stacked output whose rows are not
    what is yielded.
  }];
  // Not `$inits`: LoopLikeOpInterface has a method getInits.
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs, Variadic<AnyType>:$initial,
                       UnitAttr:$reverse);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`reverse` $reverse^)? $inputs `init` `(` $initial `)` $body attr-dict `:`
    functional-type(operands, results)
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::ResultRange getFinals() { return getResults().take_front(getInitial().size()); }
    ::mlir::ResultRange getStacked() { return getResults().drop_front(getInitial().size()); }
    YieldOp getYield();
  }];
}

//===----------------------------------------------------------------------===//
// Row-wise layers
//===----------------------------------------------------------------------===//

def TriMod_EmbeddingOp : TriMod_Op<"embedding", [TriMod_Lift, Pure, InferTypeOpAdaptor]> {
  let summary = "rows of a table: ids of any shape S give S x width";
  let description = [{
    result[s, :] = table[ids[s], :]. A table of f16 is widened in the gather. A
    table of i8 has one scale a row, and is multiplied by it in the gather:
    result[s, :] = scales[ids[s]] * table[ids[s], :], rounded once.
    Ids are below the number of rows; the runtime makes sure of it.

    ```mlir
    %e = trimod.embedding %words, %table : tensor<?xi32>, tensor<?x200xf16>
    %q = trimod.embedding %words, %rows scales(%scales)
        : tensor<?xi32>, tensor<?x200xi8>, tensor<?xf32>
    ```
    Errors: a table of i8 without scales, scales for another table, another
    number of scales than of rows.
  }];
  let arguments = (ins TensorOf<[I32]>:$ids, 2DTensorOf<[F32, F16, I8]>:$table,
                       Optional<TriMod_Vector>:$scales);
  let results = (outs TriMod_Float:$result);
  let assemblyFormat =
      "$ids `,` $table (`scales` `(` $scales^ `)`)? attr-dict `:` type(operands)";
}

def TriMod_LinearOp : TriMod_Op<"linear", [TriMod_Lift, Pure, InferTypeOpAdaptor]> {
  let summary = "x . w^T + b over the last dimension of x";
  let description = [{
    y[s, o] = sum_i x[s, i] w[o, i] + b[o] for any leading dimensions s; w is
    [out, in] as in PyTorch.

    ```mlir
    %y = trimod.linear %x, %w bias(%b) : tensor<?x300xf32>, tensor<9x300xf32>, tensor<9xf32>
    ```
    Errors: x without dimensions, last dimension of x other than w's columns,
    bias of another length than w's rows.
  }];
  let arguments = (ins TriMod_Float:$x, TriMod_Matrix:$w, Optional<TriMod_Vector>:$b);
  let results = (outs TriMod_Float:$result);
  let assemblyFormat = "$x `,` $w (`bias` `(` $b^ `)`)? attr-dict `:` type(operands)";
}

//===----------------------------------------------------------------------===//
// Layers over sequences
//===----------------------------------------------------------------------===//

def TriMod_Conv1dOp : TriMod_Op<"conv1d", [TriMod_Lift, Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "a convolution over one sequence, or over every segment";
  let description = [{
    With kernel size K, which is odd, and h = (K - 1) / 2:

        y[t, o] = f(b[o] + sum_{c, k} w[o, c, k] x[t + k - h, c])

    where rows before the first and after the last one of the sequence, or of
    its segment, are zero: the result is as long as x ("same" padding). x [T, C],
    w [O, C, K] as in PyTorch, b [O], result [T, O]. f is the identity (none),
    max(0, y) (relu, a NaN stays one) or tanh.

    ```mlir
    %y = trimod.conv1d %x, %w bias(%b) activation = tanh
        : tensor<?x30xf32>, tensor<50x30x3xf32>, tensor<50xf32>
    ```
    Errors: a kernel size that is even or not static, other channels of w than
    columns of x, a bias of another length than w's rows.
  }];
  let arguments = (ins TriMod_Matrix:$x, 3DTensorOf<[F32]>:$w, Optional<TriMod_Vector>:$b,
      Optional<TriMod_Offsets>:$offsets,
      DefaultValuedAttr<TriMod_ActivationAttr, "Activation::None">:$activation);
  let results = (outs TriMod_Matrix:$result);
  let assemblyFormat = [{
    $x `,` $w (`bias` `(` $b^ `)`)? (`offsets` `(` $offsets^ `)`)?
    (`activation` `=` $activation^)? attr-dict `:` type(operands)
  }];
  let hasFolder = 1;
}

def TriMod_MaxOverTimeOp : TriMod_Op<"max_over_time", [TriMod_Lift, Pure, InferTypeOpAdaptor]> {
  let summary = "the largest value of every column of a sequence, or of every segment";
  let description = [{
    m[c] = max_t x[t, c]; 0 for no rows; NaN if a row has one. x [T, C]; the
    result is [C], with offsets [N, C].

    ```mlir
    %m = trimod.max_over_time %x offsets(%o) : tensor<?x50xf32>, tensor<?xindex>
    ```
  }];
  let arguments = (ins TriMod_Matrix:$x, Optional<TriMod_Offsets>:$offsets);
  let results = (outs TriMod_Float:$result);
  let assemblyFormat = "$x (`offsets` `(` $offsets^ `)`)? attr-dict `:` type(operands)";
}

//===----------------------------------------------------------------------===//
// Fused ops
//===----------------------------------------------------------------------===//

include "dialect/TriModRecurrentOps.td"

def TriMod_AttentionPoolOp : TriMod_Op<"attention_pool", [TriMod_Lift, Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "mean of {query} + contexts, weighted by exp(u . tanh(W f + b))";
  let description = [{
    Seed eq. 11-12. For every query q over the features F = {q} + rows of all
    contexts:

        g_i = exp(u . tanh(W f_i + b) - m),   m = the largest score
        out = sum_i g_i f_i / sum_i g_i

    queries [T, d], contexts [C_k, d], w [a, d], b and u [a]; the result is [T, d].
    A missing modality is a context of no rows: the sum is shorter. With offsets,
    query segment s sees segment s of every context: queries and contexts are
    segmented independently and meet by segment number.

    ```mlir
    %f = trimod.attention_pool queries(%h) context(%v, %g) score(%w, %b, %u)
        : tensor<?x300xf32>, tensor<?x300xf32>, tensor<?x300xf32>,
          tensor<300x300xf32>, tensor<300xf32>, tensor<300xf32>
    ```
  }];
  let arguments = (ins TriMod_Matrix:$queries, Variadic<TriMod_Matrix>:$contexts,
      TriMod_Matrix:$w, TriMod_Vector:$b, TriMod_Vector:$u,
      Optional<TriMod_Offsets>:$query_offsets, Variadic<TriMod_Offsets>:$context_offsets);
  let results = (outs TriMod_Matrix:$result);
  let assemblyFormat = [{
    `queries` `(` $queries `)` `context` `(` $contexts `)` `score` `(` $w `,` $b `,` $u `)`
    (`offsets` `(` $query_offsets^ `)` `(` $context_offsets `)`)? attr-dict `:` type(operands)
  }];
}

class TriMod_CrfOp<string mnemonic, list<Trait> traits = []>
    : TriMod_Op<mnemonic, !listconcat([TriMod_Lift, Pure, InferTypeOpAdaptor], traits)> {
  let extraClassDeclaration = [{
    /// Results with one row a token stand first; the last result is one value a sequence.
    ::mlir::ResultRange getResultsPerToken() { return getOperation()->getResults().drop_back(); }
    ::mlir::OpResult getResultPerSequence() { return getOperation()->getResults().back(); }
  }];
}

/// A CRF op on emissions alone.
class TriMod_CrfEmissionsOp<string mnemonic> : TriMod_CrfOp<mnemonic> {
  let arguments = (ins TriMod_Matrix:$emissions, TriMod_Vector:$start, TriMod_Matrix:$transitions,
      TriMod_Vector:$end, Optional<TriMod_Offsets>:$offsets);
  let assemblyFormat = [{
    $emissions `,` $start `,` $transitions `,` $end (`offsets` `(` $offsets^ `)`)? attr-dict
    `:` type(operands)
  }];
}

def TriMod_CrfViterbiOp : TriMod_CrfEmissionsOp<"crf_viterbi"> {
  let summary = "best label sequence of a linear-chain CRF and its score";
  let description = [{
    Seed eq. 13 and 16. emissions [T, L], start and end [L], transitions [L, L]
    as [from, to]:

        score(y) = start[y_1] + sum_t emissions[t, y_t]
                 + sum_t transitions[y_t, y_t+1] + end[y_T]

    Ties: the lowest label, decided from the last token back. A NaN never wins a
    comparison. No tokens: no labels, score 0.

    ```mlir
    %labels, %score = trimod.crf_viterbi %emissions, %start, %transitions, %end
        : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    ```
  }];
  let results = (outs TriMod_Labels:$labels, TriMod_Float:$score);
}

def TriMod_CrfLogPartitionOp : TriMod_CrfEmissionsOp<"crf_log_partition"> {
  let summary = "log of the sum of exp(score) over all label sequences";
  let description = [{
    Seed eq. 14: log sum_y exp(score(y)), score as in `trimod.crf_viterbi`,
    computed forward in log space, the largest term of every sum taken out. No
    tokens: 0.

    Scores of any size are safe: a transition of -10000 makes a sequence
    unlikely, one of -inf forbids it. -inf if every sequence is forbidden; +inf if
    the score of one is; NaN if the score of one is (a NaN among the emissions,
    or +inf on a path that is forbidden).
  }];
  let results = (outs TriMod_Float:$score);
}

def TriMod_CrfMarginalsOp : TriMod_CrfEmissionsOp<"crf_marginals"> {
  let summary = "probabilities of labels and of neighbouring labels in a linear-chain CRF";
  let description = [{
    With p(y) = exp(score(y) - log_partition), score as in `trimod.crf_viterbi`:

        marginals[t, j] = P(y_t = j)                  [T, L]
        pairs[t, i, j]  = P(y_t-1 = i, y_t = j)       [T, L, L]
        log_partition   = log sum_y exp(score(y))

    Rows of marginals sum to 1. pairs are 0 at the first token of a sequence;
    elsewhere pairs[t] summed over i are marginals[t], over j marginals[t-1].
    So the probability of labels a..b given to tokens s..t is
    marginals[s, a] times the quotients pairs[u, i, j] / marginals[u-1, i].

    Forward in log space, as `trimod.crf_log_partition`: alpha[t, i] is the log
    of the sum over all beginnings that end in i. Backward without logarithms,
    from the last token on, where the end takes the place of y_t+1 = j:

        pairs[t+1, i, j] = marginals[t+1, j] P(y_t = i | y_t+1 = j, beginning)
                         = marginals[t+1, j] exp(alpha[t, i] + transitions[i, j])
                           / sum_k exp(alpha[t, k] + transitions[k, j])
        marginals[t, i]  = sum_j pairs[t+1, i, j]

    No term is negative and none exceeds 1: nothing cancels, nothing overflows.

    If every sequence is forbidden (log_partition is -inf), marginals and pairs
    are 0. If log_partition is +inf or NaN there are no probabilities: every
    row of marginals has a NaN.

    ```mlir
    %m, %p, %z = trimod.crf_marginals %emissions, %start, %transitions, %end
        : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    ```
  }];
  let results = (outs TriMod_Matrix:$marginals, 3DTensorOf<[F32]>:$pairs,
                      TriMod_Float:$log_partition);
}

def TriMod_CrfNbestOp : TriMod_CrfOp<"crf_nbest"> {
  let summary = "the `count` best label sequences of a linear-chain CRF and their scores";
  let description = [{
    labels [T, count] and scores [count], with offsets [N, count]: column r is
    the sequence of rank r, best first; score as in `trimod.crf_viterbi`. No
    sequence comes twice. Fewer sequences than `count`, not counting those of
    score -inf: score -inf and labels 0 in the columns left.

    Scores are summed in f32 from the first token on. For every token and label
    the `count` best beginnings are kept in order. Of equal scores the one with
    the lower label before comes first, of one label before the one that came
    first there; so the first sequence and its score are those of `crf_viterbi`
    (where one is possible), bit for bit. A score that is NaN is not among the
    best. No tokens: one sequence, of score 0.

    ```mlir
    %labels, %scores = trimod.crf_nbest %emissions, %start, %transitions, %end count = 10
        : tensor<?x9xf32>, tensor<9xf32>, tensor<9x9xf32>, tensor<9xf32>
    ```
    Errors: a count that is not in 1 to 1024.
  }];
  let arguments = (ins TriMod_Matrix:$emissions, TriMod_Vector:$start, TriMod_Matrix:$transitions,
      TriMod_Vector:$end, Optional<TriMod_Offsets>:$offsets,
      ConfinedAttr<I64Attr, [IntPositive, IntMaxValue<1024>]>:$count);
  let results = (outs 2DTensorOf<[I32]>:$labels, TriMod_Float:$scores);
  let assemblyFormat = [{
    $emissions `,` $start `,` $transitions `,` $end (`offsets` `(` $offsets^ `)`)?
    `count` `=` $count attr-dict `:` type(operands)
  }];
}

def TriMod_CrfScoreOp : TriMod_CrfOp<"crf_score"> {
  let summary = "score of one given label sequence of a linear-chain CRF";
  let description = [{
    Seed eq. 13: score(y) as in `trimod.crf_viterbi`, for the labels given. The
    log-likelihood of y is `crf_score - crf_log_partition`. No tokens: 0.
  }];
  let arguments = (ins TriMod_Matrix:$emissions, TriMod_Labels:$labels, TriMod_Vector:$start,
      TriMod_Matrix:$transitions, TriMod_Vector:$end, Optional<TriMod_Offsets>:$offsets);
  let results = (outs TriMod_Float:$score);
  let assemblyFormat = [{
    $emissions `,` $labels `,` $start `,` $transitions `,` $end (`offsets` `(` $offsets^ `)`)?
    attr-dict `:` type(operands)
  }];
}

include "dialect/TriModScheduledOps.td"

#endif // TRIMOD_OPS
