#include "adapter/net/http_head.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using State = HeadScanner::State;

State ScanAll(std::string_view text, HeadLimits limits = {}) {
  HeadScanner scanner(limits);
  return scanner.Scan(text);
}

HeadError ParseRequest(const std::string& head, RequestHead* out) {
  HeadScanner scanner;
  if (scanner.Scan(head) != State::kComplete) return HeadError::kMalformed;
  return ParseRequestHead(std::string_view(head).substr(0, scanner.head_bytes()), {}, out);
}

HeadError ParseRequest(const std::string& head) {
  RequestHead ignored;
  return ParseRequest(head, &ignored);
}

HeadError ParseReply(const std::string& head, ReplyHead* out) {
  HeadScanner scanner;
  if (scanner.Scan(head) != State::kComplete) return HeadError::kMalformed;
  return ParseReplyHead(std::string_view(head).substr(0, scanner.head_bytes()), out);
}

TEST(HeadScannerTest, FindsTheEndWhateverThePiecesAre) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string text = head + "body";
  for (size_t cut = 0; cut < head.size(); ++cut) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.Scan(std::string_view(text).substr(0, cut)), State::kMore) << cut;
    EXPECT_EQ(scanner.Scan(text), State::kComplete) << cut;
    EXPECT_EQ(scanner.head_bytes(), head.size()) << cut;
  }
}

TEST(HeadScannerTest, RefusesABareLineFeedBeforeTheHeadIsWhole) {
  EXPECT_EQ(ScanAll("GET / HTTP/1.1\n"), State::kBad);
  EXPECT_EQ(ScanAll("GET / HTTP/1.1\r\nHost: a\n"), State::kBad);
}

TEST(HeadScannerTest, RefusesABareCarriageReturnAndNul) {
  EXPECT_EQ(ScanAll("GET / HTTP/1.1\rHost: a"), State::kBad);
  EXPECT_EQ(ScanAll("GET / HTTP/1.1\r\r\n"), State::kBad);
  EXPECT_EQ(ScanAll(std::string_view("GET /\0", 6)), State::kBad);
}

TEST(HeadScannerTest, RefusesAnEmptyFirstLine) { EXPECT_EQ(ScanAll("\r\nGET /"), State::kBad); }

TEST(HeadScannerTest, StopsAtTheByteLimitWithoutWaitingForTheEnd) {
  HeadScanner scanner(HeadLimits{.max_bytes = 32});
  const std::string text = "GET / HTTP/1.1\r\nX: " + std::string(64, 'a');
  EXPECT_EQ(scanner.Scan(text), State::kBad);
  EXPECT_EQ(scanner.error(), HeadError::kTooLarge);
}

TEST(HeadScannerTest, AHeadOfExactlyTheByteLimitIsTaken) {
  const std::string head = "GET / HTTP/1.1\r\nX: a\r\n\r\n";
  EXPECT_EQ(ScanAll(head, {.max_bytes = head.size()}), State::kComplete);
  EXPECT_EQ(ScanAll(head, {.max_bytes = head.size() - 1}), State::kBad);
}

TEST(HeadScannerTest, CountsFieldsButNotTheFirstLine) {
  std::string head = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 3; ++i) head += "X: a\r\n";
  EXPECT_EQ(ScanAll(head + "\r\n", {.max_fields = 3}), State::kComplete);
  HeadScanner scanner(HeadLimits{.max_fields = 2});
  EXPECT_EQ(scanner.Scan(head), State::kBad);
  EXPECT_EQ(scanner.error(), HeadError::kTooManyFields);
}

TEST(RequestHeadTest, IsTakenApart) {
  const std::string head =
      "POST /api/v1/query?a=b HTTP/1.1\r\nHost: h:1\r\ncontent-LENGTH: 12\r\nX:  v w \t\r\n\r\n";
  RequestHead out;
  ASSERT_EQ(ParseRequest(head, &out), HeadError::kNone);
  EXPECT_EQ(out.method, "POST");
  EXPECT_EQ(out.target, "/api/v1/query?a=b");
  EXPECT_EQ(out.fields.Get("x"), "v w");
  EXPECT_EQ(out.framing.kind, Framing::Kind::kLength);
  EXPECT_EQ(out.framing.length, 12U);
  EXPECT_TRUE(out.KeepAlive());
}

TEST(RequestHeadTest, Http10ClosesUnlessAskedNotTo) {
  const std::string plain_head = "GET / HTTP/1.0\r\n\r\n";
  RequestHead plain;
  ASSERT_EQ(ParseRequest(plain_head, &plain), HeadError::kNone);
  EXPECT_FALSE(plain.KeepAlive());
  const std::string kept_head = "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
  RequestHead kept;
  ASSERT_EQ(ParseRequest(kept_head, &kept), HeadError::kNone);
  EXPECT_TRUE(kept.KeepAlive());
}

// Each of these has made a proxy and a server disagree about where a message ends, or
// what it says, in some published advisory.
TEST(RequestHeadTest, RefusesWhatSmugglesRequests) {
  const std::vector<std::string> fields = {
      "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
      "Content-Length: 5\r\nContent-Length: 5\r\n",
      "Content-Length: 5\r\nContent-Length: 6\r\n",
      "Content-Length: 5,5\r\n",
      "Content-Length: 5, 6\r\n",
      "Content-Length: +5\r\n",
      "Content-Length: -5\r\n",
      "Content-Length: 0x5\r\n",
      "Content-Length: 1_0\r\n",
      "Content-Length: 5 5\r\n",
      "Content-Length:\r\n",
      "Content-Length: 9223372036854775808\r\n",
      "Content-Length: 99999999999999999999\r\n",
      "Content-Length : 5\r\n",
      "Content-Length\t: 5\r\n",
      " Content-Length: 5\r\n",
      "X: a\r\n folded: b\r\n",
      "X: a\r\n\tfolded\r\n",
      "Transfer-Encoding: identity\r\n",
      "Transfer-Encoding: chunked, identity\r\n",
      "Transfer-Encoding: gzip, chunked\r\n",
      "Transfer-Encoding: xchunked\r\n",
      "Transfer-Encoding:\r\n",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "Transfer-Encoding : chunked\r\n",
      "no colon\r\n",
      ": no name\r\n",
      "na\x80me: x\r\n",
      "na(me: x\r\n",
      "X: a\x01\r\n",
      "X: a\x7f\r\n",
      "Host: b\r\n",  // a second one
  };
  for (const std::string& field : fields) {
    EXPECT_EQ(ParseRequest("POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n"),
              HeadError::kMalformed)
        << field;
  }
}

TEST(RequestHeadTest, RefusesMalformedRequestLines) {
  const std::vector<std::string> lines = {"GET / HTTP/1.1 ",
                                          "GET  / HTTP/1.1",
                                          " GET / HTTP/1.1",
                                          "GET /",
                                          "GET",
                                          "/ HTTP/1.1",
                                          "G(T / HTTP/1.1",
                                          "GET /\x80 HTTP/1.1",
                                          "GET /\t HTTP/1.1",
                                          "GET / http/1.1",
                                          "GET / HTTP/1.",
                                          "GET / HTTP/11",
                                          "GET / HTTP/1,1",
                                          "GET / HTTP/1.1x"};
  for (const std::string& line : lines) {
    EXPECT_EQ(ParseRequest(line + "\r\nHost: a\r\n\r\n"), HeadError::kMalformed) << line;
  }
}

TEST(RequestHeadTest, NamesOtherVersions) {
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/3.0"}) {
    EXPECT_EQ(ParseRequest(std::string("GET / ") + version + "\r\nHost: a\r\n\r\n"),
              HeadError::kVersion)
        << version;
  }
}

TEST(RequestHeadTest, Http11NeedsAHost) {
  EXPECT_EQ(ParseRequest("GET / HTTP/1.1\r\n\r\n"), HeadError::kMalformed);
}

TEST(RequestHeadTest, BoundsTheTarget) {
  RequestHead out;
  const std::string head = "GET /abcdef HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(ParseRequestHead(head, {.max_target_bytes = 7}, &out), HeadError::kNone);
  EXPECT_EQ(ParseRequestHead(head, {.max_target_bytes = 6}, &out), HeadError::kTargetTooLong);
}

TEST(ReplyHeadTest, TakesAReasonWithSpacesOrNone) {
  ReplyHead out;
  const std::string head = "HTTP/1.1 302 Moved For Now\r\n\r\n";  // what `out` points to
  ASSERT_EQ(ParseReply(head, &out), HeadError::kNone);
  EXPECT_EQ(out.status, 302);
  EXPECT_EQ(out.reason, "Moved For Now");
  for (const std::string line : {"HTTP/1.1 200\r\n\r\n", "HTTP/1.0 200 \r\n\r\n"}) {
    ReplyHead bare;
    ASSERT_EQ(ParseReply(line, &bare), HeadError::kNone) << line;
    EXPECT_EQ(bare.status, 200);
    EXPECT_EQ(bare.reason, "");
  }
}

TEST(ReplyHeadTest, RefusesWhatIsNoStatusLine) {
  for (const char* line : {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 abc OK", "HTTP/1.1",
                           "HTTP/1.1 099 X", "200 OK", "ICY 200 OK", "HTTP/1.1 +20 OK"}) {
    ReplyHead out;
    EXPECT_EQ(ParseReply(std::string(line) + "\r\n\r\n", &out), HeadError::kMalformed) << line;
  }
}

TEST(HttpFieldsTest, FindsTokensInListsWithoutRegardToCase) {
  EXPECT_TRUE(ListHasToken("keep-alive, Upgrade", "upgrade"));
  EXPECT_TRUE(ListHasToken("CLOSE", "close"));
  EXPECT_FALSE(ListHasToken("not-close", "close"));
  EXPECT_FALSE(ListHasToken("close x", "close"));
  EXPECT_FALSE(ListHasToken("", "close"));
}

}  // namespace
}  // namespace tacho::adapter
