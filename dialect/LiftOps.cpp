//===- LiftOps.cpp - lifting of the trimod ops -----------------------------===//

#include "dialect/TriMod.h"

using namespace trimod;

llvm::LogicalResult UnpackOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult MapOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult EmbeddingOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult LinearOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult GruOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult AttentionPoolOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult CrfViterbiOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult CrfLogPartitionOp::lift(Lifter &) { return llvm::failure(); }
llvm::LogicalResult CrfScoreOp::lift(Lifter &) { return llvm::failure(); }
