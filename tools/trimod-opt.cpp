//===- trimod-opt.cpp - run passes on a model file --------------------------===//

#include "codegen/artifact/Passes.h"
#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/LowerToLLVM.h"
#include "dialect/Lifter.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/Passes.h"
#include "passes/Pipelines.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllPasses();
  registry.insert<trimod::TriModDialect>();
  trimod::registerLiftModels(registry);
  trimod::registerBufferizationModels(registry);
  trimod::registerTriModPasses();
  trimod::registerCodegenCPUPasses();
  trimod::registerPhasePipelines();
  trimod::registerTriModArtifactPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "TriMod pass driver\n", registry));
}
