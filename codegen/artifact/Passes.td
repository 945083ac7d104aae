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
  let options = [Option<"level", "level", "std::string", "\"x86-64-v3\"",
                        "instruction level that the names end in: x86-64-v3 or x86-64-v4">];
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

def IndexBounds : Pass<"trimod-index-bounds", "::mlir::ModuleOp"> {
  let summary = "how many rows the tables have that an input selects from";
  let description = [{
    Compiled code reads the rows of `trimod.embedding` unchecked. Every input of an
    entry function whose elements reach such an op as ids, through ops that only
    move elements, gets `trimod.index_bound`: the number of rows of the table, of
    several tables the smallest. It becomes part of the artefact's interface
    (`trimod_value::index_bound` of runtime.h), so that who fills the input can be
    refused before the call if his ids are others.

    Why here: after phase `batched` the sizes of tables are known and ids are still
    those of the model; what weights alone decide has not been moved away yet.

    ```mlir
    func.func @f(%words: tensor<?xi32> {trimod.name = "words"}, ...) {
      %table = trimod.get_parameter @word_embedding : tensor<5000x200xf32>
      %x = trimod.embedding %words, %table : tensor<?xi32>, tensor<5000x200xf32>
    // becomes
    func.func @f(%words: tensor<?xi32> {trimod.index_bound = 5000 : i64, trimod.name = "words"}, ...) {
    ```
    Not followed: ids that are computed, which no caller is responsible for.
  }];
}

#endif // TRIMOD_ARTIFACT_PASSES
