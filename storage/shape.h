// Shape: an ordered list of identities: position -> series. All targets that
// expose the same list share one shape.
//
// A shape grows by appending: the larger shape has the smaller one as a prefix, so
// rows of the smaller stay valid and are merely shorter.
//
// I1  identities() never changes after construction.
// I2  No identity occurs twice.
// I3  If parent_id() is not 0, the first parent_size() identities are those of the
//     shape with that id.
//
// Ownership   shared_ptr; a target's states hold it. Readers may use a shape that
//             they found in a state for as long as their ReadGuard lives.
// Threads     Immutable; the lazy postings are built under call_once.
// Cost        16 bytes a position and 16 a run of one metric's positions. Postings,
//             built on first use, add about 4 bytes per label of each position.
#ifndef TACHO_STORAGE_SHAPE_H_
#define TACHO_STORAGE_SHAPE_H_

#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/counters.h"
#include "storage/identity.h"

namespace tacho::storage {

inline constexpr uint32_t kNoPosition = UINT32_MAX;
inline constexpr uint32_t kDropped = UINT32_MAX - 1;  // a LabelRewriter dropped the series

// Positions [begin, end), all of one metric.
struct NameRun {
  const Symbol* metric;
  uint32_t begin;
  uint32_t end;
};

class Shape {
 public:
  // held, where given, outlives the shape and counts its bytes(), also those of what is
  // built later.
  Shape(uint64_t id, std::vector<Identity> identities, const Shape* parent,
        Counter* held = nullptr);
  ~Shape();
  Shape(const Shape&) = delete;
  Shape& operator=(const Shape&) = delete;

  [[nodiscard]] uint64_t id() const { return id_; }  // never reused; 0 is no shape
  [[nodiscard]] uint64_t parent_id() const { return parent_id_; }
  [[nodiscard]] uint32_t parent_size() const { return parent_size_; }

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(identities_.size()); }
  [[nodiscard]] const Identity& operator[](uint32_t position) const {
    return identities_[position];
  }
  [[nodiscard]] std::span<const Identity> identities() const { return identities_; }

  // All runs, sorted by metric name, then by position. A metric has several runs when
  // its series came at several times.
  [[nodiscard]] std::span<const NameRun> runs() const { return runs_; }
  [[nodiscard]] std::span<const NameRun> RunsOf(std::string_view metric) const;

  // Whether some identity has a label of this name (even an empty one).
  [[nodiscard]] bool UsesLabel(std::string_view name) const;
  [[nodiscard]] std::span<const Symbol* const> label_names() const { return label_names_; }

  // Where this identity is; kNoPosition if it is not here. The first call builds a table
  // of 8 bytes a position; steady scrapes never call it.
  [[nodiscard]] uint32_t Find(const Identity& identity) const;

  // The positions whose body labels hold name=value, ascending.
  [[nodiscard]] std::span<const uint32_t> Postings(std::string_view name,
                                                   std::string_view value) const;

  [[nodiscard]] size_t bytes() const { return bytes_.Get(); }

 private:
  void CountBytes(size_t more) const;
  void BuildTable() const;
  void BuildPostings() const;

  const uint64_t id_;
  const uint64_t parent_id_;
  const uint32_t parent_size_;
  const std::vector<Identity> identities_;
  std::vector<NameRun> runs_;
  std::vector<const Symbol*> label_names_;  // sorted by text
  Counter* const held_;
  mutable Counter bytes_;

  // Open addressing, linear probing: position + 1, or 0 for an empty slot.
  mutable std::once_flag table_once_;
  mutable std::vector<uint32_t> table_;

  mutable std::once_flag postings_once_;
  mutable absl::flat_hash_map<std::string_view,
                              absl::flat_hash_map<std::string_view, std::vector<uint32_t>>>
      postings_;
};

}  // namespace tacho::storage

#endif  // TACHO_STORAGE_SHAPE_H_
