//===- VerifyPhase.cpp - what each phase promises to the next --------------===//

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "passes/FunctionBoundary.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_VERIFYPHASE
#include "passes/Passes.h.inc"
} // namespace trimod

namespace {

/// One broken promise repeats at many ops: the first few tell.
constexpr unsigned kMaxErrors = 5;

bool hasType(Operation *op, llvm::function_ref<bool(Type)> predicate) {
  if (auto function = dyn_cast<FunctionOpInterface>(op))
    return llvm::any_of(function.getArgumentTypes(), predicate) ||
           llvm::any_of(function.getResultTypes(), predicate);
  return llvm::any_of(op->getOperandTypes(), predicate) ||
         llvm::any_of(op->getResultTypes(), predicate);
}

/// Dialects that have a way through all phases, the rest of this list being what passes make of the
/// first five.
constexpr StringRef kModelDialects[] = {"arith",   "math", "tensor", "linalg", "trimod", "func",
                                        "builtin", "scf",  "affine", "cf",     "index",  "ub"};

bool isLowLevel(Operation *op) {
  return isa_and_present<memref::MemRefDialect, bufferization::BufferizationDialect,
                         LLVM::LLVMDialect>(op->getDialect());
}

/// Checks the contract of one phase. An error says: phase, op, what is wrong, what to do.
class PhaseContract {
public:
  PhaseContract(ModuleOp module, StringRef phase) : module(module), phase(phase) {}

  /// Fails if the phase is unknown or its contract is broken.
  LogicalResult verify() {
    void (PhaseContract::*check)() = llvm::StringSwitch<void (PhaseContract::*)()>(phase)
                                         .Case("model", &PhaseContract::verifyModel)
                                         .Case("fused", &PhaseContract::verifyFused)
                                         .Case("batched", &PhaseContract::verifyBatched)
                                         .Case("scheduled", &PhaseContract::verifyScheduled)
                                         .Case("kernels", &PhaseContract::verifyKernels)
                                         .Case("llvm", &PhaseContract::verifyLLVM)
                                         .Default(nullptr);
    if (!check)
      return module.emitError() << "trimod-verify-phase: expected phase=model, fused, batched, "
                                   "scheduled, kernels or llvm, got '"
                                << phase << "'";
    (this->*check)();
    return success(errors == 0);
  }

private:
  void verifyModel() {
    rejectForeignOps();
    rejectScheduledOps();
    rejectLowLevelOps();
    visitEntries([&](func::FuncOp entry) { requireNames(entry, /*batched=*/false); });
  }

  void verifyFused() {
    rejectForeignOps();
    rejectScheduledOps();
    rejectLowLevelOps();
    rejectCalls();
    requireStaticParameters();
  }

  void verifyBatched() {
    rejectForeignOps();
    rejectLowLevelOps();
    rejectCalls();
    requireStaticParameters();
    visitEntries([&](func::FuncOp entry) {
      rejectRaggedSignature(entry);
      requireNames(entry, /*batched=*/true);
    });
  }

  void verifyScheduled() {
    verifyBatched();
    visitEntries([&](func::FuncOp entry) {
      rejectUnscheduled(entry);
      checkDerivedArguments(entry);
    });
  }

  void verifyKernels() {
    visit([&](Operation *op) {
      // A terminator goes with the op that it stands in.
      if (isa<ParameterOp>(op) ||
          (op->hasTrait<OpTrait::IsTerminator>() && !isa<func::ReturnOp>(op)))
        return;
      if (isa_and_present<TriModDialect>(op->getDialect()))
        return report(op, "an op of the trimod dialect",
                      "give it a kernel, or run trimod-decompose and trimod-lower-loops");
      if (isa_and_present<linalg::LinalgDialect, tensor::TensorDialect,
                          bufferization::BufferizationDialect>(op->getDialect()))
        return report(op, "an op of the " + op->getDialect()->getNamespace() + " dialect",
                      "run bufferization and convert-linalg-to-loops");
      if (hasType(op, llvm::IsaPred<TensorType, RaggedType>))
        return report(op, "a value of tensor type", "run bufferization");
      if (isa<memref::AllocOp, memref::DeallocOp>(op))
        return report(op, "a heap allocation", "run trimod-plan-buffers");
    });
    visitEntries([&](func::FuncOp entry) {
      if (entry.getNumResults() > 0)
        report(entry, "results of a function", "run trimod-results-to-arguments");
    });
  }

  void verifyLLVM() {
    visit([&](Operation *op) {
      if (!isa<ModuleOp>(op) && !isa_and_present<LLVM::LLVMDialect>(op->getDialect()))
        report(op, "an op outside the LLVM dialect", "add its conversion to the lowering to LLVM");
    });
  }

  //===--------------------------------------------------------------------===//
  // Promises
  //===--------------------------------------------------------------------===//

  /// Ops that carry decisions of the schedule.
  void rejectScheduledOps() {
    visit([&](Operation *op) {
      if (isa<GruRecurrenceOp, LstmRecurrenceOp, AttentionContextOp, AttentionMergeOp,
              PackedLinearOp, PackedConv1dOp, PackedGruOp, PackedLstmOp>(op))
        report(op, "an op made by scheduling", "run the passes of phase 'scheduled' later");
    });
  }

  /// Bufferization fails on what it has no rules for, far from the model and without a remedy.
  void rejectForeignOps() {
    visit([&](Operation *op) {
      StringRef dialect = op->getName().getDialectNamespace();
      if (!llvm::is_contained(kModelDialects, dialect) && !isLowLevel(op))
        report(op, "an op of the " + dialect + " dialect",
               "write it with ops of arith, math, tensor, linalg or trimod");
    });
  }

  void rejectLowLevelOps() {
    visit([&](Operation *op) {
      if (isLowLevel(op) || hasType(op, llvm::IsaPred<BaseMemRefType>))
        report(op, "buffers", "write models in tensors; phase 'kernels' makes the buffers");
    });
  }

  void rejectCalls() {
    visit([&](Operation *op) {
      if (isa<CallOpInterface>(op))
        report(op, "a call", "define the function that it calls and run inline");
    });
  }

  void requireStaticParameters() {
    visit([&](Operation *op) {
      auto parameter = dyn_cast<ParameterOp>(op);
      if (parameter && !cast<RankedTensorType>(parameter.getType()).hasStaticShape())
        report(op, "a parameter of unknown size",
               "run trimod-specialize with the weights of this model");
    });
  }

  void rejectRaggedSignature(func::FuncOp entry) {
    for (auto [i, type] : llvm::enumerate(entry.getArgumentTypes()))
      if (isa<RaggedType>(type))
        report(entry, "a ragged argument (#" + Twine(i) + ")", "run trimod-expand-ragged");
    for (auto [i, type] : llvm::enumerate(entry.getResultTypes()))
      if (isa<RaggedType>(type))
        report(entry, "a ragged result (#" + Twine(i) + ")", "run trimod-expand-ragged");
  }

  /// The runtime binds arguments and results by name.
  void requireNames(func::FuncOp entry, bool batched) {
    StringRef remedy =
        batched
            ? "write {trimod.name = \"...\"} and {trimod.length = \"...\"} behind the arguments "
              "and results of the model, and run trimod-expand-ragged after trimod-batch"
            : "write {trimod.name = \"...\"} behind its type";
    for (unsigned i = 0; i < entry.getNumArguments(); ++i)
      if (!entry.getArgAttr(i, kNameAttr) && !entry.getArgAttr(i, kDerivedAttr))
        report(entry, "an argument without a name (#" + Twine(i) + ")", remedy);
    for (unsigned i = 0; i < entry.getNumResults(); ++i)
      if (!entry.getResultAttr(i, kNameAttr))
        report(entry, "a result without a name (#" + Twine(i) + ")", remedy);
  }

  void rejectUnscheduled(func::FuncOp entry) {
    DependenceAnalysis dependence;
    for (Operation &op : entry.getBody().front())
      if (!isa<GetParameterOp>(op) && dependence.of(&op) == Dependence::Parameters)
        report(&op, "a computation that depends on parameters alone", "run trimod-outline-init");
  }

  void checkDerivedArguments(func::FuncOp entry) {
    auto name = entry->getAttrOfType<FlatSymbolRefAttr>(kInitAttr);
    auto init = name ? module.lookupSymbol<func::FuncOp>(name.getAttr()) : func::FuncOp();
    for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
      auto number = entry.getArgAttrOfType<IntegerAttr>(i, kDerivedAttr);
      if (!number)
        continue;
      bool fits = init && number.getInt() >= 0 && number.getInt() < init.getNumResults() &&
                  init.getResultTypes()[number.getInt()] == entry.getArgumentTypes()[i];
      if (!fits)
        report(entry, "a derived argument (#" + Twine(i) + ") that no init function computes",
               "keep the function that 'trimod.init' names as trimod-outline-init made it");
    }
  }

  //===--------------------------------------------------------------------===//
  // Walk and report
  //===--------------------------------------------------------------------===//

  void visit(llvm::function_ref<void(Operation *)> check) {
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != module)
        check(op);
      return errors < kMaxErrors ? WalkResult::advance() : WalkResult::interrupt();
    });
  }

  void visitEntries(llvm::function_ref<void(func::FuncOp)> check) {
    for (auto function : module.getOps<func::FuncOp>())
      if (isEntry(function) && errors < kMaxErrors)
        check(function);
  }

  void report(Operation *op, const Twine &what, StringRef remedy) {
    if (errors++ >= kMaxErrors)
      return;
    InFlightDiagnostic error = op->emitError() << "phase '" << phase << "' must not leave " << what
                                               << ": '" << op->getName() << "'";
    if (auto symbol = dyn_cast<SymbolOpInterface>(op))
      error << " @" << symbol.getName();
    error << "; " << remedy;
  }

  ModuleOp module;
  StringRef phase;
  unsigned errors = 0;
};

struct VerifyPhase : trimod::impl::VerifyPhaseBase<VerifyPhase> {
  using VerifyPhaseBase::VerifyPhaseBase;

  void runOnOperation() override {
    if (failed(PhaseContract(getOperation(), phase).verify()))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};

} // namespace
