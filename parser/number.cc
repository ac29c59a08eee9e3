#include "parser/number.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

#include "fast_float/fast_float.h"
#include "parser/number_inline.h"
#include "tacho/sample.h"

namespace tacho::parser {
namespace {

// Case-blind comparison with a lower-case word. Setting the bit that tells the cases
// apart cannot turn a byte that is not a letter into one.
bool IsWord(std::string_view token, std::string_view word) {
  if (token.size() != word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((token[i] | 0x20) != word[i]) return false;
  }
  return true;
}

bool IsInfinity(std::string_view unsigned_token) {
  return IsWord(unsigned_token, "inf") || IsWord(unsigned_token, "infinity");
}

// Go reads digits, then asks about the exponent; fast_float also takes words such as
// "nan(2)" and a second sign, so the token must begin as a decimal does.
bool BeginsAsDecimal(std::string_view token) {
  return !token.empty() && (token[0] == '.' || (token[0] >= '0' && token[0] <= '9'));
}

NumberError ParseDecimal(std::string_view token, bool negative, double* value) {
  double magnitude = 0;
  const char* end = token.data() + token.size();
  const auto result = fast_float::from_chars(token.data(), end, magnitude);
  if (result.ptr != end) return NumberError::kSyntax;
  // Releases differ in whether they report overflow and underflow; the value does not.
  if (result.ec == std::errc::invalid_argument) return NumberError::kSyntax;
  if (std::isinf(magnitude)) return NumberError::kRange;
  *value = negative ? -magnitude : magnitude;
  return NumberError::kNone;
}

bool ParseShort(std::string_view token, double* value) {
  constexpr size_t kShort = 16;
  if (token.empty() || token.size() > kShort) return false;
  char padded[kShortDecimalSlack + kShort] = {};
  std::memcpy(padded, token.data(), token.size());
  double parsed;
  if (ReadShortDecimal(padded, &parsed) != padded + token.size()) return false;
  *value = parsed;
  return true;
}

}  // namespace

NumberError ParseSampleValue(std::string_view token, double* value) {
  if (ParseShort(token, value)) return NumberError::kNone;
  if (token.find_first_of("pP_") != std::string_view::npos) return NumberError::kUnsupported;
  if (IsWord(token, "nan")) {
    *value = NormalNan();
    return NumberError::kNone;
  }
  const bool negative = token.starts_with('-');
  if (negative || token.starts_with('+')) token.remove_prefix(1);
  if (IsInfinity(token)) {
    const double infinity = std::numeric_limits<double>::infinity();
    *value = negative ? -infinity : infinity;
    return NumberError::kNone;
  }
  if (!BeginsAsDecimal(token)) return NumberError::kSyntax;
  return ParseDecimal(token, negative, value);
}

}  // namespace tacho::parser
