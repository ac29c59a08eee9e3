// The full parser on any bytes. The first byte's lowest bit is the format.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parser/text.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

// What every consumer of a sample relies on.
void CheckSample(const ParsedSample& sample, std::string_view body) {
  FuzzCheck(!sample.metric.empty(), "a metric has a name");
  FuzzCheck(parser::IsValidUtf8(sample.metric), "a metric's name is UTF-8");
  std::set<std::string_view> names = {"__name__"};
  for (const parser::LabelRef& label : sample.labels) {
    FuzzCheck(!label.name.empty() && parser::IsValidUtf8(label.name), "a label's name is UTF-8");
    FuzzCheck(parser::IsValidUtf8(label.value), "a label's value is UTF-8");
    FuzzCheck(names.insert(label.name).second, "no label is named twice");
  }
  const auto bits = std::bit_cast<uint64_t>(sample.value);
  FuzzCheck(sample.value == sample.value || bits == kNormalNanBits, "there is one NaN");
  FuzzCheck(sample.identity.data() >= body.data() &&
                sample.identity.data() + sample.identity.size() < body.data() + body.size(),
            "the identity lies within the body, before a value");
}

// A line read by itself, under the type in force, is what it is in its body.
void CheckLocality(const ParsedSample& sample, std::string_view body, Exposition format) {
  const Sample whole = Copy(sample);
  ExpositionParser alone(body, format);
  alone.Seek(static_cast<size_t>(sample.identity.data() - body.data()), sample.type);
  ParsedSample again;
  FuzzCheck(alone.Next(&again) && Copy(again) == whole,
            "a line does not depend on those before it");
  FuzzCheck(again.identity == sample.identity, "nor does its identity");
}

// "line:column: " with a line that the body has.
void CheckError(const absl::Status& status, std::string_view body) {
  FuzzCheck(status.code() == absl::StatusCode::kInvalidArgument, "errors are of one kind");
  const std::string message(status.message());
  char* end = nullptr;
  const unsigned long line = std::strtoul(message.c_str(), &end, 10);
  const auto lines = std::count(body.begin(), body.end(), '\n') + 1;
  FuzzCheck(line >= 1 && line <= static_cast<unsigned long>(lines), "the line exists");
  FuzzCheck(*end == ':' && std::strtoul(end + 1, &end, 10) >= 1, "the column follows");
  FuzzCheck(std::string_view(end).starts_with(": "), "then the message");
  FuzzCheck(parser::IsValidUtf8(message), "which is UTF-8");
}

}  // namespace
}  // namespace tacho::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tacho::testing;
  if (size == 0) return 0;
  const auto format =
      (data[0] & 1) != 0 ? tacho::Exposition::kOpenMetrics : tacho::Exposition::kText;
  const std::vector<char> exact(data + 1, data + size);  // nothing readable beyond it
  const std::string_view body(exact.data(), exact.size());
  ExpositionParser parser(body, format);
  ParsedSample sample;
  std::map<uint32_t, std::vector<std::pair<std::string, std::string>>> by_id;
  while (parser.Next(&sample)) {
    CheckSample(sample, body);
    if (sample.labels_id != tacho::parser::kNoLabelsId) {
      const auto labels = Copy(sample).labels;
      FuzzCheck(by_id.try_emplace(sample.labels_id, labels).first->second == labels,
                "equal ids are equal labels");
    }
    CheckLocality(sample, body, format);
  }
  if (!parser.status().ok()) CheckError(parser.status(), body);
  FuzzCheck(!parser.Next(&sample), "the end is final");
  return 0;
}
