#include "adapter/net/token_file.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

absl::string_view AbslView(std::string_view v) { return {v.data(), v.size()}; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// One field off the front, quotes undone ("" is one); nothing where a quote is not
// closed or text follows it.
std::optional<std::string> CutField(std::string_view* line) {
  std::string out;
  if (!line->starts_with('"')) {
    const size_t comma = std::min(line->find(','), line->size());
    out = line->substr(0, comma);
    line->remove_prefix(std::min(comma + 1, line->size()));
    return out.find('"') == std::string::npos ? std::optional(out) : std::nullopt;
  }
  for (size_t i = 1; i < line->size(); ++i) {
    const bool quote = (*line)[i] == '"';
    const bool doubled = quote && i + 1 < line->size() && (*line)[i + 1] == '"';
    if (quote && !doubled) {
      line->remove_prefix(i + 1);
      if (!line->empty() && !line->starts_with(',')) return std::nullopt;
      line->remove_prefix(std::min<size_t>(1, line->size()));
      return out;
    }
    out.push_back((*line)[i]);
    if (doubled) ++i;
  }
  return std::nullopt;
}

std::vector<std::string> SplitGroups(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::string_view group = text.substr(0, text.find(','));
    text.remove_prefix(std::min(group.size() + 1, text.size()));
    if (!Trim(group).empty()) out.emplace_back(Trim(group));
  }
  return out;
}

}  // namespace

TokenFile::Digest TokenFile::DigestOf(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

absl::Status TokenFile::AddLine(std::string_view line) {
  std::vector<std::string> fields;
  while (!line.empty()) {
    std::optional<std::string> field = CutField(&line);
    if (!field.has_value()) return absl::InvalidArgumentError("a quote is out of place");
    fields.push_back(std::string(Trim(*field)));
  }
  if (fields.size() < 3 || fields.size() > 4) {
    return absl::InvalidArgumentError(
        "expected token,user,uid or token,user,uid,\"group1,group2\"");
  }
  const std::string& token = fields[0];
  if (token.size() < kMinTokenBytes || token.find(' ') != std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("a token has at least ", kMinTokenBytes, " characters and no space"));
  }
  if (fields[1].empty()) return absl::InvalidArgumentError("the user has no name");
  const Digest digest = DigestOf(token);
  for (const Entry& entry : entries_) {
    if (entry.digest == digest) {
      return absl::InvalidArgumentError("an earlier line has the same token");
    }
  }
  std::vector<std::string> groups = SplitGroups(fields.size() > 3 ? fields[3] : "");
  entries_.push_back({digest, {std::move(fields[1]), std::move(fields[2]), std::move(groups)}});
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const TokenFile>> TokenFile::Parse(std::string_view path,
                                                                  std::string_view text) {
  auto out = std::make_shared<TokenFile>();
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (Trim(line).empty() || line.starts_with('#')) continue;
    if (const absl::Status status = out->AddLine(line); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(AbslView(path), ":", number, ": ", status.message()));
    }
  }
  return out;
}

const TokenFile::User* TokenFile::Find(std::string_view token) const {
  const Digest digest = DigestOf(token);
  const User* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) found = &entry.user;
  }
  return found;
}

}  // namespace tacho::adapter
