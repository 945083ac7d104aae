//===- Passes.td - passes over the trimod dialect --------------------------===//
//
// In alphabetical order; `def FuseGRUCell` lives in FuseGRUCell.cpp.

#ifndef TRIMOD_PASSES
#define TRIMOD_PASSES

include "mlir/Pass/PassBase.td"

/// A pass that may create ops of the dialects that models are written in.
class TriMod_Pass<string argument, string operation> : Pass<argument, operation> {
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect", "::mlir::math::MathDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect", "::trimod::TriModDialect"];
}

def Batch : TriMod_Pass<"trimod-batch", "::mlir::ModuleOp"> {
  let summary = "wrap an entry function in one map over posts";
  let description = [{
    A model file describes one post. This pass gives the entry function one
    more level: every argument and result `T` becomes what a map collects of it
    (`tensor<3xf32>` becomes `tensor<?x3xf32>`, `tensor<?xi32>` becomes
    `!trimod.ragged<tensor<?xi32>>`), and the body becomes the body of a
    `trimod.map` over posts. `trimod-flatten` then removes that map like any
    other.

    `trimod.length = "tokens"` says which values of a post have the same number
    of rows. It becomes `trimod.offsets = "tokens"`: in a batch those values are
    divided into posts by the same offsets. A value with a length of its own
    that names none is given its own name as the name of its length.

    ```mlir
    func.func @tag(%words: tensor<?xi32> {trimod.name = "words", trimod.length = "tokens"})
    // becomes
    func.func @tag(%words: !trimod.ragged<tensor<?xi32>>
                       {trimod.name = "words", trimod.offsets = "tokens"})
    ```
    Requires: a function of one block that nothing calls; arguments and results
    are tensors or ragged.

    Errors: no such function, a scalar argument, a length of a value that has
    none, a name that is taken by another length, a result whose declared length
    is that of one argument while it has, by construction, that of another.
  }];
  let options = [Option<"entry", "entry", "std::string", "\"tag\"", "The function to batch.">];
}

def Decompose : TriMod_Pass<"trimod-decompose", "::mlir::func::FuncOp"> {
  let summary = "fused ops in terms of maps, scans and upstream primitives";
  let description = [{
    The reference meaning of every fused op and of every op made by scheduling.
    An op with offsets becomes a map, over its segments, of the op without; a
    recurrence becomes one scan for each direction; attention pooling a map over
    the queries; a CRF a scan over the emissions. Without `keep` the result is the
    oracle of the fast path; with it, what is left for the kernels phase to call
    kernels for.

    fuse(decompose(op)) = op for every op that a recogniser makes.

    ```mlir
    %states, %last = trimod.gru forward %x w_ih(%wi) w_hh(%wh) b_ih(%bi) b_hh(%bh)
        linear_before_reset = true : ...
    // becomes
    %last, %states = trimod.scan %x init(%zeros) { ... }
    ```
  }];
  let options = [ListOption<"keep", "keep", "std::string",
                            "Names of ops to leave as they are, e.g. trimod.packed_gru.">];
}

def ExpandRagged : TriMod_Pass<"trimod-expand-ragged", "::mlir::ModuleOp"> {
  let summary = "split ragged arguments and results of functions into values and offsets";
  let description = [{
    A ragged argument becomes its values followed by its offsets, inner ones
    first. Arguments and results with the same `trimod.offsets` share one offsets
    argument: it stands after the first that needs it, and a result that names it
    is returned without offsets. Equal lengths are then one SSA value, which is
    how flattening knows them; hence the order batch, expand-ragged, flatten.

    Every argument and result gets a `trimod.name`: values keep theirs (else
    "arg2", "result0"), offsets of posts are "<length>.offsets", and offsets of
    the items of n are "n.item_offsets" (of the items of its items
    "n.item_item_offsets").

    ```mlir
    func.func @tag(
        %words: !trimod.ragged<tensor<?xi32>> {trimod.name = "words", trimod.offsets = "tokens"},
        %chars: !trimod.ragged<!trimod.ragged<tensor<?xi32>>>
            {trimod.name = "chars", trimod.offsets = "tokens"})
    // becomes
    func.func @tag(
        %words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
        %tokens: tensor<?xindex> {trimod.name = "tokens.offsets"},
        %chars: tensor<?xi32> {trimod.name = "chars", trimod.offsets = "tokens"},
        %letters: tensor<?xindex> {trimod.name = "chars.item_offsets"})
    ```
    Functions that are not public are left alone.

    Errors: a call that passes ragged values, a function of several blocks, two
    arguments of one name.
  }];
}

def Flatten : TriMod_Pass<"trimod-flatten", "::mlir::func::FuncOp"> {
  let summary = "remove maps: ops that can compute all rows at once do so, the rest stay in loops";
  let description = [{
    Takes maps apart, outermost first. Each op of a map's body
    - is *uniform*, if it is the same for every row: it moves out of the map;
    - is *lifted*, if it says through `LiftableOpInterface` how it computes all
      rows at once: the same op on tensors with one more dimension (values of one
      shape) or on the concatenation of all items (sequences of their own length);
    - else stays in a smaller, *residual* map, with a remark that says why.

    An unknown recurrence (`trimod.scan`) always stays: `map { scan }` with all
    that surrounds it flat. Values with different offsets never meet in a lifted
    op, although their lengths may happen to be the same; so give what has one
    length the same `trimod.length`. Nothing is padded and nothing replicated: an
    inner map that uses a value of the outer map's row stays in a loop.

    ```mlir
    %r = trimod.map %ragged {
    ^bb0(%x: tensor<?x4xf32>):
      %y = trimod.linear %x, %w : tensor<?x4xf32>, tensor<3x4xf32>
      trimod.yield %y : tensor<?x3xf32>
    } : (!trimod.ragged<tensor<?x4xf32>>) -> !trimod.ragged<tensor<?x3xf32>>
    // becomes
    %values, %offsets = trimod.unpack %ragged : <tensor<?x4xf32>>
    %y = trimod.linear %values, %w : tensor<?x4xf32>, tensor<3x4xf32>
    %r = trimod.pack %y, %offsets : tensor<?xindex> -> <tensor<?x3xf32>>
    ```
    Results are the same bits as those of the maps, except that a matrix-vector
    product added to a vector becomes a linear layer, which adds the bias last.

    Errors: an op with side effects in a map, for rows are not computed in order.
  }];
}

def FuseAttentionPool : TriMod_Pass<"trimod-fuse-attention-pool", "::mlir::func::FuncOp"> {
  let summary = "Recognise attention pooling written as a map over queries";
  let description = [{
    A `trimod.map` whose body pools its row (the query) together with contexts
    becomes one `trimod.attention_pool`. With f the query and the rows of all
    contexts, the body computes (seed eq. 11-12):

        gamma_i = exp(u . tanh(W f_i + b)),   result = sum_i gamma_i f_i / sum_i gamma_i

    Why: the fused op has a kernel, is batched as it stands, and lets scheduling
    compute the part of the contexts once for each post instead of for each token.

    Recognised spellings: with or without the maximum of the scores subtracted
    (`arith.maximumf` or `arith.maxnumf`), weights normalised before or after the
    sum, the bias inside `trimod.linear`, added to all rows, or absent, the query
    at any place among the contexts, commuted operands.

    Requires: the canonical form with common subexpressions merged and what does
    not depend on the query moved out of the map (`canonicalize`, `cse`,
    `loop-invariant-code-motion`). Guarantees: other maps are not touched; a map
    that is almost attention gets a missed remark (category `trimod-fusion`) with
    the reason.

    ```mlir
    %fs = trimod.map %h {
    ^bb0(%ht: tensor<300xf32>):
      %q = tensor.expand_shape %ht [[0, 1]] output_shape [1, 300] : ...
      %f = tensor.concat dim(0) %q, %v, %g : ...
      %p = trimod.linear %f, %w bias(%b) : ...
      %t = math.tanh %p : tensor<?x300xf32>
      %s = linalg.matvec ins(%t, %u : ...) outs(%zeros : ...) -> tensor<?xf32>
      %gamma = math.exp %s : tensor<?xf32>
      ...
    }
    // becomes
    %fs = trimod.attention_pool queries(%h) context(%v, %g) score(%w, %b, %u) : ...
    ```
  }];
}

def FuseConvEpilogue : TriMod_Pass<"trimod-fuse-conv-epilogue", "::mlir::func::FuncOp"> {
  let summary = "Let a convolution add its bias and apply its activation itself";
  let description = [{
    `conv1d` followed by the sum with a vector broadcast over the rows, by
    `arith.maximumf` with 0, or by `math.tanh` becomes one `trimod.conv1d` with
    bias and activation.

    Why: the kernel does both while the result is in registers; behind it they are
    passes over memory.

    Recognised: commuted operands, zero written as a constant, a fill or a splat,
    casts in between.

    Guarantees: fires only if nothing else reads the convolution; otherwise, and if
    it has a bias or an activation already, a missed remark (category
    `trimod-fusion`).

    ```mlir
    %y = trimod.conv1d %x, %w : tensor<?x30xf32>, tensor<50x30x3xf32>
    %rows = linalg.broadcast ins(%b : tensor<50xf32>) outs(%empty : tensor<?x50xf32>) dimensions = [0]
    %z = arith.addf %y, %rows : tensor<?x50xf32>
    %f = math.tanh %z : tensor<?x50xf32>
    // becomes
    %f = trimod.conv1d %x, %w bias(%b) activation = tanh : ...
    ```
  }];
}

def FuseCRFViterbi : TriMod_Pass<"trimod-fuse-crf-viterbi", "::mlir::func::FuncOp"> {
  let summary = "Recognise Viterbi decoding written as a (max,+) scan and a reverse scan";
  let description = [{
    Two `trimod.scan`s become one `trimod.crf_viterbi` (seed eq. 16). The end of
    the sequence is written as one more label: its column of the transitions
    holds the end scores and its carried score starts at zero, so neither the
    first nor the last token needs a case of its own.

        forward:  c' , p = (max,+) product of c[0..L] + emission and [transitions | end]
        backward: y_t    = p_t[y_t+1], from label L on

    Why: the fused op keeps its scores in registers and its back pointers in a
    byte each, and is batched as it stands.

    Recognised: either order of the loops of the (max,+) `linalg.generic`,
    commuted sums, `sum > best` or `best < sum`, the score taken by
    `tensor.extract_slice` or `tensor.extract`. The lowest label must win a tie.

    Requires: canonical form, constants and concatenations outside the scans.
    Guarantees: fires only if nothing but the labels and the score of the end is
    used; otherwise a missed remark (category `trimod-fusion`) says what is.

    ```mlir
    %last, %back = trimod.scan %emissions init(%start_and_zero) { ... }
    %score = tensor.extract_slice %last[9] [1] [1] : tensor<10xf32> to tensor<f32>
    %first, %labels = trimod.scan reverse %back init(%the_end) { ... }
    // becomes
    %labels, %score = trimod.crf_viterbi %emissions, %start, %transitions, %end : ...
    ```
  }];
}

def FuseGRUCell : TriMod_Pass<"trimod-fuse-gru-cell", "::mlir::func::FuncOp"> {
  let summary = "Recognise a GRU written as a scan";
  let description = [{
    A `trimod.scan` whose body is a gated recurrent unit becomes one `trimod.gru`
    (seed eq. 5), with either reset form:

        r, z = s(W x + U h + biases)
        n    = tanh(W x + U (r * h) + biases)      linear_before_reset = false
        n    = tanh(W x + b + r * (U h + c))       linear_before_reset = true
        h'   = (1 - z) * n + z * h

    Why: only as one op does the recurrence get a kernel that keeps its gates in
    registers, a projection of all inputs at once, and a partner in the other
    direction.

    Each gate is read as an affine form, a sum of matrix products and biases, so
    these do not matter: matrices stacked or one a gate, the order of the stack,
    `linalg.matvec` or `trimod.linear`, where a bias is added, the order of
    commutative operands, `n + z * (h - n)` for the last line, `0 - x` for `-x` in
    the sigmoid 1 / (1 + exp(-x)), casts between static and dynamic sizes. Weights
    that are not one stack in the order r, z, n are put together by slices and
    concatenations in front of the op; scheduling computes these at compile time.

    Requires: inlined, canonical form, common subexpressions merged, weights and
    constants outside the scan (`loop-invariant-code-motion`), static sizes of
    row and state. Guarantees: other scans are not touched; a scan with a sigmoid
    or a tanh that is no GRU gets a missed remark (category `trimod-fusion`) with
    the reason.

    ```mlir
    %last, %states = trimod.scan %x init(%zero) {
    ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>):
      %gx = linalg.matvec ins(%w_ih, %xt : ...) outs(%b_ih : ...) -> tensor<12xf32>
      %gh = linalg.matvec ins(%w_hh, %h : ...) outs(%b_hh : ...) -> tensor<12xf32>
      ...
      trimod.yield %next, %next : tensor<4xf32>, tensor<4xf32>
    }
    // becomes
    %states, %last = trimod.gru forward %x w_ih(%w_ih) w_hh(%w_hh) b_ih(%b_ih) b_hh(%b_hh)
        linear_before_reset = true : ...
    ```
  }];
}

def FuseLSTMCell : TriMod_Pass<"trimod-fuse-lstm-cell", "::mlir::func::FuncOp"> {
  let summary = "Recognise an LSTM written as a scan";
  let description = [{
    A `trimod.scan` that carries h and c, in any order, and whose body is a long
    short-term memory becomes one `trimod.lstm`:

        i, f, o = s(W x + U h + biases)
        g       = tanh(W x + U h + biases)
        c'      = f * c + i * g
        h'      = o * tanh(c')

    Why, and which spellings do not matter: as for `trimod-fuse-gru-cell`, which
    reads gates in the same way. Weights that are not one stack in the order i, f,
    g, o are put together in front of the op.

    Requires: as `trimod-fuse-gru-cell`. Guarantees: other scans are not touched; a
    scan that carries two values and has a sigmoid or a tanh but is no LSTM gets a
    missed remark (category `trimod-fusion`) with the reason: peepholes, an input
    gate coupled to the forget gate, a stacked c.

    ```mlir
    %h_last, %c_last, %states = trimod.scan %x init(%zero, %zero) {
    ^bb0(%xt: tensor<3xf32>, %h: tensor<4xf32>, %c: tensor<4xf32>):
      %gx = linalg.matvec ins(%w_ih, %xt : ...) outs(%b_ih : ...) -> tensor<16xf32>
      %gates = linalg.matvec ins(%w_hh, %h : ...) outs(%gx : ...) -> tensor<16xf32>
      ...
      trimod.yield %next_h, %next_c, %next_h : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
    }
    // becomes
    %states, %h_last, %c_last = trimod.lstm forward %x w_ih(%w_ih) w_hh(%w_hh) b_ih(%b_ih)
        b_hh(%b_hh) : ...
    ```
  }];
}

def HoistAttentionContext : TriMod_Pass<"trimod-hoist-attention-context", "::mlir::func::FuncOp"> {
  let summary = "Compute the context part of attention pooling once a post, not once a token";
  let description = [{
    Attention pooling weights the query and the rows of its contexts by one softmax
    (seed eq. 11-12). A softmax over a union is a weighted mean of the softmaxes
    over its parts, and the part of the contexts does not depend on the query: their
    projection, their scores, and the sum weighted by these are the same for every
    token of a post. So

        attention_pool(q, c, W, b, u) =
            attention_merge(q, linear(q, W, b), u, attention_context(c, linear(c, W, b), u))

    Why: T tokens and C context rows need (T + C) projections instead of T * C, and a
    token then costs one dot product and one exponential more than without contexts.
    Both projections are matrix products over all rows of a batch.

    Requires: `trimod.attention_pool`, over one post or with offsets, which go to the
    ops that read their rows. Guarantees: the same value up to rounding, also for
    posts without contexts. A pool without contexts is left as it is, with a missed
    remark (category `trimod-schedule`).

    ```mlir
    %f = trimod.attention_pool queries(%h) context(%v, %g) score(%w, %b, %u) : ...
    // becomes
    %pv = trimod.linear %v, %w bias(%b) : ...
    %pg = trimod.linear %g, %w bias(%b) : ...
    %max, %weight, %sum = trimod.attention_context context(%v, %g) projected(%pv, %pg) score(%u) : ...
    %ph = trimod.linear %h, %w bias(%b) : ...
    %f = trimod.attention_merge queries(%h) projected(%ph) score(%u) context(%max, %weight, %sum) : ...
    ```
  }];
}

def LowerCopies : TriMod_Pass<"trimod-lower-copies", "::mlir::func::FuncOp"> {
  let summary = "copies of buffers as loops";
  let description = [{
    `memref.copy` becomes an elementwise `linalg.generic`. The LLVM lowering of a
    strided copy would call a function of MLIR's runner library, which an artefact
    does not have.
  }];
}

def LowerLoops : TriMod_Pass<"trimod-lower-loops", "::mlir::func::FuncOp"> {
  let summary = "maps and scans as loops, row-wise layers as linalg, on tensors";
  let description = [{
    A map becomes an `scf.for` over its rows that writes each row of the results
    in its place; a scan an `scf.for` that carries its state and writes the
    stacked outputs. `linear`, `embedding` and elementwise ops on tensors become
    `linalg.generic`, and `tensor.concat` becomes slices of one tensor. This is how a program that no
    pass recognises compiles.

    The length of an item of a ragged input is bounded by the length of all items
    (`arith.minui`), so that `trimod-plan-buffers` finds a bound for every buffer
    in the loop. Carried values are copied into the loop's own tensor at the end
    of each step, so that bufferization needs no buffer that outlives a step.

    A ragged result whose items have a length that only the body knows is computed
    in two loops: the first for the lengths alone, the second for the items.

    Errors: a map whose result is a sequence of sequences of sequences; a scan that
    stacks rows of dynamic size.
  }];
  let options = [ListOption<"keep", "keep", "std::string",
                            "Names of ops to leave as they are, e.g. trimod.embedding.">];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"];
}

def MergeDirections : TriMod_Pass<"trimod-merge-directions", "::mlir::func::FuncOp"> {
  let summary = "Merge a forward and a reverse recurrence over the same sequence into a bidirectional one";
  let description = [{
    Two `trimod.gru`s, or two `trimod.lstm`s, in one block over the same sequence,
    one forward and one reverse, become one bidirectional op. Where their results were concatenated,
    the merged op's result is used as it stands; other uses become slices of it.

    Why: both directions' input projections are then one matrix product, and the
    two recurrences run side by side.

    Requires: cells already recognised (`trimod-fuse-gru-cell` and
    `trimod-fuse-lstm-cell`). If several
    partners are possible, the one whose results are concatenated with this op's
    is taken. Guarantees: the two must agree in hidden size, reset form, offsets
    and in having initial states; otherwise, or if the op at the other side of a
    concatenation runs over another sequence, a missed remark (category
    `trimod-fusion`) says so.

    ```mlir
    %f, %fl = trimod.gru forward %x w_ih(%a) ... : ...
    %r, %rl = trimod.gru reverse %x w_ih(%b) ... : ...
    %h = tensor.concat dim(1) %f, %r : ...
    // becomes
    %h, %last = trimod.gru bidirectional %x w_ih(%a, %b) ... : ...
    ```
  }];
}

def ShareTokens : TriMod_Pass<"trimod-share-tokens", "::mlir::ModuleOp"> {
  let summary = "Give what a token alone decides a function of its own, so that it can be kept";
  let description = [{
    In a batched function a value whose rows are tokens and whose computation does not
    read where posts begin is the same however the tokens are divided into posts, a
    token a post included: each row is a function of its token alone. If the input
    gates of a recurrence over the posts' tokens are such a value, and their
    computation reads inputs of the tokens and parameters only, it moves into a
    public function @f.tokens, and @f takes its result and the row of each token:

    ```mlir
    func.func @f(%words: tensor<?xi32> {trimod.name = "words", trimod.offsets = "tokens"},
                 %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"}) ... {
      %e = trimod.embedding %words, %table : ...
      %gates = trimod.packed_linear %e, %w bias(%b) columns = 24 : ...
      %states, %last = trimod.packed_gru forward %gates, %u, %c offsets(%offsets) ...
    // becomes
    func.func @f.tokens(%words: tensor<?xi32> {trimod.name = "words"})
        -> (tensor<?x24xf32> {trimod.name = "token_rows"}) {
      %e = trimod.embedding %words, %table : ...
      %gates = trimod.packed_linear %e, %w bias(%b) columns = 24 : ...
      return %gates : tensor<?x24xf32>
    }
    func.func @f(%tokens: tensor<?xi32> {trimod.name = "tokens", trimod.offsets = "tokens"},
                 %token_rows: tensor<?x24xf32> {trimod.name = "token_rows"},
                 %offsets: tensor<?xindex> {trimod.name = "tokens.offsets"}) ... {
      %gates = trimod.embedding %tokens, %token_rows : ...
      %states, %last = trimod.packed_gru forward %gates, %u, %c offsets(%offsets) ...
    ```

    Why: words repeat, in a batch and from batch to batch. Whoever calls @f computes
    the row of a token once (runtime/TokenRows.h), and the bits are those of
    computing it each time.

    Nothing moves, with a missed remark (category `trimod-schedule`), if the gates
    depend on anything but the tokens, or something else in @f reads the inputs that
    would go. Runs after the weights are packed and before trimod-outline-init.
  }];
}

def FoldTables : TriMod_Pass<"trimod-fold-tables", "::mlir::ModuleOp"> {
  let summary = "Multiply a table once instead of its rows at each look-up";
  let description = [{
    A product of rows of a table is rows of the table's product, which depends on
    parameters alone and so is computed once (`trimod-outline-init`):

    ```mlir
    %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<96x30xf32>
    %y = trimod.packed_linear %e, %w bias(%b) columns = 192 : ...
    // becomes
    %t = trimod.packed_linear %table, %w bias(%b) columns = 192 : ...
    %y = trimod.embedding %ids, %t : tensor<?xi32>, tensor<96x192xf32>
    ```

    If rows of the table are the first of several parts of x, the sums of the others
    start from a row of the part's product, in which the bias is not:

    ```mlir
    %x = tensor.concat dim(1) %e, %c : (tensor<?x200xf32>, tensor<?x60xf32>) -> tensor<?x260xf32>
    %y = trimod.packed_linear %x, %w bias(%b) columns = 912 : ...
    // becomes
    %t = trimod.packed_linear %table, %w_e columns = 912 : ...
    %start = trimod.embedding %ids, %t : ...
    %y = trimod.packed_linear %c, %w_c bias(%b) start(%start) columns = 912 : ...
    ```

    Every sum is one chain in rising k with the bias last, so kernels give the same bits
    as without this pass.

    The product of a table takes rows x columns x 4 bytes, for each instruction level.
    Products are folded from the smallest on while all of them fit into `bytes`; what
    was folded and what was not are remarks (category `trimod-schedule`). Runs after
    `trimod-pack-weights`. Stays as it is: a table that is an input, and rows of a table
    that are not the first part, because that would change the order of the sums.
  }];
  let options = [Option<"bytes", "bytes", "uint64_t", "1 << 20",
                        "Bytes that all folded tables of a program may take; 0 folds none.">];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def GatherGates : TriMod_Pass<"trimod-gather-gates", "::mlir::func::FuncOp"> {
  let summary = "Let a recurrence fetch the rows of its gates itself";
  let description = [{
    Gates that are rows of a table (`trimod-fold-tables`, `trimod-share-tokens`) are
    read where they stand instead of being copied into a matrix of their own, which
    is the largest buffer of a tagger:

    ```mlir
    %gates = trimod.embedding %ids, %table : tensor<?xi32>, tensor<96x192xf32>
    %states, %last = trimod.packed_gru bidirectional %gates, %u, %b ...
    // becomes
    %states, %last = trimod.packed_gru bidirectional %table rows(%ids), %u, %b ...
    ```

    A table that is not f32 is left to `trimod.embedding`, which widens it once a row
    and not once a panel, with a missed remark (category `trimod-schedule`).
  }];
}

def OutlineInit : TriMod_Pass<"trimod-outline-init", "::mlir::ModuleOp"> {
  let summary = "Move what depends on parameters alone into a function that runs once";
  let description = [{
    Every public function @f of one block whose body computes values from parameters
    alone gets a private function @f_init without arguments that returns them. Each
    becomes a trailing argument of @f. The form, which code generation relies on:

    - @f has the attribute `trimod.init = @f_init`;
    - an argument that takes result i of @f_init has `trimod.derived = i` (an i64) and
      no `trimod.name`; these arguments are the last ones, with i = 0, 1, ... in order;
    - @f_init reads parameters by `trimod.get_parameter` and calls nothing.

    Why: packed weights, concatenated gates and computed tables cost nothing per call.
    With embedded weights the artefact's compiler evaluates @f_init; with external
    ones the artefact runs it when it is loaded.

    What moves: ops without side effects that read, directly or through operands and
    values captured by their bodies, at least one parameter and nothing else but
    constants. Plain parameters stay `trimod.get_parameter` in @f. Constants, and what
    is computed from constants alone, are not outlined.

    Requires: functions inlined; a public function that is called by another is left
    as it is, with a missed remark (category `trimod-schedule`).

    ```mlir
    func.func @f(%x: tensor<?x2xf32>) -> tensor<?x3xf32> {
      %w = trimod.get_parameter @w : tensor<3x2xf32>
      %v = arith.mulf %w, %w : tensor<3x2xf32>
      ...
    // becomes
    func.func private @f_init() -> tensor<3x2xf32> {
      %w = trimod.get_parameter @w : tensor<3x2xf32>
      %v = arith.mulf %w, %w : tensor<3x2xf32>
      return %v : tensor<3x2xf32>
    }
    func.func @f(%x: tensor<?x2xf32>, %v: tensor<3x2xf32> {trimod.derived = 0 : i64})
        -> tensor<?x3xf32> attributes {trimod.init = @f_init} {
    ```
  }];
}

def PackWeights : TriMod_Pass<"trimod-pack-weights", "::mlir::func::FuncOp"> {
  let summary = "Lay weights out in the order in which kernels read them";
  let description = [{
    `trimod.linear` becomes `trimod.packed_linear`, with panels of min(3, ceil(N /
    lanes)) vectors for N columns; a `trimod.conv1d` becomes `trimod.packed_conv1d`,
    whose rows are windows [K, C] of x; a `trimod.gru_recurrence` and the linear layer that
    computes its gates become `trimod.packed_gru` and a packed layer whose columns
    come out in the order panel, gate, lane. The biases b_hr and b_hz are added to the
    bias of that layer; b_hn stands inside the product with r and stays. In the same
    way a `trimod.lstm_recurrence` becomes a `trimod.packed_lstm`, all of whose b_hh
    is added there.

    Why: a kernel then reads weights front to back in whole vectors, and one register
    tile of the recurrence holds all gates of its units. The rearrangement is
    written in ordinary tensor ops on the weights, so that `trimod-outline-init` can
    take it out of the function; padding is zeros.

    Requires: `trimod-project-inputs` for recurrences; weights of static size that
    depend on parameters alone. Guarantees: the same value as before but for the order
    in which biases are added. What stays gets a missed remark (category
    `trimod-schedule`) with the reason: weights that depend on inputs, a recurrence
    that resets before the product or starts from a state other than zero, gates that
    have other users. Layers whose input too depends on parameters alone stay without
    a remark: they are computed once.

    ```mlir
    %g = trimod.linear %x, %w bias(%b) : tensor<?x260xf32>, tensor<900x260xf32>, tensor<900xf32>
    %h, %last = trimod.gru_recurrence bidirectional %g w_hh(%u0, %u1) b_hh(%c0, %c1)
        linear_before_reset = true : ...
    // becomes, for lanes=8
    %g = trimod.packed_linear %x, %pw bias(%pb) columns = 912
        : tensor<?x260xf32>, tensor<38x260x24xf32>, tensor<912xf32>
    %h, %last = trimod.packed_gru bidirectional %g, %pu, %pc hidden = 150
        : tensor<?x912xf32>, tensor<2x19x150x24xf32>, tensor<2x152xf32>
    ```
  }];
  let options = [Option<"lanes", "lanes", "int64_t", "8",
                        "f32 lanes of a vector register: 8 (x86-64-v3) or 16 (x86-64-v4)">];
}

def ParametersToArguments : TriMod_Pass<"trimod-parameters-to-arguments", "::mlir::ModuleOp"> {
  let summary = "weights become trailing arguments of the entry functions";
  let description = [{
    Each parameter that an entry function (public, with a body) reads becomes one
    of its arguments, in the order in which the module declares them, with
    `trimod.parameter` = its key and `trimod.name` = its symbol. The runtime then
    passes weights like any tensor, wherever they are: in the artefact or in a
    mapped file. Declarations that nothing reads are removed.

    ```mlir
    func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"}) -> tensor<?x2xf32> {
      %w = trimod.get_parameter @w : tensor<2x3xf32>
    // becomes
    func.func @f(%x: tensor<?x3xf32> {trimod.name = "x"},
                 %w: tensor<2x3xf32> {trimod.name = "w", trimod.parameter = "layer.weight"})
    ```
  }];
}

def PlanBuffers : TriMod_Pass<"trimod-plan-buffers", "::mlir::ModuleOp"> {
  let summary = "every buffer of an entry function in one arena";
  let description = [{
    Every `memref.alloc` of an entry function becomes a view of one argument, the
    workspace: `memref<?xi8> {trimod.workspace}`, which stands after the
    parameters and before the outputs. A call then allocates nothing.

    Buffers that do not live at the same time may share a slot: taken in the order
    of the program, each gets the first slot that is free for all its life, from
    the first to the last top-level op that uses it or a view of it. Sizes depend
    on the lengths of the posts, so slots are expressions, computed when the
    function is entered: a slot is as large as the largest of its buffers (each
    rounded up to 64 bytes) and begins where the one before ends.

    Buffers inside a loop are sized by a bound of their size that is known at
    entry: constants, sizes of inputs, sums and products of bounds, the first
    operand of a difference, either operand of a minimum, a sum over the steps of a
    loop.

    `@<entry>_workspace` takes the inputs and returns the bytes that are needed.

    Requires: bufferized entry functions marked `trimod.entry`.
    Errors: a buffer whose size has no bound at entry, a buffer that one step of a
    loop hands to the next.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def ProjectInputs : TriMod_Pass<"trimod-project-inputs", "::mlir::func::FuncOp"> {
  let summary = "Compute a recurrence's input products for all steps at once";
  let description = [{
    `trimod.gru` becomes a `trimod.linear` and a `trimod.gru_recurrence`, `trimod.lstm` a
    `trimod.linear` and a `trimod.lstm_recurrence`: W_ih x + b_ih
    does not depend on the state, so it is one matrix product over all rows of all
    sequences. The weights of two directions stand one below the other.

    Why: a product over many rows runs at the machine's peak, one over a single row is
    bound by reading the weights again at every step. ONNX Runtime and others repeat
    it inside the loop, direction after direction.

    Requires: nothing. Guarantees: no `trimod.gru` or `trimod.lstm` is left; the
    recurrence computes what it computed.

    ```mlir
    %h, %last = trimod.gru bidirectional %x w_ih(%w0, %w1) w_hh(%u0, %u1) b_ih(%b0, %b1)
        b_hh(%c0, %c1) linear_before_reset = true : ...
    // becomes
    %w = tensor.concat dim(0) %w0, %w1 : ...
    %b = tensor.concat dim(0) %b0, %b1 : ...
    %g = trimod.linear %x, %w bias(%b) : ...
    %h, %last = trimod.gru_recurrence bidirectional %g w_hh(%u0, %u1) b_hh(%c0, %c1)
        linear_before_reset = true : ...
    ```
  }];
}

def Quantize : TriMod_Pass<"trimod-quantize", "::mlir::ModuleOp"> {
  let summary = "Keep weights in other types of numbers";
  let description = [{
    `precision=embedding:FORMAT` gives the table of every `trimod.embedding` the
    type f32, f16 or int8; without it tables stay as the weights are. A table in
    int8 is two parameters: rows of i8 under the table's key, and one f32 scale a
    row, under the key with `.scale` behind it.

    Symmetric, row by row: scale = max |row| / 127, element = value / scale
    rounded to the nearest integer (ties to even). A row of zeros has scale 0 and
    zeros. What an embedding reads differs from the value by at most scale / 2,
    and the rounding of f32.

    Why: a table of words is most of a model, and a row is read a few times a
    post: half or a quarter of its bytes are the artefact's, and the gather's.

    This pass changes types alone. The numbers are converted once, before
    the weights are embedded, and not by ops that `trimod-outline-init` could take
    out: those would leave a table of its own to every function and instruction
    level. With external weights, the file must hold what the types say:
    `trimod-compile --emit=weights` writes it.

    Requires: functions inlined, parameters of static type (`trimod-specialize`).
    A table stays as it is, with a missed remark (category `trimod-schedule`), if
    anything but an embedding reads it, if another parameter has its key or that
    of its scales, or if it is int8 already. Error: a precision that is not PART:FORMAT.

    ```mlir
    trimod.parameter @words "words.weight" : tensor<5000x200xf16>
    %e = trimod.embedding %ids, %table : tensor<?xi32>, tensor<5000x200xf16>
    // becomes
    trimod.parameter @words "words.weight" : tensor<5000x200xi8>
    trimod.parameter @words_scale "words.weight.scale" : tensor<5000xf32>
    %e = trimod.embedding %ids, %table scales(%scales)
        : tensor<?xi32>, tensor<5000x200xi8>, tensor<5000xf32>
    ```
  }];
  let options = [ListOption<"precision", "precision", "std::string",
                            "PART:FORMAT; parts: embedding; formats: f32, f16, int8">];
}

def RefineShapes : TriMod_Pass<"trimod-refine-shapes", "::mlir::func::FuncOp"> {
  let summary = "Propagate the sizes of parameters to everything computed from them";
  let description = [{
    Gives every value the most static type that its operands imply, in place and
    in one direction, until nothing changes. A function written without sizes
    (one GRU cell for two encoders) becomes static wherever it was inlined.

    Why: sizes are the weights' business, not the model's; the recognisers and
    the kernels need them all the same.

    Sizes pass through `tensor.cast`, elementwise ops, ops that infer their types
    (those of this dialect), structured linalg ops (through their indexing maps),
    `tensor.concat`, `extract_slice`, `insert_slice`, `expand_shape`,
    `collapse_shape`, `pad`, `empty`, `splat` and `dim` with the index arithmetic
    between them, the rows and results of `trimod.map`, and `trimod.scan`: a
    carried value gets the sizes of its initial value if a step keeps them. A fill
    or splat of a constant becomes a constant once its sizes are known.

    Requires: calls inlined, as nothing passes a call; parameters specialised
    (`trimod-specialize`). Guarantees: signatures do not change; a value whose
    user cannot take the new type (a call, a return) is cast back for that user.
    Errors: two operands that say different sizes for one dimension.

    ```mlir
    %w = trimod.get_parameter @w : tensor<90x30xf32>
    %d = tensor.cast %w : tensor<90x30xf32> to tensor<?x?xf32>
    %h = tensor.dim %d, %c1 : tensor<?x?xf32>
    %r = tensor.extract_slice %gates[0] [%h] [1] : tensor<?xf32> to tensor<?xf32>
    // becomes
    %r = tensor.extract_slice %gates[0] [30] [1] : tensor<90xf32> to tensor<30xf32>
    ```
  }];
}

def ResultsToArguments : TriMod_Pass<"trimod-results-to-arguments", "::mlir::ModuleOp"> {
  let summary = "results are written into buffers of the caller";
  let description = [{
    Each result of an entry function (public, with a body) becomes a trailing
    buffer argument with `trimod.output` and the result's `trimod.name`; the
    function returns nothing and is marked `trimod.entry`. The caller knows how
    long results are (as long as the tokens, or one for each post), so nothing
    needs to be allocated or handed back. The other arguments become
    `bufferization.writable = false`: inputs and weights are never overwritten.

    Errors: a result that is not a tensor.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def Specialize : TriMod_Pass<"trimod-specialize", "::mlir::ModuleOp"> {
  let summary = "Check parameters against the weights and fill in their sizes";
  let description = [{
    Reads the headers of safetensors files and gives every `trimod.parameter` the
    shape of the tensor that its key names; which file has it does not matter, but
    only one may. Reading a parameter then gives a
    static type, cast to the declared one for its users.

    Why: only the weights know the size of a vocabulary or of a hidden state; the
    model file says `?`, and a weight file that does not belong to the model is
    refused here, with the line of the model, and not at run time.

    The table of embeddings may be in int8 in the file, although the model says
    f16 or f32: rows of I8 under the parameter's key, and one F32 scale a row under
    the key with `.scale` behind it (as `trimod-quantize` makes them). The
    parameter becomes i8, one for the scales is added, and embeddings take both.

    Requires: nothing. Guarantees: every parameter has a static type that agrees
    with the files. `trimod-refine-shapes` takes the sizes further.
    Errors: a tensor that two files have (with both); at the parameter, no such
    tensor (with the name that is nearest), or a different element type, rank or
    size; rows of int8 without scales, with others than one a row, or that
    something other than an embedding reads. At most five are reported. Tensors
    that no parameter names are a warning.

    ```mlir
    trimod.parameter @words "word_embedding.weight" : tensor<?x200xf32>
    // becomes
    trimod.parameter @words "word_embedding.weight" : tensor<5000x200xf32>
    ```
  }];
  let options = [ListOption<"weights", "weights", "std::string",
                            "safetensors files whose tensors the parameters name">];
}

def VerifyPhase : TriMod_Pass<"trimod-verify-phase", "::mlir::ModuleOp"> {
  let summary = "Check what a phase of the compilation promises to the next";
  let description = [{
    An entry is a public function with a body. After each phase:

    | phase | contract |
    |---|---|
    | model | ops of arith, math, tensor, linalg, trimod and a few more that have a lowering; none made by scheduling, no buffers; arguments and results of entries have `trimod.name` |
    | fused | also no call, and every parameter has a static type |
    | batched | no buffers, no call, static parameters; entries have no ragged argument or result, and names |
    | scheduled | as batched; nothing in an entry depends on parameters alone; derived arguments have an init function |
    | kernels | no op of trimod (but `trimod.parameter`), tensor or linalg, no tensor, no heap allocation; entries return nothing |
    | llvm | the LLVM dialect alone |

    Why: a promise that is broken here is an error with the phase, the op, the line of
    the model and what to do; later it would be "failed to legalize" or a crash.

    ```
    model.mlir:7:3: error: phase 'batched' must not leave a ragged argument (#1):
    'func.func' @tag; run trimod-expand-ragged
    ```
    At most five errors are reported. The IR is not changed.
  }];
  let options = [Option<"phase", "phase", "std::string", "\"model\"",
                        "model, fused, batched, scheduled, kernels or llvm">];
}

#endif // TRIMOD_PASSES
