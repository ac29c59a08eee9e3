#include "adapter/net/front_proxy.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/url_escape.h"

namespace tacho::adapter {
namespace {

bool IsHeaderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

// The values of these headers that hold something, header by header.
std::vector<std::string> Values(const std::vector<std::string>& names, const HttpFields& fields) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    for (const HttpField& field : fields) {
      if (EqualsIgnoreCase(field.name, name) && !field.value.empty()) out.emplace_back(field.value);
    }
  }
  return out;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

// "X-Remote-Extra-Scopes%2fA: x" is the key "scopes/a" with the value x.
void ReadExtra(const std::vector<std::string>& prefixes, const HttpFields& fields, Identity* out) {
  for (const std::string& prefix : prefixes) {
    for (const HttpField& field : fields) {
      if (field.name.size() <= prefix.size() ||
          !EqualsIgnoreCase(field.name.substr(0, prefix.size()), prefix)) {
        continue;
      }
      const std::string key = Lower(field.name.substr(prefix.size()));
      out->extra.emplace_back(UnescapePath(key).value_or(key), field.value);
    }
  }
}

}  // namespace

absl::Status CheckHeaderNames(const FrontProxyOptions& options) {
  if (options.username_headers.empty()) {
    return absl::InvalidArgumentError(
        "--requestheader-username-headers is empty: no header could say who asks; leave the flag "
        "out for X-Remote-User");
  }
  for (const auto* names : {&options.username_headers, &options.uid_headers, &options.group_headers,
                            &options.extra_prefixes}) {
    for (const std::string& name : *names) {
      if (!IsHeaderName(name)) {
        return absl::InvalidArgumentError(
            absl::StrCat("--requestheader-*: \"", name, "\" is not the name of a header"));
      }
    }
  }
  return absl::OkStatus();
}

bool IsAllowedName(const FrontProxyOptions& options, std::string_view common_name) {
  const std::vector<std::string>& names = options.allowed_names;
  return names.empty() || std::find(names.begin(), names.end(), common_name) != names.end();
}

bool NamesUser(const FrontProxyOptions& options, const HttpFields& fields) {
  return !Values(options.username_headers, fields).empty();
}

absl::StatusOr<Identity> ReadFrontProxyIdentity(const FrontProxyOptions& options,
                                                const HttpFields& fields) {
  std::vector<std::string> users = Values(options.username_headers, fields);
  std::vector<std::string> uids = Values(options.uid_headers, fields);
  if (users.size() != 1 || uids.size() > 1) {
    return absl::UnauthenticatedError("the front proxy names two users");
  }
  Identity out;
  out.source = IdentitySource::kFrontProxy;
  out.user = std::move(users.front());
  if (!uids.empty()) out.uid = std::move(uids.front());
  out.groups = Values(options.group_headers, fields);
  const bool listed =
      std::find(out.groups.begin(), out.groups.end(), kAuthenticatedGroup) != out.groups.end();
  if (!listed && out.user != kAnonymousUser) out.groups.emplace_back(kAuthenticatedGroup);
  ReadExtra(options.extra_prefixes, fields, &out);
  return out;
}

}  // namespace tacho::adapter
