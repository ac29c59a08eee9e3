// Numbers against an independent model: the grammar of Go's decimals written out, and
// the C library's conversion. And the shortest text of any double reads back.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "parser/number.h"
#include "parser/number_inline.h"
#include "tacho/sample.h"
#include "tests/fuzz/fuzz_check.h"

namespace tacho::testing {
namespace {

using parser::NumberError;

size_t TakeDigits(std::string_view* text) {
  size_t n = 0;
  while (n < text->size() && (*text)[n] >= '0' && (*text)[n] <= '9') ++n;
  text->remove_prefix(n);
  return n;
}

bool TakeOneOf(std::string_view* text, std::string_view chars) {
  if (text->empty() || chars.find(text->front()) == std::string_view::npos) return false;
  text->remove_prefix(1);
  return true;
}

// [+-] digits [. digits] [e [+-] digits], with a digit before or after the point.
bool IsDecimal(std::string_view text) {
  TakeOneOf(&text, "+-");
  size_t digits = TakeDigits(&text);
  if (TakeOneOf(&text, ".")) digits += TakeDigits(&text);
  if (digits == 0) return false;
  if (TakeOneOf(&text, "eE")) {
    TakeOneOf(&text, "+-");
    if (TakeDigits(&text) == 0) return false;
  }
  return text.empty();
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

NumberError Model(std::string_view token, double* value) {
  for (const char c : token) {
    if (c == 'p' || c == 'P' || c == '_') return NumberError::kUnsupported;
  }
  const std::string lower = Lower(token);
  if (lower == "nan") {
    *value = NormalNan();
    return NumberError::kNone;
  }
  const std::string_view word =
      lower.starts_with('-') || lower.starts_with('+') ? std::string_view(lower).substr(1) : lower;
  if (word == "inf" || word == "infinity") {
    *value = lower[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return NumberError::kNone;
  }
  if (!IsDecimal(token)) return NumberError::kSyntax;
  const double v = std::strtod(std::string(token).c_str(), nullptr);
  if (std::isinf(v)) return NumberError::kRange;
  *value = v;
  return NumberError::kNone;
}

uint64_t Bits(double v) { return std::bit_cast<uint64_t>(v); }

void CheckToken(std::string_view token) {
  double value = 17;
  double expected = 17;
  const NumberError error = parser::ParseSampleValue(token, &value);
  FuzzCheck(error == Model(token, &expected), "acceptance follows the float table");
  FuzzCheck(Bits(value) == Bits(expected), "the value is the C library's, or untouched");
}

// The short way may refuse a number, never misread one.
void CheckShortWay(std::string_view text) {
  const std::string padded = std::string(text) + std::string(parser::kShortDecimalSlack, '\n');
  double value;
  const char* const end = parser::ReadShortDecimal(padded.data(), &value);
  if (end == nullptr) return;
  double expected = 17;
  const std::string_view token(padded.data(), static_cast<size_t>(end - padded.data()));
  FuzzCheck(Model(token, &expected) == NumberError::kNone, "what it takes is a number");
  FuzzCheck(Bits(value) == Bits(expected), "and has its value");
}

void CheckFormat(double v) {
  if (std::isnan(v)) return;
  double back = 17;
  FuzzCheck(parser::ParseSampleValue(parser::FormatFloat(v), &back) == NumberError::kNone,
            "what is written can be read");
  FuzzCheck(Bits(back) == Bits(v), "and reads back the same");
}

}  // namespace
}  // namespace tacho::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tacho::testing;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckToken(text);
  CheckShortWay(text);
  double v = 0;
  std::memcpy(&v, data, std::min(size, sizeof(v)));
  CheckFormat(v);
  return 0;
}
