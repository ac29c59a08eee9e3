// PinSelectors: the same question, asked so that the time of asking does not matter. Each
// selector and subquery that has no @ of its own gets one with the time of the evaluation;
// what stands inside a pinned subquery stays as it is.
//
//   rate(m[1m]) / m offset 5s    at 50 s    rate(m[1m] @ 50.000) / m offset 5s @ 50.000
//
// Why the text and not the tree: the modified query then takes the way of any query. Its
// messages name places in the modified text, so they are put back.
//
// Ownership   Owns its texts.
#ifndef TACHO_TOOLS_PROMQLTEST_PINNED_H_
#define TACHO_TOOLS_PROMQLTEST_PINNED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parser/ast.h"

namespace tacho::promqltest {

struct TextEdit {
  size_t at = 0;       // in the original
  size_t removed = 0;  // bytes of the original
  size_t inserted = 0;
};

struct Pinned {
  std::string expr;
  std::vector<TextEdit> edits;  // by place

  // A message about `expr`, as it reads for the original: "(line:column)" at the end of an
  // annotation, "begin:end: " before an error of a duration. For texts of one line.
  [[nodiscard]] std::string MessageOfOriginal(std::string_view message) const;
};

// Nothing if the expression has a function whose value depends on the time of asking
// whatever its arguments are pinned to.
std::optional<Pinned> PinSelectors(const parser::Ast& ast, int64_t at_ms);

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_PINNED_H_
