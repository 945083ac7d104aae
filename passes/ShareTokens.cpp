//===- ShareTokens.cpp - what a token alone decides, in an entry of its own ===//

#include "passes/FunctionBoundary.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace trimod;

namespace trimod {
#define GEN_PASS_DEF_SHARETOKENS
#include "passes/Passes.h.inc"
} // namespace trimod

static constexpr StringLiteral kPass = "trimod-share-tokens";

/// Names that the runtime knows (runtime/TokenRows.h).
static constexpr StringLiteral kTokens = "tokens", kRows = "token_rows";

namespace {

/// The gates of a recurrence over posts, and what they are computed from.
struct TokenRows {
  TokenRows(Block &body, Value gates) : gates(gates) {
    Computation computation = collectComputation(body, {gates});
    ops = computation.ops;
    inputs = computation.arguments.takeVector();
    llvm::sort(inputs, [](BlockArgument a, BlockArgument b) {
      return a.getArgNumber() < b.getArgNumber();
    });
  }

  Value gates;
  SmallVector<Operation *> ops;
  SmallVector<BlockArgument> inputs;
};

StringRef nameOf(BlockArgument argument) {
  auto entry = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto name = entry.getArgAttrOfType<StringAttr>(argument.getArgNumber(), kNameAttr);
  return name ? name.getValue() : StringRef();
}

bool dividesTokens(Value offsets) {
  auto argument = dyn_cast_or_null<BlockArgument>(offsets);
  return argument && isa<func::FuncOp>(argument.getOwner()->getParentOp()) &&
         nameOf(argument) == (kTokens + ".offsets").str();
}

/// The gates of a recurrence whose sequences are posts, or null.
Value getGatesOfPosts(Operation &op) {
  return llvm::TypeSwitch<Operation *, Value>(&op)
      .Case<GruRecurrenceOp, LstmRecurrenceOp, PackedGruOp, PackedLstmOp>([](auto recurrence) {
        return dividesTokens(recurrence.getOffsets()) ? recurrence.getGates() : Value();
      })
      .Default(Value());
}

/// Rows of tokens, and where the items of each token begin.
bool isOfTokens(BlockArgument argument) {
  auto entry = cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto isDivided = [&](unsigned index) {
    auto offsets = entry.getArgAttrOfType<StringAttr>(index, kOffsetsAttr);
    return offsets && offsets.getValue() == kTokens;
  };
  if (isDivided(argument.getArgNumber()))
    return true;
  StringRef items = nameOf(argument);
  if (!items.consume_back(".item_offsets"))
    return false;
  return llvm::any_of(entry.getArguments(), [&](BlockArgument other) {
    return nameOf(other) == items && isDivided(other.getArgNumber());
  });
}

/// Whether a row takes more than fetching it from tables.
bool isWorthKeeping(const TokenRows &rows) {
  DependenceAnalysis dependence;
  return llvm::any_of(rows.ops, [&](Operation *op) {
    return !isa<EmbeddingOp>(op) && dependence.of(op) == Dependence::Inputs;
  });
}

struct ShareTokens : trimod::impl::ShareTokensBase<ShareTokens> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto entry : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (isEntry(entry) && llvm::hasSingleElement(entry.getBody()))
        share(entry, symbols);
  }

private:
  void share(func::FuncOp entry, SymbolTable &symbols) {
    Block &body = entry.getBody().front();
    for (Operation &op : body) {
      Value gates = getGatesOfPosts(op);
      if (!gates || isa<BlockArgument>(gates))
        continue;
      TokenRows rows(body, gates);
      if (!isWorthKeeping(rows) || failed(check(&op, rows)))
        continue;
      func::FuncOp tokens = moveOut(entry, rows, symbols);
      takeRows(entry, rows);
      reportScheduled(&op, kPass,
                      "its gates are functions of single tokens: computed in @" + tokens.getName() +
                          ", once for each distinct token");
      // The inputs that a second recurrence could share are gone.
      return;
    }
  }

  static LogicalResult check(Operation *recurrence, const TokenRows &rows) {
    if (rows.inputs.empty())
      return failure();
    for (BlockArgument input : rows.inputs)
      if (!isOfTokens(input))
        return reportScheduleMiss(recurrence, kPass,
                                  "its gates depend on input '" + nameOf(input) +
                                      "', which is not one of a token");
    SmallVector<Value> moved(rows.inputs.begin(), rows.inputs.end());
    DependenceAnalysis dependence;
    for (Operation *op : rows.ops) {
      if (!isMemoryEffectFree(op))
        return reportScheduleMiss(recurrence, kPass, "its gates depend on an op with side effects");
      if (dependence.of(op) == Dependence::Inputs)
        llvm::append_range(moved, op->getResults());
    }
    Block *body = recurrence->getBlock();
    for (Value value : moved)
      for (Operation *user : value.getUsers())
        if (value != rows.gates &&
            !llvm::is_contained(rows.ops, body->findAncestorOpInBlock(*user)))
          return reportScheduleMiss(recurrence, kPass,
                                    "something else reads what its gates are computed from");
    return success();
  }

  static func::FuncOp moveOut(func::FuncOp entry, const TokenRows &rows, SymbolTable &symbols) {
    OpBuilder builder(entry);
    auto inputTypes = llvm::map_to_vector(rows.inputs, [](Value input) { return input.getType(); });
    auto tokens =
        func::FuncOp::create(builder, entry.getLoc(), (entry.getName() + "." + kTokens).str(),
                             builder.getFunctionType(inputTypes, rows.gates.getType()));
    symbols.insert(tokens, Block::iterator(entry));
    tokens.setResultAttr(0, kNameAttr, builder.getStringAttr(kRows));
    builder.setInsertionPointToStart(tokens.addEntryBlock());
    IRMapping mapping;
    for (auto [index, input] : llvm::enumerate(rows.inputs)) {
      NamedAttrList attributes(entry.getArgAttrDict(input.getArgNumber()));
      attributes.erase(kOffsetsAttr);
      tokens.setArgAttrs(index, attributes.getDictionary(builder.getContext()));
      mapping.map(input, tokens.getArgument(index));
    }
    for (Operation *op : rows.ops)
      builder.clone(*op, mapping);
    func::ReturnOp::create(builder, entry.getLoc(), mapping.lookup(rows.gates));
    return tokens;
  }

  /// Replaces the inputs of the moved computation by its result and each token's row of it.
  static void takeRows(func::FuncOp entry, const TokenRows &rows) {
    Builder builder(entry.getContext());
    auto name = [&](StringRef text) {
      return builder.getNamedAttr(kNameAttr, builder.getStringAttr(text));
    };
    NamedAttribute ofTokens[] = {
        name(kTokens), builder.getNamedAttr(kOffsetsAttr, builder.getStringAttr(kTokens))};
    auto idType = RankedTensorType::get({ShapedType::kDynamic}, builder.getI32Type());
    (void)entry.insertArgument(0, idType, builder.getDictionaryAttr(ofTokens), rows.gates.getLoc());
    (void)entry.insertArgument(1, rows.gates.getType(), builder.getDictionaryAttr(name(kRows)),
                               rows.gates.getLoc());
    OpBuilder body = OpBuilder::atBlockBegin(&entry.getBody().front());
    auto gathered = EmbeddingOp::create(body, rows.gates.getLoc(), entry.getArgument(0),
                                        entry.getArgument(1), /*scales=*/Value());
    Value gates = rows.gates;
    gates.replaceAllUsesWith(gathered.getResult());
    eraseDeadOps(entry.getBody().front());
    llvm::BitVector unused(entry.getNumArguments());
    for (BlockArgument input : rows.inputs)
      unused.set(input.getArgNumber());
    (void)entry.eraseArguments(unused);
  }
};

} // namespace
