// What a client's Accept header asks for, as far as it matters here: everything is JSON,
// but a group list has an aggregated form, YAML may be wanted (and JSON is YAML), and a
// person may prefer text.
//
// Source      RFC 9110: entries in order; weights are not looked at, as upstream.
// Threads     A pure function.
#ifndef TACHO_ADAPTER_CORE_ACCEPT_H_
#define TACHO_ADAPTER_CORE_ACCEPT_H_

#include <string_view>

#include "adapter/core/discovery_documents.h"

namespace tacho::adapter {

struct Accepted {
  GroupListForm group_list = GroupListForm::kPlain;
  bool yaml = false;  // before JSON
  bool text = false;  // before JSON
};

[[nodiscard]] Accepted ParseAccept(std::string_view header);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_ACCEPT_H_
