// The operators that read the newest samples: an instant selector, and timestamp() of
// one.
//
// Order       In order of targets and positions.
// Cost        The labels of each series are put together at each evaluation.
#ifndef TACHO_ENGINE_EXECUTOR_SELECTOR_H_
#define TACHO_ENGINE_EXECUTOR_SELECTOR_H_

#include <memory>

#include "engine/executor.h"
#include "engine/selector.h"

namespace tacho::engine {

std::unique_ptr<Operator> InstantSelector(std::shared_ptr<const Selector> selector);

// The times of the samples instead of their values, in seconds.
std::unique_ptr<Operator> SampleTimes(std::shared_ptr<const Selector> selector);

// The same, with the names kept.
std::unique_ptr<Operator> NamedSampleTimes(std::shared_ptr<const Selector> selector);

// When the samples' counters started, in seconds; nothing where that is not known.
std::unique_ptr<Operator> SampleStarts(std::shared_ptr<const Selector> selector);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_EXECUTOR_SELECTOR_H_
