#include "parser/template_value.h"

#include <array>

#include "parser/promql_quote.h"

namespace tacho::parser {
namespace {

void AppendText(std::string_view text, char verb, std::string* out) {
  if (verb == 'q') return AppendQuoted(text, out);
  *out += text;
}

void AppendList(const TemplateList& list, char verb, std::string* out) {
  *out += '[';
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) *out += ' ';
    AppendText(list[i], verb, out);
  }
  *out += ']';
}

void AppendMap(const TemplateMap& map, char verb, std::string* out) {
  *out += "map[";
  bool first = true;
  for (const auto& [key, value] : map) {
    if (!first) *out += ' ';
    first = false;
    AppendText(key, verb, out);
    *out += ':';
    AppendText(value, verb, out);
  }
  *out += ']';
}

// Whether Go's verb fits the value's type.
bool Fits(const TemplateValue& value, char verb) {
  if (std::holds_alternative<std::monostate>(value)) return false;
  if (verb == 'v') return true;
  if (std::holds_alternative<bool>(value)) return false;
  return std::holds_alternative<int64_t>(value) == (verb == 'd');
}

}  // namespace

std::string_view TypeName(const TemplateValue& value) {
  constexpr std::array<std::string_view, 6> kNames = {"nil",  "bool", "number",
                                                      "text", "list", "map"};
  return kNames[value.index()];
}

bool IsTrue(const TemplateValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* number = std::get_if<int64_t>(&value)) return *number != 0;
  if (const auto* text = std::get_if<std::string_view>(&value)) return !text->empty();
  if (const auto* list = std::get_if<const TemplateList*>(&value)) return !(*list)->empty();
  if (const auto* map = std::get_if<const TemplateMap*>(&value)) return !(*map)->empty();
  return false;
}

bool AppendValue(const TemplateValue& value, char verb, std::string* out) {
  if (!Fits(value, verb)) return false;
  if (const auto* truth = std::get_if<bool>(&value)) {
    *out += *truth ? "true" : "false";
  } else if (const auto* number = std::get_if<int64_t>(&value)) {
    *out += std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    AppendText(*text, verb, out);
  } else if (const auto* list = std::get_if<const TemplateList*>(&value)) {
    AppendList(**list, verb, out);
  } else if (const auto* map = std::get_if<const TemplateMap*>(&value)) {
    AppendMap(**map, verb, out);
  }
  return true;
}

}  // namespace tacho::parser
