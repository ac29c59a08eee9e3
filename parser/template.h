// CompiledTemplate: the adapter's Go-template subset, parsed. See
// tacho/query_template.h for what it takes.
//
// A template becomes a flat program: print this text, print that value, jump. Blocks
// are jumps, so running one needs no recursion over blocks; values are small trees
// whose depth is that of the parentheses in the text.
//
// Source      Go's text/template, with << and >>.
// Ownership   Owns a copy of the text, for the place in an error.
// Threads     Immutable after Parse; Run may be called by many threads at once.
// Cost        Linear in the template and in the output.
// Limits      The constants below. Ranges within ranges multiply, hence kMaxSteps.
#ifndef TACHO_PARSER_TEMPLATE_H_
#define TACHO_PARSER_TEMPLATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tacho::parser {

inline constexpr size_t kMaxTemplateBytes = 64 * 1024;
inline constexpr size_t kMaxTemplateNodes = 4096;
inline constexpr size_t kMaxTemplateNesting = 32;  // of blocks, parentheses, calls
inline constexpr size_t kMaxTemplateOutput = 64 * 1024;
inline constexpr size_t kMaxTemplateSteps = 100'000;

// What a template can see.
struct TemplateFields {
  std::string series;
  std::string label_matchers;
  std::map<std::string, std::string> label_values_by_name;
  std::string group_by;
  std::vector<std::string> group_by_slice;
};

// A value that a template computes.
struct TemplateExpr {
  enum class Kind : uint8_t {
    kText,    // text
    kNumber,  // number
    kBool,    // number: 0 or 1
    kNil,
    kDot,       // the element of the innermost range
    kField,     // number: which of the five
    kMapField,  // text: the key into LabelValuesByName
    kVariable,  // number: its slot
    kCall,      // number: which function; args
  };
  Kind kind = Kind::kNil;
  uint32_t offset = 0;  // into the template's text
  size_t depth = 0;     // calls within it
  int64_t number = 0;
  std::string text = {};
  std::vector<uint32_t> args = {};  // into TemplateProgram::exprs, smaller than this one
};

enum class TemplateField : uint8_t {
  kSeries,
  kLabelMatchers,
  kLabelValuesByName,
  kGroupBy,
  kGroupBySlice,
};
enum class TemplateFunction : uint8_t { kIndex, kLen, kEq, kNe, kNot, kAnd, kOr, kPrintf };

struct TemplateStep {
  enum class Kind : uint8_t {
    kText,         // text
    kPrint,        // expr
    kJump,         // target
    kJumpIfFalse,  // expr, target
    kRange,        // expr, target: where to go if there is no element
    kNext,         // target: the step behind the kRange, for the next element
  };
  Kind kind = Kind::kText;
  uint32_t expr = 0;
  uint32_t target = 0;
  // kRange: how many variables, and the slot of the first.
  uint32_t variables = 0;
  uint32_t slot = 0;
  std::string text = {};
};

struct TemplateProgram {
  std::string text;
  std::vector<TemplateExpr> exprs;
  std::vector<TemplateStep> steps;
  uint32_t slots = 0;  // variables alive at once, at most
};

class CompiledTemplate {
 public:
  //   kInvalidArgument    "line:column: what is wrong"
  static absl::StatusOr<std::shared_ptr<const CompiledTemplate>> Parse(std::string_view text);

  //   kInvalidArgument    "line:column: what cannot be done with these values"
  //   kResourceExhausted  more than kMaxTemplateOutput or kMaxTemplateSteps
  absl::StatusOr<std::string> Run(const TemplateFields& fields) const;

 private:
  explicit CompiledTemplate(TemplateProgram program) : program_(std::move(program)) {}
  TemplateProgram program_;
};

}  // namespace tacho::parser

#endif  // TACHO_PARSER_TEMPLATE_H_
