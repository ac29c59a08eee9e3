#include "adapter/core/authorizer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {

bool AllowAuthenticated::Allows(const Identity& identity, const AccessRequest&) const {
  switch (identity.source) {
    case IdentitySource::kFrontProxy:
      // The front proxy may pass on a request that nobody has authenticated.
      return identity.user != kAnonymousUser;
    case IdentitySource::kClientCertificate:
    case IdentitySource::kToken:
      return true;
    default:
      return false;
  }
}

absl::Status AlwaysAllowedPaths::Check(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const size_t star = path.find('*');
    if (!path.starts_with('/') || (star != std::string::npos && star + 1 != path.size())) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", path, "\" is not a path such as /healthz or /healthz/*"));
    }
  }
  return absl::OkStatus();
}

bool AlwaysAllowedPaths::Has(const AccessRequest& request) const {
  if (request.is_resource) return false;
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& path) {
    return path.ends_with('*') ? request.path.starts_with(path.substr(0, path.size() - 1))
                               : request.path == path;
  });
}

}  // namespace tacho::adapter
