//===- PlanBuffers.cpp - every buffer in one arena -------------------------===//
//
// Buffer sizes depend on the lengths of the posts, so places in the arena are not
// numbers but expressions. Which buffers share a place is decided here, from
// lifetimes alone; how large a place is, is computed at entry, once a call.
//
//===----------------------------------------------------------------------===//

#include "passes/FunctionBoundary.h"
#include "passes/Passes.h"
#include "passes/SizeBound.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace trimod {
#define GEN_PASS_DEF_PLANBUFFERS
#include "passes/Passes.h.inc"
} // namespace trimod

using namespace mlir;
using namespace trimod;

/// Cache line, and the width of the widest vector: every buffer begins at a multiple.
static constexpr int64_t kAlignment = 64;

namespace {

/// One allocation and the stretch of the entry's top-level ops during which it lives.
struct Buffer {
  memref::AllocOp alloc;
  unsigned firstUse;
  unsigned lastUse;
  Value bytes;
  size_t slot;

  bool livesWith(const Buffer &other) const {
    return firstUse <= other.lastUse && other.firstUse <= lastUse;
  }
};

/// A place in the arena that buffers take one after the other; as large as the largest of them.
struct Slot {
  SmallVector<size_t> buffers;
  Value bytes;
  Value offset;
};

/// Plans the buffers of one entry function.
class BufferPlanner {
public:
  explicit BufferPlanner(func::FuncOp entry)
      : entry(entry), body(entry.getBody().front()), builder(entry.getContext()) {}

  LogicalResult run() {
    builder.setInsertionPointToStart(&body);
    if (failed(collectBuffers()))
      return failure();
    placeBuffers();
    BlockArgument arena = insertArena();
    for (Buffer &buffer : buffers)
      moveIntoArena(buffer, arena);
    return emitWorkspaceFunction();
  }

private:
  LogicalResult collectBuffers();
  LogicalResult findLifetime(Buffer &buffer, BufferViewFlowAnalysis &aliases);
  LogicalResult computeBytes(Buffer &buffer, SizeBound &bound);
  void placeBuffers();
  BlockArgument insertArena();
  void moveIntoArena(Buffer &buffer, BlockArgument arena);
  LogicalResult emitWorkspaceFunction();

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(builder, entry.getLoc(), value);
  }

  func::FuncOp entry;
  Block &body;
  OpBuilder builder;
  SmallVector<Buffer> buffers;
  SmallVector<Slot> slots;
  DenseMap<Operation *, unsigned> positions;
  Value total;
};

} // namespace

LogicalResult BufferPlanner::collectBuffers() {
  for (auto [position, op] : llvm::enumerate(body))
    positions[&op] = position;
  entry.walk([](memref::DeallocOp op) { op.erase(); });
  SmallVector<memref::AllocOp> allocs;
  entry.walk([&](memref::AllocOp op) { allocs.push_back(op); });
  BufferViewFlowAnalysis aliases(entry);
  SizeBound bound(entry, builder);
  for (memref::AllocOp alloc : allocs) {
    Buffer buffer{alloc, 0, 0, {}, 0};
    if (failed(findLifetime(buffer, aliases)) || failed(computeBytes(buffer, bound)))
      return failure();
    buffers.push_back(buffer);
  }
  return success();
}

LogicalResult BufferPlanner::findLifetime(Buffer &buffer, BufferViewFlowAnalysis &aliases) {
  Operation *loop = buffer.alloc->getParentOp();
  buffer.firstUse = buffer.lastUse = positions.lookup(body.findAncestorOpInBlock(*buffer.alloc));
  for (Value alias : aliases.resolve(buffer.alloc)) {
    for (Operation *user : alias.getUsers()) {
      // A buffer that one step of a loop hands to the next would be overwritten by the next.
      if (loop != entry && isa<RegionBranchTerminatorOpInterface>(user) &&
          !loop->isProperAncestor(user->getParentOp()))
        return buffer.alloc.emitOpError()
               << "is handed on by the loop around it; expected the loop to write into a buffer "
                  "from outside (trimod-lower-loops copies carried values)";
      buffer.lastUse =
          std::max(buffer.lastUse, positions.lookup(body.findAncestorOpInBlock(*user)));
    }
  }
  return success();
}

LogicalResult BufferPlanner::computeBytes(Buffer &buffer, SizeBound &bound) {
  MemRefType type = buffer.alloc.getType();
  if (!type.getLayout().isIdentity())
    return buffer.alloc.emitOpError() << "expected a contiguous buffer, got " << type;
  Location loc = buffer.alloc.getLoc();
  // An index is 64 bits wide on every target that we compile for.
  bool isIndex = type.getElementType().isIndex();
  int64_t fixed = isIndex ? 8 : llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (int64_t size : type.getShape())
    if (!ShapedType::isDynamic(size))
      fixed *= size;
  Value bytes = constant(fixed);
  for (Value size : buffer.alloc.getDynamicSizes()) {
    Value limit = bound.compute(size);
    if (!limit) {
      InFlightDiagnostic error = buffer.alloc.emitOpError()
                                 << "has a size that is not bounded by what is known when "
                                    "the function is entered";
      error.attachNote(bound.getObstacle().getLoc())
          << "the size depends on this; trimod-lower-loops bounds lengths by arith.minui";
      return error;
    }
    bytes = arith::MulIOp::create(builder, loc, bytes, limit);
  }
  // Round up, so that every offset is a multiple of the alignment.
  bytes = arith::AddIOp::create(builder, loc, bytes, constant(kAlignment - 1));
  buffer.bytes = arith::AndIOp::create(builder, loc, bytes, constant(-kAlignment));
  return success();
}

void BufferPlanner::placeBuffers() {
  // First fit.
  for (size_t index = 0; index < buffers.size(); ++index) {
    Buffer &buffer = buffers[index];
    auto isFree = [&](const Slot &slot) {
      return llvm::none_of(slot.buffers,
                           [&](size_t other) { return buffers[other].livesWith(buffer); });
    };
    auto slot = llvm::find_if(slots, isFree);
    if (slot == slots.end())
      slot = slots.insert(slots.end(), Slot());
    slot->buffers.push_back(index);
    buffer.slot = slot - slots.begin();
  }
  total = constant(0);
  for (Slot &slot : slots) {
    slot.bytes = buffers[slot.buffers.front()].bytes;
    for (size_t index : ArrayRef(slot.buffers).drop_front())
      slot.bytes =
          arith::MaxUIOp::create(builder, entry.getLoc(), slot.bytes, buffers[index].bytes);
    slot.offset = total;
    total = builder.createOrFold<arith::AddIOp>(entry.getLoc(), total, slot.bytes);
  }
}

BlockArgument BufferPlanner::insertArena() {
  unsigned index = 0;
  while (index < entry.getNumArguments() && !entry.getArgAttr(index, kOutputAttr))
    ++index;
  auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  NamedAttribute attributes[] = {
      builder.getNamedAttr(kNameAttr, builder.getStringAttr("workspace")),
      builder.getNamedAttr(kWorkspaceAttr, builder.getUnitAttr()),
  };
  (void)entry.insertArgument(index, type, builder.getDictionaryAttr(attributes), entry.getLoc());
  return entry.getArgument(index);
}

void BufferPlanner::moveIntoArena(Buffer &buffer, BlockArgument arena) {
  OpBuilder atAlloc(buffer.alloc);
  Value view = memref::ViewOp::create(atAlloc, buffer.alloc.getLoc(), buffer.alloc.getType(), arena,
                                      slots[buffer.slot].offset, buffer.alloc.getDynamicSizes());
  buffer.alloc.replaceAllUsesWith(view);
  buffer.alloc.erase();
}

/// The slice of the entry that computes `total`, as a function of the inputs.
LogicalResult BufferPlanner::emitWorkspaceFunction() {
  unsigned inputs = getInputCount(entry);
  SmallVector<Type> types(entry.getArgumentTypes().take_front(inputs));
  OpBuilder afterEntry(entry->getContext());
  afterEntry.setInsertionPointAfter(entry);
  auto function =
      func::FuncOp::create(afterEntry, entry.getLoc(), (entry.getName() + "_workspace").str(),
                           afterEntry.getFunctionType(types, {afterEntry.getIndexType()}));
  function.setPrivate();
  Block *block = function.addEntryBlock();
  OpBuilder inFunction = OpBuilder::atBlockBegin(block);

  SetVector<Operation *> slice;
  if (Operation *definition = total.getDefiningOp()) {
    if (failed(getBackwardSlice(definition, &slice)))
      return failure();
    slice.insert(definition);
  }
  IRMapping mapping;
  mapping.map(body.getArguments().take_front(inputs), block->getArguments());
  for (Operation *op : topologicalSort(slice)) {
    for (Value operand : op->getOperands()) {
      auto argument = dyn_cast<BlockArgument>(operand);
      if (argument && argument.getArgNumber() >= inputs)
        return op->emitOpError() << "the size of the workspace depends on argument #"
                                 << argument.getArgNumber() << ", which is not an input";
    }
    inFunction.clone(*op, mapping);
  }
  func::ReturnOp::create(inFunction, entry.getLoc(), mapping.lookup(total));
  return success();
}

namespace {
struct PlanBuffers : trimod::impl::PlanBuffersBase<PlanBuffers> {
  using PlanBuffersBase::PlanBuffersBase;
  void runOnOperation() override {
    for (func::FuncOp entry : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (entry->hasAttr(kEntryAttr) && failed(BufferPlanner(entry).run()))
        return signalPassFailure();
  }
};
} // namespace
