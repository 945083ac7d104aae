//===- TriModRecurrentOps.td - recurrent cells over sequences --------------===//
//
// Each cell has three ops: the layer, which stands in model files; the recurrence,
// whose input products are computed already; and the packed recurrence, whose
// weights are laid out for the kernel. dialect/Recurrence.h says what differs from
// cell to cell.

#ifndef TRIMOD_RECURRENT_OPS
#define TRIMOD_RECURRENT_OPS

include "dialect/TriModBase.td"
include "dialect/TriModInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class TriMod_RecurrentOp<string mnemonic> : TriMod_Op<mnemonic,
    [TriMod_Lift, Pure, InferTypeOpAdaptor, AttrSizedOperandSegments]> {
  let extraClassDeclaration = [{
    int64_t getHiddenSize() {
      return ::llvm::cast<::mlir::RankedTensorType>(getWHh()[0].getType()).getDimSize(1);
    }
    unsigned getNumDirections() { return getDirection() == Direction::Bidirectional ? 2 : 1; }
  }];
}

defvar TriMod_LayerArguments = (ins TriMod_Matrix:$x, Variadic<TriMod_Matrix>:$w_ih,
    Variadic<TriMod_Matrix>:$w_hh, Variadic<TriMod_Vector>:$b_ih, Variadic<TriMod_Vector>:$b_hh,
    Variadic<TriMod_Float>:$init, Optional<TriMod_Offsets>:$offsets,
    TriMod_DirectionAttr:$direction);

defvar TriMod_RecurrenceArguments = (ins TriMod_Matrix:$gates, Variadic<TriMod_Matrix>:$w_hh,
    Variadic<TriMod_Vector>:$b_hh, Variadic<TriMod_Float>:$init,
    Optional<TriMod_Offsets>:$offsets, TriMod_DirectionAttr:$direction);

//===----------------------------------------------------------------------===//
// GRU
//===----------------------------------------------------------------------===//

def TriMod_GruOp : TriMod_RecurrentOp<"gru"> {
  let summary = "a gated recurrent unit over one sequence, or over every segment";
  let description = [{
    Gate order r, z, n. For each direction: w_ih [3H, I], w_hh [3H, H], b_ih and
    b_hh [3H]. With s the logistic function:

        r  = s(W_ir x + b_ir + W_hr h + b_hr)
        z  = s(W_iz x + b_iz + W_hz h + b_hz)
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))    linear_before_reset
        n  = tanh(W_in x + b_in + W_hn (r * h) + b_hn)    otherwise
        h' = (1 - z) * n + z * h

    `linear_before_reset = true` is PyTorch's and cuDNN's form (seed eq. 5).
    Results: states [T, D*H] ([forward; backward] for two directions) and the
    last states [D*H], with offsets [N, D*H]; the reverse direction's "last" is
    the one at the first row. Initial states are zero, or one [H] for each
    direction, or with offsets [N, H].

    ```mlir
    %states, %last = trimod.gru forward %x w_ih(%wi) w_hh(%wh) b_ih(%bi) b_hh(%bh)
        linear_before_reset = true
        : tensor<?x3xf32>, tensor<12x3xf32>, tensor<12x4xf32>, tensor<12xf32>, tensor<12xf32>
    ```
  }];
  let arguments = !con(TriMod_LayerArguments, (ins BoolAttr:$linear_before_reset));
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last);
  let assemblyFormat = [{
    $direction $x `w_ih` `(` $w_ih `)` `w_hh` `(` $w_hh `)` `b_ih` `(` $b_ih `)`
    `b_hh` `(` $b_hh `)` (`init` `(` $init^ `)`)? (`offsets` `(` $offsets^ `)`)?
    `linear_before_reset` `=` $linear_before_reset attr-dict `:` type(operands)
  }];
}

def TriMod_GruRecurrenceOp : TriMod_RecurrentOp<"gru_recurrence"> {
  let summary = "a gru whose input products W_ih x + b_ih are already computed";
  let description = [{
    `gates` are [T, D*3H]: for each direction r, z, n. Otherwise as `trimod.gru`.
    Made by `trimod-project-inputs`: one product over all rows of a batch instead
    of one for each step.
  }];
  let arguments = !con(TriMod_RecurrenceArguments, (ins BoolAttr:$linear_before_reset));
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last);
  let assemblyFormat = [{
    $direction $gates `w_hh` `(` $w_hh `)` `b_hh` `(` $b_hh `)` (`init` `(` $init^ `)`)?
    (`offsets` `(` $offsets^ `)`)?
    `linear_before_reset` `=` $linear_before_reset attr-dict `:` type(operands)
  }];
}

def TriMod_PackedGruOp : TriMod_Op<"packed_gru", [Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "gru_recurrence with gates and weights laid out in panels of units";
  let description = [{
    The `linear_before_reset` form with zero initial states. A panel holds L units
    (the lanes of a vector register) and P = ceil(H / L) panels hold a direction:

        gates [T, D*P*3*L]: column ((d*P + p)*3 + g)*L + l is gate g (r, z, n) of
            unit p*L + l of direction d: W_ih x + b_ih, and for r and z + b_hh
        w_hh [D, P, H, 3*L]: w_hh[d, p, k, g*L + l] = W_hh[d][g*H + p*L + l, k],
            zero for the units past H
        b_hn [D, P*L]

    so that one register tile holds the three gates of a panel. `hidden` is H. With
    `rows` [T] the gates are a table of any number of rows, of which step t reads
    row rows[t] (`trimod-gather-gates`); they are below that number.
    Results as `trimod.gru`: states [T, D*H], last [D*H] or [N, D*H]. Made by
    `trimod-pack-weights`.
  }];
  let arguments = (ins TriMod_Matrix:$gates, Optional<1DTensorOf<[I32]>>:$rows,
      4DTensorOf<[F32]>:$w_hh, TriMod_Matrix:$b_hn, Optional<TriMod_Offsets>:$offsets,
      I64Attr:$hidden, TriMod_DirectionAttr:$direction);
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last);
  let assemblyFormat = [{
    $direction $gates (`rows` `(` $rows^ `)`)? `,` $w_hh `,` $b_hn (`offsets` `(` $offsets^ `)`)? `hidden` `=` $hidden
    attr-dict `:` type(operands)
  }];
}

//===----------------------------------------------------------------------===//
// LSTM
//===----------------------------------------------------------------------===//

def TriMod_LstmOp : TriMod_RecurrentOp<"lstm"> {
  let summary = "a long short-term memory over one sequence, or over every segment";
  let description = [{
    Gate order i, f, g, o (PyTorch's). For each direction: w_ih [4H, I], w_hh
    [4H, H], b_ih and b_hh [4H]. With s the logistic function:

        i  = s(W_ii x + b_ii + W_hi h + b_hi)
        f  = s(W_if x + b_if + W_hf h + b_hf)
        g  = tanh(W_ig x + b_ig + W_hg h + b_hg)
        o  = s(W_io x + b_io + W_ho h + b_ho)
        c' = f * c + i * g
        h' = o * tanh(c')

    Results: states h [T, D*H] ([forward; backward] for two directions), and the
    last h and the last c, [D*H] each, with offsets [N, D*H]; the reverse
    direction's "last" are those at the first row. Initial states are zero, or h
    and then c [H] for each direction, or with offsets [N, H].

    ```mlir
    %states, %last, %last_cell = trimod.lstm forward %x w_ih(%wi) w_hh(%wh) b_ih(%bi) b_hh(%bh)
        init(%h0, %c0)
        : tensor<?x3xf32>, tensor<16x3xf32>, tensor<16x4xf32>, tensor<16xf32>, tensor<16xf32>,
          tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let arguments = TriMod_LayerArguments;
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last, TriMod_Float:$last_cell);
  let assemblyFormat = [{
    $direction $x `w_ih` `(` $w_ih `)` `w_hh` `(` $w_hh `)` `b_ih` `(` $b_ih `)`
    `b_hh` `(` $b_hh `)` (`init` `(` $init^ `)`)? (`offsets` `(` $offsets^ `)`)? attr-dict
    `:` type(operands)
  }];
}

def TriMod_LstmRecurrenceOp : TriMod_RecurrentOp<"lstm_recurrence"> {
  let summary = "an lstm whose input products W_ih x + b_ih are already computed";
  let description = [{
    `gates` are [T, D*4H]: for each direction i, f, g, o. Otherwise as
    `trimod.lstm`. Made by `trimod-project-inputs`.
  }];
  let arguments = TriMod_RecurrenceArguments;
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last, TriMod_Float:$last_cell);
  let assemblyFormat = [{
    $direction $gates `w_hh` `(` $w_hh `)` `b_hh` `(` $b_hh `)` (`init` `(` $init^ `)`)?
    (`offsets` `(` $offsets^ `)`)? attr-dict `:` type(operands)
  }];
}

def TriMod_PackedLstmOp : TriMod_Op<"packed_lstm", [Pure, InferTypeOpAdaptor,
    AttrSizedOperandSegments]> {
  let summary = "lstm_recurrence with gates and weights laid out in panels of units";
  let description = [{
    Zero initial states; panels of L units as in `trimod.packed_gru`:

        gates [T, D*P*4*L]: column ((d*P + p)*4 + g)*L + l is gate g (i, f, g, o) of
            unit p*L + l of direction d: W_ih x + b_ih + b_hh
        w_hh [D, P, H, 4*L]: w_hh[d, p, k, g*L + l] = W_hh[d][g*H + p*L + l, k],
            zero for the units past H

    `hidden` is H, `rows` as in `trimod.packed_gru`. Results as `trimod.lstm`. Made by
    `trimod-pack-weights`.
  }];
  let arguments = (ins TriMod_Matrix:$gates, Optional<1DTensorOf<[I32]>>:$rows,
      4DTensorOf<[F32]>:$w_hh, Optional<TriMod_Offsets>:$offsets, I64Attr:$hidden,
      TriMod_DirectionAttr:$direction);
  let results = (outs TriMod_Matrix:$states, TriMod_Float:$last, TriMod_Float:$last_cell);
  let assemblyFormat = [{
    $direction $gates (`rows` `(` $rows^ `)`)? `,` $w_hh (`offsets` `(` $offsets^ `)`)? `hidden` `=` $hidden
    attr-dict `:` type(operands)
  }];
}

#endif // TRIMOD_RECURRENT_OPS
