#include "adapter/net/inflater.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/adapter_net/gzip.h"

namespace tacho::adapter {
namespace {

using State = Inflater::State;

std::string Digits(size_t n) {  // compresses, but less than 100 : 1
  std::string out;
  for (size_t i = 0; out.size() < n; ++i) out += std::to_string(i * 7919);
  out.resize(n);
  return out;
}

TEST(InflaterTest, TextDoesNotDependOnTheCuts) {
  const std::string text = Digits(100'000);
  const std::string packed = Gzip(text);
  for (const size_t step : {size_t{1}, size_t{7}, size_t{1000}, packed.size()}) {
    Inflater inflater;
    inflater.Reset({});
    std::string out;
    for (size_t i = 0; i < packed.size(); i += step) {
      ASSERT_EQ(inflater.Feed(std::string_view(packed).substr(i, step), &out), State::kMore);
    }
    EXPECT_TRUE(inflater.complete());
    EXPECT_EQ(out, text);
  }
}

TEST(InflaterTest, ReadsSeveralMembersInARow) {
  Inflater inflater;
  inflater.Reset({});
  std::string out;
  EXPECT_EQ(inflater.Feed(Gzip("one ") + Gzip("two"), &out), State::kMore);
  EXPECT_TRUE(inflater.complete());
  EXPECT_EQ(out, "one two");
}

TEST(InflaterTest, IsNotCompleteBeforeTheChecksum) {
  const std::string packed = Gzip("some text");
  Inflater inflater;
  inflater.Reset({});
  std::string out;
  EXPECT_EQ(inflater.Feed(packed.substr(0, packed.size() - 1), &out), State::kMore);
  EXPECT_FALSE(inflater.complete());
}

TEST(InflaterTest, NeverKeepsMoreThanTheLimit) {
  const std::string text = Digits(200'000);
  Inflater inflater;
  inflater.Reset({.max_output = 100'000});
  std::string out;
  EXPECT_EQ(inflater.Feed(Gzip(text), &out), State::kTooLarge);
  EXPECT_LE(out.size(), 100'000U);
}

TEST(InflaterTest, TakesABodyOfExactlyTheLimit) {
  const std::string text = Digits(100'000);
  Inflater inflater;
  inflater.Reset({.max_output = text.size()});
  std::string out;
  EXPECT_EQ(inflater.Feed(Gzip(text), &out), State::kMore);
  EXPECT_EQ(out, text);
}

// 16 MiB of line feeds pack into 16 KiB: 1000 : 1. The bomb is found soon after the
// free MiB, and not when it has gone off.
TEST(InflaterTest, StopsABombByItsRatio) {
  const std::string bomb = Gzip(std::string(size_t{16} << 20, '\n'));
  ASSERT_LT(bomb.size(), 20'000U);
  Inflater inflater;
  inflater.Reset({.max_output = size_t{64} << 20});
  std::string out;
  EXPECT_EQ(inflater.Feed(bomb, &out), State::kRatio);
  EXPECT_LT(out.size(), size_t{3} << 20);
}

TEST(InflaterTest, LetsTheFirstMebibytePassAtAnyRatio) {
  const std::string text(size_t{1} << 20, '\n');
  Inflater inflater;
  inflater.Reset({});
  std::string out;
  EXPECT_EQ(inflater.Feed(Gzip(text), &out), State::kMore);
  EXPECT_EQ(out, text);
}

TEST(InflaterTest, RefusesWhatIsNotGzip) {
  for (const std::string& text : {std::string("http_requests_total 1\n"),
                                  std::string("\x78\x9c\x03\x00\x00\x00\x00\x01", 8)}) {
    Inflater inflater;
    inflater.Reset({});
    std::string out;
    EXPECT_EQ(inflater.Feed(text, &out), State::kCorrupt);
  }
}

TEST(InflaterTest, FindsAFlippedBit) {
  const std::string text = Digits(5'000);
  const std::string good = Gzip(text);
  for (size_t i = 10; i < good.size(); i += 97) {  // past the header, whose fields may vary
    std::string packed = good;
    packed[i] = static_cast<char>(packed[i] ^ 0x10);
    Inflater inflater;
    inflater.Reset({});
    std::string out;
    const State state = inflater.Feed(packed, &out);
    EXPECT_TRUE(state != State::kMore || !inflater.complete()) << i;
  }
}

TEST(InflaterTest, ResetForgetsTheLastBody) {
  Inflater inflater;
  for (int i = 0; i < 3; ++i) {
    inflater.Reset({.max_output = 10});
    std::string out;
    EXPECT_EQ(inflater.Feed(Gzip("0123456789"), &out), State::kMore);
    EXPECT_EQ(out, "0123456789");
  }
}

}  // namespace
}  // namespace tacho::adapter
