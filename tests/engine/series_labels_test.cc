#include "engine/series_labels.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/identity.h"

namespace tacho::engine {
namespace {

using storage::Identity;
using storage::LabelSet;
using storage::Symbol;

// An identity made by hand: it owns what it points to.
class OwnIdentity {
 public:
  OwnIdentity(std::string metric, const std::vector<Label>& labels) {
    for (const Label& label : labels) set_.pairs.push_back({Own(label.name), Own(label.value)});
    identity_ = {Own(std::move(metric)), &set_};
  }
  [[nodiscard]] const Identity& get() const { return identity_; }

 private:
  const Symbol* Own(std::string text) {
    symbols_.push_back(std::make_unique<Symbol>());
    symbols_.back()->text = std::move(text);
    return symbols_.back().get();
  }
  std::vector<std::unique_ptr<Symbol>> symbols_;
  LabelSet set_;
  Identity identity_;
};

TEST(SeriesLabelsTest, BodyAndTargetAreMerged) {
  const OwnIdentity m("m", {{"code", "200"}});
  const Labels target = {{"pod", "p0"}, {"zone", "z"}};
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::All(false)),
            Labels({{"__name__", "m"}, {"code", "200"}, {"pod", "p0"}, {"zone", "z"}}));
}

TEST(SeriesLabelsTest, TheBodyWinsAlsoWithNothing) {
  const OwnIdentity m("m", {{"pod", "mine"}, {"zone", ""}});
  const Labels target = {{"pod", "p0"}, {"zone", "z"}};
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::All(true)), Labels({{"pod", "mine"}}));
}

TEST(SeriesLabelsTest, ByKeepsWhatIsListedAndThere) {
  const OwnIdentity m("m", {{"code", "200"}, {"path", "/"}});
  const Labels target = {{"pod", "p0"}};
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::By({"pod", "code", "nothing"}, false)),
            Labels({{"code", "200"}, {"pod", "p0"}}));
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::By({"__name__"}, false)),
            Labels({{"__name__", "m"}}));
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::By({"__name__"}, true)), Labels());
}

// __type__ stays without drop_name: only functions remove it.
TEST(SeriesLabelsTest, WithoutKeepsTheRestButTheName) {
  const OwnIdentity m("m", {{"__type__", "counter"}, {"code", "200"}});
  const Labels target = {{"pod", "p0"}};
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::Without({"pod"}, false)),
            Labels({{"__type__", "counter"}, {"code", "200"}}));
  EXPECT_EQ(SeriesLabels(m.get(), target, LabelFilter::Without({"pod"}, true)),
            Labels({{"code", "200"}}));
}

TEST(SeriesLabelsTest, FilteredIsTheSameForAWholeSet) {
  const Labels labels = {{"__name__", "m"}, {"__unit__", "s"}, {"a", "1"}, {"b", "2"}};
  EXPECT_EQ(Filtered(labels, LabelFilter::All(true)), Labels({{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(Filtered(labels, LabelFilter::By({"b"}, false)), Labels({{"b", "2"}}));
}

// Not merely the same text in a row.
TEST(LabelsHashTest, TellsWhereNamesEnd) {
  const LabelsHash hash;
  EXPECT_EQ(hash(Labels({{"a", "1"}})), hash(Labels({{"a", "1"}})));
  EXPECT_NE(hash(Labels({{"a", "b1"}})), hash(Labels({{"ab", "1"}})));
}

}  // namespace
}  // namespace tacho::engine
