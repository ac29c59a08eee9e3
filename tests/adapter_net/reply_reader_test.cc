#include "adapter/net/reply_reader.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/adapter_net/gzip.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;

constexpr size_t kMaxBody = size_t{1} << 20;

struct Read {
  ScrapeReply reply;
  bool done = false;  // before the connection closed
  bool keep_alive = false;
};

Read ReadAll(std::string_view bytes, size_t step = 4096, size_t max_body = kMaxBody,
             size_t max_buffers = size_t{1} << 30) {
  BodyBuffers buffers({.max_bytes_in_use = max_buffers});
  Read out;
  {
    ReplyReader reader(max_body, &buffers);
    while (!bytes.empty() && !out.done) {
      const std::string_view part = bytes.substr(0, step);
      bytes.remove_prefix(part.size());
      out.done = reader.Feed(part) == ReplyReader::State::kDone;
    }
    if (!out.done) reader.Close();
    out.keep_alive = reader.keep_alive();
    out.reply = reader.TakeReply();
  }
  EXPECT_EQ(buffers.in_use(), out.reply.charged);
  return out;
}

std::string WithLength(std::string_view fields, std::string_view body) {
  std::string out = absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", body.size(), "\r\n");
  return out.append(fields).append("\r\n").append(body);
}

TEST(ReplyReaderTest, BodyByLengthDoesNotDependOnTheCuts) {
  const std::string text = WithLength("Content-Type: text/plain\r\n", "up 1\n");
  for (size_t step = 1; step <= text.size(); ++step) {
    const Read read = ReadAll(text, step);
    EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone) << read.reply.error;
    EXPECT_EQ(read.reply.body, "up 1\n");
    EXPECT_EQ(read.reply.content_type, "text/plain");
    EXPECT_EQ(read.reply.wire_bytes, text.size());
    EXPECT_TRUE(read.done && read.keep_alive);
  }
}

TEST(ReplyReaderTest, GzipInChunksDoesNotDependOnTheCuts) {
  const std::string packed = Gzip("up 1\nup 2\n");
  const std::string text = absl::StrCat(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
      absl::Hex(packed.size() - 3), "\r\n", packed.substr(0, packed.size() - 3), "\r\n3\r\n",
      packed.substr(packed.size() - 3), "\r\n0\r\n\r\n");
  for (size_t step = 1; step <= text.size(); ++step) {
    const Read read = ReadAll(text, step);
    EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone) << read.reply.error;
    EXPECT_EQ(read.reply.body, "up 1\nup 2\n");
    EXPECT_TRUE(read.done && read.keep_alive);
  }
}

TEST(ReplyReaderTest, WithoutALengthTheCloseEndsTheBody) {
  const Read read = ReadAll("HTTP/1.0 200 OK\r\n\r\nup 1\n");
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone);
  EXPECT_EQ(read.reply.body, "up 1\n");
  EXPECT_FALSE(read.done);
  EXPECT_FALSE(read.keep_alive);
}

TEST(ReplyReaderTest, AnEmptyBodyIsABody) {
  const Read read = ReadAll(WithLength("", ""));
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone);
  EXPECT_TRUE(read.done);
}

TEST(ReplyReaderTest, ConnectionCloseIsHonoured) {
  EXPECT_FALSE(ReadAll(WithLength("Connection: close\r\n", "a")).keep_alive);
}

TEST(ReplyReaderTest, BytesAfterTheReplyEndTheConnection) {
  const Read read = ReadAll(WithLength("", "up 1\n") + "HTTP/1.1 200 OK\r\n");
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone);
  EXPECT_EQ(read.reply.body, "up 1\n");
  EXPECT_FALSE(read.keep_alive);
}

TEST(ReplyReaderTest, ARedirectIsAFailureThatSaysItsStatus) {
  const Read read = ReadAll(
      "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kStatus);
  EXPECT_EQ(read.reply.error, "server returned HTTP status 302 Found");
  EXPECT_FALSE(read.keep_alive);
}

TEST(ReplyReaderTest, InterimHeadsAreSkippedButNotWithoutEnd) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string reply = WithLength("", "a");
  for (const size_t step : {size_t{1}, size_t{4096}}) {
    EXPECT_EQ(ReadAll(interim + interim + reply, step).reply.body, "a");
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += interim;
    EXPECT_EQ(ReadAll(flood + reply, step).reply.failure, ScrapeFailure::kProtocol);
  }
}

TEST(ReplyReaderTest, SwitchingProtocolsIsAFailure) {
  EXPECT_EQ(ReadAll("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n").reply.failure,
            ScrapeFailure::kStatus);
}

TEST(ReplyReaderTest, NamesWhatIsWrong) {
  const struct {
    std::string bytes;
    ScrapeFailure failure;
  } cases[] = {
      {"", ScrapeFailure::kConnection},
      {"HTTP/1.1 200", ScrapeFailure::kConnection},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ScrapeFailure::kConnection},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc", ScrapeFailure::kConnection},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", ScrapeFailure::kProtocol},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
       ScrapeFailure::kProtocol},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
       ScrapeFailure::kProtocol},
      {"garbage garbage\r\n\r\n", ScrapeFailure::kProtocol},
      {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", ScrapeFailure::kConnection},
      {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", ScrapeFailure::kProtocol},
      {"HTTP/2.0 200 OK\r\n\r\n", ScrapeFailure::kProtocol},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", ScrapeFailure::kEncoding},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n", ScrapeFailure::kEncoding},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain", ScrapeFailure::kEncoding},
      {WithLength("Content-Encoding: gzip\r\n", Gzip("abc").substr(0, 12)),
       ScrapeFailure::kEncoding},
      {"HTTP/1.1 500 Oops\r\n\r\n", ScrapeFailure::kStatus},
      {"HTTP/1.1 204 No Content\r\n\r\n", ScrapeFailure::kStatus},
  };
  for (const auto& c : cases) {
    for (const size_t step : {size_t{1}, size_t{4096}}) {
      const Read read = ReadAll(c.bytes, step);
      EXPECT_EQ(read.reply.failure, c.failure) << c.bytes << " " << read.reply.error;
      EXPECT_FALSE(read.reply.error.empty());
      EXPECT_FALSE(read.keep_alive);
    }
  }
}

TEST(ReplyReaderTest, HeadersWithoutEndAreCutOff) {
  std::string text = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 1'000'000; ++i) text += "X: y\r\n";
  const Read read = ReadAll(text);
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kProtocol);
  EXPECT_LE(read.reply.wire_bytes, size_t{16} << 10);
}

TEST(ReplyReaderTest, APromiseOfTooMuchIsBrokenOffBeforeTheBody) {
  for (const char* length : {"1048577", "9223372036854775807"}) {
    const Read read =
        ReadAll(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: ", length, "\r\n\r\n"));
    EXPECT_TRUE(read.done);
    EXPECT_EQ(read.reply.failure, ScrapeFailure::kBodyLimit);
    EXPECT_EQ(read.reply.body.capacity(), std::string().capacity());
  }
}

TEST(ReplyReaderTest, ABodyWithoutEndIsCutOffAtTheLimit) {
  const Read read = ReadAll("HTTP/1.1 200 OK\r\n\r\n" + std::string(kMaxBody + 1, 'a'));
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kBodyLimit);
  EXPECT_LE(read.reply.body.size(), kMaxBody);
  EXPECT_THAT(read.reply.error, HasSubstr("1048576"));
  EXPECT_EQ(ReadAll("HTTP/1.1 200 OK\r\n\r\n" + std::string(kMaxBody, 'a')).reply.failure,
            ScrapeFailure::kNone);
}

TEST(ReplyReaderTest, ABombIsCutOffByItsRatio) {
  const std::string bomb = Gzip(std::string(size_t{64} << 20, '\0'));
  const Read read =
      ReadAll(WithLength("Content-Encoding: gzip\r\n", bomb), 4096, size_t{128} << 20);
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kRatio);
  EXPECT_LT(read.reply.body.size(), size_t{8} << 20);
}

// A bomb in a bomb: the inner one is only text here, and gzip in gzip is refused.
TEST(ReplyReaderTest, NestedGzipIsNotUnpackedTwice) {
  const std::string inner = Gzip(std::string(1000, 'a'));
  const Read read = ReadAll(WithLength("Content-Encoding: gzip\r\n", Gzip(inner)));
  EXPECT_EQ(read.reply.failure, ScrapeFailure::kNone);
  EXPECT_EQ(read.reply.body, inner);
}

TEST(ReplyReaderTest, AllScrapesTogetherHaveABound) {
  const std::string text = WithLength("", std::string(10'000, 'a'));
  EXPECT_EQ(ReadAll(text, 4096, kMaxBody, 9'999).reply.failure, ScrapeFailure::kBuffers);
  EXPECT_EQ(ReadAll(text, 4096, kMaxBody, 10'000).reply.failure, ScrapeFailure::kNone);
}

TEST(ReplyReaderTest, WhatTheTargetWroteIsCutInMessages) {
  const Read read = ReadAll("HTTP/1.1 500 " + std::string(10'000, 'x') + "\r\n\r\n");
  EXPECT_LT(read.reply.error.size(), 200U);
}

}  // namespace
}  // namespace tacho::adapter
