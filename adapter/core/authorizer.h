// Authorizer: may this identity do this? The seam behind which policies stand; a
// SubjectAccessReview of the API server is to become another.
//
// Fails closed: whoever no policy allows is refused.
//
// Threads     Authorize from several threads at once. It may wait: it is never called on
//             a thread that moves bytes.
#ifndef TACHO_ADAPTER_CORE_AUTHORIZER_H_
#define TACHO_ADAPTER_CORE_AUTHORIZER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "adapter/core/access_request.h"
#include "adapter/core/identity.h"

namespace tacho::adapter {

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  [[nodiscard]] virtual bool Allows(const Identity& identity,
                                    const AccessRequest& request) const = 0;
};

// The API server has authorized a request before it passes it on with the front proxy's
// certificate; people prove themselves by certificate or token. All of them may ask for
// everything: the adapter has nothing that can be changed.
class AllowAuthenticated final : public Authorizer {
 public:
  [[nodiscard]] bool Allows(const Identity& identity, const AccessRequest& request) const override;
};

// Paths that everybody may ask for, by exact name; "/x/*" is all that begins with "/x/".
class AlwaysAllowedPaths {
 public:
  //   kInvalidArgument   a path without its slash, or with a * that is not last
  static absl::Status Check(const std::vector<std::string>& paths);

  explicit AlwaysAllowedPaths(std::vector<std::string> paths) : paths_(std::move(paths)) {}
  [[nodiscard]] bool Has(const AccessRequest& request) const;

 private:
  std::vector<std::string> paths_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_AUTHORIZER_H_
