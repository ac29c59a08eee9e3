// What follows the series on a line: value, timestamp, exemplar.
#include <charconv>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "parser/exposition_parser.h"
#include "parser/number.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

// Seconds to milliseconds, toward zero. What does not fit becomes the smallest time, as
// Go's conversion on amd64 has it: storage then refuses it as too old.
int64_t ToMillis(double seconds) {
  const double millis = seconds * 1000;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (!(millis >= -kLimit && millis < kLimit)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(millis);
}

std::string_view GoFloat(double v) { return std::isnan(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf"; }

}  // namespace

bool ExpositionParser::ReadSuffix(Token token, ParsedSample* sample) {
  if (metric_.data() == nullptr) return FailWhileParsing("metric name not set");
  if (token != Token::kValue) return Unexpected("expected value after metric", token);
  std::string_view number = lexer_.Bytes();
  if (!lexer_.text()) number.remove_prefix(1);
  sample->identity = lexer_.Slice(line_, lexer_.at() - number.size());
  sample->has_timestamp = false;
  if (!ReadNumber(number, &sample->value)) return false;
  return lexer_.text() ? ReadTextTail(sample) : ReadOpenMetricsTail(sample);
}

bool ExpositionParser::ReadTextTail(ParsedSample* sample) {
  Token token = lexer_.Next();
  if (token == Token::kLinebreak) return true;
  if (token != Token::kTimestamp) return Unexpected("expected timestamp or new record", token);
  const std::string_view digits = lexer_.Bytes();
  const auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), sample->timestamp_ms);
  if (read.ec != std::errc()) {
    return FailWhileParsing(
        absl::StrCat("strconv.ParseInt: parsing ", Quote(digits), ": value out of range"));
  }
  sample->has_timestamp = true;
  token = lexer_.Next();
  if (token == Token::kLinebreak) return true;
  return Unexpected("expected next entry after timestamp", token);
}

bool ExpositionParser::ReadOpenMetricsTail(ParsedSample* sample) {
  Token token = lexer_.Next();
  if (token == Token::kTimestamp) {
    if (!ReadOpenMetricsTime("timestamp", &sample->timestamp_ms)) return false;
    sample->has_timestamp = true;
    token = lexer_.Next();
    if (token != Token::kLinebreak && token != Token::kComment) {
      return Unexpected("expected next entry after timestamp", token);
    }
  }
  if (token == Token::kLinebreak) return true;
  if (token == Token::kComment) return ReadExemplar();
  if (token == Token::kEof) return FailWithoutEof();
  // Prometheus lets the sample pass and stumbles over the rest of the line as the
  // start of the next entry; the body is refused either way.
  line_ = lexer_.at();
  token = lexer_.Next();
  if (token == Token::kEof) return FailWithoutEof();
  return Unexpected("expected a valid start token", token);
}

// An exemplar is checked and left.
bool ExpositionParser::ReadExemplar() {
  if (!ReadLabels(/*exemplar=*/true)) return false;
  Token token = lexer_.Next();
  if (token != Token::kValue) return Unexpected("expected value after exemplar labels", token);
  double value;
  if (!ReadNumber(lexer_.Bytes().substr(1), &value)) return false;
  token = lexer_.Next();
  if (token == Token::kTimestamp) {
    int64_t timestamp_ms;
    if (!ReadOpenMetricsTime("exemplar timestamp", &timestamp_ms)) return false;
    token = lexer_.Next();
    if (token == Token::kLinebreak) return true;
    return Unexpected("expected next entry after exemplar timestamp", token);
  }
  if (token == Token::kLinebreak) return true;
  if (token == Token::kEof) return FailWithoutEof();
  return Unexpected("expected timestamp or comment", token);
}

bool ExpositionParser::ReadOpenMetricsTime(std::string_view what, int64_t* timestamp_ms) {
  double seconds;
  if (!ReadNumber(lexer_.Bytes().substr(1), &seconds)) return false;
  if (!std::isfinite(seconds)) {
    return Fail(absl::StrCat("invalid ", ToAbsl(what), " ", ToAbsl(GoFloat(seconds))));
  }
  *timestamp_ms = ToMillis(seconds);
  return true;
}

bool ExpositionParser::ReadNumber(std::string_view token, double* value) {
  switch (ParseSampleValue(token, value)) {
    case NumberError::kNone:
      return true;
    case NumberError::kUnsupported:
      return FailWhileParsing("unsupported character in float");
    case NumberError::kSyntax:
      return FailWhileParsing(
          absl::StrCat("strconv.ParseFloat: parsing ", Quote(token), ": invalid syntax"));
    case NumberError::kRange:
      break;
  }
  return FailWhileParsing(
      absl::StrCat("strconv.ParseFloat: parsing ", Quote(token), ": value out of range"));
}

}  // namespace tacho::parser
