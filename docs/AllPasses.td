// Every pass of the compiler, for one page.
include "passes/Passes.td"
include "codegen/artifact/Passes.td"
