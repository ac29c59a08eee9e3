// ResourceLabels: which label of a series names which Kubernetes object, and back.
// Overrides say it label by label; a template such as kube_<<.Group>>_<<.Resource>>
// says it for all others.
//
// Threads     Immutable.
#ifndef TACHO_ADAPTER_CORE_RESOURCE_LABELS_H_
#define TACHO_ADAPTER_CORE_RESOURCE_LABELS_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "adapter/core/go_regexp.h"
#include "adapter/core/resources.h"

namespace tacho::adapter {

// A label template: text with the places of .Group and .Resource.
class LabelTemplate {
 public:
  //   kInvalidArgument    not of that form, lacks .Resource, or renders to nothing
  [[nodiscard]] static absl::StatusOr<LabelTemplate> Parse(std::string_view text);

  // The label of a resource: singular, the group's dots and dashes as underscores.
  [[nodiscard]] std::string Render(const ResourceInfo& info) const;
  // The resource of a label; null if it does not fit or names none.
  [[nodiscard]] const ResourceInfo* Extract(std::string_view label) const;

 private:
  struct Piece {
    enum class Kind { kText, kGroup, kResource } kind;
    std::string text;
  };
  LabelTemplate(std::vector<Piece> pieces, GoRegexp pattern)
      : pieces_(std::move(pieces)), pattern_(std::move(pattern)) {}

  std::vector<Piece> pieces_;
  GoRegexp pattern_;
};

class ResourceLabels {
 public:
  // Label names and their resources, in file order.
  std::vector<std::pair<std::string, GroupResource>> overrides;
  std::optional<LabelTemplate> label_template;
  bool namespaced = true;  // of external metrics only

  // What the labels of a series are about: without duplicates, sorted.
  [[nodiscard]] std::vector<GroupResource> ResourcesOf(
      const std::vector<std::string>& label_names) const;
  [[nodiscard]] std::optional<GroupResource> ResourceOf(std::string_view label_name) const;

  // The label to ask for; of several overrides for one resource the first in the
  // file. Nothing: the rule has no label for it.
  [[nodiscard]] std::optional<std::string> LabelOf(const GroupResource& resource) const;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_RESOURCE_LABELS_H_
