// Label names in paths: one that holds what old clients may not write comes as U__..., as
// Prometheus escapes names by value.
//
// Threads     Pure functions.
#ifndef TACHO_ADAPTER_CORE_LABEL_ESCAPE_H_
#define TACHO_ADAPTER_CORE_LABEL_ESCAPE_H_

#include <string>
#include <string_view>

namespace tacho::adapter {

// U__a_2e_b__c is a.b_c: _2e_ is a character by its hexadecimal number, __ an underscore.
// A name that does not follow that is what it is.
[[nodiscard]] std::string UnescapeLabelName(std::string_view name);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_LABEL_ESCAPE_H_
