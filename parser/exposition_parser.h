// ExpositionParser: reads a /metrics body sample by sample. This is the full
// parser, which knows the whole format; replay.h is the short cut for a body that
// looks like an earlier one, and must give the same samples.
//
// It refuses what Prometheus' scrape refuses, whether its parser does that or the
// label check behind it: a sample without a metric name, a label named twice, a name
// that is empty or not UTF-8. Stricter in one place: a label named twice is refused
// also where one of the two is empty, which Prometheus lets pass.
// A label with an empty value is handed on: it means "no such label", but under
// honor_labels it keeps the target's label off.
//
// Source      Prometheus 3.x, model/textparse: text 0.0.4 and OpenMetrics 1.0. What
//             it does with indented lines is kept: the blanks before a metric name
//             become part of the name.
// Ownership   Views in a ParsedSample point into the body, or into the parser when
//             the text held escapes; they are valid until the next Next().
// Cost        One pass, no recursion, no allocation per line once warm. Blank and
//             comment lines cost the byte scan alone.
// Limits      kMaxLabelsOfLine. The caller stops at its own bound of samples.
#ifndef TACHO_PARSER_EXPOSITION_PARSER_H_
#define TACHO_PARSER_EXPOSITION_PARSER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "parser/exposition_lexer.h"
#include "parser/label_memo.h"
#include "tacho/exposition.h"

namespace tacho::parser {

// Far beyond what any storage takes; bounds the memory that one line can ask for.
inline constexpr size_t kMaxLabelsOfLine = 4096;

// What # TYPE said of the family that the parser is in. le of a histogram and
// quantile of a summary are written in float form (1 becomes 1.0), so the same line
// can name two series under two types.
enum class MetricType : uint8_t {
  kUnknown,
  kCounter,
  kGauge,
  kHistogram,
  kGaugeHistogram,
  kSummary,
  kInfo,
  kStateset,
};

struct ParsedSample {
  std::string_view metric;           // unescaped; never empty
  std::span<const LabelRef> labels;  // in the order written, unescaped, normalised
  double value = 0;
  bool has_timestamp = false;
  int64_t timestamp_ms = 0;
  // The bytes from the start of the line up to its value (white space included): equal
  // bytes under an equal type are the same series.
  std::string_view identity;
  MetricType type = MetricType::kUnknown;
  // Equal ids of one parser are equal labels; kNoLabelsId says nothing. Ids count up from
  // 0, each for a text between braces.
  uint32_t labels_id = kNoLabelsId;
};

class ExpositionParser {
 public:
  ExpositionParser(std::string_view body, Exposition format) : lexer_(body, format) {}

  // True: *sample holds the next one. False: the body has ended (status() is OK) or
  // cannot be read further:
  //   kInvalidArgument    "line:column: what is wrong, and Prometheus' text for it"
  [[nodiscard]] bool Next(ParsedSample* sample);
  [[nodiscard]] const absl::Status& status() const { return status_; }

  // For replay: the start of the line after the sample given last (the newline that the
  // text format adds is not counted), the type in force there, and whether a # TYPE line
  // stood before that sample since the one before it.
  size_t offset() const { return std::min(lexer_.at(), lexer_.body().size()); }
  MetricType type() const { return type_; }
  bool type_was_set() const { return type_was_set_; }
  // Goes on at offset, the start of a line, as if `type` had been read before it.
  void Seek(size_t offset, MetricType type) {
    lexer_.Seek(offset);
    type_ = type;
  }

 private:
  enum class Entry : uint8_t { kSample, kOther, kEnd };

  Entry ReadEntry(ParsedSample* sample);
  Entry ReadMetadata(Token kind);
  Entry ReadSample(Token first, ParsedSample* sample);
  bool SetType(std::string_view name);
  Entry CheckUnit(std::string_view unit);

  bool ReadSeriesLabels();
  bool ReadLabels(bool exemplar);
  bool ReadLabelValue(std::string_view name, bool exemplar);
  bool ReadQuotedMetric(std::string_view name, bool exemplar, Token after);
  bool ReadSuffix(Token value, ParsedSample* sample);
  bool ReadTextTail(ParsedSample* sample);
  bool ReadOpenMetricsTail(ParsedSample* sample);
  bool ReadExemplar();
  bool ReadNumber(std::string_view token, double* value);
  bool ReadOpenMetricsTime(std::string_view what, int64_t* timestamp_ms);

  bool FinishSeries(ParsedSample* sample);
  bool CheckNames();
  bool FindDuplicateName(std::string_view* name);
  std::string_view Unescape(std::string_view raw);
  void NormaliseBound();

  // These set status_ and return false. Unexpected is Prometheus' usual form, with the
  // token and all of the entry read so far.
  bool Fail(std::string_view message) { return FailAt(lexer_.start(), message); }
  bool FailAt(size_t offset, std::string_view message);
  bool FailWithoutEof() { return FailAt(lexer_.at(), "data does not end with # EOF"); }
  bool FailWhileParsing(std::string_view message);
  bool Unexpected(std::string_view expected, Token got);
  std::string QuoteRead(size_t begin, size_t end) const;

  ExpositionLexer lexer_;
  absl::Status status_;
  bool ended_ = false;
  MetricType type_ = MetricType::kUnknown;
  bool type_was_set_ = false;
  size_t line_ = 0;  // start of the entry that is being read

  // The sample that is being read. The metric has no data until its name is known.
  std::string_view metric_;
  std::vector<LabelRef> labels_;
  LabelMemo memo_;
  uint32_t labels_id_ = kNoLabelsId;  // of labels_, as long as they are those of the memo
  bool recalled_ = false;             // labels_ were read, and checked, before
  bool quoted_name_ = false;          // a name was in quotes: anything may be in it
  std::string_view meta_name_;
  std::string unescaped_;
  std::vector<std::string_view> sorted_names_;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_EXPOSITION_PARSER_H_
