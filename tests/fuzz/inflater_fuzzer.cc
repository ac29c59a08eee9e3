// Any bytes as gzip: "step, bytes". Never more is kept than the limits allow; without
// limits in the way, what comes out does not depend on the cuts; and the bytes, made
// gzip, come back as they were.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/net/inflater.h"
#include "tests/adapter_net/gzip.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::adapter::InflateLimits;
using ::tacho::adapter::Inflater;
using ::tacho::testing::FuzzCheck;
using State = Inflater::State;

constexpr InflateLimits kTight{.max_output = 100'000, .max_ratio = 10, .ratio_free_bytes = 1'000};
constexpr InflateLimits kWide{
    .max_output = size_t{8} << 20, .max_ratio = 5'000, .ratio_free_bytes = size_t{8} << 20};

struct Inflated {
  State state = State::kMore;
  bool complete = false;
  std::string text;
};

Inflated Inflate(std::string_view bytes, size_t step, const InflateLimits& limits) {
  static Inflater inflater;  // reused, as connections do
  inflater.Reset(limits);
  Inflated out;
  size_t fed = 0;
  while (fed < bytes.size() && out.state == State::kMore) {
    const std::string_view part = bytes.substr(fed, step);
    fed += part.size();
    out.state = inflater.Feed(part, &out.text);
    FuzzCheck(out.text.size() <= limits.max_output, "more output than the limit");
    FuzzCheck(out.text.size() <= std::max(limits.ratio_free_bytes, limits.max_ratio * (fed + 1)),
              "more output than the ratio allows");
  }
  out.complete = inflater.complete();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = size_t{data[0]} + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  Inflate(bytes, step, kTight);
  const Inflated whole = Inflate(bytes, std::max<size_t>(bytes.size(), 1), kWide);
  const Inflated cut = Inflate(bytes, step, kWide);
  if (whole.state == State::kMore && cut.state == State::kMore) {
    FuzzCheck(whole.text == cut.text, "the text depends on the cuts");
    FuzzCheck(whole.complete == cut.complete, "the end depends on the cuts");
  }
  FuzzCheck((whole.state == State::kCorrupt) == (cut.state == State::kCorrupt) ||
                whole.state == State::kTooLarge || cut.state == State::kTooLarge,
            "corruption depends on the cuts");
  const Inflated back = Inflate(tacho::adapter::Gzip(bytes), step, kWide);
  FuzzCheck(back.state == State::kMore && back.complete && back.text == bytes,
            "text does not come back");
  return 0;
}
