// Annotations: what an evaluation has to tell the author of the query: warnings and
// infos, each text once.
//
// Threads     One evaluation, one thread.
// Limits      kMaxKept texts; the adapter shows fewer.
// Source      docs/promql.md, section 4.6.
#ifndef TACHO_ENGINE_ANNOTATIONS_H_
#define TACHO_ENGINE_ANNOTATIONS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

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

  // Warnings first, each kind in order of text.
  [[nodiscard]] std::vector<Annotation> Take();

 private:
  void Add(std::string_view kind, std::string_view text, std::string_view position, bool warning);

  std::map<std::string, std::string, std::less<>> warnings_;  // text -> with its position
  std::map<std::string, std::string, std::less<>> infos_;
};

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ANNOTATIONS_H_
