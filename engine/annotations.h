// Annotations: what an evaluation has to tell the author of the query: warnings and
// infos, each text once, with the place of the last that said it.
//
// Threads     One evaluation, one thread.
// Limits      kMaxKept texts; the adapter shows fewer.
// Source      docs/promql.md, section 4.6.
#ifndef TACHO_ENGINE_ANNOTATIONS_H_
#define TACHO_ENGINE_ANNOTATIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/histogram.h"
#include "tacho/query.h"

namespace tacho::engine {

class Annotations {
 public:
  static constexpr size_t kMaxKept = 1000;

  // position: "line:column" of what it is about; empty if it has no place.
  void Warn(std::string_view text, std::string_view position) {
    Add("PromQL warning: ", text, position, true);
  }
  void Inform(std::string_view text, std::string_view position) {
    Add("PromQL info: ", text, position, false);
  }

  // A classic histogram of the metric, if its name is known, was mended at time_ms. Told once
  // for all of a metric, with the place of the first.
  void InformOfFix(std::string_view metric, const MonotonicityFix& fix, int64_t time_ms,
                   std::string_view position);

  // Warnings first, each kind in order of text.
  [[nodiscard]] std::vector<Annotation> Take();

 private:
  struct Fixes {
    MonotonicityFix extent;
    uint64_t histograms = 0;
    int64_t first_ms = 0;
    int64_t last_ms = 0;
    std::string position;
  };
  static std::string TextOf(const std::string& metric, const Fixes& fixes);

  void Add(std::string_view kind, std::string_view text, std::string_view position, bool warning);

  std::map<std::string, std::string, std::less<>> warnings_;  // text -> with its position
  std::map<std::string, std::string, std::less<>> infos_;
  std::map<std::string, Fixes, std::less<>> fixes_;  // by metric
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ANNOTATIONS_H_
