//===- Passes.h - passes over the trimod dialect ----------------*- C++ -*-===//

#ifndef TRIMOD_PASSES_PASSES_H
#define TRIMOD_PASSES_PASSES_H

#include "dialect/TriMod.h"
#include "mlir/Pass/Pass.h"

namespace trimod {

#define GEN_PASS_DECL
#include "passes/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

} // namespace trimod

#endif // TRIMOD_PASSES_PASSES_H
