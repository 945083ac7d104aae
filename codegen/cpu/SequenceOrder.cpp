#include "codegen/cpu/SequenceOrder.h"

using namespace mlir;

namespace trimod {

SequenceOrder::SequenceOrder(KernelBuilder &b, Value offsets, Value indices)
    : b(b), offsets(offsets), indices(indices) {
  count = b.sub(b.dim(offsets, 0), b.index(1));
  firstCount = b.add(count, groupSize);
}

Value SequenceOrder::lengthOf(Value sequence) {
  return b.sub(b.load(offsets, b.add(sequence, 1)), b.load(offsets, sequence));
}

Value SequenceOrder::countAt(Value length) { return b.add(firstCount, length); }

Value SequenceOrder::greatestLength() {
  auto longer = [&](Value sequence, ValueRange carried) -> SmallVector<Value> {
    return {b.max(carried[0], lengthOf(sequence))};
  };
  return b.loop(b.index(0), count, 1, b.index(0), longer)[0];
}

void SequenceOrder::sort() {
  Value zero = b.index(0), one = b.index(1);
  Value greatest = greatestLength();
  b.loop(zero, b.add(greatest, 1), 1,
         [&](Value length) { b.store(zero, indices, countAt(length)); });
  b.loop(zero, count, 1, [&](Value sequence) {
    Value at = countAt(lengthOf(sequence));
    b.store(b.add(b.load(indices, at), one), indices, at);
  });
  // From counts to the first position of each length.
  b.loop(zero, b.add(greatest, 1), 1, zero,
         [&](Value step, ValueRange carried) -> SmallVector<Value> {
           Value at = countAt(b.sub(greatest, step));
           Value ofThisLength = b.load(indices, at);
           b.store(carried[0], indices, at);
           return {b.add(carried[0], ofThisLength)};
         });
  // Each sequence moves its length's position on, so in the end that is the number of sequences at
  // least so long.
  b.loop(zero, count, 1, [&](Value sequence) {
    Value at = countAt(lengthOf(sequence));
    Value position = b.load(indices, at);
    b.store(b.add(position, one), indices, at);
    b.store(sequence, indices, b.add(position, groupSize));
  });
}

Value SequenceOrder::getLengthAt(Value position) { return lengthOf(getSequence(position)); }

Value SequenceOrder::getActive(Value t) { return b.load(indices, countAt(b.add(t, 1))); }

Value SequenceOrder::getSequence(Value position) {
  return b.load(indices, b.add(position, groupSize));
}

Value SequenceOrder::getRow(Value i) { return b.load(indices, i); }

void SequenceOrder::setRow(Value i, Value row) { b.store(row, indices, i); }

} // namespace trimod
