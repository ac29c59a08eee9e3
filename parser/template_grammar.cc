// The grammar of query templates in Boost.Spirit X3, over characters.
//
// Only `pipeline` is recursive, once per parenthesis; the builder bounds that before
// the grammar goes down.
#include "parser/template_grammar.h"

#include <boost/spirit/home/x3.hpp>
#include <string_view>

#include "parser/promql_chars.h"

namespace tacho::parser {
namespace {

namespace x3 = boost::spirit::x3;
using x3::lit;
using x3::standard::char_;

struct BuilderTag;
using B = TemplateBuilder;

template <typename Derived>
struct ParserBase : x3::parser<Derived> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
};

// Tells the builder; reads nothing.
template <void (B::*kMethod)()>
struct Call : ParserBase<Call<kMethod>> {
  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator&, const Iterator&, const Context& context, RuleContext&, Attribute&) const {
    B& builder = x3::get<BuilderTag>(context);
    if (!builder.failed()) (builder.*kMethod)();
    return !builder.failed();
  }
};
template <void (B::*kMethod)()>
constexpr Call<kMethod> Do() {
  return {};
}

// What is reported next begins here.
struct Mark : ParserBase<Mark> {
  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Context& context, RuleContext&,
             Attribute&) const {
    B& builder = x3::get<BuilderTag>(context);
    builder.At(first);
    return !builder.failed();
  }
};
constexpr Mark kMark{};

// Nothing fits here.
struct Or : ParserBase<Or> {
  explicit constexpr Or(const char* expected) : what(expected) {}
  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator&, const Context& context, RuleContext&,
             Attribute&) const {
    B& builder = x3::get<BuilderTag>(context);
    if (builder.failed()) return false;
    builder.At(first);
    builder.Expected(what);
    return false;
  }
  const char* what;
};

// Gives the builder the text that the subject reads.
template <void (B::*kMethod)(std::string_view), typename Subject>
struct Taken : ParserBase<Taken<kMethod, Subject>> {
  explicit constexpr Taken(const Subject& inner) : subject(inner) {}
  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context,
             RuleContext& rule_context, Attribute&) const {
    B& builder = x3::get<BuilderTag>(context);
    const Iterator begin = first;
    if (builder.failed()) return false;
    if (!subject.parse(first, last, context, rule_context, x3::unused)) return false;
    builder.At(begin);
    (builder.*kMethod)(std::string_view(begin, static_cast<size_t>(first - begin)));
    return !builder.failed();
  }
  Subject subject;
};
template <void (B::*kMethod)(std::string_view), typename Subject>
constexpr auto Take(const Subject& subject) {
  return Taken<kMethod, Subject>(subject);
}

// One character of a class.
template <bool (*kTest)(char)>
struct CharOf : ParserBase<CharOf<kTest>> {
  template <typename Iterator, typename Context, typename RuleContext, typename Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context&, RuleContext&,
             Attribute&) const {
    if (first == last || !kTest(*first)) return false;
    ++first;
    return true;
  }
};
bool IsOctal(char c) { return c >= '0' && c <= '7'; }
bool IsEscapable(char c) { return std::string_view("abfnrtv\\\"").find(c) < 9; }
bool IsPlainInQuotes(char c) { return c != '"' && c != '\\' && c != '\n'; }

constexpr CharOf<IsSpace> space{};
constexpr CharOf<IsDigit> digit{};
constexpr CharOf<IsAlphaNumeric> word_char{};
constexpr CharOf<IsOctal> octal{};
constexpr CharOf<IsHexDigit> hex{};
constexpr auto identifier = CharOf<IsAlpha>() >> *word_char;
constexpr auto word_end = !word_char;

constexpr auto escape = CharOf<IsEscapable>() | octal >> octal >> octal | lit('x') >> hex >> hex |
                        lit('u') >> hex >> hex >> hex >> hex;
constexpr auto quoted = lit('"') >> *(CharOf<IsPlainInQuotes>() | lit('\\') >> escape) >> lit('"');
constexpr auto raw = lit('`') >> *(char_ - lit('`')) >> lit('`');

constexpr x3::rule<struct PipelineRule> pipeline = "pipeline";

constexpr auto fields = +(lit('.') >> identifier);
constexpr auto variable = lit('$') >> -identifier >> -fields;
constexpr auto parenthesised = kMark >> lit('(') >> Do<&B::OpenParen>() >> pipeline >> *space >>
                               (lit(')') | Or(")")) >> Do<&B::CloseParen>();
constexpr auto operand = Take<&B::Field>(fields) | Take<&B::Dot>(lit('.') >> word_end) |
                         Take<&B::Variable>(variable) | Take<&B::String>(quoted | raw) |
                         Take<&B::Number>(-lit('-') >> +digit >> word_end) |
                         Take<&B::Word>(identifier) | parenthesised;
constexpr auto command = Do<&B::BeginCommand>() >>
                         (operand | Or("a field, a text or a function")) >>
                         *(+space >> operand) >> Do<&B::EndCommand>();
constexpr auto pipeline_def = Do<&B::BeginPipeline>() >> *space >> command >>
                              *(*space >> lit('|') >> *space >> command) >> Do<&B::EndPipeline>();
BOOST_SPIRIT_DEFINE(pipeline)

template <typename Word>
constexpr auto Keyword(const Word& word) {
  return kMark >> lit(word) >> word_end;
}

constexpr auto name = lit('$') >> identifier;
constexpr auto variables = Take<&B::RangeVariable>(name) >> *space >>
                           -(lit(',') >> *space >>
                             (Take<&B::RangeVariable>(name) | Or("a variable"))) >>
                           *space >> lit(":=");
// Looks ahead for the := so that a pipeline that begins with a variable is not taken
// for a declaration.
constexpr auto declares = &(name >> *space >> -(lit(',') >> *space >> name) >> *space >> lit(":="));
constexpr auto range = Keyword("range") >> *space >> -(declares >> variables) >> pipeline
                       >> Do<&B::BeginRange>();
constexpr auto else_if = +space >> lit("if") >> word_end >> pipeline >> Do<&B::ElseIf>();
constexpr auto unsupported = kMark >> Take<&B::Unsupported>((lit("with") | lit("template") |
                                                             lit("define") | lit("block") |
                                                             lit("break") | lit("continue")) >>
                                                            word_end);
constexpr auto body = range | Keyword("if") >> pipeline >> Do<&B::BeginIf>() |
                      Keyword("else") >> (else_if | Do<&B::Else>()) |
                      Keyword("end") >> Do<&B::End>() | unsupported
                      | kMark >> pipeline >> Do<&B::Print>();

constexpr auto trimmed_close = +space >> lit("->>") >> Do<&B::TrimAfter>();
constexpr auto close = trimmed_close | *space >> (lit(">>") | Or(">> or |"));
constexpr auto comment = lit("/*") >> *(char_ - lit("*/")) >> (lit("*/") | Or("*/")) >>
                         (lit(">>") | trimmed_close | Or(">> right behind the comment"));
constexpr auto action =
    kMark >> lit("<<") >>
    -(lit('-') >> &space >> Do<&B::TrimBefore>() >> *space) >> Do<&B::BeginAction>() >>
    (comment | *space >> body >> close);
constexpr auto text = Take<&B::Text>(+(char_ - lit("<<")));
constexpr auto whole = *(text | action) >> Do<&B::Finish>();

}  // namespace

bool ParseTemplateText(std::string_view source, TemplateBuilder* builder) {
  const char* first = source.data();
  const char* const last = first + source.size();
  const auto parser = x3::with<BuilderTag>(*builder)[whole];
  const bool read = x3::parse(first, last, parser) && first == last;
  return read && !builder->failed();
}

}  // namespace tacho::parser
