#include "adapter/core/http_url.h"

#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

std::string Parsed(std::string_view text) {
  const auto url = ParseHttpUrl(text);
  if (!url.ok()) return "refused";
  return url->ToString() + " " + url->address.host + " " + std::to_string(url->address.port);
}

TEST(HttpUrlTest, IsTakenApart) {
  EXPECT_EQ(Parsed("http://h"), "http://h/ h 80");
  EXPECT_EQ(Parsed("HTTPS://h/a/b?c=d"), "https://h/a/b?c=d h 443");
  EXPECT_EQ(Parsed("http://h:8080?x"), "http://h:8080/?x h 8080");
  EXPECT_EQ(Parsed("https://[::1]:1/"), "https://[::1]:1/ ::1 1");
}

TEST(HttpUrlTest, WhatCouldBeReadTwoWaysIsRefused) {
  for (const std::string_view text :
       {"", "h", "h:1/x", "ftp://h/", "http:/h", "http:///x", "http://", "http://u@h/",
        "http://u:p@h/", "http://h/ x", "http://h/\tx", "http://h/\r\nX: y", "http://h#x",
        "http://h\\@evil/", "http://h:0/", "http://h:1:2/", "http://h\x80/", "http://?x"}) {
    EXPECT_EQ(Parsed(text), "refused") << text;
  }
  EXPECT_EQ(Parsed("http://h/" + std::string(9000, 'x')), "refused");
}

TEST(HttpUrlTest, NoMessageQuotesAPassword) {
  const std::string message(ParseHttpUrl("http://u:hunter2@h/").status().message());
  EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
}

TEST(HttpUrlTest, LocationsAreResolved) {
  const HttpUrl base = *ParseHttpUrl("https://h:1/a/b?c=http://x/");
  const auto resolved = [&base](std::string_view location) {
    const auto url = ResolveLocation(base, location);
    return url.ok() ? url->ToString() : "refused";
  };
  EXPECT_EQ(resolved("http://other/x"), "http://other/x");
  EXPECT_EQ(resolved("//other:2/x"), "https://other:2/x");
  EXPECT_EQ(resolved("/x?to=http://y/"), "https://h:1/x?to=http://y/");
  EXPECT_EQ(resolved("x/y"), "https://h:1/a/x/y");
  EXPECT_EQ(resolved("?d"), "https://h:1/a/b?d");
  EXPECT_EQ(resolved("javascript://x"), "refused");
  EXPECT_EQ(resolved("/x y"), "refused");
}

TEST(HttpUrlTest, AnOriginIsSchemeHostAndPort) {
  const HttpUrl base = *ParseHttpUrl("http://h:80/a");
  const auto same = [&base](std::string_view text) { return ParseHttpUrl(text)->SameOrigin(base); };
  EXPECT_TRUE(same("http://h/b"));
  EXPECT_FALSE(same("https://h:80/a"));
  EXPECT_FALSE(same("http://h:81/a"));
  EXPECT_FALSE(same("http://i/a"));
}

}  // namespace
}  // namespace tacho::adapter
