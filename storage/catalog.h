// Catalog: everything that targets share: symbols, label sets and shapes, each kept
// once.
//
// Symbols and label sets carry no reference counts: the catalog collects by marking
// what live shapes name, now and then, when enough has been interned since the last
// time. A writer that has interned names but not yet put them into a shape holds a
// Pin, and nothing is collected meanwhile.
//
// I1  Every pointer in a live Shape points to a live symbol or label set.
// I2  Equal text is one symbol; an equal list of pairs is one label set; an equal
//     list of identities is one shape, as long as some target holds it.
//
// Threads     All of it is safe from any thread, under one lock. Steady scrapes never
//             come here.
#ifndef TACHO_STORAGE_CATALOG_H_
#define TACHO_STORAGE_CATALOG_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "storage/counters.h"
#include "storage/identity.h"
#include "storage/mutex.h"
#include "storage/shape.h"

namespace tacho::storage {

class Catalog {
 public:
  // While one lives, nothing is collected.
  class [[nodiscard]] Pin {
   public:
    explicit Pin(Catalog& catalog);
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

   private:
    Catalog& catalog_;
  };

  Catalog();

  // Labels sorted by name, names unique. Needs a Pin.
  [[nodiscard]] Identity Intern(std::string_view metric, std::span<const TextLabel> labels);
  [[nodiscard]] const Symbol* InternMetric(std::string_view metric);
  [[nodiscard]] const LabelSet* InternLabels(std::span<const TextLabel> labels);

  // The shape of `base` followed by `added` (none of which is in base, none twice).
  // Needs a Pin if added is not empty.
  [[nodiscard]] std::shared_ptr<const Shape> Extend(const std::shared_ptr<const Shape>& base,
                                                    std::span<const Identity> added);
  // A shape of these identities with no parent.
  [[nodiscard]] std::shared_ptr<const Shape> Make(std::vector<Identity> identities);
  // The shape without series. All targets start with it.
  [[nodiscard]] const std::shared_ptr<const Shape>& empty_shape() const { return empty_; }

  // Frees what no live shape names, if enough was interned since the last time.
  void CollectIfDue();
  void Collect();

  // Cheap: kept as sums.
  [[nodiscard]] size_t bytes() const { return text_bytes_.Get() + shapes_held_->bytes.Get(); }
  [[nodiscard]] size_t shape_count() const { return shapes_held_->count.Get(); }
  [[nodiscard]] size_t symbol_count() const;

 private:
  struct SymbolHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const;
    size_t operator()(const std::unique_ptr<const Symbol>& s) const { return (*this)(s->text); }
  };
  struct SymbolEq {
    using is_transparent = void;
    static std::string_view Text(std::string_view text) { return text; }
    static std::string_view Text(const std::unique_ptr<const Symbol>& s) { return s->text; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return Text(a) == Text(b);
    }
  };
  struct LabelSetHash {
    using is_transparent = void;
    size_t operator()(std::span<const TextLabel> labels) const;
    size_t operator()(const std::unique_ptr<const LabelSet>& set) const;
  };
  struct LabelSetEq {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<const LabelSet>& a,
                    std::span<const TextLabel> b) const;
    bool operator()(const std::unique_ptr<const LabelSet>& a,
                    const std::unique_ptr<const LabelSet>& b) const {
      return a->pairs == b->pairs;
    }
  };

  const Symbol* InternSymbol(std::string_view text) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  const LabelSet* InternLabelSet(std::span<const TextLabel> labels)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<const Shape> NewShape(std::vector<Identity> identities, const Shape* parent)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<const Shape> Register(std::vector<Identity> identities, const Shape* parent)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<std::shared_ptr<const Shape>> LiveShapes() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CollectLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // Outlives the catalog where a shape does.
  struct ShapesHeld {
    Counter bytes;
    Counter count;
  };

  Counter text_bytes_;
  const std::shared_ptr<ShapesHeld> shapes_held_ = std::make_shared<ShapesHeld>();

  mutable Mutex mutex_;
  absl::flat_hash_set<std::unique_ptr<const Symbol>, SymbolHash, SymbolEq> symbols_
      ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<std::unique_ptr<const LabelSet>, LabelSetHash, LabelSetEq> label_sets_
      ABSL_GUARDED_BY(mutex_);
  // By hash of the identities; a bucket may hold shapes that are gone.
  absl::flat_hash_map<size_t, std::vector<std::weak_ptr<const Shape>>> shapes_
      ABSL_GUARDED_BY(mutex_);
  uint64_t next_shape_id_ ABSL_GUARDED_BY(mutex_) = 1;
  uint32_t pins_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t collect_at_ ABSL_GUARDED_BY(mutex_) = 0;  // text_bytes_ at which to collect next
  size_t shapes_seen_ ABSL_GUARDED_BY(mutex_) = 0;  // registered since the last collection
  std::shared_ptr<const Shape> empty_;
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_CATALOG_H_
