// Prometheus' HTTP API over a real database, with a clock and deadlines that the test
// holds.
#ifndef TACHO_TESTS_ADAPTER_CORE_PROM_FIXTURE_H_
#define TACHO_TESTS_ADAPTER_CORE_PROM_FIXTURE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapter/core/prom_api.h"
#include "gtest/gtest.h"
#include "tacho/database.h"

namespace tacho::adapter::testing {

inline constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'795'448'511'370);

// Every deadline that is nearer than a second has passed.
class FakeDeadlines final : public Deadlines {
 public:
  std::shared_ptr<const Interrupt> Arm(Duration after,
                                       std::shared_ptr<Interrupt> interrupt) override {
    armed.push_back(after);
    if (after < absl::Seconds(1)) interrupt->Expire();
    return interrupt;
  }
  std::vector<Duration> armed;
};

class FakeStatus final : public StatusSource {
 public:
  std::vector<TargetStatus> Targets() const override { return targets; }
  RuntimeInfo Runtime() const override { return runtime; }
  std::string_view version() const override { return "1.2.3"; }
  std::vector<TargetStatus> targets;
  RuntimeInfo runtime;
};

class PromTest : public ::testing::Test {
 protected:
  HttpReply Ask(std::string_view target, std::string_view method = "GET") {
    const PromMoment moment = {kNow, [this] { return elapsed_; }};
    return HandleProm(method, ParseRoute(target), moment, env_);
  }
  std::string Get(std::string_view target) { return Ask(target).body; }
  // The data of a reply that succeeded.
  std::string Data(std::string_view target) {
    constexpr std::string_view kStart = R"({"status":"success","data":)";
    const std::string body = Get(target);
    if (!body.starts_with(kStart)) return body;
    return body.substr(kStart.size(), body.size() - kStart.size() - 1);
  }
  static std::string Error(std::string_view type, std::string_view message) {
    return absl::StrCat(R"({"status":"error","errorType":")",
                        absl::string_view(type.data(), type.size()), R"(","error":")",
                        absl::string_view(message.data(), message.size()), R"("})");
  }

  void Scrape(const Labels& labels, std::string_view body, Timestamp t = kNow,
              Exposition format = Exposition::kText) {
    absl::StatusOr<Target> target = database_.AddTarget(labels);
    ASSERT_TRUE(target.ok()) << target.status();
    const auto report = target->Ingest(body, format, t);
    ASSERT_TRUE(report.ok()) << report.status();
    scraped_.push_back(*std::move(target));
  }

  Database database_;
  std::vector<Target> scraped_;
  QueryPool queries_{database_, 8};
  FakeDeadlines deadlines_;
  FakeStatus status_;
  Duration elapsed_ = absl::ZeroDuration();
  PromEnv env_{database_, &queries_, &deadlines_, &status_, PromBounds()};
};

}  // namespace tacho::adapter::testing

#endif  // TACHO_TESTS_ADAPTER_CORE_PROM_FIXTURE_H_
