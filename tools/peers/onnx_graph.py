"""The tagger as an ONNX graph, written node by node: torch.onnx cannot export packed sequences.

Inputs are those of padding.pad, the output is `labels` [T, B]. What a post's context contributes
to fusion is computed once a post, as our compiler does it. Bidirectional GRUs come in two forms:

  sequence_lens     ONNX's own bidirectional GRU with an input of lengths
  reverse_sequence  two forward GRUs, the second on reversed sequences, for an engine that does not
                    respect lengths
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import weights

OPSET = 17
FORMS = ("sequence_lens", "reverse_sequence")
INPUTS = {
    "words": (TensorProto.INT32, ["T", "B"]),
    "form_of_token": (TensorProto.INT32, ["T", "B"]),
    "mask": (TensorProto.BOOL, ["T", "B", 1]),
    "lengths": (TensorProto.INT32, ["B"]),
    "forms": (TensorProto.INT32, ["L", "U"]),
    "form_lengths": (TensorProto.INT32, ["U"]),
    "form_last": (TensorProto.INT64, ["U", 2]),
    "visual": (TensorProto.INT32, ["B", "K"]),
    "hashtags": (TensorProto.INT32, ["B", "G"]),
    "absent": (TensorProto.FLOAT, ["B", "C", 1]),
}


class Builder:
    """Nodes and constants of one graph. Values are named by strings, which begin with `prefix`:
    OpenVINO mixes up a value of a body with one of the same name outside."""

    def __init__(self, prefix=""):
        self.prefix, self.nodes, self.constants, self.count = prefix, [], [], 0

    def constant(self, value):
        self.count += 1
        name = f"{self.prefix}c{self.count}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def integers(self, *values):
        return self.constant(np.array(values, np.int64))

    def nodes_of(self, kind, inputs, outputs, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, outputs, **attributes))

    def __call__(self, kind, *inputs, **attributes):
        self.count += 1
        output = f"{self.prefix}{kind.lower()}{self.count}"
        self.nodes_of(kind, list(inputs), [output], **attributes)
        return output


def linear(b, x, weight, bias):
    return b("Add", b("MatMul", x, b.constant(weight.T.copy())), b.constant(bias))


def gru(b, x, lengths, parameters, direction):
    """(states [T, directions, B, H], last states [directions, B, H])"""
    w, r, bias = parameters
    states, last = f"states{b.count}", f"last{b.count}"
    inputs = [x, *(b.constant(value) for value in (w, r, bias)), lengths]
    b.nodes_of(
        "GRU",
        inputs,
        [states, last],
        hidden_size=r.shape[2],
        direction=direction,
        linear_before_reset=1,
    )
    return states, last


def both_by_reversal(b, x, lengths, state, name):
    """[T, B, 2H]; the backward half is still reversed as far as each sequence reaches."""
    turned = b(
        "ReverseSequence", x, b("Cast", lengths, to=TensorProto.INT64), time_axis=0, batch_axis=1
    )
    halves = []
    for sequence, suffix in ((x, ""), (turned, "_reverse")):
        parameters = weights.onnx_gru(state, name, [suffix])
        states, _ = gru(b, sequence, "", parameters, "forward")
        halves.append(b("Squeeze", states, b.integers(1)))
    return halves


def bigru_states(b, x, lengths, state, name, form):
    """[T, B, 2H]"""
    if form == "reverse_sequence":
        forward, turned = both_by_reversal(b, x, lengths, state, name)
        wide = b("Cast", lengths, to=TensorProto.INT64)
        backward = b("ReverseSequence", turned, wide, time_axis=0, batch_axis=1)
        return b("Concat", forward, backward, axis=2)
    states, _ = gru(b, x, lengths, weights.onnx_gru(state, name), "bidirectional")
    return b("Reshape", b("Transpose", states, perm=[0, 2, 1, 3]), b.integers(0, 0, -1))


def bigru_last(b, x, lengths, positions, state, name, form):
    """[B, 2H], the last state of each direction."""
    if form == "reverse_sequence":
        halves = both_by_reversal(b, x, lengths, state, name)
        return b("GatherND", b("Concat", *halves, axis=2), positions)
    _, last = gru(b, x, lengths, weights.onnx_gru(state, name), "bidirectional")
    return b("Reshape", b("Transpose", last, perm=[1, 0, 2]), b.integers(0, -1))


def encode(b, state, form):
    """[T, B, 300]"""
    words = b.constant(state["word_embedding.weight"])
    characters = b("Gather", b.constant(state["char_embedding.weight"]), "forms")
    features = bigru_last(b, characters, "form_lengths", "form_last", state, "char_gru", form)
    tokens = b(
        "Concat", b("Gather", words, "words"), b("Gather", features, "form_of_token"), axis=2
    )
    return words, bigru_states(b, tokens, "lengths", state, "word_gru", form)


def fusion_score(b, features, state):
    """[..., 1]"""
    hidden = b("Tanh", linear(b, features, state["fusion.weight"], state["fusion.bias"]))
    return b("MatMul", hidden, b.constant(state["fusion.u"][:, None]))


def pool_context(b, words, state):
    """Of each post's context: largest score [B, 1], weight [B, 1] and weighted sum [B, 300], both
    relative to that score."""
    parts = [
        linear(b, b("Gather", words, ids), state[f"{name}.weight"], state[f"{name}.bias"])
        for ids, name in (("visual", "visual"), ("hashtags", "hashtag"))
    ]
    context = b("Concat", *parts, axis=1)
    score = b("Add", fusion_score(b, context, state), "absent")
    top = b("ReduceMax", score, axes=[1], keepdims=1)
    weight = b("Exp", b("Sub", score, top))
    axis = b.integers(1)
    return (
        b("Squeeze", top, axis),
        b("ReduceSum", weight, axis, keepdims=0),
        b("ReduceSum", b("Mul", weight, context), axis, keepdims=0),
    )


def fuse(b, states, context, state):
    """[T, B, 300]"""
    context_top, context_weight, context_sum = context
    score = fusion_score(b, states, state)
    top = b("Max", score, context_top)
    own = b("Exp", b("Sub", score, top))
    others = b("Exp", b("Sub", context_top, top))
    total = b("Add", own, b("Mul", others, context_weight))
    weighted = b("Add", b("Mul", own, states), b("Mul", others, context_sum))
    return b("Div", weighted, total)


def body(b, name, inputs, outputs):
    def values(names):
        return [helper.make_tensor_value_info(value, kind, shape) for value, kind, shape in names]

    return helper.make_graph(b.nodes, name, values(inputs), values(outputs), b.constants)


def forward_step(state):
    """score [B, 9], emission [B, 9], inside [B, 1] -> score, choice [B, 9]"""
    b = Builder("forward_")
    labels = len(state["emission.bias"])
    moves = b("Add", b("Unsqueeze", "score", b.integers(2)), b.constant(state["crf.transitions"]))
    best = b("Add", b("ReduceMax", moves, axes=[1], keepdims=0), "emission")
    stay = b.constant(np.arange(labels, dtype=np.int64))
    b.nodes_of("Where", ["inside", best, "score"], ["next_score"])
    b.nodes_of("Where", ["inside", b("ArgMax", moves, axis=1, keepdims=0), stay], ["choice"])
    return body(
        b,
        "forward_step",
        [
            ("score", TensorProto.FLOAT, ["B", labels]),
            ("emission", TensorProto.FLOAT, ["B", labels]),
            ("inside", TensorProto.BOOL, ["B", 1]),
        ],
        [
            ("next_score", TensorProto.FLOAT, ["B", labels]),
            ("choice", TensorProto.INT64, ["B", labels]),
        ],
    )


def backward_step(labels):
    """label [B, 1], choice [B, 9] -> label, label"""
    b = Builder("backward_")
    b.nodes_of("GatherElements", ["choice", "label"], ["previous"], axis=1)
    b.nodes_of("Identity", ["previous"], ["found"])
    return body(
        b,
        "backward_step",
        [("label", TensorProto.INT64, ["B", 1]), ("choice", TensorProto.INT64, ["B", labels])],
        [("previous", TensorProto.INT64, ["B", 1]), ("found", TensorProto.INT64, ["B", 1])],
    )


def after_first(b, value):
    """value[1:]"""
    return b("Slice", value, b.integers(1), b.integers(2**31 - 1), b.integers(0))


def viterbi(b, emissions, state):
    """labels [T, B]"""
    start, end = (b.constant(state[f"crf.{side}_transitions"]) for side in ("start", "end"))
    first = b(
        "Squeeze", b("Slice", emissions, b.integers(0), b.integers(1), b.integers(0)), b.integers(0)
    )
    b.nodes_of(
        "Scan",
        [b("Add", first, start), after_first(b, emissions), after_first(b, "mask")],
        ["last_score", "choices"],
        num_scan_inputs=2,
        body=forward_step(state),
    )
    last = b("ArgMax", b("Add", "last_score", end), axis=1, keepdims=1)
    b.nodes_of(
        "Scan",
        [last, "choices"],
        ["first_label", "path"],
        num_scan_inputs=1,
        scan_input_directions=[1],
        scan_output_directions=[1],
        body=backward_step(len(state["emission.bias"])),
    )
    path = b("Concat", "path", b("Unsqueeze", last, b.integers(0)), axis=0)
    b.nodes_of("Squeeze", [path, b.integers(2)], ["labels"])


def build(state, form):
    """state: f32 arrays by name (weights.load)."""
    b = Builder()
    words, states = encode(b, state, form)
    fused = fuse(b, states, pool_context(b, words, state), state)
    viterbi(b, linear(b, fused, state["emission.weight"], state["emission.bias"]), state)
    used = {name for node in b.nodes for name in node.input}
    inputs = [helper.make_tensor_value_info(name, *INPUTS[name]) for name in INPUTS if name in used]
    labels = helper.make_tensor_value_info("labels", TensorProto.INT64, ["T", "B"])
    graph = helper.make_graph(b.nodes, "trimod", inputs, [labels], b.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def write(state, form, path):
    onnx.save(build(state, form), str(path))
