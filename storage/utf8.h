// IsUtf8: whether bytes are well-formed UTF-8 (no overlong forms, no surrogates,
// nothing above U+10FFFF).
#ifndef TACHO_STORAGE_UTF8_H_
#define TACHO_STORAGE_UTF8_H_

#include <string_view>

namespace tacho::storage {

[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_UTF8_H_
