#include "adapter/net/chunked.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using State = ChunkedDecoder::State;

// Feeds `text` in pieces of `step` bytes; the last state, and the body in `out`.
State Decode(std::string_view text, size_t step, std::string* out) {
  ChunkedDecoder decoder;
  State state = State::kMore;
  while (!text.empty() && (state == State::kMore)) {
    std::string_view part = text.substr(0, step);
    text.remove_prefix(part.size());
    std::string_view piece;
    while ((state = decoder.Next(&part, &piece)) == State::kData) out->append(piece);
  }
  return state;
}

State Decode(std::string_view text) {
  std::string ignored;
  return Decode(text, text.size(), &ignored);
}

TEST(ChunkedTest, BodyDoesNotDependOnTheCuts) {
  const std::string text = "5;ext=\"1\"\r\nhello\r\nA\r\n 123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (size_t step = 1; step <= text.size(); ++step) {
    std::string body;
    EXPECT_EQ(Decode(text, step, &body), State::kDone) << step;
    EXPECT_EQ(body, "hello 123456789") << step;
  }
}

TEST(ChunkedTest, LeavesWhatFollowsTheBody) {
  ChunkedDecoder decoder;
  std::string_view input = "0\r\n\r\nHTTP/1.1 200 OK";
  std::string_view piece;
  EXPECT_EQ(decoder.Next(&input, &piece), State::kDone);
  EXPECT_EQ(input, "HTTP/1.1 200 OK");
}

TEST(ChunkedTest, RefusesSizesThatReadersDisagreeOn) {
  const std::vector<std::string> bad = {"\r\n",
                                        "0x1\r\na",
                                        "+1\r\na",
                                        "-1\r\na",
                                        " 1\r\na",
                                        "1 \r\na",
                                        "1_0\r\n",
                                        "g\r\n",
                                        "1\na",
                                        "1\ra",
                                        ";x\r\na",
                                        "1;a\nb\r\nx",
                                        "1;\x01\r\na",
                                        "fffffffffffffffff\r\n",
                                        "0000000000000001\r\na"};
  for (const std::string& text : bad) EXPECT_EQ(Decode(text), State::kBad) << text;
}

TEST(ChunkedTest, RefusesDataThatIsNotFollowedByALineEnd) {
  EXPECT_EQ(Decode("1\r\naX0\r\n\r\n"), State::kBad);
  EXPECT_EQ(Decode("1\r\na\n0\r\n\r\n"), State::kBad);
  EXPECT_EQ(Decode("1\r\naa\r\n"), State::kBad);
}

TEST(ChunkedTest, ASizeOf15DigitsIsWaitedForNotAllocated) {
  EXPECT_EQ(Decode("fffffffffffffff\r\nabc"), State::kMore);
}

TEST(ChunkedTest, BoundsExtensionsAndTrailers) {
  EXPECT_EQ(Decode("1;" + std::string(5000, 'x')), State::kBad);
  std::string trailers = "0\r\n";
  for (int i = 0; i < 600; ++i) trailers += "A: bcd\r\n";
  EXPECT_EQ(Decode(trailers), State::kBad);
}

TEST(ChunkedTest, OneByteChunksAreNoOverheadWithoutEnd) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) text += "1\r\na\r\n";
  std::string body;
  EXPECT_EQ(Decode(text + "0\r\n\r\n", 4096, &body), State::kDone);
  EXPECT_EQ(body.size(), 10'000U);
}

}  // namespace
}  // namespace tacho::adapter
