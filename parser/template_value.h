// TemplateValue: what an expression of a template is worth, and how it is written.
//
// Source      Go's fmt and text/template: a map prints as map[a:b c:d] with its keys
//             sorted, a list as [a b], a missing key as <no value>.
// Ownership   Views: into the fields, into the program, or into the run's own texts.
#ifndef TACHO_PARSER_TEMPLATE_VALUE_H_
#define TACHO_PARSER_TEMPLATE_VALUE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tacho::parser {

using TemplateList = std::vector<std::string>;
using TemplateMap = std::map<std::string, std::string>;
// monostate: nil, or the value of a key that is not there.
using TemplateValue = std::variant<std::monostate, bool, int64_t, std::string_view,
                                   const TemplateList*, const TemplateMap*>;

// "text", "list", "map", "number", "bool", "nil".
std::string_view TypeName(const TemplateValue& value);

// Go's truth: not empty, not zero, not nil.
bool IsTrue(const TemplateValue& value);

// Appends the value as printf's verb (one of "vsqd") writes it. False: the verb does not
// fit the value.
bool AppendValue(const TemplateValue& value, char verb, std::string* out);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_TEMPLATE_VALUE_H_
