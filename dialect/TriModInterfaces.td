//===- TriModInterfaces.td - how an op joins flattening --------------------===//

#ifndef TRIMOD_INTERFACES
#define TRIMOD_INTERFACES

include "mlir/IR/OpBase.td"

def TriMod_LiftableOpInterface : OpInterface<"LiftableOpInterface"> {
  let cppNamespace = "::trimod";
  let description = [{
    An op that may stand in the body of a `trimod.map` and knows how to compute
    all rows of the map at once. It asks the lifter what its operands became
    (the same value for every row, one row of a tensor each, or a segment each)
    and registers what its results became.

    The op must decide before it creates IR: on failure nothing may have been
    created, and the op stays in a loop of its own (a residual map).
  }];
  let methods = [InterfaceMethod<
    "Rewrites this op for all rows; fails, with lifter.reject(...), if it cannot.",
    "::llvm::LogicalResult", "lift", (ins "::trimod::Lifter &":$lifter)>];
}

#endif // TRIMOD_INTERFACES
