// A LabelRewriter between bodies and the store: what it does to series, what replay makes
// of it, and which plans may be shared.
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/ingest.h"
#include "engine/plan_cache.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/fixture.h"
#include "tests/support/status_matchers.h"

namespace tacho::testing {
namespace {

using ::testing::HasSubstr;

constexpr Exposition kText = Exposition::kText;
using LabelMap = std::map<std::string, std::string>;

// A rewriter from two functions; counts its calls.
class Rewriter final : public LabelRewriter {
 public:
  using Edit = std::function<bool(LabelMap&)>;
  using Key = std::function<std::string(const Labels&)>;
  explicit Rewriter(
      Edit edit, Key key = [](const Labels&) { return std::string(); })
      : edit_(std::move(edit)), key_(std::move(key)) {}

  bool Rewrite(Labels* series) const override {
    ++calls;
    LabelMap labels;
    for (const Label& label : *series) labels[label.name] = label.value;
    if (!edit_(labels)) return false;
    std::vector<Label> edited;
    for (const auto& [name, value] : labels) edited.push_back({name, value});
    *series = Labels::FromUnsorted(std::move(edited));
    return true;
  }
  std::string KeyOf(const Labels& target) const override { return key_(target); }

  mutable int calls = 0;

 private:
  const Edit edit_;
  const Key key_;
};

bool DropGo(LabelMap& labels) { return !labels["__name__"].starts_with("go_"); }

class RewriterTest : public IngestFixture {
 protected:
  std::shared_ptr<Rewriter> Make(Rewriter::Edit edit) { return std::make_shared<Rewriter>(edit); }
  TargetOptions With(std::shared_ptr<const LabelRewriter> rewriter) {
    TargetOptions options;
    options.rewriter = std::move(rewriter);
    return options;
  }
};

TEST_F(RewriterTest, DroppedSeriesAreReadPastAndCountedApart) {
  const auto rewriter = Make(DropGo);
  auto target = Add({{"pod", "a"}}, With(rewriter));
  const auto first = target.Ingest("go_a 1\nm 2\ngo_b 3\n", kText, At(1000));
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->samples, 3u);
  EXPECT_EQ(first->dropped, 2u);
  EXPECT_EQ(first->stored, 1u);
  EXPECT_EQ(store_->Stats().series, 1u);
  const int calls = rewriter->calls;
  const auto second = target.Ingest("go_a 4\nm 5\ngo_b 6\n", kText, At(2000));
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->replayed, 3u);
  EXPECT_EQ(second->dropped, 2u);
  EXPECT_EQ(second->stored, 1u);
  EXPECT_EQ(rewriter->calls, calls) << "a known body costs no call";
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "m"), 5);
}

TEST_F(RewriterTest, AnotherRewriterDecidesFromTheNextBodyOn) {
  constexpr char kBody[] = "go_a 1\nm 2\n";
  auto target = Add({{"pod", "a"}}, With(Make(DropGo)));
  ASSERT_THAT(target.Ingest(kBody, kText, At(1000)), IsOk());
  ASSERT_THAT(target.Ingest(kBody, kText, At(2000)), IsOk());
  const auto keep_go = [](LabelMap& labels) { return labels["__name__"].starts_with("go_"); };
  ASSERT_THAT(target.SetOptions(With(Make(keep_go))), IsOk());
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "m"), 2) << "until then nothing changes";
  for (const int64_t t : {3000, 4000}) {
    const auto report = target.Ingest(kBody, kText, At(t));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->dropped, 1u);
    EXPECT_EQ(report->stored, 1u);
    EXPECT_EQ(report->series_ended, t == 3000 ? 1u : 0u);
    EXPECT_EQ(report->replayed, t == 3000 ? 0u : 2u);
  }
  const Contents contents = ContentsOf(HistoryOf({{"pod", "a"}}));
  EXPECT_EQ(contents.at("go_a").front().first, 3000);
  EXPECT_EQ(contents.at("m").back().first, 2000);
  target.Remove(At(5000));
  EXPECT_TRUE(absl::IsFailedPrecondition(target.SetOptions({})));
}

TEST_F(RewriterTest, ABodyOfWhichNothingIsKeptIsTaken) {
  auto target = Add({{"pod", "a"}}, With(Make([](LabelMap&) { return false; })));
  for (int64_t t : {1000, 2000, 3000}) {
    const auto report = target.Ingest("a 1\nb 2\n", kText, At(t));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->dropped, 2u);
    EXPECT_EQ(report->replayed, t == 1000 ? 0u : 2u);
  }
  EXPECT_EQ(store_->Stats().series, 0u);
}

TEST_F(RewriterTest, TheRewriterSeesTheWholeSeriesAndTheTargetsLabelsStayImplied) {
  Labels seen;
  auto target = Add(
      {{"pod", "a"}}, With(Make([&](LabelMap& labels) {
        EXPECT_EQ(labels,
                  (LabelMap{{"__name__", "m"}, {"exported_pod", "x"}, {"l", "v"}, {"pod", "a"}}));
        labels["l"] = "w";
        labels.erase("exported_pod");
        return true;
      })));
  ASSERT_THAT(target.Ingest("m{l=\"v\",pod=\"x\"} 1\n", kText, At(1000)), IsOk());
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "m l=w"), 1);
}

TEST_F(RewriterTest, ALabelOfTheTargetCanBeTakenAwayOrReplaced) {
  auto target = Add({{"a", "1"}, {"b", "2"}}, With(Make([](LabelMap& labels) {
                      labels.erase("a");
                      labels["b"] = "3";
                      labels["__name__"] = "n";
                      return true;
                    })));
  ASSERT_THAT(target.Ingest("m 1\n", kText, At(1000)), IsOk());
  EXPECT_EQ(ValueOf({{"a", "1"}, {"b", "2"}}, "n a= b=3"), 1);
}

TEST_F(RewriterTest, OfTwoSeriesThatBecomeOneTheFirstIsKeptInReplayToo) {
  auto target = Add({{"pod", "a"}}, With(Make([](LabelMap& labels) {
                      labels.erase("l");
                      return true;
                    })));
  for (int i = 1; i < 4; ++i) {
    const std::string body =
        "m{l=\"a\"} " + std::to_string(i) + "\nm{l=\"b\"} " + std::to_string(i + 10) + "\n";
    const auto report = target.Ingest(body, kText, At(i * 1000));
    ASSERT_THAT(report, IsOk());
    EXPECT_EQ(report->first_refusal, Refusal::kDuplicate);
    EXPECT_EQ(report->refused, 1u);
    EXPECT_EQ(ValueOf({{"pod", "a"}}, "m"), i);
  }
}

TEST_F(RewriterTest, ASeriesLeftWithoutAValidNameRefusesTheBody) {
  for (const auto& pair :
       {std::pair<std::string, std::string>{"__name__", ""}, {"", "x"}, {"\xff", "x"}}) {
    const std::string& name = pair.first;
    const std::string& value = pair.second;
    const Labels labels({{"pod", "p" + name + value}});
    auto target = Add(labels, With(Make([&](LabelMap& edited) {
                        if (edited["__name__"] == "b") edited[name] = value;
                        return true;
                      })));
    EXPECT_THAT(target.Ingest("a 1\nb 2\n", kText, At(1000)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("relabelling")));
    EXPECT_TRUE(HistoryOf(labels).entries().empty());
  }
}

TEST_F(RewriterTest, LimitsCountWhatIsKept) {
  TargetOptions options = With(Make(DropGo));
  options.sample_limit = 2;
  options.label_limit = 3;
  options.label_value_length_limit = 3;
  auto target = Add({{"pod", "a"}}, options);
  ASSERT_THAT(target.Ingest("go_a 1\na 1\ngo_b{a=\"b\",c=\"d\"} 1\nb{l=\"abc\"} 1\n", kText, At(1)),
              IsOk());
  const auto refused = [&](const std::string& body, int64_t t, const std::string& message) {
    EXPECT_THAT(target.Ingest(body, kText, At(t)),
                StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(message)));
  };
  refused("a 1\nb{l=\"abc\"} 1\nc 1\ngo_a 1\n", 2, "sample_limit");
  refused("a{l=\"1\",m=\"2\"} 1\n", 3, "label_limit");
  refused("a{l=\"abcd\"} 1\n", 4, "label_value_length_limit");
  refused("abcd 1\n", 5, "label_value_length_limit");
  EXPECT_EQ(store_->Stats().refused_scrapes[static_cast<size_t>(Refusal::kLabelLimit)], 3u);
}

TEST_F(RewriterTest, ALabelNameCanBeTooLong) {
  TargetOptions options;
  options.label_name_length_limit = 3;
  auto target = Add({{"pod", "a"}}, options);
  EXPECT_THAT(target.Ingest("a{abc=\"1\"} 1\n", kText, At(1)), IsOk());
  EXPECT_THAT(target.Ingest("a{abcd=\"1\"} 1\n", kText, At(2)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("label_name_length_limit")));
}

class SharingTest : public RewriterTest {
 protected:
  // How much of the second target's first body was replayed: all of it or nothing.
  uint32_t Replayed(std::shared_ptr<const LabelRewriter> first,
                    std::shared_ptr<const LabelRewriter> second) {
    auto a = Add({{"pod", "a"}}, With(std::move(first)));
    auto b = Add({{"pod", "b"}}, With(std::move(second)));
    EXPECT_THAT(a.Ingest(kBody, kText, At(1000)), IsOk());
    return b.Ingest(kBody, kText, At(1000))->replayed;
  }
  static constexpr char kBody[] = "a 1\ngo_a 2\nb 3\n";
};

TEST_F(SharingTest, TargetsOfOneRewriterAndKeyShareAPlan) {
  const auto rewriter = Make(DropGo);
  EXPECT_EQ(Replayed(rewriter, rewriter), 3u);
  EXPECT_EQ(store_->Stats().shapes, 2u);  // the empty one, and theirs
}

TEST_F(SharingTest, AnotherRewriterIsAnotherPlan) {
  EXPECT_EQ(Replayed(Make(DropGo), Make(DropGo)), 0u);
}

TEST_F(SharingTest, OneWithoutARewriterIsAnotherPlan) {
  EXPECT_EQ(Replayed(Make(DropGo), nullptr), 0u);
}

TEST_F(SharingTest, AnotherKeyIsAnotherPlan) {
  const auto rewriter = std::make_shared<Rewriter>(
      [](LabelMap& labels) {
        labels["copy"] = labels["pod"];
        return true;
      },
      [](const Labels& target) { return std::string(target.Get("pod")); });
  EXPECT_EQ(Replayed(rewriter, rewriter), 0u);
  EXPECT_EQ(ValueOf({{"pod", "b"}}, "a copy=b"), 1);
}

// The body's own label may equal the first target's and not the second's.
TEST_F(SharingTest, WhatHonorLabelsKeepsOfTheBodyIsTheSameForAllWhoShareAPlan) {
  TargetOptions options = With(Make(DropGo));
  options.honor_labels = true;
  auto a = Add({{"pod", "a"}}, options);
  auto b = Add({{"pod", "b"}}, options);
  const std::string body = "m{pod=\"a\"} 1\n";
  ASSERT_THAT(a.Ingest(body, kText, At(1000)), IsOk());
  EXPECT_EQ(b.Ingest(body, kText, At(1000))->replayed, 1u);
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "m pod=a"), 1);
  EXPECT_EQ(ValueOf({{"pod", "b"}}, "m pod=a"), 1);
}

TEST_F(SharingTest, APlanKeepsItsRewriter) {
  std::weak_ptr<const LabelRewriter> watch;
  auto a = [&] {
    const auto rewriter = Make(DropGo);
    watch = rewriter;
    return Add({{"pod", "a"}}, With(rewriter));
  }();
  ASSERT_THAT(a.Ingest(kBody, kText, At(1000)), IsOk());
  a.Remove(At(2000));
  store_->Advance(1'000'000'000);
  EXPECT_FALSE(watch.expired()) << "the handle's plan has it";
}

TEST_F(RewriterTest, ATargetThatComesBackWithAnotherRewriterIsReadAnew) {
  auto target = Add({{"pod", "a"}}, With(Make(DropGo)));
  ASSERT_THAT(target.Ingest("go_a 1\nm 1\n", kText, At(1000)), IsOk());
  target.Remove(At(2000));
  auto again = Add({{"pod", "a"}});
  // Also through the old handle, whose plan drops go_a.
  ASSERT_THAT(target.Ingest("go_a 2\nm 2\n", kText, At(3000)), IsOk());
  EXPECT_EQ(ValueOf({{"pod", "a"}}, "go_a"), 2);
}

// Replay against the plain way, body by body: another handle each time has no plan, and an
// empty cache has none to give.
TEST_F(RewriterTest, ReplayWithARewriterEqualsReadingEveryBodyAnew) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&random](uint32_t n) { return random() % n; };
  const auto rewriter = Make([](LabelMap& labels) {
    if (labels["n"] == "3") return false;
    if (labels["n"] == "5") labels.erase("pod");
    if (labels["n"] == "7") labels["n"] = "8";
    if (labels["__name__"] == "m2") labels["__name__"] = "m1";
    return true;
  });
  const Labels labels({{"pod", "a"}});
  auto replayed = Add(labels, With(rewriter));
  const auto plain_store = std::make_shared<storage::Store>(Options());
  const auto plain_target = *plain_store->AddTarget(labels, With(rewriter));
  uint64_t known = 0;
  for (int64_t t = 1; t <= 300; ++t) {
    std::string body;
    for (uint32_t metric = 0; metric < 3; ++metric) {
      for (uint32_t n = 0; n < 10; ++n) {
        if (below(20) == 0) continue;
        body += "m" + std::to_string(metric) + "{n=\"" + std::to_string(n) + "\"} " +
                std::to_string(below(50)) + (below(30) == 0 ? "x\n" : "\n");
      }
    }
    engine::TargetImpl plain(plain_store, std::make_shared<engine::PlanCache>(), plain_target);
    const auto fast = replayed.Ingest(body, kText, At(t * 1000));
    const auto slow = plain.Ingest(body, kText, At(t * 1000));
    ASSERT_EQ(fast.status(), slow.status()) << body;
    if (!fast.ok()) continue;
    EXPECT_EQ(fast->dropped, slow->dropped);
    EXPECT_EQ(fast->refused, slow->refused);
    known += fast->replayed;
  }
  EXPECT_GT(known, 0u);
  Contents fast = ContentsOf(HistoryOf(labels));
  Contents slow = ContentsOf(*plain_target->Load());
  std::erase_if(fast, [](const auto& series) { return series.second.empty(); });
  std::erase_if(slow, [](const auto& series) { return series.second.empty(); });
  EXPECT_EQ(fast, slow);
}

}  // namespace
}  // namespace tacho::testing
