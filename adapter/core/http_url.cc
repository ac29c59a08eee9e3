#include "adapter/core/http_url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

constexpr size_t kLongestUrl = 8192;

bool IsHostCharacter(char c) { return IsAlnum(c) || c == '.' || c == '-' || c == '_'; }
bool IsV6Character(char c) { return IsAlnum(c) || c == ':' || c == '.' || c == '%'; }
bool IsUrlCharacter(char c) { return c > ' ' && c < '\x7f' && c != '#' && c != '\\'; }

absl::Status BadAddress(std::string_view address) {
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(address),
                   " is not a target address; write host:port, without a scheme "
                   "or a path"));
}

// A decimal port from 1 to 65535, or nothing.
std::optional<uint16_t> ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

absl::Status BadUrl(std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(Abs(why), "; write http://host:port/path or https://host:port/path"));
}

std::string_view TakeScheme(std::string_view* rest) {
  const size_t end = rest->find("://");
  if (end == std::string_view::npos) return {};
  const std::string_view scheme = rest->substr(0, end);
  rest->remove_prefix(end + 3);
  return scheme;
}

}  // namespace

absl::StatusOr<HostPort> ParseAddress(std::string_view address, uint16_t default_port) {
  constexpr size_t kLongest = 300;  // a host name has at most 253 bytes
  const bool bracketed = !address.empty() && address.front() == '[';
  const size_t host_end = bracketed ? address.find(']') : address.find(':');
  if (address.size() > kLongest || (bracketed && host_end == std::string_view::npos)) {
    return BadAddress(address);
  }
  HostPort out;
  out.host = std::string(bracketed ? address.substr(1, host_end - 1) : address.substr(0, host_end));
  out.port = default_port;
  if (out.host.empty() ||
      !std::ranges::all_of(out.host, bracketed ? IsV6Character : IsHostCharacter)) {
    return BadAddress(address);
  }
  std::string_view rest;
  if (host_end != std::string_view::npos) rest = address.substr(host_end + (bracketed ? 1 : 0));
  if (rest.empty()) return out;
  const std::optional<uint16_t> port = ParsePort(rest.substr(1));
  if (rest.front() != ':' || !port.has_value()) return BadAddress(address);
  out.port = *port;
  return out;
}

std::string HttpUrl::ToString() const {
  return absl::StrCat(tls ? "https://" : "http://", host_header, path_and_query);
}

absl::StatusOr<HttpUrl> ParseHttpUrl(std::string_view text) {
  if (text.size() > kLongestUrl) return BadUrl("the URL is too long");
  if (!std::ranges::all_of(text, IsUrlCharacter)) {
    return BadUrl("the URL holds a blank, a control, a # or a character outside ASCII");
  }
  HttpUrl url;
  const std::string scheme = Lowercase(TakeScheme(&text));
  if (scheme != "http" && scheme != "https") return BadUrl("the URL is neither http nor https");
  url.tls = scheme == "https";
  const std::string_view authority = text.substr(0, text.find_first_of("/?"));
  if (authority.find('@') != std::string_view::npos) {
    return BadUrl("the URL holds a user name, for which there are basic_auth and authorization");
  }
  absl::StatusOr<HostPort> address = ParseAddress(authority, DefaultPort(url.tls));
  if (!address.ok()) return BadUrl(absl::StrCat("the URL has no host: ", Quoted(authority)));
  url.address = *std::move(address);
  url.host_header = authority;
  const std::string_view path = text.substr(authority.size());
  url.path_and_query = absl::StrCat(path.starts_with('/') ? "" : "/", Abs(path));
  return url;
}

absl::StatusOr<HttpUrl> ResolveLocation(const HttpUrl& base, std::string_view location) {
  const std::string_view before_query = location.substr(0, location.find('?'));
  if (before_query.find("://") != std::string_view::npos) return ParseHttpUrl(location);
  const std::string scheme = base.tls ? "https:" : "http:";
  if (location.starts_with("//")) return ParseHttpUrl(absl::StrCat(scheme, Abs(location)));
  const std::string root = absl::StrCat(scheme, "//", base.host_header);
  if (location.starts_with('/')) return ParseHttpUrl(absl::StrCat(root, Abs(location)));
  const std::string_view whole = base.path_and_query;
  const std::string_view path = whole.substr(0, whole.find('?'));
  const std::string_view kept =
      location.starts_with('?') ? path : path.substr(0, path.rfind('/') + 1);
  return ParseHttpUrl(absl::StrCat(root, Abs(kept), Abs(location)));
}

}  // namespace tacho::adapter
