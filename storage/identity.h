// Identity: what a series is called within its target: a metric name and the
// labels of the body, each interned once for the whole store.
//
// cAdvisor's fifty metrics of one container share one label set, so names and
// label sets are interned apart and an identity is a pair of pointers.
//
// Order       The labels of a set are sorted by name, bytewise.
// Ownership   Catalog owns symbols and label sets; a live Shape keeps those that it
//             names from being collected.
// Threads     Immutable; equal text is the same pointer.
#ifndef TACHO_STORAGE_IDENTITY_H_
#define TACHO_STORAGE_IDENTITY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tacho::storage {

// A label as text: name, value.
using TextLabel = std::pair<std::string_view, std::string_view>;

struct Symbol {
  std::string text;
  mutable bool marked = false;  // Catalog's collector only
};

struct LabelPair {
  const Symbol* name;
  // "" hides the target's label of this name: a body that says x="" with
  // honor_labels takes x away.
  const Symbol* value;
  friend bool operator==(const LabelPair&, const LabelPair&) = default;
};

struct LabelSet {
  std::vector<LabelPair> pairs;
  mutable bool marked = false;  // Catalog's collector only

  // The pair with this name; null if there is none.
  const LabelPair* Find(std::string_view name) const {
    for (const LabelPair& pair : pairs) {
      if (pair.name->text == name) return &pair;
    }
    return nullptr;
  }
};

struct Identity {
  const Symbol* metric = nullptr;
  const LabelSet* labels = nullptr;
  friend bool operator==(const Identity&, const Identity&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Identity& i) {
    return H::combine(std::move(h), i.metric, i.labels);
  }
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_IDENTITY_H_
