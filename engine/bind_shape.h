// BoundShape: what a selector and a grouping make of one shape: which positions are
// selected, and into how many groups their own labels divide them.
//
// Matchers are evaluated here, once per shape, not per series. A label that only
// targets have plays no part: BindTarget tests it once per target.
//
// Selected positions lie in runs. Unselected ones between near neighbours are carried
// along: computing a few values that nobody reads is cheaper than one more run.
// Numbering the positions of all runs through gives dense indices: 0 to dense_size.
//
// Ownership   Keeps its shape alive, and with it the symbols that parts point to.
// Threads     Immutable once bound.
// Cost        8 bytes per selected position, and 4 more where groups interleave.
#ifndef TACHO_ENGINE_BIND_SHAPE_H_
#define TACHO_ENGINE_BIND_SHAPE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/selector.h"
#include "engine/series_labels.h"
#include "storage/shape.h"
#include "tacho/labels.h"

namespace tacho::engine {

// Positions [begin, end), with dense indices from dense_begin on.
struct PositionRun {
  uint32_t begin;
  uint32_t end;
  uint32_t dense_begin;
};

// The series of a shape that agree in all labels that the grouping keeps. Two local
// groups are never the same group of one target.
struct LocalGroup {
  uint32_t sample;     // one of its positions
  uint32_t begin = 0;  // its dense indices: [begin, end) if contiguous,
  uint32_t end = 0;    // else members[begin, end)
  bool contiguous = true;
  [[nodiscard]] uint32_t size() const { return end - begin; }
};

struct BoundShape {
  std::shared_ptr<const storage::Shape> shape;
  // What the target must have for this to be its binding; see VariantOf.
  std::string variant;

  std::vector<uint32_t> positions;  // selected, ascending
  std::vector<uint32_t> group_of;   // the local group of each of them
  std::vector<LocalGroup> groups;

  std::vector<PositionRun> runs;
  uint32_t dense_size = 0;
  std::vector<uint32_t> members;

  // The dense index of a position; none if no run holds it.
  [[nodiscard]] std::optional<uint32_t> DenseIndex(uint32_t position) const;
};

// What is bound: immutable, shared by all shapes of a selector.
struct BindSpec {
  const Selector* selector;
  LabelFilter filter;  // what groups keep
};

// The target's values of labels that its body may have too and that a matcher or the
// grouping asks for: such labels are looked at per position. Nearly always "".
std::string VariantOf(const BindSpec& spec, const storage::Shape& shape, const Labels& target);

// Binds a shape for targets like this one. `parent`, if not null, is a binding of the
// same variant of the shape that this one grew from: only the new positions are looked
// at.
std::shared_ptr<const BoundShape> BindShape(const BindSpec& spec,
                                            std::shared_ptr<const storage::Shape> shape,
                                            const Labels& target, const BoundShape* parent);

// Whether the target passes the matchers on labels that the shape does not use.
bool TargetMatches(const BindSpec& spec, const storage::Shape& shape, const Labels& target);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_BIND_SHAPE_H_
