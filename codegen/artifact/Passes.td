//===- Passes.td - passes that prepare a module for the artefact -----------===//

#ifndef TRIMOD_ARTIFACT_PASSES
#define TRIMOD_ARTIFACT_PASSES

include "mlir/Pass/PassBase.td"

def EntryPoints : Pass<"trimod-entry-points", "::mlir::ModuleOp"> {
  let summary = "functions of the C interface around the entry functions";
  let description = [{
    The runtime calls a compiled function with an array of `trimod_tensor`
    (runtime.h): a pointer and four sizes each. For every function with the
    attribute `trimod.entry` this pass adds `trimod_<name>_<level>`, which makes
    memref descriptors of that array and calls the function, and
    `trimod_<name>_<level>_workspace`, which calls `<name>_workspace` with the
    inputs only. All other functions get internal linkage, so that several levels
    can be linked into one artefact.

    Requires: the kernels phase; memrefs are still func.func arguments.
    Guarantees: works with any calling convention that the conversion of func to
    the LLVM dialect chooses, because the new functions are converted with it.
    Errors: an argument that the runtime cannot pass; no workspace function, or
    one that does not take exactly the inputs and return an index.

    ```mlir
    func.func @f(%x: memref<?xf32> {trimod.name = "x"}, ...) attributes {trimod.entry}
    // adds
    llvm.func @trimod_f_v3(%tensors: !llvm.ptr) {
      %data = llvm.load %tensors : !llvm.ptr -> !llvm.ptr
      ...
      %x = builtin.unrealized_conversion_cast %descriptor : !llvm.struct<...> to memref<?xf32>
      func.call @f(%x, ...) : (memref<?xf32>, ...) -> ()
      llvm.return
    }
    ```
  }];
  let options = [Option<"level", "level", "std::string", "\"v3\"",
                        "instruction level that the names end in: v3 or v4">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect"];
}

def ExposeInit : Pass<"trimod-expose-init", "::mlir::ModuleOp"> {
  let summary = "init functions that the runtime calls when it loads weights";
  let description = [{
    trimod-outline-init leaves what depends on parameters alone in a private
    function, whose results the entry takes as arguments. This pass makes it an
    entry function of its own, `<entry>.init`, and its results parameters of the
    entry it belongs to, with the keys `derived:<entry>.<level>.<i>` that the
    results are named by. The level is the module's `trimod.isa_level`.

    With embedded weights trimod-compile calls the init function itself, and
    nothing is left to do here.

    ```mlir
    func.func private @f_init() -> tensor<8xf32>
    func.func @f(%x: ..., %w: tensor<8xf32> {trimod.derived = 0}) attributes {trimod.init = @f_init}
    // becomes
    func.func @f.init() -> (tensor<8xf32> {trimod.name = "derived:f.v3.0"})
    func.func @f(%x: ...)  // with trimod.get_parameter @f_derived_0_v3
    ```
    Errors: `trimod.init` names no function without arguments, or one that does
    not compute the derived arguments.
  }];
  let dependentDialects = ["::trimod::TriModDialect"];
}

#endif // TRIMOD_ARTIFACT_PASSES
