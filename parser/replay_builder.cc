#include "parser/replay_builder.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "parser/number_inline.h"
#include "parser/replay.h"
#include "parser/text.h"

namespace tacho::parser {
namespace {

// R1: where the lexer ends a token whatever comes next.
bool EndsToken(std::string_view identity) {
  const char last = identity.back();
  return last == ' ' || last == '\t' || last == '}';
}

// The metric name, if the line begins with it.
size_t NameSize(std::string_view identity) {
  return std::min(identity.find_first_of("{ \t"), identity.size());
}

}  // namespace

void ReplayBuilder::AddOpening(std::string_view opening, MetricType type, bool sets_type) {
  full_ = full_ || !Fits(opening.size());
  if (full_) return;
  PlanRun run;
  run.opening_at = Append(opening);
  run.opening_size = static_cast<uint32_t>(opening.size());
  run.first_line = static_cast<uint32_t>(table_->lines_.size());
  run.type = type;
  run.sets_type = sets_type;
  table_->runs_.push_back(run);
}

void ReplayBuilder::AddLine(const ParsedSample& sample, uint32_t position) {
  const std::string_view identity = sample.identity;
  const size_t name_size = NameSize(identity);
  const size_t labels_size = identity.size() - name_size;
  if (full_ || !Fits(identity.size()) || !EndsToken(identity) ||
      name_size > std::numeric_limits<uint8_t>::max() ||
      labels_size > std::numeric_limits<uint16_t>::max()) {
    return;
  }
  PlanLine line;
  line.name_at = Intern(identity.substr(0, name_size));
  line.labels_at = Intern(identity.substr(name_size));
  line.position = position;
  line.labels_size = static_cast<uint16_t>(labels_size);
  line.name_size = static_cast<uint8_t>(name_size);
  line.bound = BoundKindOf(sample.type);
  table_->lines_.push_back(line);
  hashes_.push_back(HashOfText(identity));
  if (position != kDropped) table_->positions_ = std::max(table_->positions_, position + 1);
}

std::unique_ptr<const ReplayTable> ReplayBuilder::Finish() {
  table_->text_.append(sizeof(uint64_t), '\0');  // R3
  table_->text_.shrink_to_fit();
  table_->runs_.shrink_to_fit();
  table_->lines_.shrink_to_fit();
  FillSlots();
  return std::exchange(table_, nullptr);
}

uint32_t ReplayBuilder::Append(std::string_view text) {
  const size_t at = table_->text_.size();
  table_->text_.append(text);
  return static_cast<uint32_t>(at);
}

uint32_t ReplayBuilder::Intern(std::string_view piece) {
  const auto [it, is_new] = pieces_.try_emplace(ToAbsl(piece), 0);
  if (is_new) it->second = Append(piece);
  return it->second;
}

// At most three quarters of the slots are taken, so a search soon meets a free one.
void ReplayBuilder::FillSlots() {
  const size_t lines = table_->lines_.size();
  if (lines == 0) return;
  table_->slots_.assign(std::bit_ceil(lines + lines / 3 + 1), kFreeSlot);
  for (uint32_t line = 0; line < lines; ++line) InsertLine(line);
}

// Pieces are interned, so equal text is equal offsets. Of a line written twice the
// first is found.
void ReplayBuilder::InsertLine(uint32_t index) {
  const PlanLine& line = table_->lines_[index];
  const size_t mask = table_->slots_.size() - 1;
  size_t slot = hashes_[index] & mask;
  for (; table_->slots_[slot] != kFreeSlot; slot = (slot + 1) & mask) {
    const PlanLine& other = table_->lines_[table_->slots_[slot]];
    if (other.name_at == line.name_at && other.labels_at == line.labels_at &&
        other.name_size == line.name_size && other.labels_size == line.labels_size &&
        other.bound == line.bound) {
      return;
    }
  }
  table_->slots_[slot] = index;
}

}  // namespace tacho::parser
