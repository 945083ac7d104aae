//===- TriModBase.td - the trimod dialect, its types and enums -------------===//

#ifndef TRIMOD_BASE
#define TRIMOD_BASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def TriMod_Dialect : Dialect {
  let name = "trimod";
  let cppNamespace = "::trimod";
  let summary = "multimodal sequence taggers: recurrences, attention pooling, linear-chain CRFs";
  let description = [{
    A model file describes **one post** as functions over tensors whose leading
    dimension may be dynamic: a sequence. Upstream dialects (`arith`, `math`,
    `tensor`, `linalg`) hold the primitives; `trimod` holds what they lack:

    | group | ops |
    |---|---|
    | weights | `parameter`, `get_parameter` |
    | structure | `scan`, `map`, `yield`, `pack`, `unpack` and the ragged type |
    | shape-polymorphic layers | `embedding`, `linear` |
    | layers over sequences | `conv1d`, `max_over_time` |
    | recurrent cells | `gru`, `gru_recurrence`, `lstm`, `lstm_recurrence` |
    | other fused domain ops | `attention_pool`, `crf_viterbi`, `crf_log_partition`, `crf_marginals`, `crf_nbest`, `crf_score` |
    | made by scheduling | `attention_context`, `attention_merge`, `packed_linear`, `packed_conv1d`, `packed_gru`, `packed_lstm` |

    Batching is flattening: after `trimod-batch`, `trimod-expand-ragged` and
    `trimod-flatten` a value that has its own length in every post is a pair
    (values, offsets), with no padding. Fused ops therefore take optional
    `offsets`: N segments are N + 1 non-decreasing numbers that begin with 0 and
    end with the number of rows; segment s is rows offsets[s] to offsets[s+1].
    The reasons behind each choice are in docs/rationale.md.
  }];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

class TriMod_Op<string mnemonic, list<Trait> traits = []>
    : Op<TriMod_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def TriMod_Ragged : TypeDef<TriMod_Dialect, "Ragged"> {
  let mnemonic = "ragged";
  let summary = "a sequence of items of type `item`, each with its own length";
  let description = [{
    `!trimod.ragged<tensor<?x30xf32>>` is a sequence of sequences of rows of 30:
    the item is a tensor with a dynamic leading dimension, or ragged itself
    (two levels nest: the characters of the words of the posts of a batch).

    An item and the concatenation of all items have the **same** type. That is
    why an op on one sequence is, after flattening, literally the same op with
    the same types on the sequences of a whole batch.

    Inside functions a ragged value is a pair of SSA values, (values, offsets);
    the type stands in signatures and on operands of maps that stay loops.

    Error: an item without a length of its own, e.g. `tensor<3xf32>`.
  }];
  let parameters = (ins "::mlir::Type":$item);
  let assemblyFormat = "`<` $item `>`";
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::Type":$item), [{
    return $_get(item.getContext(), item);
  }]>];
  let genVerifyDecl = 1;
}

def TriMod_Offsets : 1DTensorOf<[Index]>;
def TriMod_Labels : 1DTensorOf<[I32]>;
def TriMod_Vector : 1DTensorOf<[F32]>;
def TriMod_Matrix : 2DTensorOf<[F32]>;
def TriMod_Float : TensorOf<[F32]>;
def TriMod_Sequence : AnyTypeOf<[AnyRankedTensor, TriMod_Ragged]>;

//===----------------------------------------------------------------------===//
// Enums
//===----------------------------------------------------------------------===//

def TriMod_Direction : I32EnumAttr<"Direction", "direction of a recurrence", [
    I32EnumAttrCase<"Forward", 0, "forward">,
    I32EnumAttrCase<"Reverse", 1, "reverse">,
    I32EnumAttrCase<"Bidirectional", 2, "bidirectional">]> {
  let cppNamespace = "::trimod";
  let genSpecializedAttr = 0;
}
def TriMod_DirectionAttr : EnumAttr<TriMod_Dialect, TriMod_Direction, "direction">;

def TriMod_Activation : I32EnumAttr<"Activation", "function of every element of a result", [
    I32EnumAttrCase<"None", 0, "none">,
    I32EnumAttrCase<"Relu", 1, "relu">,
    I32EnumAttrCase<"Tanh", 2, "tanh">]> {
  let cppNamespace = "::trimod";
  let genSpecializedAttr = 0;
}
def TriMod_ActivationAttr : EnumAttr<TriMod_Dialect, TriMod_Activation, "activation">;

#endif // TRIMOD_BASE
