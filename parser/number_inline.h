// ReadShortDecimal: the numbers that nearly every sample has, read where they stand.
//
// Eight digits are one load, one carry-free test for "is a digit" and three
// multiplications (SWAR). The result is exact by Clinger's argument: a mantissa of at
// most 2^53 and a power of ten of at most 10^22 are both exact doubles, so their one
// product or quotient is rounded once, as the true value would be.
//
// Its plain twin is ParseSampleValue's general way; a test and a fuzzer compare them.
//
// Cost        About a dozen cycles for an integer of up to eight digits.
#ifndef TACHO_PARSER_NUMBER_INLINE_H_
#define TACHO_PARSER_NUMBER_INLINE_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tacho::parser {

static_assert(std::endian::native == std::endian::little, "SWAR reads the first byte lowest");

// Bytes that must be readable at p: the longest number taken (sign, 15 digits, point,
// 15 digits, "e+99") and what its last load reads beyond.
inline constexpr size_t kShortDecimalSlack = 48;

inline constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr int kMaxExactPower = 22;
inline constexpr uint64_t kMaxExactMantissa = uint64_t{1} << 53;

inline uint64_t Load8(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

// How many of the word's bytes, from the first, are digits.
inline unsigned LeadingDigits(uint64_t word) {
  const uint64_t low = word ^ 0x3030303030303030;
  const uint64_t not_digit = ((low + 0x7676767676767676) | low) & 0x8080808080808080;
  return not_digit == 0 ? 8 : static_cast<unsigned>(std::countr_zero(not_digit)) / 8;
}

// The number that the word's first `count` (1 to 8) bytes, all digits, spell.
inline uint64_t DigitsValue(uint64_t word, unsigned count) {
  // Shifting in zero bytes in front is the same as leading zeros, once '0' is taken off.
  word = (word ^ 0x3030303030303030) << (64 - 8 * count);
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff;
  return (word * 10000 + (word >> 32)) & 0xffffffff;
}

// Digits at p onto *mantissa; returns how many, at most 15, or 16 for "too many".
inline unsigned ReadDigits(const char* p, uint64_t* mantissa) {
  constexpr uint64_t kPowers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
  const uint64_t first = Load8(p);
  const unsigned count = LeadingDigits(first);
  if (count == 0) return 0;
  if (count < 8) {
    *mantissa = *mantissa * kPowers[count] + DigitsValue(first, count);
    return count;
  }
  *mantissa = *mantissa * 100000000 + DigitsValue(first, 8);
  const uint64_t second = Load8(p + 8);
  const unsigned more = LeadingDigits(second);
  if (more == 0) return 8;
  if (more == 8) return 16;
  *mantissa = *mantissa * kPowers[more] + DigitsValue(second, more);
  return 8 + more;
}

// "e+06" at p. Returns the first byte after it, or null if there is none of at most
// two digits.
inline const char* ReadExponent(const char* p, int* exponent) {
  const bool negative = *++p == '-';
  if (negative || *p == '+') ++p;
  const auto digit = [&](size_t i) { return static_cast<unsigned>(p[i]) - '0'; };
  if (digit(0) > 9) return nullptr;
  unsigned e = digit(0);
  ++p;
  if (digit(0) <= 9) {
    e = e * 10 + digit(0);
    ++p;
  }
  if (digit(0) <= 9) return nullptr;
  *exponent += negative ? -static_cast<int>(e) : static_cast<int>(e);
  return p;
}

// What follows an integer part of `digits` digits: fraction, exponent, scaling.
inline const char* FinishDecimal(const char* p, uint64_t mantissa, unsigned digits, double* value) {
  int exponent = 0;
  if (*p == '.') {
    const unsigned decimals = ReadDigits(++p, &mantissa);
    if (decimals > 15 || digits + decimals > 18) return nullptr;
    digits += decimals;
    exponent = -static_cast<int>(decimals);
    p += decimals;
  }
  if (digits == 0) return nullptr;
  if ((*p | 0x20) == 'e') {
    p = ReadExponent(p, &exponent);
    if (p == nullptr) return nullptr;
  }
  if (mantissa > kMaxExactMantissa || exponent > kMaxExactPower || exponent < -kMaxExactPower) {
    return nullptr;
  }
  const double exact = static_cast<double>(mantissa);
  *value = exponent < 0 ? exact / kPowersOfTen[-exponent] : exact * kPowersOfTen[exponent];
  return p;
}

// Reads the decimal at p, of which kShortDecimalSlack bytes must be readable. Returns
// the first byte after it, which the caller must find to be the end of the token; or
// null if the number is not a short one. A null says nothing about its validity.
inline const char* ReadShortDecimal(const char* p, double* value) {
  uint64_t mantissa = 0;
  const unsigned digits = ReadDigits(p, &mantissa);
  if (digits > 15) return nullptr;
  p += digits;
  if (*p == '\n') [[likely]] {
    *value = static_cast<double>(mantissa);
    return digits != 0 ? p : nullptr;
  }
  if (digits == 0 && *p == '-') {
    const unsigned after_sign = ReadDigits(++p, &mantissa);
    if (after_sign > 15) return nullptr;
    p = FinishDecimal(p + after_sign, mantissa, after_sign, value);
    *value = -*value;
    return p;
  }
  return FinishDecimal(p, mantissa, digits, value);
}

}  // namespace tacho::parser

#endif  // TACHO_PARSER_NUMBER_INLINE_H_
