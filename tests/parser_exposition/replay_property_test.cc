// I1 as a property: over any plan, the replay of any mutation of a body has the effect
// that the full parser's samples have.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/parser_exposition/exposition_testing.h"

namespace tacho::testing {
namespace {

constexpr char kTextBody[] =
    "# HELP up U.\n# TYPE up gauge\nup 1\n"
    "# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
    "h_seconds_bucket{path=\"/a\",le=\"0.5\"} 3\nh_seconds_bucket{path=\"/a\",le=\"1\"} 4\n"
    "h_seconds_bucket{path=\"/a\",le=\"+Inf\"} 5\nh_seconds_sum{path=\"/a\"} 1.25e+06\n"
    "h_seconds_count{path=\"/a\"} 5\n\n"
    "# TYPE s summary\ns{quantile=\"0.5\"} NaN\ns{quantile=\"1\"} 0.25\ns_sum 17\ns_count 2\n"
    "# a comment\n{\"x.y\",a=\"b\\\"c\\n\"} 7 1700000000000\nz{a=\"\"}3\ntabs\t\t-4\n";

constexpr char kOpenMetricsBody[] =
    "# TYPE a counter\n# HELP a A.\na_total{x=\"1\"} 1\na_total{x=\"2\"} 2 1520879607.789\n"
    "a_created{x=\"1\"} 1520430000.123\n# TYPE h_seconds histogram\n# UNIT h_seconds seconds\n"
    "h_seconds_bucket{le=\"1\"} 4 # {trace=\"t\"} 0.5 1520879607.789\n"
    "h_seconds_bucket{le=\"+Inf\"} 5 # {} 3\nh_seconds_count 5\nh_seconds_sum 2.5\n"
    "# TYPE \"q.r\" summary\n{\"q.r\",quantile=\"0.9\"} 3\n# EOF\n";

class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed) {}

  size_t Below(size_t n) { return n == 0 ? 0 : random_() % n; }

  std::string Mutate(std::string body) {
    for (size_t rounds = 1 + Below(3); rounds > 0; --rounds) body = MutateOnce(std::move(body));
    return body;
  }

 private:
  std::string MutateOnce(std::string body) {
    std::vector<std::string> lines = Split(body);
    if (lines.empty()) return body;
    const size_t i = Below(lines.size());
    const size_t j = Below(lines.size());
    switch (Below(10)) {
      case 0:
        std::swap(lines[i], lines[j]);
        break;
      case 1:
        lines.erase(lines.begin() + static_cast<ptrdiff_t>(i));
        break;
      case 2:
        lines.insert(lines.begin() + static_cast<ptrdiff_t>(j), lines[i]);
        break;
      case 3:
        lines.insert(lines.begin() + static_cast<ptrdiff_t>(j), AnyLine());
        break;
      case 4:
        lines[i].insert(lines[i].size() - 1, "\r");
        break;
      case 5:
        std::shuffle(lines.begin(), lines.end(), random_);
        break;
      case 6:
        ReplaceValue(&lines[i]);
        break;
      case 7:
        return body.substr(0, Below(body.size()));
      case 8:
        ReplaceByte(&lines[i]);
        break;
      default:
        lines.erase(lines.begin(), lines.begin() + static_cast<ptrdiff_t>(i));
        break;
    }
    std::string out;
    for (const std::string& line : lines) out += line;
    return out;
  }

  static std::vector<std::string> Split(const std::string& body) {
    std::vector<std::string> lines;
    for (size_t begin = 0; begin < body.size();) {
      const size_t newline = std::min(body.find('\n', begin), body.size() - 1);
      lines.push_back(body.substr(begin, newline + 1 - begin));
      begin = newline + 1;
    }
    return lines;
  }

  void ReplaceValue(std::string* line) {
    constexpr const char* kValues[] = {
        "0",        "17",   "123456789", "-3.5", "1e5", "NaN",      "+Inf",
        "1e99",     "x",    "1 5",       "",     "1_0", "0.1 17.5", "12345678901234567890",
        "1 # {} 2", "1e999"};
    const size_t space = line->find_last_of(" \t");
    if (space == std::string::npos) return;
    *line = line->substr(0, space + 1) + kValues[Below(std::size(kValues))] + "\n";
  }

  void ReplaceByte(std::string* line) {
    constexpr std::string_view kBytes("\0\n\t #{}\"\\,=1ax\xff", 16);
    (*line)[Below(line->size())] = kBytes[Below(kBytes.size())];
  }

  std::string AnyLine() {
    constexpr const char* kLines[] = {"\n",
                                      "# x\n",
                                      "# TYPE h_seconds gauge\n",
                                      "new_series 1\n",
                                      "# TYPE up histogram\n",
                                      "up 5\n",
                                      "h_seconds_sum 3\n",
                                      "# HELP up other\n",
                                      "# EOF\n",
                                      "up{le=\"1\"} 1\n"};
    return kLines[Below(std::size(kLines))];
  }

  std::mt19937 random_;
};

void ExpectEqualEffects(const Plan& plan, std::string_view plan_body, std::string_view body,
                        Exposition format, const parser::ReplayOptions& options) {
  ASSERT_EQ(ReplayEffect(plan, body, format, options),
            FullEffect(plan, plan_body, body, format, options))
      << "body:\n"
      << body << "\nplan:\n"
      << plan_body;
}

class ReplayPropertyTest : public ::testing::TestWithParam<Exposition> {
 protected:
  std::string body() const {
    return GetParam() == Exposition::kText ? kTextBody : kOpenMetricsBody;
  }
};

TEST_P(ReplayPropertyTest, BodiesOfTheTestAreReadWhole) {
  EXPECT_EQ(ErrorOf(body(), GetParam()), "");
  EXPECT_GE(Lines(body(), GetParam()).size(), 8u);
}

TEST_P(ReplayPropertyTest, TruncatedAtEveryByte) {
  const Plan plan = MakePlan(body(), GetParam());
  for (size_t size = 0; size <= body().size(); ++size) {
    for (const char* after : {"", "\n", "                                        \n"}) {
      ExpectEqualEffects(plan, body(), body().substr(0, size) + after, GetParam(), {});
    }
  }
}

TEST_P(ReplayPropertyTest, EveryByteReplaced) {
  const Plan plan = MakePlan(body(), GetParam());
  for (size_t i = 0; i < body().size(); ++i) {
    for (const char c : {'\0', '\n', ' ', '{', '}', '"', '\\', '#', '1', 'a', '\xff'}) {
      std::string changed = body();
      changed[i] = c;
      ExpectEqualEffects(plan, body(), changed, GetParam(), {});
      // And the other way round: the plan is of what the changed body gave.
      ExpectEqualEffects(MakePlan(changed, GetParam()), changed, body(), GetParam(), {});
    }
  }
}

TEST_P(ReplayPropertyTest, CrLf) {
  std::string changed;
  for (const char c : body()) changed += c == '\n' ? std::string("\r\n") : std::string(1, c);
  ExpectEqualEffects(MakePlan(body(), GetParam()), body(), changed, GetParam(), {});
}

TEST_P(ReplayPropertyTest, AnyMutationOverThePlanOfAnother) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Mutator mutator(seed);
  for (int i = 0; i < 20'000 && !HasFatalFailure(); ++i) {
    const std::string plan_body = i % 2 == 0 ? body() : mutator.Mutate(body());
    const std::string changed = mutator.Mutate(body());
    const auto keep = [&](const std::string& key) {
      return i % 3 != 0 || key.size() % 4 != 0;  // some lines left out
    };
    const auto drop = [i](const std::string& key) { return i % 5 == 0 && key.size() % 3 == 0; };
    const Plan plan = MakePlan(plan_body, GetParam(), keep, drop);
    const parser::ReplayOptions options{
        .keep_timestamps = mutator.Below(2) == 0,
        .max_samples = mutator.Below(8) == 0 ? static_cast<uint32_t>(mutator.Below(15)) : 1000};
    ExpectEqualEffects(plan, plan_body, changed, GetParam(), options);
  }
}

INSTANTIATE_TEST_SUITE_P(BothFormats, ReplayPropertyTest,
                         ::testing::Values(Exposition::kText, Exposition::kOpenMetrics),
                         [](const auto& instance) {
                           return instance.param == Exposition::kText ? "Text" : "OpenMetrics";
                         });

}  // namespace
}  // namespace tacho::testing
