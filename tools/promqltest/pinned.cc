#include "tools/promqltest/pinned.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "parser/promql_literal.h"

namespace tacho::promqltest {
namespace {

using parser::AtKind;
using parser::Node;
using parser::NodeId;
using parser::NodeKind;

// Their values are the time, or depend on it besides their arguments.
constexpr std::array<std::string_view, 16> kUnsafeFunctions = {
    "days_in_month", "day_of_month", "day_of_week", "day_of_year", "end", "hour", "minute", "month",
    "year", "range", "start", "step", "time", "timestamp", "predict_linear",
    // Its second argument is a selector that takes no @, and follows the time of asking.
    "info"};

bool IsUnsafe(const Node& node) {
  return node.kind == NodeKind::kCall &&
         std::ranges::find(kUnsafeFunctions, std::string_view(node.function)) !=
             kUnsafeFunctions.end();
}

// The node that holds the @ of what `node` selects; null if it selects nothing.
const Node* Selecting(const parser::Ast& ast, const Node& node) {
  if (node.kind == NodeKind::kMatrixSelector) return &ast[node.children[0]];
  const bool selects = node.kind == NodeKind::kVectorSelector || node.kind == NodeKind::kSubquery;
  return selects ? &node : nullptr;
}

// Where the @ goes: at the end of the selector, or over its start() or end().
TextEdit Place(const parser::Ast& ast, const Node& node, AtKind at) {
  const size_t end = node.span.end;
  if (at == AtKind::kNone) return {.at = end};
  const size_t sign = ast.text().rfind('@', end);
  return {.at = sign, .removed = ast.text().find(')', sign) + 1 - sign};
}

// Undoes the edits that stand before `offset`.
size_t OriginalOffset(const std::vector<TextEdit>& edits, size_t offset) {
  size_t grown = 0;
  size_t shrunk = 0;
  for (const TextEdit& edit : edits) {
    const size_t begin = edit.at + grown - shrunk;
    if (offset <= begin) break;
    if (offset < begin + edit.inserted) return edit.at;
    grown += edit.inserted;
    shrunk += edit.removed;
  }
  return offset + shrunk - grown;
}

std::optional<size_t> ReadNumber(std::string_view& text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// " (1:COLUMN)" at the end of an annotation.
std::optional<std::string> MapColumn(const std::vector<TextEdit>& edits, std::string_view message) {
  constexpr std::string_view kOpen = " (1:";
  const size_t open = message.rfind(kOpen);
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view rest = message.substr(open + kOpen.size());
  const std::optional<size_t> column = ReadNumber(rest);
  if (!column.has_value() || *column == 0 || rest != ")") return std::nullopt;
  return absl::StrCat(std::string(message.substr(0, open)), std::string(kOpen),
                      OriginalOffset(edits, *column - 1) + 1, ")");
}

// "BEGIN:END: " before an error of a duration.
std::optional<std::string> MapSpan(const std::vector<TextEdit>& edits, std::string_view message) {
  std::string_view rest = message;
  const std::optional<size_t> begin = ReadNumber(rest);
  if (!begin.has_value() || !rest.starts_with(":")) return std::nullopt;
  rest.remove_prefix(1);
  const std::optional<size_t> end = ReadNumber(rest);
  if (!end.has_value() || !rest.starts_with(": ")) return std::nullopt;
  return absl::StrCat(OriginalOffset(edits, *begin), ":", OriginalOffset(edits, *end),
                      std::string(rest));
}

}  // namespace

std::string Pinned::MessageOfOriginal(std::string_view message) const {
  if (auto mapped = MapColumn(edits, message); mapped.has_value()) return *mapped;
  if (auto mapped = MapSpan(edits, message); mapped.has_value()) return *mapped;
  return std::string(message);
}

std::optional<Pinned> PinSelectors(const parser::Ast& ast, int64_t at_ms) {
  const std::string modifier = absl::StrCat(" @ ", parser::FormatTimestamp(at_ms));
  std::vector<TextEdit> edits;
  std::vector<NodeId> open = {ast.root()};
  while (!open.empty()) {
    const Node& node = ast[open.back()];
    open.pop_back();
    if (IsUnsafe(node)) return std::nullopt;
    const Node* selecting = Selecting(ast, node);
    if (selecting == nullptr) {
      open.insert(open.end(), node.children.begin(), node.children.end());
    } else if (selecting->at != AtKind::kTimestamp) {
      edits.push_back(Place(ast, node, selecting->at));
      edits.back().inserted = modifier.size();
    }
  }
  std::ranges::sort(edits, {}, &TextEdit::at);
  Pinned pinned;
  size_t copied = 0;
  for (const TextEdit& edit : edits) {
    pinned.expr += ast.text().substr(copied, edit.at - copied) + modifier;
    copied = edit.at + edit.removed;
  }
  pinned.expr += ast.text().substr(copied);
  pinned.edits = std::move(edits);
  return pinned;
}

}  // namespace tacho::promqltest
