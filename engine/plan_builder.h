// BuildPlan: from a syntax tree to operators, children before parents. What cannot be
// run is refused here, by name and place.
//
// Threads     Pure.
#ifndef TACHO_ENGINE_PLAN_BUILDER_H_
#define TACHO_ENGINE_PLAN_BUILDER_H_

#include "absl/status/statusor.h"
#include "engine/executor.h"
#include "engine/fused.h"
#include "parser/ast.h"
#include "tacho/options.h"
#include "tacho/time.h"

namespace tacho::engine {

struct BuiltPlan {
  Program program;
  FusedAggregate* fused = nullptr;  // the program's only operator, if it is one
  parser::ValueType type = parser::ValueType::kVector;
  Duration reach = absl::ZeroDuration();  // see Query
  Duration window = absl::ZeroDuration();
};

//   kUnimplemented      "line:column: ..." names the construct
//   kInvalidArgument    a regex does not compile
//   kFailedPrecondition reaches further back than retention
absl::StatusOr<BuiltPlan> BuildPlan(const parser::Ast& ast, const Options& options);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_PLAN_BUILDER_H_
