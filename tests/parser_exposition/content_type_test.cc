#include "gtest/gtest.h"
#include "tacho/exposition.h"

namespace tacho {
namespace {

TEST(ContentTypeTest, OpenMetricsIsKnownByItsMediaType) {
  EXPECT_EQ(ExpositionFromContentType("application/openmetrics-text"), Exposition::kOpenMetrics);
  EXPECT_EQ(ExpositionFromContentType("application/openmetrics-text; version=1.0.0; charset=utf-8"),
            Exposition::kOpenMetrics);
  EXPECT_EQ(ExpositionFromContentType(" Application/OpenMetrics-Text ;version=0.0.1"),
            Exposition::kOpenMetrics);
}

TEST(ContentTypeTest, EverythingElseIsText) {
  for (const char* type :
       {"", " ", ";", "text/plain", "text/plain; version=0.0.4; charset=utf-8", "text/html",
        "application/openmetrics-text2", "application/openmetrics", "openmetrics-text",
        "text/plain; application/openmetrics-text", "application/json"}) {
    EXPECT_EQ(ExpositionFromContentType(type), Exposition::kText) << type;
  }
}

}  // namespace
}  // namespace tacho
