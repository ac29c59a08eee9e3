// ParseTemplateText: the grammar of query templates. The one door to the one file of
// the template parser that includes Boost.Spirit.
#ifndef TACHO_PARSER_TEMPLATE_GRAMMAR_H_
#define TACHO_PARSER_TEMPLATE_GRAMMAR_H_

#include <string_view>

#include "parser/template_builder.h"

namespace tacho::parser {

// True: the program is whole. False: the builder holds the first error. The text must
// be the program's own.
bool ParseTemplateText(std::string_view text, TemplateBuilder* builder);

}  // namespace tacho::parser

#endif  // TACHO_PARSER_TEMPLATE_GRAMMAR_H_
