// JsonText: a JSON string of any bytes, on one line.
//
// Cost        One copy.
#ifndef TACHO_TOOLS_JSON_TEXT_H_
#define TACHO_TOOLS_JSON_TEXT_H_

#include <string>
#include <string_view>

namespace tacho::tools {

// In quotes. Bytes that are not UTF-8 become U+FFFD.
std::string JsonText(std::string_view text);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_JSON_TEXT_H_
