//===- Table.h - a run as text ----------------------------------*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_TABLE_H
#define TRIMOD_TOOLS_BENCH_TABLE_H

#include "tools/bench/Compare.h"
#include "llvm/Support/raw_ostream.h"

namespace trimod::bench {

void printReport(llvm::raw_ostream &stream, const Report &report);
void printComparisons(llvm::raw_ostream &stream, llvm::ArrayRef<Comparison> comparisons);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_TABLE_H
