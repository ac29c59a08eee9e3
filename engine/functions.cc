#include "engine/functions.h"

#include <algorithm>

namespace tacho::engine {

const FunctionEntry* FindFunction(std::string_view name) {
  for (const auto table : {RangeFunctions(), MathFunctions(), TimeFunctions(), VectorFunctions(),
                           LabelFunctions(), HistogramFunctions()}) {
    const auto it = std::ranges::find(table, name, &FunctionEntry::name);
    if (it != table.end()) return &*it;
  }
  return nullptr;
}

}  // namespace tacho::engine
