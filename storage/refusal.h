// RefusalStatus: a small enum inside, a sentence at the boundary. The sentence says
// what was refused and what the caller can do about it.
//
// Threads     Pure.
#ifndef TACHO_STORAGE_REFUSAL_H_
#define TACHO_STORAGE_REFUSAL_H_

#include <string_view>

#include "absl/status/status.h"
#include "tacho/database.h"
#include "tacho/options.h"

namespace tacho::storage {

//   kOutOfRange          drop the sample; resending it cannot succeed
//   kResourceExhausted   raise the limit that the message names, or send less
//   kFailedPrecondition  the target was removed
// detail, where given, says which series or what number it was.
absl::Status RefusalStatus(Refusal refusal, std::string_view detail, const Options& options);

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_REFUSAL_H_
