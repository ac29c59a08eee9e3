// Metadata of metrics, out of the replay plans that targets use. See Database::Metadata.
//
// Threads     Safe from any thread.
#ifndef TACHO_ENGINE_METADATA_H_
#define TACHO_ENGINE_METADATA_H_

#include <vector>

#include "engine/plan_cache.h"
#include "tacho/database.h"

namespace tacho::engine {

std::vector<MetricMetadata> CollectMetadata(PlanCache& plans);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_METADATA_H_
