//===- Roofline.cpp - kernels below the machine's limits, as a picture -----===//

#include "tools/bench/Roofline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace llvm;
using namespace trimod::bench;

static constexpr double kLeft = 70, kTop = 50, kWidth = 640, kHeight = 460, kListWidth = 330;

static std::string escape(StringRef text) {
  std::string escaped;
  for (char character : text)
    escaped += character == '<'   ? "&lt;"
               : character == '>' ? "&gt;"
               : character == '&' ? "&amp;"
                                  : std::string(1, character);
  return escaped;
}

/// 0.1, 1, 10.
static std::string writeDecade(double exponent) {
  std::string text;
  raw_string_ostream(text) << format("%g", std::pow(10, exponent));
  return text;
}

namespace {

/// A logarithmic axis from 10^low to 10^high.
struct Axis {
  double low, high, start, length;

  double place(double value) const {
    return start + length * (std::log10(value) - low) / (high - low);
  }
};

class Picture {
public:
  explicit Picture(const Report &report) : report(report), bounds(*report.bounds) { chooseAxes(); }

  std::string draw() {
    const double height = std::max(kTop + kHeight + 60, kTop + 20 * double(report.kernels.size()));
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"sans-serif\" font-size=\"12\">",
        kLeft + kWidth + 20 + kListWidth, height);
    add("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
    text(kLeft, 25, "start", formatv("Kernels on {0}, {1}, one thread", report.cpu, report.level),
         "font-size=\"15\"");
    drawGrid();
    drawCeilings();
    for (auto [i, kernel] : llvm::enumerate(report.kernels))
      drawKernel(i, kernel);
    add("</svg>");
    return std::move(svg);
  }

private:
  template <typename... Values>
  void add(const char *format, Values &&...values) {
    svg += formatv(format, std::forward<Values>(values)...).str() + "\n";
  }

  void text(double left, double bottom, StringRef anchor, const std::string &content,
            StringRef attributes = "") {
    add("<text x=\"{0:f1}\" y=\"{1:f1}\" text-anchor=\"{2}\" {3}>{4}</text>", left, bottom, anchor,
        attributes, escape(content));
  }

  void line(double x1, double y1, double x2, double y2, StringRef attributes) {
    add("<line x1=\"{0:f1}\" y1=\"{1:f1}\" x2=\"{2:f1}\" y2=\"{3:f1}\" {4}/>", x1, y1, x2, y2,
        attributes);
  }

  double peak() const { return bounds.fmaOneThread.median; }

  static double intensity(const KernelResult &kernel) {
    return kernel.operations / double(kernel.bytes);
  }
  static double rate(const KernelResult &kernel) {
    return kernel.operations / kernel.time.seconds.median;
  }

  /// Whole decades around everything that is drawn.
  void chooseAxes() {
    double leastIntensity = 1, mostIntensity = 100, leastRate = peak() / 10;
    for (const KernelResult &kernel : report.kernels) {
      if (kernel.operations <= 0)
        continue;
      leastIntensity = std::min(leastIntensity, intensity(kernel));
      mostIntensity = std::max(mostIntensity, intensity(kernel));
      leastRate = std::min(leastRate, rate(kernel));
    }
    x = {std::floor(std::log10(leastIntensity)), std::ceil(std::log10(mostIntensity)), kLeft,
         kWidth};
    // Downwards.
    y = {std::floor(std::log10(leastRate)), std::log10(2 * peak()), kTop + kHeight, -kHeight};
  }

  void drawGrid() {
    for (double decade = x.low; decade <= x.high; ++decade) {
      const double place = x.place(std::pow(10, decade));
      line(place, kTop, place, kTop + kHeight, "stroke=\"#ddd\"");
      text(place, kTop + kHeight + 18, "middle", writeDecade(decade));
    }
    for (double decade = y.low; decade <= y.high; ++decade) {
      const double place = y.place(std::pow(10, decade));
      line(kLeft, place, kLeft + kWidth, place, "stroke=\"#ddd\"");
      text(kLeft - 8, place + 4, "end", writeDecade(decade - 9));
    }
    text(kLeft + kWidth / 2, kTop + kHeight + 42, "middle", "useful operations a byte");
    text(0, 0, "middle", "GFLOP/s (useful)",
         formatv("transform=\"translate(18 {0}) rotate(-90)\"", kTop + kHeight / 2).str());
  }

  void drawCeilings() {
    const double right = std::pow(10, x.high);
    line(kLeft, y.place(peak()), x.place(right), y.place(peak()),
         "stroke=\"#333\" stroke-width=\"2\"");
    text(x.place(right) - 6, y.place(peak()) - 6, "end",
         formatv("FMA peak {0:f0} GFLOP/s", peak() / 1e9));
    for (auto [i, read] : llvm::enumerate(bounds.reads))
      drawReadCeiling(i, read);
  }

  void drawReadCeiling(size_t number, const MachineBounds::Read &read) {
    const double bandwidth = read.bytesPerSecond.median;
    const double bottom = std::pow(10, y.low), left = std::pow(10, x.low);
    const double from = std::max(left, bottom / bandwidth), to = peak() / bandwidth;
    line(x.place(from), y.place(from * bandwidth), x.place(to), y.place(peak()),
         "stroke=\"#888\" stroke-width=\"1.5\"");
    // On the right of the line, each further up: lines of levels may be near each other.
    const double label = from * std::pow(1.5, double(number));
    text(x.place(label) + 8, y.place(label * bandwidth) + 10, "start",
         formatv("{0} {1:f0} GB/s", read.level.name, bandwidth / 1e9));
  }

  void drawKernel(size_t number, const KernelResult &kernel) {
    const std::string color = formatv("hsl({0},70%,40%)", number * 360 / report.kernels.size());
    const double listLeft = kLeft + kWidth + 20, listLine = kTop + 12 + 20 * double(number);
    text(listLeft, listLine, "start",
         formatv("{0}  {1}: {2:f0} % of {3}", number + 1, kernel.name,
                 100 * kernel.time.share.median, kernel.isBoundByFma() ? "FMA peak" : "reading"),
         "fill=\"" + color + "\"");
    if (kernel.operations <= 0)
      return;
    const double left = x.place(intensity(kernel)), top = y.place(rate(kernel));
    add("<circle cx=\"{0:f1}\" cy=\"{1:f1}\" r=\"4\" fill=\"{2}\"><title>{3}</title></circle>",
        left, top, color, escape(kernel.name));
    text(left + 6, top - 4, "start", std::to_string(number + 1), "fill=\"" + color + "\"");
  }

  const Report &report;
  const MachineBounds &bounds;
  Axis x, y;
  std::string svg;
};

} // namespace

std::string trimod::bench::drawRoofline(const Report &report) { return Picture(report).draw(); }
