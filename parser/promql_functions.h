// The functions of PromQL: their arguments and results. The one table of them; what
// the engine cannot run it refuses by name.
//
// Source      Prometheus 3.14; contracts in docs/promql.md.
#ifndef TACHO_PARSER_PROMQL_FUNCTIONS_H_
#define TACHO_PARSER_PROMQL_FUNCTIONS_H_

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "parser/ast.h"

namespace tacho::parser {

inline constexpr int8_t kAnyNumber = -1;

struct Function {
  std::string_view name;
  ValueType result = ValueType::kVector;
  uint8_t arg_count = 0;
  std::array<ValueType, 5> args{};
  // 0: exactly arg_count arguments. Otherwise the last one may be left out, or given
  // again: arg_count - 1 are required, and up to `variadic` more may follow.
  int8_t variadic = 0;
  bool experimental = false;

  // The type that argument i must have; the last one stands for all behind it.
  [[nodiscard]] constexpr ValueType ArgType(size_t i) const {
    return args[i < arg_count ? i : arg_count - size_t{1}];
  }
};

// Sorted by name.
std::span<const Function> AllFunctions();
// nullptr: there is none of that name.
const Function* FindFunction(std::string_view name);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_PROMQL_FUNCTIONS_H_
