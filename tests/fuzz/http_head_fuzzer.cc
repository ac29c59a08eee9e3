// Any bytes as the head of a request and of a reply: "step, bytes". Where a head ends
// does not depend on how it was cut, and a head that is accepted has one reading: written
// out plainly, it is read back the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/net/http_head.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::testing::FuzzCheck;
namespace adapter = ::tacho::adapter;
using State = adapter::HeadScanner::State;

// Small, so that the fuzzer reaches them.
constexpr adapter::HeadLimits kLimits{.max_bytes = 512, .max_fields = 8, .max_target_bytes = 64};

State ScanInSteps(std::string_view text, size_t step, adapter::HeadScanner* scanner) {
  State state = State::kMore;
  for (size_t end = 0; state == State::kMore && end < text.size();) {
    end = std::min(text.size(), end + step);
    state = scanner->Scan(text.substr(0, end));
  }
  return state;
}

// No byte that could end a line, anywhere in what was read.
void CheckFields(const adapter::HttpFields& fields) {
  constexpr std::string_view kBreaks("\r\n\0", 3);
  for (const auto& [name, value] : fields) {
    FuzzCheck(!name.empty() && name.find_first_of(" \t:") == std::string_view::npos, "a name");
    FuzzCheck(name.find_first_of(kBreaks) == std::string_view::npos, "a break in a name");
    FuzzCheck(value.find_first_of(kBreaks) == std::string_view::npos, "a break in a value");
  }
  FuzzCheck(fields.size() <= kLimits.max_fields, "too many fields");
  FuzzCheck(fields.Count("content-length") + fields.Count("transfer-encoding") <= 1,
            "a body that ends in two ways");
}

std::string Plain(std::string line, const adapter::HttpFields& fields) {
  line.append("\r\n");
  for (const auto& [name, value] : fields)
    line.append(name).append(":").append(value).append("\r\n");
  return line.append("\r\n");
}

template <typename Head>
void CheckSame(const Head& a, const Head& b) {
  FuzzCheck(a.minor_version == b.minor_version && a.KeepAlive() == b.KeepAlive(), "the version");
  FuzzCheck(a.framing.kind == b.framing.kind && a.framing.length == b.framing.length,
            "the framing");
  FuzzCheck(std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                       [](const auto& x, const auto& y) {
                         return x.name == y.name && x.value == y.value;
                       }),
            "the fields");
}

void CheckRequest(std::string_view text) {
  adapter::RequestHead head;
  if (ParseRequestHead(text, kLimits, &head) != adapter::HeadError::kNone) return;
  CheckFields(head.fields);
  FuzzCheck(head.target.size() <= kLimits.max_target_bytes, "a target beyond its limit");
  std::string line(head.method);
  line.append(" ").append(head.target).append(" HTTP/1.");
  const std::string plain = Plain(line.append(std::to_string(head.minor_version)), head.fields);
  adapter::RequestHead again;
  FuzzCheck(ParseRequestHead(plain, kLimits, &again) == adapter::HeadError::kNone,
            "read once only");
  FuzzCheck(again.method == head.method && again.target == head.target, "the request line");
  CheckSame(head, again);
}

void CheckReply(std::string_view text) {
  adapter::ReplyHead head;
  if (ParseReplyHead(text, &head) != adapter::HeadError::kNone) return;
  CheckFields(head.fields);
  FuzzCheck(head.status >= 100 && head.status <= 999, "a status");
  std::string line = "HTTP/1." + std::to_string(head.minor_version) + " ";
  line.append(std::to_string(head.status)).append(" ").append(head.reason);
  const std::string plain = Plain(line, head.fields);
  adapter::ReplyHead again;
  FuzzCheck(ParseReplyHead(plain, &again) == adapter::HeadError::kNone, "read once only");
  FuzzCheck(again.status == head.status && again.reason == head.reason, "the status line");
  CheckSame(head, again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = size_t{data[0]} + 1;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  adapter::HeadScanner whole(kLimits);
  adapter::HeadScanner cut(kLimits);
  const State state = text.empty() ? State::kMore : whole.Scan(text);
  FuzzCheck(ScanInSteps(text, step, &cut) == state, "the end depends on the cuts");
  FuzzCheck(whole.error() == cut.error(), "the error depends on the cuts");
  if (state != State::kComplete) return 0;
  FuzzCheck(whole.head_bytes() == cut.head_bytes(), "the length depends on the cuts");
  FuzzCheck(whole.head_bytes() <= std::min(text.size(), kLimits.max_bytes), "the length");
  CheckRequest(text.substr(0, whole.head_bytes()));
  CheckReply(text.substr(0, whole.head_bytes()));
  return 0;
}
