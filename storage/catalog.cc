#include "storage/catalog.h"

#include <algorithm>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace tacho::storage {
namespace {

// Collecting walks all live shapes, so it waits until there may be this much to win.
constexpr size_t kCollectAtLeast = size_t{1} << 20;
constexpr size_t kShapesSeenMax = 4096;

absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

size_t HashText(std::string_view text) { return absl::HashOf(ToAbsl(text)); }

// One step of a hash over pairs, the same for text and for symbols.
size_t MixPair(size_t h, std::string_view name, std::string_view value) {
  return absl::HashOf(h, ToAbsl(name), ToAbsl(value));
}

size_t HashIdentities(std::span<const Identity> identities) {
  size_t h = identities.size();
  for (const Identity& identity : identities) h = absl::HashOf(h, identity);
  return h;
}

size_t BytesOf(const Symbol& symbol) { return sizeof(Symbol) + symbol.text.capacity() + 16; }
size_t BytesOf(const LabelSet& set) {
  return sizeof(LabelSet) + set.pairs.capacity() * sizeof(LabelPair) + 16;
}

void Mark(const Shape& shape) {
  for (const Identity& identity : shape.identities()) {
    identity.metric->marked = true;
    if (identity.labels->marked) continue;
    identity.labels->marked = true;
    for (const LabelPair& pair : identity.labels->pairs) {
      pair.name->marked = true;
      pair.value->marked = true;
    }
  }
}

// Frees what is not marked, clears the marks of the rest, returns the bytes kept.
template <typename Set>
size_t Sweep(Set& set) {
  size_t kept = 0;
  absl::erase_if(set, [&kept](const auto& item) {
    if (!item->marked) return true;
    item->marked = false;
    kept += BytesOf(*item);
    return false;
  });
  return kept;
}

}  // namespace

Catalog::Pin::Pin(Catalog& catalog) : catalog_(catalog) {
  MutexLock lock(catalog_.mutex_);
  ++catalog_.pins_;
}

Catalog::Pin::~Pin() {
  MutexLock lock(catalog_.mutex_);
  --catalog_.pins_;
}

size_t Catalog::SymbolHash::operator()(std::string_view text) const { return HashText(text); }

size_t Catalog::LabelSetHash::operator()(std::span<const TextLabel> labels) const {
  size_t h = labels.size();
  for (const auto& [name, value] : labels) h = MixPair(h, name, value);
  return h;
}

size_t Catalog::LabelSetHash::operator()(const std::unique_ptr<const LabelSet>& set) const {
  size_t h = set->pairs.size();
  for (const LabelPair& pair : set->pairs) h = MixPair(h, pair.name->text, pair.value->text);
  return h;
}

bool Catalog::LabelSetEq::operator()(const std::unique_ptr<const LabelSet>& a,
                                     std::span<const TextLabel> b) const {
  return std::equal(a->pairs.begin(), a->pairs.end(), b.begin(), b.end(),
                    [](const LabelPair& pair, const TextLabel& text) {
                      return pair.name->text == text.first && pair.value->text == text.second;
                    });
}

Catalog::Catalog() {
  MutexLock lock(mutex_);
  collect_at_ = kCollectAtLeast;
  empty_ = NewShape({}, nullptr);
}

const Symbol* Catalog::InternSymbol(std::string_view text) {
  if (const auto it = symbols_.find(text); it != symbols_.end()) return it->get();
  auto symbol = std::make_unique<Symbol>();
  symbol->text = text;
  text_bytes_.Add(BytesOf(*symbol));
  return symbols_.insert(std::move(symbol)).first->get();
}

const LabelSet* Catalog::InternLabelSet(std::span<const TextLabel> labels) {
  if (const auto it = label_sets_.find(labels); it != label_sets_.end()) return it->get();
  auto set = std::make_unique<LabelSet>();
  set->pairs.reserve(labels.size());
  for (const auto& [name, value] : labels) {
    set->pairs.push_back({InternSymbol(name), InternSymbol(value)});
  }
  text_bytes_.Add(BytesOf(*set));
  return label_sets_.insert(std::move(set)).first->get();
}

Identity Catalog::Intern(std::string_view metric, std::span<const TextLabel> labels) {
  MutexLock lock(mutex_);
  return {InternSymbol(metric), InternLabelSet(labels)};
}

const Symbol* Catalog::InternMetric(std::string_view metric) {
  MutexLock lock(mutex_);
  return InternSymbol(metric);
}

const LabelSet* Catalog::InternLabels(std::span<const TextLabel> labels) {
  MutexLock lock(mutex_);
  return InternLabelSet(labels);
}

std::shared_ptr<const Shape> Catalog::NewShape(std::vector<Identity> identities,
                                               const Shape* parent) {
  auto shape = std::make_unique<const Shape>(next_shape_id_++, std::move(identities), parent,
                                             &shapes_held_->bytes);
  shapes_held_->count.Add(1);
  // If there is no memory for the count of owners, the deleter is called all the same.
  return {shape.release(), [held = shapes_held_](const Shape* gone) {
            delete gone;
            held->count.Sub(1);
          }};
}

std::shared_ptr<const Shape> Catalog::Register(std::vector<Identity> identities,
                                               const Shape* parent) {
  auto& bucket = shapes_[HashIdentities(identities)];
  std::erase_if(bucket, [](const auto& weak) { return weak.expired(); });
  for (const auto& weak : bucket) {
    std::shared_ptr<const Shape> shape = weak.lock();
    if (shape != nullptr && std::ranges::equal(shape->identities(), identities)) return shape;
  }
  auto shape = NewShape(std::move(identities), parent);
  bucket.push_back(shape);
  ++shapes_seen_;
  return shape;
}

std::shared_ptr<const Shape> Catalog::Extend(const std::shared_ptr<const Shape>& base,
                                             std::span<const Identity> added) {
  if (added.empty()) return base;
  std::vector<Identity> identities;
  identities.reserve(base->size() + added.size());
  identities.assign(base->identities().begin(), base->identities().end());
  identities.insert(identities.end(), added.begin(), added.end());
  MutexLock lock(mutex_);
  return Register(std::move(identities), base->size() == 0 ? nullptr : base.get());
}

std::shared_ptr<const Shape> Catalog::Make(std::vector<Identity> identities) {
  if (identities.empty()) return empty_;
  MutexLock lock(mutex_);
  return Register(std::move(identities), nullptr);
}

std::vector<std::shared_ptr<const Shape>> Catalog::LiveShapes() {
  std::vector<std::shared_ptr<const Shape>> live;
  absl::erase_if(shapes_, [&live](auto& entry) {
    auto& bucket = entry.second;
    std::erase_if(bucket, [&live](const auto& weak) {
      std::shared_ptr<const Shape> shape = weak.lock();
      if (shape == nullptr) return true;
      live.push_back(std::move(shape));
      return false;
    });
    return bucket.empty();
  });
  return live;
}

void Catalog::CollectLocked() {
  if (pins_ > 0) return;
  for (const auto& shape : LiveShapes()) Mark(*shape);
  const size_t kept = Sweep(label_sets_) + Sweep(symbols_);
  text_bytes_.Sub(text_bytes_.Get() - kept);
  collect_at_ = std::max(kCollectAtLeast, 2 * kept);
  shapes_seen_ = 0;
}

void Catalog::CollectIfDue() {
  MutexLock lock(mutex_);
  if (text_bytes_.Get() >= collect_at_ || shapes_seen_ >= kShapesSeenMax) CollectLocked();
}

void Catalog::Collect() {
  MutexLock lock(mutex_);
  CollectLocked();
}

size_t Catalog::symbol_count() const {
  MutexLock lock(mutex_);
  return symbols_.size();
}

}  // namespace tacho::storage
