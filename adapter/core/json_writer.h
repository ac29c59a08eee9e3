// JSON strings as Go's encoding/json writes them: < > & and U+2028, U+2029 are
// escaped, bytes that are no UTF-8 become \ufffd.
#ifndef TACHO_ADAPTER_CORE_JSON_WRITER_H_
#define TACHO_ADAPTER_CORE_JSON_WRITER_H_

#include <string>
#include <string_view>

namespace tacho::adapter {

// Appends the text as a JSON string, quotes included.
void AppendJsonString(std::string_view text, std::string* out);

[[nodiscard]] std::string JsonString(std::string_view text);

[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_JSON_WRITER_H_
