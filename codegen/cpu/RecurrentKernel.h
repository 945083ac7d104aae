// The recurrent part of a cell over a ragged batch: what the kernels of all cells share.
//
// Sequences are taken longest first, in groups of 64 whose states stay in the cache. In a group,
// step t advances the sequences that are longer than t: the first ones. A step is, for each panel
// of units, one contraction over h into a scratch buffer (the accumulators of a tile are the gates
// of one panel, so that one load of h feeds all of them), and then two short passes over the
// scratch: the gates, then the next state. Gates computed straight from the accumulators would wait
// for one long chain of dependent operations at the end of every tile.
#ifndef TRIMOD_CODEGEN_CPU_RECURRENTKERNEL_H
#define TRIMOD_CODEGEN_CPU_RECURRENTKERNEL_H

#include "codegen/cpu/Kernels.h"
#include "codegen/cpu/SequenceOrder.h"

namespace trimod {

/// Builds the body of a kernel; a cell adds its two pointwise passes.
class RecurrentKernel {
public:
  using Value = mlir::Value;

  /// Types of the arguments that every cell has, which come first.
  static llvm::SmallVector<mlir::Type> getArgumentTypes(mlir::MLIRContext *context,
                                                        const Target &target,
                                                        const RecurrenceConfig &config);
  /// "trimod_<cell>_<level>_h<hidden>_<direction>", and "_rows"
  static std::string getName(llvm::StringRef cell, const Target &target,
                             const RecurrenceConfig &config);

  RecurrentKernel(KernelBuilder &b, const Target &target, const RecurrenceConfig &config,
                  mlir::ValueRange arguments);

  void build();

protected:
  ~RecurrentKernel() = default;

  /// One panel of units of one sequence at one step.
  struct Place {
    Value row, gateRow, sequence, panel;
    /// Units of the panel that there are.
    int64_t units;
    /// At the first step all states are zero.
    bool isFirst;
  };

  /// Emitted before the first step of a direction.
  virtual void prepare() {}
  /// The first pass: what is left of the gates for the second, at most one value for each gate.
  /// `products` is W_hh h of every gate.
  virtual llvm::SmallVector<Value> buildGates(llvm::ArrayRef<Value> products, const Place &at) = 0;
  /// The second pass: stores the next state.
  virtual void buildState(llvm::ArrayRef<Value> gates, const Place &at) = 0;

  int64_t lanes() const { return target.lanes(); }
  /// x's part of a gate.
  Value gateInput(const Place &at, int64_t gate);
  Value previousState(const Place &at);
  void storeState(Value state, const Place &at);
  /// Column of the panel's first unit among those of all directions.
  Value unitOf(Value panel);

  KernelBuilder &b;
  Target target;
  RecurrenceConfig config;
  // Of the direction at hand.
  Value direction, firstUnit;

private:
  int64_t panels() const { return config.panels(target); }
  int64_t gates() const { return config.gates; }
  int64_t tileRows() const;
  int64_t panelsOfOneRow() const;

  void selectDirection(Value direction);
  Value rowAt(Value sequence, Value t);
  void buildStep(Value active, Value t);
  void buildFirstStep(Value active);
  void buildOneRow();
  void buildRows(Value active);
  void contract(Value panel, int64_t count, Value i, int64_t rows,
                llvm::function_ref<void(int64_t row, llvm::ArrayRef<Value> sums)> epilogue);
  void buildGatesInSlot(Value slot, const Place &at);
  void buildStateOfSlot(Value slot, const Place &at);
  void storeLast();

  Place placeOf(Value i, Value panel, int64_t units, bool isFirst);
  void storeSlot(Value slot, llvm::ArrayRef<Value> values);
  llvm::SmallVector<Value> loadSlot(Value slot, int64_t count);
  void forPanels(llvm::function_ref<void(Value panel, int64_t units)> body);

  Value gateInputs, recurrent, offsets, indices, scratch, states, last, gateRows;
  SequenceOrder order;
  Value isReverse, toPrevious, firstGate;
  /// First position of the group at hand.
  Value group;
  /// Values that the first pass leaves in a slot.
  int64_t left = 0;
};

} // namespace trimod

#endif
