// Functions of one value.
#include <cmath>
#include <numbers>

#include "engine/functions.h"

namespace tacho::engine {
namespace {

double Sign(double v) { return v > 0 ? 1 : v < 0 ? -1 : v; }
double Degrees(double v) { return v * 180 / std::numbers::pi; }
double Radians(double v) { return v * std::numbers::pi / 180; }

constexpr FunctionEntry kFunctions[] = {
    {.name = "abs", .math = std::fabs},    {.name = "acos", .math = std::acos},
    {.name = "acosh", .math = std::acosh}, {.name = "asin", .math = std::asin},
    {.name = "asinh", .math = std::asinh}, {.name = "atan", .math = std::atan},
    {.name = "atanh", .math = std::atanh}, {.name = "ceil", .math = std::ceil},
    {.name = "cos", .math = std::cos},     {.name = "cosh", .math = std::cosh},
    {.name = "deg", .math = Degrees},      {.name = "exp", .math = std::exp},
    {.name = "floor", .math = std::floor}, {.name = "ln", .math = std::log},
    {.name = "log10", .math = std::log10}, {.name = "log2", .math = std::log2},
    {.name = "rad", .math = Radians},      {.name = "sgn", .math = Sign},
    {.name = "sin", .math = std::sin},     {.name = "sinh", .math = std::sinh},
    {.name = "sqrt", .math = std::sqrt},   {.name = "tan", .math = std::tan},
    {.name = "tanh", .math = std::tanh},
};

}  // namespace

std::span<const FunctionEntry> MathFunctions() { return kFunctions; }

}  // namespace tacho::engine
