// Extended ranges: the functions of anchored and smoothed range selectors, which look
// beyond the edges of their window instead of extrapolating.
//
// Units       Times in Unix milliseconds.
// Source      docs/promql.md, section 1.6.
#ifndef TACHO_ENGINE_EXTENDED_RANGE_H_
#define TACHO_ENGINE_EXTENDED_RANGE_H_

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/functions.h"
#include "engine/window.h"
#include "parser/ast.h"

namespace tacho::engine {

// Whether a function can be asked of such a window; if not, what to say.
bool TakesEdges(std::string_view function, parser::RangeEdges edges);
std::string EdgesError(std::string_view function, parser::RangeEdges edges);

// The function over in.samples, which hold what lies within the lookback of the window too.
std::optional<double> ExtendedValue(const FunctionEntry& function, parser::RangeEdges edges,
                                    const WindowInput& in);

// The window as a result: with a sample at each of its edges.
std::vector<SamplePoint> ExtendedWindow(parser::RangeEdges edges,
                                        std::span<const SamplePoint> samples,
                                        const RangeWindow& window);

// The value at t_ms, between the samples around it; the one before it if there is none
// after; nothing if there is none before.
std::optional<double> SmoothedAt(std::span<const SamplePoint> samples, int64_t t_ms);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXTENDED_RANGE_H_
