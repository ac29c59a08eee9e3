#include "tests/engine/random_store.h"

#include <iterator>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tacho::testing {
namespace {

constexpr uint32_t kPods = 8;

std::string Number(double value) { return absl::StrFormat("%.17g", value); }

}  // namespace

RandomStore::RandomStore(uint64_t seed)
    : random_(seed), database_({.retention = absl::Minutes(3), .lookback = absl::Minutes(1)}) {
  for (uint32_t i = 0; i < kPods; ++i) AddPod();
}

void RandomStore::AddPod() {
  const size_t n = pods_.size();
  std::vector<Label> labels = {{"pod", absl::StrCat("p", n)},
                               {"namespace", absl::StrCat("ns", n % 3)}};
  // Some bodies say `zone` too; honest ones are renamed, the others win.
  if (n % 2 == 0) labels.push_back({"zone", absl::StrCat("z", n % 4)});
  Pod pod;
  pod.labels = Labels::FromUnsorted(std::move(labels));
  pod.options.honor_labels = n % 4 < 2;
  pod.options.honor_timestamps = n == 5;
  pods_.push_back(std::move(pod));
}

void RandomStore::Step() {
  now_ms_ += Between(1, 4'000);
  if (Between(0, 9) == 0) database_.Advance(now());
  Pod& pod = pods_[static_cast<size_t>(Between(0, kPods - 1))];
  if (!pod.target.has_value()) {
    auto added = database_.AddTarget(pod.labels, pod.options);
    if (added.ok()) pod.target = *std::move(added);
    return;
  }
  switch (Between(0, 29)) {
    case 0:
      pod.target->Remove(now());
      pod.target.reset();
      return;
    case 1:
      (void)pod.target->MarkStale(now());
      return;
    case 2:  // a restart: all counters begin again
      for (auto& [line, value] : pod.counters) value = 0;
      return;
    default:
      return Scrape(pod);
  }
}

std::string RandomStore::NewLine() {
  const char* metric = Between(0, 2) == 0 ? "depth" : "requests";
  std::string line = absl::StrCat(metric, "{code=\"", OneOf<int>({200, 404, 500}), "\"");
  if (Between(0, 2) == 0) absl::StrAppend(&line, ",path=\"/", Between(0, 9), "\"");
  if (Between(0, 3) == 0) absl::StrAppend(&line, ",zone=\"", OneOf<std::string>({"", "z9"}), "\"");
  return line + "}";
}

double RandomStore::NextValue(const std::string& line, double value) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  if (Between(0, 60) == 0) {
    return OneOf<double>({kInf, -kInf, std::numeric_limits<double>::quiet_NaN(), 1e308, -0.0});
  }
  if (line[0] == 'd') return static_cast<double>(Between(-20, 20));  // depth: a gauge
  if (Between(0, 40) == 0 || !(value < 1e300)) return 0;
  return value + static_cast<double>(Between(0, 40)) / 4;
}

void RandomStore::Scrape(Pod& pod) {
  while (pod.counters.size() < 3 || (pod.counters.size() < 40 && Between(0, 5) == 0)) {
    pod.counters.emplace(NewLine(), 0);
  }
  if (Between(0, 8) == 0) {
    pod.counters.erase(
        std::next(pod.counters.begin(), Between(0, static_cast<int64_t>(pod.counters.size()) - 1)));
  }
  std::string body;
  for (auto& [line, value] : pod.counters) {
    value = NextValue(line, value);
    if (Between(0, 25) == 0) continue;  // missing this once
    absl::StrAppend(&body, line, " ", Number(value));
    if (Between(0, 9) == 0) absl::StrAppend(&body, " ", now_ms_ - Between(0, 3'000));
    body += '\n';
  }
  (void)pod.target->Ingest(body, Exposition::kText, now());
}

std::string RandomStore::RandomMatchers() {
  std::string matchers;
  for (int64_t i = Between(0, 2); i > 0; --i) {
    absl::StrAppend(
        &matchers, ",",
        OneOf<std::string>({"code=\"200\"", "code!=\"200\"", "code=~\"2..|4..\"", "path=\"\"",
                            "path!=\"\"", "path=~\"/[1-4]\"", "zone=\"z0\"", "zone=\"\"",
                            "zone!=\"z9\"", "zone=~\"z0|z9\"", "pod=~\"p1|p2|p5\"", "pod!=\"p3\"",
                            "namespace=\"ns1\"", "namespace!~\"ns[12]\"", "absent=\"\"",
                            "exported_zone!=\"\""}));
  }
  return matchers;
}

std::string RandomStore::RandomGrouping() {
  return OneOf<std::string>({"", " by (pod)", " by (namespace)", " by (code)", " by (pod, code)",
                             " by (zone)", " by (pod, zone, path)", " by (__name__)",
                             " without (pod)", " without (code, path)", " without (zone)",
                             " without ()", " by (nothing)"});
}

}  // namespace tacho::testing
