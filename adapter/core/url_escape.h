// Percent-escapes of URLs, as Go's net/url writes and reads them.
#ifndef TACHO_ADAPTER_CORE_URL_ESCAPE_H_
#define TACHO_ADAPTER_CORE_URL_ESCAPE_H_

#include <optional>
#include <string>
#include <string_view>

namespace tacho::adapter {

[[nodiscard]] std::string EscapePath(std::string_view path);    // / stays
[[nodiscard]] std::string EscapeQuery(std::string_view value);  // a space becomes +

// Nothing where a % is not followed by two hex digits.
[[nodiscard]] std::optional<std::string> UnescapePath(std::string_view text);
[[nodiscard]] std::optional<std::string> UnescapeQuery(std::string_view text);  // + is a space

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_URL_ESCAPE_H_
