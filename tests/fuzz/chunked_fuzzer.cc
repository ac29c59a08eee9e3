// Any bytes as a chunked body: "step, bytes". What comes out does not depend on the
// cuts, and a body that is accepted is the one that a plain reader finds. The bytes as a
// body, put into chunks, come back as they were.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "adapter/net/chunked.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::adapter::ChunkedDecoder;
using ::tacho::testing::FuzzCheck;
using State = ChunkedDecoder::State;

struct Decoded {
  State state = State::kMore;
  std::string body;
  size_t used = 0;
};

Decoded Decode(std::string_view text, size_t step) {
  ChunkedDecoder decoder;
  Decoded out;
  while (out.used < text.size() && out.state == State::kMore) {
    std::string_view part = text.substr(out.used, step);
    const size_t before = part.size();
    std::string_view piece;
    while ((out.state = decoder.Next(&part, &piece)) == State::kData) out.body.append(piece);
    out.used += before - part.size();
  }
  return out;
}

// Up to the next CRLF, which is taken too.
std::optional<std::string_view> Line(std::string_view* text) {
  const size_t at = text->find("\r\n");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view line = text->substr(0, at);
  text->remove_prefix(at + 2);
  return line;
}

// The body, read line by line with everything at hand; nothing if it is not whole.
std::optional<std::string> PlainBody(std::string_view text, size_t* used) {
  const size_t all = text.size();
  std::string body;
  while (true) {
    const std::optional<std::string_view> line = Line(&text);
    if (!line.has_value()) return std::nullopt;
    const std::string digits(line->substr(0, line->find(';')));
    if (digits.empty() || digits.size() > 15 ||
        digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
      return std::nullopt;
    }
    const size_t size = std::stoull(digits, nullptr, 16);
    if (size == 0) break;
    if (text.size() < size + 2 || text.substr(size, 2) != "\r\n") return std::nullopt;
    body.append(text.substr(0, size));
    text.remove_prefix(size + 2);
  }
  while (true) {
    const std::optional<std::string_view> line = Line(&text);
    if (!line.has_value()) return std::nullopt;
    if (line->empty()) break;
  }
  *used = all - text.size();
  return body;
}

void CheckRoundTrip(std::string_view body, size_t step) {
  std::string text;
  for (size_t at = 0; at < body.size(); at += step) {
    const std::string_view piece = body.substr(at, step);
    absl::StrAppend(&text, absl::Hex(piece.size()), ";x=y\r\n");
    text.append(piece).append("\r\n");
  }
  text.append("0\r\nTrailer: x\r\n\r\n");
  const Decoded decoded = Decode(text, step + 3);
  FuzzCheck(decoded.state == State::kDone && decoded.body == body, "a body does not come back");
  FuzzCheck(decoded.used == text.size(), "a body's end");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = size_t{data[0]} + 1;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const Decoded whole = Decode(text, std::max<size_t>(text.size(), 1));
  const Decoded cut = Decode(text, step);
  FuzzCheck(whole.state == cut.state && whole.used == cut.used, "the end depends on the cuts");
  FuzzCheck(whole.body == cut.body, "the body depends on the cuts");
  if (whole.state == State::kDone) {
    size_t used = 0;
    const std::optional<std::string> plain = PlainBody(text, &used);
    FuzzCheck(plain.has_value() && *plain == whole.body, "a plain reader finds another body");
    FuzzCheck(used == whole.used, "a plain reader finds another end");
  }
  CheckRoundTrip(text, step);
  return 0;
}
