#include "adapter/net/resolver.h"

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

std::vector<std::string> Lookup(Resolver* resolver, const std::string& host) {
  // Shared: a late answer must find its promise.
  auto promise = std::make_shared<std::promise<std::vector<std::string>>>();
  resolver->Resolve(host, [promise](std::vector<std::string> a) { promise->set_value(a); });
  return promise->get_future().get();
}

TEST(ResolverTest, FindsLocalhost) {
  Resolver resolver;
  EXPECT_THAT(Lookup(&resolver, "localhost"), Contains("127.0.0.1"));
}

TEST(ResolverTest, ANameThatCannotExistHasNoAddress) {
  Resolver resolver;
  EXPECT_THAT(Lookup(&resolver, "a b"), IsEmpty());
}

TEST(ResolverTest, ManyLookupsAreAllAnswered) {
  Resolver resolver;
  for (int i = 0; i < 100; ++i) EXPECT_THAT(Lookup(&resolver, "localhost"), Contains("127.0.0.1"));
}

TEST(ResolverTest, NoCallbackRunsAfterDestruction) {
  for (int i = 0; i < 100; ++i) {
    auto alive = std::make_shared<int>(0);
    auto resolver = std::make_unique<Resolver>();
    for (int j = 0; j < 20; ++j) resolver->Resolve("localhost", [alive](auto) { ++*alive; });
    resolver.reset();
    EXPECT_EQ(alive.use_count(), 1);  // the callbacks are gone, run or not
  }
}

}  // namespace
}  // namespace tacho::adapter
