// Deadlines: stops evaluations that take too long. The core has no clock; whoever runs it
// has one.
//
// Threads     Arm from any thread.
#ifndef TACHO_ADAPTER_CORE_DEADLINES_H_
#define TACHO_ADAPTER_CORE_DEADLINES_H_

#include <memory>

#include "tacho/query.h"
#include "tacho/time.h"

namespace tacho::adapter {

class Deadlines {
 public:
  virtual ~Deadlines() = default;
  // The interrupt expires `after` from now, unless what is returned was destroyed before.
  [[nodiscard]] virtual std::shared_ptr<const Interrupt> Arm(
      Duration after, std::shared_ptr<Interrupt> interrupt) = 0;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_DEADLINES_H_
