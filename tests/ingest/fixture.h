// Bodies into targets, and what came of them read back by name.
#ifndef TACHO_TESTS_INGEST_FIXTURE_H_
#define TACHO_TESTS_INGEST_FIXTURE_H_

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/ingest.h"
#include "engine/plan_cache.h"
#include "gtest/gtest.h"
#include "storage/store.h"

namespace tacho::testing {

inline Timestamp At(int64_t ms) { return Timestamp::FromUnixMillis(ms); }

// Series name to its samples: time and the value's bits.
using Contents = std::map<std::string, std::vector<std::pair<int64_t, uint64_t>>>;

class IngestFixture : public ::testing::Test {
 protected:
  explicit IngestFixture(Options options = {})
      : store_(std::make_shared<storage::Store>(options)) {}

  // A new handle each time; the plan that a handle has made is its own.
  engine::TargetImpl Add(const Labels& labels, const TargetOptions& options = {}) {
    return {store_, plans_, *store_->AddTarget(labels, options)};
  }
  const storage::Target* Find(const Labels& labels) const {
    for (uint32_t slot = 0; slot < store_->slot_count(); ++slot) {
      const storage::Target* target = store_->At(slot);
      if (target != nullptr && target->labels() == labels) return target;
    }
    return nullptr;
  }
  const storage::History& HistoryOf(const Labels& labels) const { return *Find(labels)->Load(); }

  static std::string NameOf(const storage::Identity& identity) {
    std::string name = identity.metric->text;
    for (const storage::LabelPair& pair : identity.labels->pairs) {
      name += " " + pair.name->text + "=" + pair.value->text;
    }
    return name;
  }
  static Contents ContentsOf(const storage::History& history) {
    Contents contents;
    for (uint32_t p = 0; p < history.shape().size(); ++p) {
      std::vector<storage::SamplePoint> samples;
      storage::ReadSamples(history, p, INT64_MIN, INT64_MAX, &samples);
      auto& series = contents[NameOf(history.shape()[p])];
      for (const storage::SamplePoint& s : samples) {
        series.emplace_back(s.time_ms, std::bit_cast<uint64_t>(s.value));
      }
    }
    return contents;
  }
  // The newest value of a series of these labels; NaN if it has none.
  double ValueOf(const Labels& labels, const std::string& series) const {
    const Contents contents = ContentsOf(HistoryOf(labels));
    const auto it = contents.find(series);
    if (it == contents.end() || it->second.empty()) return NormalNan();
    return std::bit_cast<double>(it->second.back().second);
  }

  std::shared_ptr<storage::Store> store_;
  std::shared_ptr<engine::PlanCache> plans_ = std::make_shared<engine::PlanCache>();
};

}  // namespace tacho::testing

#endif  // TACHO_TESTS_INGEST_FIXTURE_H_
