#include "adapter/net/http_request.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;

TEST(HttpRequestTest, AFailureIsAKubernetesStatus) {
  const HttpReply reply = StatusReply(429, "TooManyRequests", "wait \"a\" bit");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.content_type, kJsonType);
  EXPECT_EQ(reply.body,
            "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
            "\"message\":\"wait \\\"a\\\" bit\",\"reason\":\"TooManyRequests\",\"code\":429}\n");
}

TEST(HttpRequestTest, DatesAreRfc9110s) {
  EXPECT_EQ(HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpRequestTest, AReplyIsSerializedWhole) {
  HttpResponse response;
  response.reply.status = 405;
  response.reply.body = "abc";
  response.allow = "GET";
  EXPECT_EQ(SerializeResponse(response, "D", true, false),
            "HTTP/1.1 405 Method Not Allowed\r\nDate: D\r\nContent-Type: application/json\r\n"
            "Content-Length: 3\r\nCache-Control: no-cache, private\r\n"
            "X-Content-Type-Options: nosniff\r\nAllow: GET\r\nConnection: close\r\n\r\nabc");
  EXPECT_THAT(SerializeResponse(response, "D", false, true), HasSubstr("Content-Length: 3\r\n"));
}

}  // namespace
}  // namespace tacho::adapter
