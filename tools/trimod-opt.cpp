//===- trimod-opt.cpp - run passes on a model file --------------------------===//

#include "codegen/artifact/Compiler.h"
#include "codegen/artifact/Passes.h"
#include "codegen/artifact/Phases.h"
#include "codegen/cpu/LowerToLLVM.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  trimod::registerCompilerDialects(registry);
  mlir::registerAllPasses();
  trimod::registerTriModPasses();
  trimod::registerCodegenCPUPasses();
  trimod::registerPhasePipelines();
  trimod::registerCodegenPhases();
  trimod::registerTriModArtifactPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "TriMod pass driver\n", registry));
}
