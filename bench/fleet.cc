#include "bench/fleet.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/bodies.h"

namespace tacho::bench {
namespace {

constexpr int64_t kEpochMs = 1'700'000'000'000;
constexpr uint32_t kNamespaces = 20;

// A benchmark of a fleet that was not stored would measure nothing.
template <typename T>
T Must(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "fleet: %s\n", value.status().ToString().c_str());
  std::exit(1);
}

Options FleetOptions() {
  Options options;
  options.storage.max_bytes = uint64_t{16} << 30;
  return options;
}

Labels PodLabels(uint32_t n) {
  return {{"namespace", absl::StrCat("ns-", n % kNamespaces)},
          {"pod", absl::StrCat("web-5d4f8c7b9d-", n)},
          {"instance", absl::StrCat("10.0.", n / 250 % 250, ".", n % 250, ":8080")},
          {"job", "web"}};
}

Labels NodeLabels(uint32_t n) {
  return {{"node", absl::StrCat("node-", n)},
          {"instance", absl::StrCat("10.1.0.", n, ":10250")},
          {"job", "kubelet"}};
}

}  // namespace

Fleet::Fleet(uint32_t targets, LabelsOf labels_of, BodyOf body_of)
    : database_(FleetOptions()), labels_of_(std::move(labels_of)), body_of_(std::move(body_of)) {
  for (uint32_t i = 0; i < targets; ++i) targets_.push_back(Add());
  // A scraper spreads its targets by hashes: neighbours in the store's order are scraped at
  // moments far apart, and their rows lie far apart in memory.
  order_.resize(targets);
  std::iota(order_.begin(), order_.end(), 0U);
  std::shuffle(order_.begin(), order_.end(), std::mt19937(targets));
}

Target Fleet::Add() { return Must(database_.AddTarget(labels_of_(added_++))); }

Timestamp Fleet::TimeOf(uint32_t place) const {
  const int64_t moment = kScrapeMs * place / size();
  return Timestamp::FromUnixMillis(kEpochMs + kScrapeMs * step_ + moment);
}

void Fleet::Scrape() {
  for (uint32_t place = 0; place < size(); ++place) {
    const uint32_t i = order_[place];
    (void)Must(targets_[i].Ingest(body_of_(i, step_), Exposition::kText, TimeOf(place)));
  }
  ++step_;
  database_.Advance(now());
}

void Fleet::Replace(uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    Target& target = targets_[replace_at_++ % size()];
    target.Remove(now());
    target = Add();
  }
}

Timestamp Fleet::now() const { return Timestamp::FromUnixMillis(kEpochMs + kScrapeMs * step_); }

Fleet ReplicaFleet(uint32_t targets, uint32_t series, uint32_t steps) {
  // Eight sets of values, and the bodies of one step at a time.
  struct Bodies {
    uint32_t step = UINT32_MAX;
    std::vector<std::string> of_variant = std::vector<std::string>(8);
  };
  auto bodies = std::make_shared<Bodies>();
  const auto body_of = [bodies, series](uint32_t target, uint32_t step) -> const std::string& {
    for (uint32_t v = 0; bodies->step != step && v < 8; ++v) {
      bodies->of_variant[v] = RequestsBody(series, step, v);
    }
    bodies->step = step;
    return bodies->of_variant[target % 8];
  };
  Fleet fleet(targets, PodLabels, body_of);
  fleet.Scrape(steps);
  return fleet;
}

Fleet ApplicationFleet(uint32_t targets, uint32_t series, uint32_t steps) {
  struct Body {
    uint32_t step = UINT32_MAX;
    std::string text;
  };
  auto body = std::make_shared<Body>();
  Fleet fleet(targets, PodLabels, [body, series](uint32_t, uint32_t step) -> const std::string& {
    if (body->step != step) *body = {step, ApplicationBody(series, step)};
    return body->text;
  });
  fleet.Scrape(steps);
  return fleet;
}

Fleet CadvisorFleet(uint32_t nodes, uint32_t series, uint32_t steps) {
  auto body = std::make_shared<std::string>();
  Fleet fleet(nodes, NodeLabels,
              [body, series](uint32_t target, uint32_t step) -> const std::string& {
                return *body = CadvisorBody(target, series, step);
              });
  fleet.Scrape(steps);
  return fleet;
}

}  // namespace tacho::bench
