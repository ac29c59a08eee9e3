#include "adapter/core/k8s_selector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapter/core/json_writer.h"
#include "adapter/core/text.h"

namespace tacho::adapter {
namespace {

std::string_view Symbol(SelectorOp op) {
  switch (op) {
    case SelectorOp::kEquals:
      return "=";
    case SelectorOp::kDoubleEquals:
      return "==";
    case SelectorOp::kNotEquals:
      return "!=";
    case SelectorOp::kGreaterThan:
      return ">";
    case SelectorOp::kLessThan:
      return "<";
    case SelectorOp::kIn:
      return " in ";
    case SelectorOp::kNotIn:
      return " notin ";
    case SelectorOp::kExists:
    case SelectorOp::kDoesNotExist:
      return "";
  }
  return "";
}

std::string ToString(const Requirement& requirement) {
  const std::string& key = requirement.key;
  const absl::string_view symbol = Abs(Symbol(requirement.op));
  switch (requirement.op) {
    case SelectorOp::kExists:
      return key;
    case SelectorOp::kDoesNotExist:
      return absl::StrCat("!", key);
    case SelectorOp::kIn:
    case SelectorOp::kNotIn:
      return absl::StrCat(key, symbol, "(", absl::StrJoin(requirement.values, ","), ")");
    default:
      return absl::StrCat(key, symbol, requirement.values.front());
  }
}

// The operator's name in a LabelSelector; empty if it has none there.
std::string_view ExpressionName(SelectorOp op) {
  switch (op) {
    case SelectorOp::kIn:
      return "In";
    case SelectorOp::kNotIn:
      return "NotIn";
    case SelectorOp::kExists:
      return "Exists";
    case SelectorOp::kDoesNotExist:
      return "DoesNotExist";
    default:
      return "";
  }
}

std::string ExpressionJson(const Requirement& requirement) {
  std::string out = absl::StrCat("{\"key\":", JsonString(requirement.key), ",\"operator\":\"",
                                 Abs(ExpressionName(requirement.op)), "\"");
  if (!requirement.values.empty()) {
    const std::string values = absl::StrJoin(
        requirement.values, ",",
        [](std::string* joined, const std::string& value) { AppendJsonString(value, joined); });
    absl::StrAppend(&out, ",\"values\":[", values, "]");
  }
  return out + "}";
}

}  // namespace

bool Requirement::Matches(std::optional<std::string_view> value) const {
  const bool listed =
      value.has_value() && std::find(values.begin(), values.end(), *value) != values.end();
  switch (op) {
    case SelectorOp::kEquals:
    case SelectorOp::kDoubleEquals:
    case SelectorOp::kIn:
      return listed;
    case SelectorOp::kNotEquals:
    case SelectorOp::kNotIn:
      return !listed;
    case SelectorOp::kExists:
      return value.has_value();
    case SelectorOp::kDoesNotExist:
      return !value.has_value();
    case SelectorOp::kGreaterThan:
    case SelectorOp::kLessThan: {
      const std::optional<int64_t> left = ParseInt64(value.value_or(""));
      const std::optional<int64_t> right = ParseInt64(values.front());
      if (!left.has_value() || !right.has_value()) return false;
      return op == SelectorOp::kGreaterThan ? *left > *right : *left < *right;
    }
  }
  return false;
}

bool Selector::Matches(const Lookup& lookup) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& r) { return r.Matches(lookup(r.key)); });
}

std::string Selector::ToString() const {
  return absl::StrJoin(requirements_, ",", [](std::string* out, const Requirement& requirement) {
    *out += adapter::ToString(requirement);
  });
}

absl::StatusOr<std::vector<TemplateMatcher>> Selector::ToMatchers() const {
  std::vector<TemplateMatcher> out;
  for (const Requirement& r : requirements_) {
    switch (r.op) {
      case SelectorOp::kEquals:
      case SelectorOp::kDoubleEquals:
        out.push_back({r.key, MatchOp::kEqual, r.values});
        break;
      case SelectorOp::kNotEquals:
        out.push_back({r.key, MatchOp::kNotEqual, r.values});
        break;
      case SelectorOp::kIn:
        out.push_back({r.key, MatchOp::kRegex, r.values});
        break;
      case SelectorOp::kNotIn:
        out.push_back({r.key, MatchOp::kNotRegex, r.values});
        break;
      case SelectorOp::kExists:
        out.push_back({r.key, MatchOp::kNotEqual, {""}});
        break;
      case SelectorOp::kDoesNotExist:
        out.push_back({r.key, MatchOp::kEqual, {""}});
        break;
      case SelectorOp::kGreaterThan:
      case SelectorOp::kLessThan:
        return absl::UnimplementedError(
            absl::StrCat("operator ", Abs(Symbol(r.op)), " cannot be asked of a metric"));
    }
  }
  return out;
}

absl::StatusOr<std::string> Selector::ToLabelSelectorJson() const {
  if (empty()) return "null";
  std::map<std::string, std::string> labels;  // the last of several for one key wins
  std::vector<std::string> expressions;
  for (const Requirement& r : requirements_) {
    if (r.op == SelectorOp::kEquals || r.op == SelectorOp::kDoubleEquals) {
      labels[r.key] = r.values.front();
    } else if (r.op == SelectorOp::kNotEquals) {
      return absl::InvalidArgumentError("\"!=\" is not a valid label selector operator");
    } else if (ExpressionName(r.op).empty()) {
      const absl::string_view name = r.op == SelectorOp::kGreaterThan ? "gt" : "lt";
      return absl::InvalidArgumentError(
          absl::StrCat("\"", name, "\" isn't supported in label selectors"));
    } else {
      expressions.push_back(ExpressionJson(r));
    }
  }
  std::vector<std::string> parts;
  if (!labels.empty()) {
    const auto pair = [](std::string* out, const auto& label) {
      absl::StrAppend(out, JsonString(label.first), ":", JsonString(label.second));
    };
    parts.push_back(absl::StrCat("\"matchLabels\":{", absl::StrJoin(labels, ",", pair), "}"));
  }
  if (!expressions.empty()) {
    parts.push_back(absl::StrCat("\"matchExpressions\":[", absl::StrJoin(expressions, ","), "]"));
  }
  return absl::StrCat("{", absl::StrJoin(parts, ","), "}");
}

}  // namespace tacho::adapter
