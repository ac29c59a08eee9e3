// The input is a window, sample times and two rows, as raw bytes; every kernel must give
// the bits of its plain twin, whatever the doubles are.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "engine/aggregate.h"
#include "engine/kernels.h"
#include "engine/window_kernels.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using tacho::engine::Extrapolation;
using tacho::engine::RangeWindow;
using tacho::engine::SamplePoint;
using tacho::testing::FuzzCheck;

// Sample times of one target, and two rows of counters that do not fall.
struct Case {
  RangeWindow window;
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  size_t samples = 2;
  std::vector<double> first;
  std::vector<double> last;
};

Case Decode(const uint8_t* data, size_t size) {
  uint16_t header[4] = {};
  std::memcpy(header, data, std::min(size, sizeof(header)));
  Case c;
  const int64_t range_ms = 2 + header[0];
  c.window = RangeWindow::At(tacho::Timestamp::FromUnixMillis(1'000'000), range_ms * 1'000'000, 0);
  c.first_ms = c.window.after_ms + 1 + header[1] % (range_ms - 1);
  c.last_ms = c.first_ms + 1 + header[2] % (c.window.until_ms - c.first_ms);
  c.samples = 2 + header[3] % 10;
  for (size_t at = sizeof(header); at + 16 <= size; at += 16) {
    double pair[2];
    std::memcpy(pair, data + at, sizeof(pair));
    c.first.push_back(pair[0]);
    c.last.push_back(pair[1] < pair[0] ? pair[0] : pair[1]);
  }
  return c;
}

using Function = tacho::engine::SeriesValue (*)(std::span<const SamplePoint>, const RangeWindow&);

void CheckSame(const Case& c, const std::vector<double>& values, Function plain, const char* what) {
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<SamplePoint> samples(c.samples, {c.first_ms, c.first[i]});
    samples.back() = {c.last_ms, c.last[i]};
    const double want = *plain(samples, c.window);
    const bool same = std::bit_cast<uint64_t>(values[i]) == std::bit_cast<uint64_t>(want);
    FuzzCheck(same || (std::isnan(values[i]) && std::isnan(want)), what);
  }
}

void CheckSum(const std::vector<double>& values) {
  tacho::engine::SerialAggregate serial(tacho::parser::Op::kSum);
  double magnitude = 0;
  for (const double value : values) {
    serial.Add(value);
    magnitude += std::fabs(value);
  }
  const double sum = tacho::engine::SumOf(values.data(), values.size()).Value();
  // Where an intermediate sum overflows depends on the order.
  if (values.empty() || !(magnitude < 1e308) || !std::isfinite(sum)) return;
  const double slack = 1e-15 * std::fabs(serial.Result()) + 1e-28 * magnitude;
  FuzzCheck(std::fabs(sum - serial.Result()) <= slack, "SumOf lost digits");
}

void CheckExtremes(const std::vector<double>& values) {
  using tacho::parser::Op;
  tacho::engine::SerialAggregate least(Op::kMin);
  tacho::engine::SerialAggregate most(Op::kMax);
  for (const double value : values) {
    least.Add(value);
    most.Add(value);
  }
  if (values.empty()) return;
  const double min = tacho::engine::MinOf(values.data(), values.size());
  const double max = tacho::engine::MaxOf(values.data(), values.size());
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  FuzzCheck(same(min, least.Result()) && same(max, most.Result()), "MinOf or MaxOf differs");
}

// The input's doubles as the rows of a window of `count` positions.
void CheckWindows(const Case& c) {
  using namespace tacho::engine;
  std::vector<double> all = c.first;
  all.insert(all.end(), c.last.begin(), c.last.end());
  const size_t rows = std::min(c.samples, all.size());
  if (rows < 2) return;
  const size_t count = all.size() / rows;
  std::vector<const double*> values;
  std::vector<double> seconds;
  std::vector<SamplePoint> samples;
  for (size_t row = 0; row < rows; ++row) {
    values.push_back(all.data() + row * count);
    const auto ms = static_cast<int64_t>(row) * (c.last_ms - c.first_ms);
    seconds.push_back(static_cast<double>(ms) / 1e3);
    samples.push_back({c.first_ms + ms, 0});
  }
  std::vector<double> out(count);
  for (const FunctionEntry& function : RangeFunctions()) {
    const RowKernel kernel = function.range.kernel;
    if (!IsWindowKernel(kernel)) continue;
    ComputeWindow(kernel, {values, seconds}, count, out.data());
    for (size_t i = 0; i < count; ++i) {
      for (size_t row = 0; row < rows; ++row) samples[row].value = values[row][i];
      const double want = *function.range.plain({.samples = samples, .window = c.window});
      const bool same = std::bit_cast<uint64_t>(out[i]) == std::bit_cast<uint64_t>(want);
      const bool asked_again = !IsExact(kernel) && !std::isfinite(out[i]);
      FuzzCheck(same || (std::isnan(out[i]) && std::isnan(want)) || asked_again,
                "a window kernel differs");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tacho::engine;
  const Case c = Decode(data, size);
  std::vector<double> out(c.first.size());
  const double* first = c.first.data();
  const double* last = c.last.data();
  for (const bool per_second : {true, false}) {
    const auto e = Extrapolation::Of(c.first_ms, c.last_ms, c.samples, c.window, per_second);
    ExtrapolateCounters(first, last, out.size(), e, out.data());
    CheckSame(c, out, per_second ? Rate : Increase, "rate or increase differs");
    CheckSum(out);
    CheckExtremes(out);
    ScaleDifferences(first, last, out.size(), e.factor, out.data());
    if (!per_second) CheckSame(c, out, Delta, "delta differs");
  }
  ScaleDifferences(first, last, out.size(), 1, out.data());
  CheckSame(c, out, InstantDelta, "idelta differs");
  DivideDifferences(first, last, out.size(), static_cast<double>(c.last_ms - c.first_ms) / 1000,
                    out.data());
  CheckSame(c, out, InstantRate, "irate differs");
  CheckWindows(c);
  return 0;
}
