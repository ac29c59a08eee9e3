// Entries: which line is what, metadata, labels, and how a refusal is worded. What
// follows the value is in exposition_suffix.cc, names and values in
// exposition_series.cc.
#include "parser/exposition_parser.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

struct TypeName {
  std::string_view name;
  MetricType type;
  bool text;         // a type of the text format
  bool openmetrics;  // a type of OpenMetrics
};

constexpr TypeName kTypeNames[] = {
    {"counter", MetricType::kCounter, true, true},
    {"gauge", MetricType::kGauge, true, true},
    {"histogram", MetricType::kHistogram, true, true},
    {"gaugehistogram", MetricType::kGaugeHistogram, false, true},
    {"summary", MetricType::kSummary, true, true},
    {"info", MetricType::kInfo, false, true},
    {"stateset", MetricType::kStateset, false, true},
    {"untyped", MetricType::kUnknown, true, false},
    {"unknown", MetricType::kUnknown, false, true},
};

std::string_view StripQuotes(std::string_view name) {
  return name.starts_with('"') ? name.substr(1, name.size() - 2) : name;
}

}  // namespace

bool ExpositionParser::Next(ParsedSample* sample) {
  type_was_set_ = false;
  while (!ended_) {
    const Entry entry = ReadEntry(sample);
    if (entry == Entry::kSample) return true;
    ended_ = entry == Entry::kEnd;
  }
  return false;
}

ExpositionParser::Entry ExpositionParser::ReadEntry(ParsedSample* sample) {
  if (lexer_.text()) lexer_.SkipNewlines();
  line_ = lexer_.at();
  const Token token = lexer_.Next();
  switch (token) {
    case Token::kMetricName:
    case Token::kBraceOpen:
      return ReadSample(token, sample);
    case Token::kHelp:
    case Token::kType:
    case Token::kUnit:
      return ReadMetadata(token);
    case Token::kComment:
    case Token::kLinebreak:
      return Entry::kOther;
    case Token::kEof:
      if (!lexer_.text()) FailWithoutEof();
      return Entry::kEnd;
    case Token::kEofWord:
      if (lexer_.Next() != Token::kEof) Fail("unexpected data after # EOF");
      return Entry::kEnd;
    default:
      Unexpected("expected a valid start token", token);
      return Entry::kEnd;
  }
}

ExpositionParser::Entry ExpositionParser::ReadMetadata(Token kind) {
  const absl::string_view keyword = ToAbsl(TokenName(kind));
  Token token = lexer_.Next();
  if (token != Token::kMetricName) {
    Unexpected(absl::StrCat("expected metric name after ", keyword), token);
    return Entry::kEnd;
  }
  meta_name_ = StripQuotes(lexer_.Bytes());
  token = lexer_.Next();
  if (token != Token::kText) {
    Fail(absl::StrCat("expected text in ", keyword));
    return Entry::kEnd;
  }
  // Without the space before it, and in OpenMetrics without the newline after it.
  std::string_view text = lexer_.Bytes();
  text = text.size() > 1 ? text.substr(1, text.size() - (lexer_.text() ? 1 : 2)) : "";
  if (kind == Token::kUnit) return CheckUnit(text);
  if (kind == Token::kType && !SetType(text)) return Entry::kEnd;
  if (kind == Token::kHelp && !IsValidUtf8(text)) {
    Fail(absl::StrCat("help text ", Quote(text), " is not a valid utf8 string"));
    return Entry::kEnd;
  }
  if (!lexer_.text()) return Entry::kOther;
  token = lexer_.Next();
  if (token == Token::kLinebreak) return Entry::kOther;
  Unexpected("linebreak expected after metadata", token);
  return Entry::kEnd;
}

bool ExpositionParser::SetType(std::string_view name) {
  for (const TypeName& known : kTypeNames) {
    if (known.name == name && (lexer_.text() ? known.text : known.openmetrics)) {
      type_ = known.type;
      type_was_set_ = true;
      return true;
    }
  }
  return Fail(absl::StrCat("invalid metric type ", Quote(name)));
}

ExpositionParser::Entry ExpositionParser::CheckUnit(std::string_view unit) {
  const std::string_view name = meta_name_;
  const bool fits = unit.empty() || (name.ends_with(unit) && name.size() > unit.size() &&
                                     name[name.size() - unit.size() - 1] == '_');
  if (fits) return Entry::kOther;
  Fail(absl::StrCat("unit ", Quote(unit), " not a suffix of metric ", Quote(name)));
  return Entry::kEnd;
}

ExpositionParser::Entry ExpositionParser::ReadSample(Token token, ParsedSample* sample) {
  labels_.clear();
  metric_ = {};
  quoted_name_ = false;
  labels_id_ = kNoLabelsId;
  recalled_ = false;
  if (token == Token::kMetricName) {
    metric_ = lexer_.Slice(line_, lexer_.at());
    token = lexer_.Next();
  }
  if (token == Token::kBraceOpen) {
    if (!ReadSeriesLabels()) return Entry::kEnd;
    token = lexer_.Next();
  }
  if (!ReadSuffix(token, sample) || !FinishSeries(sample)) return Entry::kEnd;
  return Entry::kSample;
}

// The labels of a series: from the memo, if the same bytes were read before. Those with
// escapes or quoted names are read each time.
bool ExpositionParser::ReadSeriesLabels() {
  if (metric_.data() == nullptr) return ReadLabels(/*exemplar=*/false);
  const size_t begin = lexer_.at();
  labels_id_ = memo_.Recall(lexer_.body().substr(begin));
  if (labels_id_ != kNoLabelsId) {
    recalled_ = true;
    const std::span<const LabelRef> labels = memo_.labels(labels_id_);
    labels_.assign(labels.begin(), labels.end());
    lexer_.SkipLabels(memo_.text(labels_id_).size());
    return true;
  }
  if (!ReadLabels(/*exemplar=*/false)) return false;
  const std::string_view text = lexer_.Slice(begin, lexer_.at());
  const bool plain = !quoted_name_ && text.find('\\') == std::string_view::npos;
  if (plain) labels_id_ = memo_.Remember(text, labels_);
  return true;
}

// What stands in braces. A quoted string by itself is the metric's name. The text
// format does not insist on commas; OpenMetrics does.
bool ExpositionParser::ReadLabels(bool exemplar) {
  Token token = lexer_.Next();
  while (token != Token::kBraceClose) {
    const bool quoted = token == Token::kQuoted;
    if (!quoted && token != Token::kLabelName) return Unexpected("expected label name", token);
    const std::string_view name = StripQuotes(lexer_.Bytes());
    token = lexer_.Next();
    if (quoted && (token == Token::kComma || token == Token::kBraceClose)) {
      if (!ReadQuotedMetric(name, exemplar, token)) return false;
      if (token == Token::kComma) token = lexer_.Next();
      continue;
    }
    quoted_name_ |= quoted;
    if (token != Token::kEqual) return Unexpected("expected equal", token);
    if (!ReadLabelValue(name, exemplar)) return false;
    token = lexer_.Next();
    if (token == Token::kComma) {
      token = lexer_.Next();
    } else if (!lexer_.text() && token != Token::kBraceClose) {
      return Unexpected("expected comma or brace close", token);
    }
  }
  return true;
}

bool ExpositionParser::ReadLabelValue(std::string_view name, bool exemplar) {
  const Token token = lexer_.Next();
  if (token != Token::kLabelValue) return Unexpected("expected label value", token);
  const std::string_view value = lexer_.Bytes();
  if (!IsValidUtf8(value)) {
    return Fail(absl::StrCat("invalid UTF-8 label value: ", Quote(value)));
  }
  if (exemplar) return true;
  if (labels_.size() == kMaxLabelsOfLine) {
    return Fail(absl::StrCat("more than ", kMaxLabelsOfLine, " labels"));
  }
  labels_.push_back({name, value.substr(1, value.size() - 2)});
  return true;
}

bool ExpositionParser::ReadQuotedMetric(std::string_view name, bool exemplar, Token after) {
  if (exemplar) return Unexpected("expected label name", after);
  if (metric_.data() != nullptr) return FailWhileParsing("metric name already set");
  metric_ = name;
  quoted_name_ = true;
  return true;
}

bool ExpositionParser::FailAt(size_t offset, std::string_view message) {
  status_ = absl::InvalidArgumentError(
      absl::StrCat(LineColumn(lexer_.body(), offset), ": ", ToAbsl(message)));
  return false;
}

bool ExpositionParser::FailWhileParsing(std::string_view message) {
  return Fail(absl::StrCat(ToAbsl(message), " while parsing: ", QuoteRead(line_, lexer_.at())));
}

bool ExpositionParser::Unexpected(std::string_view expected, Token got) {
  const size_t end = std::min(lexer_.limit(), lexer_.at() + 1);
  return Fail(absl::StrCat(ToAbsl(expected), ", got ", QuoteRead(lexer_.start(), end), " (\"",
                           ToAbsl(TokenName(got)), "\") while parsing: ", QuoteRead(line_, end)));
}

// The bytes read, with the newline that the text format adds to a body.
std::string ExpositionParser::QuoteRead(size_t begin, size_t end) const {
  std::string bytes(lexer_.Slice(begin, std::min(end, begin + kMaxQuotedBytes + 1)));
  if (end > lexer_.body().size()) bytes += '\n';
  return Quote(bytes);
}

}  // namespace tacho::parser
