//===- Roofline.h - kernels below the machine's limits, as a picture -*- C++ -*-===//
#ifndef TRIMOD_TOOLS_BENCH_ROOFLINE_H
#define TRIMOD_TOOLS_BENCH_ROOFLINE_H

#include "tools/bench/Report.h"

namespace trimod::bench {

/// An SVG picture of operations a second over operations a byte (Williams, Waterman, Patterson:
/// Roofline, 2009), both logarithmic: the ceiling of fused multiply-adds, one of reading for each
/// level of memory, and a numbered point for each kernel. A kernel without arithmetic stands in the
/// list beside it only. `report` has bounds.
std::string drawRoofline(const Report &report);

} // namespace trimod::bench

#endif // TRIMOD_TOOLS_BENCH_ROOFLINE_H
