#include "adapter/core/accept.h"

#include <optional>
#include <string>

#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Cuts off and returns what comes before the separator.
std::string_view Next(std::string_view* text, char separator) {
  const size_t end = text->find(separator);
  const std::string_view part = Trim(text->substr(0, end));
  text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
  return part;
}

// The form that a JSON entry's parameters name; nothing: one that we do not have.
std::optional<GroupListForm> FormOf(std::string_view parameters) {
  bool discovery = false;
  std::string_view version;
  while (!parameters.empty()) {
    const std::string_view parameter = Next(&parameters, ';');
    if (parameter == "as=APIGroupDiscoveryList") discovery = true;
    if (parameter.starts_with("as=") && !discovery) return std::nullopt;
    if (parameter.starts_with("v=")) version = parameter.substr(2);
  }
  if (!discovery) return GroupListForm::kPlain;
  if (version == "v2") return GroupListForm::kAggregatedV2;
  if (version == "v2beta1") return GroupListForm::kAggregatedV2beta1;
  return std::nullopt;
}

}  // namespace

Accepted ParseAccept(std::string_view header) {
  while (!header.empty()) {
    std::string_view entry = Next(&header, ',');
    const std::string type = Lowercase(Next(&entry, ';'));
    if (type == "application/yaml") return {.yaml = true};
    if (type == "text/plain" || type == "text/html") return {.text = true};
    if (type == "application/json") {
      if (const std::optional<GroupListForm> form = FormOf(entry)) return {.group_list = *form};
    }
    if (type == "*/*" || type == "application/*") return {};
  }
  return {};
}

}  // namespace tacho::adapter
