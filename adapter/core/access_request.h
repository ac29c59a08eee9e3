// AccessRequest: a request as an authorizer sees it, in the attributes that Kubernetes
// gives it: what a SubjectAccessReview would ask about, and what a refusal names.
//
// Source      contracts: custom metrics API, 1.14.
// Threads     Plain values and functions.
#ifndef TACHO_ADAPTER_CORE_ACCESS_REQUEST_H_
#define TACHO_ADAPTER_CORE_ACCESS_REQUEST_H_

#include <string>
#include <string_view>

#include "adapter/core/http_reply.h"

namespace tacho::adapter {

struct AccessRequest {
  std::string verb;  // of a resource: get, list, create, ...; of a path: the method
  std::string path;  // decoded, without the query
  bool is_resource = false;
  // Of a resource: /apis/<group>/<version>/[namespaces/<ns>/]<resource>[/<name>[/<sub>]]
  std::string group;
  std::string version;
  std::string namespace_name;
  std::string resource;
  std::string name;
  std::string subresource;
};

// A target whose escapes are broken has its path as written, and is no resource.
[[nodiscard]] AccessRequest DescribeAccess(std::string_view method, std::string_view target);

// 401 and 403, to the byte of Kubernetes' own.
[[nodiscard]] HttpReply Unauthorized();
[[nodiscard]] HttpReply Forbidden(const AccessRequest& request, std::string_view user);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_ACCESS_REQUEST_H_
