// Selector::Parse: the grammar of Kubernetes' labels.Parse, with its messages.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapter/core/k8s_names.h"
#include "adapter/core/k8s_selector.h"
#include "adapter/core/k8s_selector_lexer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

using internal::SelectorLexeme;
using internal::SelectorLexer;
using internal::SelectorToken;

absl::Status Unexpected(const SelectorLexeme& found, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("found '", Abs(found.text), "'", Abs(expected)));
}

std::optional<SelectorOp> BinaryOperator(SelectorToken token) {
  switch (token) {
    case SelectorToken::kIn:
      return SelectorOp::kIn;
    case SelectorToken::kNotIn:
      return SelectorOp::kNotIn;
    case SelectorToken::kEquals:
      return SelectorOp::kEquals;
    case SelectorToken::kDoubleEquals:
      return SelectorOp::kDoubleEquals;
    case SelectorToken::kNotEquals:
      return SelectorOp::kNotEquals;
    case SelectorToken::kGreater:
      return SelectorOp::kGreaterThan;
    case SelectorToken::kLess:
      return SelectorOp::kLessThan;
    default:
      return std::nullopt;
  }
}

absl::Status CheckKey(std::string_view key) {
  const std::string fault = LabelKeyFault(key);
  if (fault.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("<nil>: Invalid value: ", Quoted(key), ": ", fault));
}

absl::Status CheckValues(const Requirement& requirement) {
  const bool is_set = requirement.op == SelectorOp::kIn || requirement.op == SelectorOp::kNotIn;
  if (is_set && requirement.values.empty()) {
    return absl::InvalidArgumentError(
        "values: Invalid value: []string{}: for 'in', 'notin' operators, values set can't be "
        "empty");
  }
  const bool is_order =
      requirement.op == SelectorOp::kGreaterThan || requirement.op == SelectorOp::kLessThan;
  if (is_order && !ParseInt64(requirement.values.front()).has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("values[0]: Invalid value: ", Quoted(requirement.values.front()),
                     ": for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (size_t i = 0; i < requirement.values.size(); ++i) {
    const std::string fault = LabelValueFault(requirement.values[i]);
    if (fault.empty()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("values[", i, "][", requirement.key,
                     "]: Invalid value: ", Quoted(requirement.values[i]), ": ", fault));
  }
  return absl::OkStatus();
}

class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : lexer_(text) {}

  absl::StatusOr<std::vector<Requirement>> Parse() {
    std::vector<Requirement> out;
    while (lexer_.raw().token != SelectorToken::kEnd) {
      if (!AtRequirement()) {
        return Unexpected(lexer_.word(), ", expected: !, identifier, or 'end of string'");
      }
      absl::StatusOr<Requirement> requirement = ParseRequirement();
      if (!requirement.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat("unable to parse requirement: ", requirement.status().message()));
      }
      out.push_back(*std::move(requirement));
      if (lexer_.raw().token == SelectorToken::kEnd) break;
      if (lexer_.raw().token != SelectorToken::kComma) {
        return Unexpected(lexer_.word(), ", expected: ',' or 'end of string'");
      }
      lexer_.Advance();
      if (!AtRequirement()) return Unexpected(lexer_.word(), ", expected: identifier after ','");
    }
    return out;
  }

 private:
  bool AtRequirement() const {
    const SelectorToken token = lexer_.word().token;
    return token == SelectorToken::kWord || token == SelectorToken::kNot;
  }

  bool AtEndOfRequirement() const {
    const SelectorToken token = lexer_.raw().token;
    return token == SelectorToken::kEnd || token == SelectorToken::kComma;
  }

  SelectorLexeme TakeWord() {
    const SelectorLexeme taken = lexer_.word();
    lexer_.Advance();
    return taken;
  }

  absl::StatusOr<Requirement> ParseRequirement() {
    const bool negated = lexer_.raw().token == SelectorToken::kNot;
    if (negated) lexer_.Advance();
    const SelectorLexeme key = TakeWord();
    if (key.token != SelectorToken::kWord) return Unexpected(key, ", expected: identifier");
    if (absl::Status status = CheckKey(key.text); !status.ok()) return status;

    Requirement out;
    out.key = std::string(key.text);
    out.op = negated ? SelectorOp::kDoesNotExist : SelectorOp::kExists;
    if (negated || AtEndOfRequirement()) return out;
    const std::optional<SelectorOp> op = BinaryOperator(lexer_.raw().token);
    if (!op.has_value()) {
      return Unexpected(lexer_.raw(), ", expected: in, notin, =, ==, !=, gt, lt");
    }
    out.op = *op;
    lexer_.Advance();
    const bool is_set = out.op == SelectorOp::kIn || out.op == SelectorOp::kNotIn;
    absl::Status status = is_set ? ParseSet(&out.values) : ParseOne(&out.values);
    if (status.ok()) status = CheckValues(out);
    if (!status.ok()) return status;
    return out;
  }

  absl::Status ParseOne(std::vector<std::string>* values) {
    if (AtEndOfRequirement()) {
      values->emplace_back();
      return absl::OkStatus();
    }
    const SelectorLexeme value = TakeWord();
    if (value.token != SelectorToken::kWord) return Unexpected(value, ", expected: identifier");
    values->emplace_back(value.text);
    return absl::OkStatus();
  }

  absl::Status ParseSet(std::vector<std::string>* values) {
    const SelectorLexeme open = TakeWord();
    if (open.token != SelectorToken::kOpen) return Unexpected(open, " expected: '('");
    std::set<std::string> sorted;
    absl::Status status;
    if (const SelectorLexeme first = lexer_.word(); first.token == SelectorToken::kClose) {
      lexer_.Advance();
    } else if (first.token == SelectorToken::kWord || first.token == SelectorToken::kComma) {
      status = ParseSetItems(&sorted);
    } else {
      status = Unexpected(first, ", expected: ',', ')' or identifier");
    }
    values->assign(sorted.begin(), sorted.end());
    return status;
  }

  // What a missing value means depends on its neighbours: "(,)" holds one empty value,
  // "(,,)" is refused. That is Kubernetes' own reading, kept step by step.
  absl::Status ParseSetItems(std::set<std::string>* values) {
    while (true) {
      const SelectorLexeme item = TakeWord();
      const SelectorToken next = lexer_.word().token;
      if (item.token == SelectorToken::kWord) {
        values->emplace(item.text);
        if (next != SelectorToken::kComma && next != SelectorToken::kClose) {
          return Unexpected(lexer_.word(), ", expected: ',' or ')'");
        }
      } else if (item.token == SelectorToken::kComma) {
        if (values->empty() || next != SelectorToken::kWord) values->emplace();
        if (next == SelectorToken::kComma) lexer_.Advance();
      } else {
        return Unexpected(item, ", expected: ',', or identifier");
      }
      if (next != SelectorToken::kClose) continue;
      lexer_.Advance();
      return absl::OkStatus();
    }
  }

  SelectorLexer lexer_;
};

}  // namespace

absl::StatusOr<Selector> Selector::Parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("a selector must not hold a NUL byte");
  }
  absl::StatusOr<std::vector<Requirement>> requirements = SelectorParser(text).Parse();
  if (!requirements.ok()) return requirements.status();
  std::stable_sort(requirements->begin(), requirements->end(),
                   [](const Requirement& a, const Requirement& b) { return a.key < b.key; });
  Selector out;
  out.requirements_ = *std::move(requirements);
  return out;
}

}  // namespace tacho::adapter
