// info(v, {selector}): adds the labels of info metrics, such as target_info, to the series
// that they are about: those with the same job and instance.
//
// Errors      kInvalidArgument: two info series of one metric are equally new, or two info
//             metrics disagree on a label.
// Source      Prometheus 3.x's documentation of info(); docs/promql.md, section 4.1.
#ifndef TACHO_ENGINE_INFO_JOIN_H_
#define TACHO_ENGINE_INFO_JOIN_H_

#include <memory>
#include <string_view>

#include "engine/executor.h"
#include "engine/selector.h"

namespace tacho::engine {

inline constexpr std::string_view kTargetInfo = "target_info";

// selector: of the info series: on their names, and on the labels that are wanted of them.
// If it asks for no label but the name, all labels are added. operand: the vector.
std::unique_ptr<Operator> InfoJoin(std::shared_ptr<const Selector> selector);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_INFO_JOIN_H_
