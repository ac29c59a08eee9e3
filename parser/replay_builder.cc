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
  const Piece name = InternName(identity.substr(0, name_size));
  const Piece labels = InternLabels(identity.substr(name_size), sample.labels_id);
  PlanLine line;
  line.name_at = name.at;
  line.labels_at = labels.at;
  line.position = position;
  line.labels_size = static_cast<uint16_t>(labels_size);
  line.name_size = static_cast<uint8_t>(name_size);
  line.bound = BoundKindOf(sample.type);
  table_->lines_.push_back(line);
  hashes_.push_back(HashOfPieces(name.hash, labels.hash));
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

ReplayBuilder::Piece ReplayBuilder::Intern(std::string_view piece) {
  const size_t hash = HashOfPiece(piece);
  const auto [it, is_new] = pieces_.try_emplace(ToAbsl(piece));
  if (is_new) it->second = {Append(piece), static_cast<uint32_t>(piece.size()), hash};
  return it->second;
}

// The lines of a metric come one after another.
ReplayBuilder::Piece ReplayBuilder::InternName(std::string_view name) {
  if (last_name_.data() == nullptr || name != last_name_) {
    last_name_piece_ = Intern(name);
    last_name_ = name;
  }
  return last_name_piece_;
}

// Lines with one labels id differ, if at all, in the blanks around the labels.
ReplayBuilder::Piece ReplayBuilder::InternLabels(std::string_view piece, uint32_t labels_id) {
  if (labels_id == kNoLabelsId) return Intern(piece);
  if (labels_id >= label_pieces_.size()) label_pieces_.resize(labels_id + 1);
  Piece& known = label_pieces_[labels_id];
  if (known.size == 0) known = Intern(piece);
  const bool same = std::string_view(table_->text_).substr(known.at, known.size) == piece;
  return same ? known : Intern(piece);
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
