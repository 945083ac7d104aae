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

#endif // TRIMOD_ARTIFACT_PASSES
