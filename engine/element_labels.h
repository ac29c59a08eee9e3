// ElementLabels: the label set of an element of a vector. Elements that come from the store
// know where their labels are (what the body said, what the target adds) and put them
// together only when somebody wants them as a set: grouping, matching and sorting do not.
//
// Order       By name, bytewise, as in Labels.
// Ownership   A pointer or two; the Evaluation owns what they point to.
// Threads     One thread.
#ifndef TACHO_ENGINE_ELEMENT_LABELS_H_
#define TACHO_ENGINE_ELEMENT_LABELS_H_

#include <deque>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "engine/series_labels.h"
#include "storage/identity.h"
#include "tacho/labels.h"

namespace tacho::engine {

// A series of the store; nameless: without the labels that say which metric it is.
struct LazyLabels {
  const storage::Identity* identity;
  const Labels* target;
  bool nameless;
  std::deque<Labels>* owner;  // where the set goes once it is made
  mutable const Labels* made = nullptr;
};

class ElementLabels {
 public:
  ElementLabels() = default;
  ElementLabels(const Labels* made) : made_(made) {}      // NOLINT: they are labels
  ElementLabels(const LazyLabels* lazy) : lazy_(lazy) {}  // NOLINT

  // As a set, which is made now if it was not.
  [[nodiscard]] const Labels* get() const;
  const Labels& operator*() const { return *get(); }
  const Labels* operator->() const { return get(); }

  // Null if the set was given.
  [[nodiscard]] const LazyLabels* lazy() const { return lazy_; }

  // Without making it: one label's value, empty if there is none; each label.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  void ForEach(absl::FunctionRef<void(std::string_view name, std::string_view value)> visit) const;

 private:
  const Labels* made_ = nullptr;
  const LazyLabels* lazy_ = nullptr;
};

// The labels that the filter keeps.
Labels Filtered(const ElementLabels& labels, const LabelFilter& filter);

}  // namespace tacho::engine

#endif  // TACHO_ENGINE_ELEMENT_LABELS_H_
