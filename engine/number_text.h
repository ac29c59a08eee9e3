// Numbers as Go writes them in Prometheus' texts; parser/number.h has the others.
//
// Threads     Pure functions.
#ifndef TACHO_ENGINE_NUMBER_TEXT_H_
#define TACHO_ENGINE_NUMBER_TEXT_H_

#include <string>

namespace tacho::engine {

// 'f', -1: shortest decimal without an exponent: "1000000000000000000000", "+Inf".
std::string GoDecimal(double v);
// %f: six places: "0.500000", "+Inf".
std::string GoSixPlaces(double v);
// %.2g: two significant digits.
std::string GoTwoDigits(double v);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_NUMBER_TEXT_H_
