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

def MergeDirections : TriMod_Pass<"trimod-merge-directions", "::mlir::func::FuncOp"> {
  let summary = "Merge a forward and a reverse GRU over the same sequence into a bidirectional one";
  let description = [{
    Two `trimod.gru`s in one block over the same sequence, one forward and one
    reverse, become one bidirectional op. Where their results were concatenated,
    the merged op's result is used as it stands; other uses become slices of it.

    Why: both directions' input projections are then one matrix product, and the
    two recurrences run side by side.

    Requires: GRUs already recognised (`trimod-fuse-gru-cell`). If several
    partners are possible, the one whose results are concatenated with this op's
    is taken. Guarantees: the two must agree in hidden size, reset form, offsets
    and in having initial states; otherwise, or if the GRU at the other side of a
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

def Specialize : TriMod_Pass<"trimod-specialize", "::mlir::ModuleOp"> {
  let summary = "Check parameters against the weights and fill in their sizes";
  let description = [{
    Reads the header of a safetensors file and gives every `trimod.parameter` the
    shape of the tensor that its key names. Reading a parameter then gives a
    static type, cast to the declared one for its users.

    Why: only the weights know the size of a vocabulary or of a hidden state; the
    model file says `?`, and a weight file that does not belong to the model is
    refused here, with the line of the model, and not at run time.

    Requires: nothing. Guarantees: every parameter has a static type that agrees
    with the file. `trimod-refine-shapes` takes the sizes further.
    Errors, at the parameter: no such tensor (with the name that is nearest), or
    a different element type, rank or size. At most five are reported. Tensors
    that no parameter names are a warning.

    ```mlir
    trimod.parameter @words "word_embedding.weight" : tensor<?x200xf32>
    // becomes
    trimod.parameter @words "word_embedding.weight" : tensor<5000x200xf32>
    ```
  }];
  let options = [Option<"weights", "weights", "std::string", "\"\"",
                        "safetensors file whose tensors the parameters name">];
}

#endif // TRIMOD_PASSES
