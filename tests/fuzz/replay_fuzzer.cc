// I1: the replay of one body over the plan of another has the effect of the full
// parser's samples. Input: a byte of flags, the plan's body, 0x01, and either the
// second body or the edits (two bytes of place, one byte) that make it from the first.
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz_check.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

struct Input {
  Exposition format = Exposition::kText;
  Exposition plan_format = Exposition::kText;
  parser::ReplayOptions options;
  bool leave_out = false;
  std::vector<char> plan_body;
  std::vector<char> body;
};

void Edit(std::vector<char>* body, std::string_view edits) {
  for (; edits.size() >= 3 && !body->empty(); edits.remove_prefix(3)) {
    const size_t place = static_cast<uint8_t>(edits[0]) + 256u * static_cast<uint8_t>(edits[1]);
    (*body)[place % body->size()] = edits[2];
  }
}

Input Split(std::string_view data) {
  Input in;
  const auto flags = static_cast<uint8_t>(data[0]);
  data.remove_prefix(1);
  if ((flags & 1) != 0) in.format = in.plan_format = Exposition::kOpenMetrics;
  if ((flags & 0x60) == 0x60) in.plan_format = Exposition::kText;
  in.options.keep_timestamps = (flags & 2) != 0;
  if ((flags & 4) != 0) in.options.max_samples = flags >> 5;
  in.leave_out = (flags & 8) != 0;
  const size_t separator = std::min(data.find('\x01'), data.size());
  const std::string_view first = data.substr(0, separator);
  const std::string_view rest = data.substr(std::min(separator + 1, data.size()));
  in.plan_body.assign(first.begin(), first.end());
  if ((flags & 16) != 0) {
    in.body = in.plan_body;
    Edit(&in.body, rest);
  } else {
    in.body.assign(rest.begin(), rest.end());
  }
  return in;
}

}  // namespace
}  // namespace tacho::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tacho::testing;
  if (size == 0) return 0;
  const Input in = Split({reinterpret_cast<const char*>(data), size});
  const std::string_view plan_body(in.plan_body.data(), in.plan_body.size());
  const std::string_view body(in.body.data(), in.body.size());
  const Plan plan = MakePlan(plan_body, in.plan_format, [&](const std::string& key) {
    return !in.leave_out || key.size() % 3 != 0;
  });
  const Effect replayed = ReplayEffect(plan, body, in.format, in.options);
  const Effect full = FullEffect(plan, plan_body, body, in.format, in.options);
  if (replayed != full) {
    std::cerr << "replay:\n" << replayed << "\nfull parser:\n" << full << "\n";
    FuzzCheck(false, "I1: replay differs from the full parser");
  }
  (void)plan.plan->LooksLike(body);
  return 0;
}
