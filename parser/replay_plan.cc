#include <utility>

#include "absl/strings/str_cat.h"
#include "parser/replay.h"
#include "parser/replay_builder.h"
#include "parser/replay_table.h"

namespace tacho::parser {

ReplayPlan::ReplayPlan(std::unique_ptr<const ReplayTable> table) : table_(std::move(table)) {}
ReplayPlan::~ReplayPlan() = default;

Exposition ReplayPlan::format() const { return table_->format(); }
size_t ReplayPlan::bytes() const { return sizeof(*this) + table_->bytes(); }
uint32_t ReplayPlan::positions() const { return table_->positions(); }

absl::Status TooManySamples(uint32_t max_samples) {
  return absl::ResourceExhaustedError(
      absl::StrCat("the body has more than ", max_samples, " samples (max_samples)"));
}

namespace {

using PositionOf = absl::FunctionRef<uint32_t(const ParsedSample&)>;

// Puts the body's lines into the builder, as far as it parses.
absl::Status ReadLines(std::string_view body, Exposition format, uint32_t max_samples,
                       PositionOf position_of, ReplayBuilder* builder, ReplayCounts* counts) {
  *counts = {};
  ExpositionParser parser(body, format);
  ParsedSample sample;
  size_t line_end = 0;
  while (parser.Next(&sample)) {
    const auto line = static_cast<size_t>(sample.identity.data() - body.data());
    if (counts->samples == 0 || line != line_end) {
      builder->AddOpening(body.substr(line_end, line - line_end), sample.type,
                          parser.type_was_set());
    }
    ++counts->samples;
    line_end = parser.offset();
    const uint32_t position = position_of(sample);
    if (position == kDropped) ++counts->dropped;
    if (counts->kept() > max_samples) return TooManySamples(max_samples);
    if (position != kNoPosition) builder->AddLine(sample, position);
  }
  return parser.status();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ReplayPlan>> ReplayPlan::Read(
    std::string_view body, Exposition format, uint32_t max_samples,
    absl::FunctionRef<uint32_t(const ParsedSample&)> position_of, ReplayCounts* counts) {
  ReplayBuilder builder(format);
  const absl::Status read = ReadLines(body, format, max_samples, position_of, &builder, counts);
  if (!read.ok()) return read;
  return std::shared_ptr<const ReplayPlan>(new ReplayPlan(builder.Finish()));
}

std::shared_ptr<const ReplayPlan> ReplayPlan::Build(
    std::string_view body, Exposition format,
    absl::FunctionRef<uint32_t(const ParsedSample&)> position_of) {
  ReplayBuilder builder(format);
  ReplayCounts counts;
  ReadLines(body, format, UINT32_MAX, position_of, &builder, &counts).IgnoreError();
  return std::shared_ptr<const ReplayPlan>(new ReplayPlan(builder.Finish()));
}

// Programs differ in some of their families and share others (every Go program's body
// begins alike), so lines from all over the body are tried.
bool ReplayPlan::LooksLike(std::string_view body) const {
  constexpr size_t kProbes = 8;
  size_t tried = 0;
  size_t known = 0;
  ExpositionParser parser(body, format());
  for (size_t probe = 0; probe < kProbes; ++probe) {
    size_t at = body.size() / kProbes * probe;
    if (probe > 0) at = body.find('\n', at) + 1;  // 0 where there is none
    if (probe > 0 && at == 0) break;
    parser.Seek(at, MetricType::kUnknown);
    ParsedSample sample;
    if (!parser.Next(&sample)) break;
    ++tried;
    if (table_->Knows(sample.identity)) ++known;
  }
  return known > 0 && 2 * known >= tried;
}

}  // namespace tacho::parser
