// SeriesRewriter: the labels of a series through its target's LabelRewriter.
//
// The rewriter sees and changes the whole series; what is kept of it is what an
// identity keeps: the labels of the body, those in which the series differs from the
// target, and an empty one for each label of the target that it lost.
//
// Ownership   Answers point into the rewriter's last result, which this holds.
// Threads     One thread.
// Cost        One set of labels built per call.
#ifndef TACHO_STORAGE_SERIES_REWRITER_H_
#define TACHO_STORAGE_SERIES_REWRITER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/identity.h"
#include "tacho/label_rewriter.h"
#include "tacho/labels.h"

namespace tacho::storage {

class SeriesRewriter {
 public:
  // Both may be null or outlive this: rewriter null changes nothing.
  SeriesRewriter(const Labels& target, const LabelRewriter* rewriter)
      : target_(target), rewriter_(rewriter) {}

  enum class Verdict : uint8_t { kKeep, kDrop, kInvalid };

  // In: the metric's name and the labels of LabelMerger. Out, unless dropped: the same of
  // the series as rewritten, valid until the next call. kInvalid: Problem says why.
  [[nodiscard]] Verdict Rewrite(std::string_view* metric, std::span<const TextLabel>* labels);
  [[nodiscard]] std::string Problem() const;

 private:
  [[nodiscard]] Labels Whole(std::string_view metric, std::span<const TextLabel> labels) const;
  [[nodiscard]] bool Valid() const;
  void Split(std::span<const TextLabel> body);

  const Labels& target_;
  const LabelRewriter* const rewriter_;
  Labels before_;  // of the last call
  Labels after_;
  std::vector<TextLabel> own_;  // of after_, as an identity has them
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_SERIES_REWRITER_H_
