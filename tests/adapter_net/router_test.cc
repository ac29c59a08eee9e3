#include "adapter/net/router.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapter/net/deadline_timer.h"
#include "adapter/net/process_status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tacho::adapter {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class RouterTest : public ::testing::Test {
 protected:
  HttpReply Ask(const std::string& method, const std::string& target,
                const std::string& body = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.content_type = "application/x-www-form-urlencoded";
    request.received = std::chrono::steady_clock::now();
    response_ = router_.Handle(request);
    return response_.reply;
  }
  HttpReply Get(const std::string& target) { return Ask("GET", target); }

  void Discover() {
    router_.SetPods(std::make_shared<PodIndex>(std::span<const DiscoveredTarget>()), 0);
  }

  Clock clock_;
  Logger log_{LogLevel::kError};
  ScrapeStats scrape_stats_;
  ServerStats server_stats_;
  Database database_;
  DatabaseSeries series_{database_};
  RuleStore rules_{std::make_shared<const RuleSet>(), &series_};
  LastValues held_;
  CachingQuerier querier_{database_, 16};
  QueryPool queries_{database_, 16};
  DeadlineTimer deadlines_;
  ProcessStatus status_{&scrape_stats_.targets, Options(), clock_.Now()};
  PromBounds bounds_ = {.timeout = absl::Seconds(30), .max_reply_bytes = 1000, .max_series = 10};
  RouterEnv env_{database_,      &rules_,
                 &querier_,      ValuePolicy(),
                 &clock_,        &log_,
                 &scrape_stats_, &server_stats_,
                 &held_,         PromEnv{database_, &queries_, &deadlines_, &status_, bounds_}};
  Router router_{env_};
  HttpResponse response_;
};

TEST_F(RouterTest, ReadyOnlyOnceDiscoveryHasAnswered) {
  EXPECT_EQ(Get("/readyz").status, 500);
  EXPECT_EQ(Get("/livez").status, 200);
  Discover();
  EXPECT_EQ(Get("/readyz").body, "ok");
}

TEST_F(RouterTest, ADrainingProcessIsAliveButNotReady) {
  Discover();
  router_.SetDraining();
  const HttpReply reply = Get("/readyz");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(reply.body, HasSubstr("[-]shutdown failed: reason withheld\n"));
  EXPECT_EQ(Get("/livez").body, "ok");
}

TEST_F(RouterTest, VerboseHealthListsTheChecks) {
  EXPECT_EQ(Get("/healthz?verbose").body, "[+]ping ok\n[+]config ok\nhealthz check passed\n");
}

TEST_F(RouterTest, ACheckCanBeExcludedOrAskedForAlone) {
  EXPECT_EQ(Get("/readyz?exclude=discovery").body, "ok");
  EXPECT_EQ(Get("/readyz/ping").body, "ok");
  EXPECT_EQ(Get("/readyz/discovery").status, 500);
  EXPECT_EQ(Get("/livez/discovery").status, 404);
}

// T72: the process goes on with the old rules, and says so.
TEST_F(RouterTest, ABadRulesFileIsSaidInHealthAndMetrics) {
  Discover();
  EXPECT_FALSE(rules_.Replace(absl::InvalidArgumentError("rules.yaml:1:1: not YAML")));
  EXPECT_EQ(Get("/readyz").body, "ok");
  EXPECT_THAT(Get("/readyz?verbose").body,
              HasSubstr("[+]config ok: the old rules serve; the new file is not taken: "
                        "rules.yaml:1:1: not YAML\n"));
  EXPECT_THAT(Get("/metrics").body, HasSubstr("\ntacho_rules_load_failed 1\n"));
  EXPECT_TRUE(rules_.Replace(RuleSet()));
  EXPECT_THAT(Get("/readyz?verbose").body, HasSubstr("[+]config ok\n"));
  EXPECT_THAT(Get("/metrics").body, HasSubstr("\ntacho_rules_load_failed 0\n"));
}

TEST_F(RouterTest, HealthIsQuickAndQueriesHaveTheirOwnThreads) {
  HttpRequest request;
  const auto lane = [&](const char* path) {
    request.target = path;
    return router_.LaneOf(request);
  };
  for (const char* path : {"/healthz", "/livez?verbose", "/readyz", "/-/healthy", "/-/ready"}) {
    EXPECT_EQ(lane(path), Lane::kQuick) << path;
  }
  for (const char* path : {"/", "/apis", "/metrics", "/version"}) {
    EXPECT_EQ(lane(path), Lane::kApi) << path;
  }
  for (const char* path : {"/api/v1/query?query=1", "/api/v1/series", "/api/v1/nothing"}) {
    EXPECT_EQ(lane(path), Lane::kQuery) << path;
  }
}

class UpstreamRouterTest : public RouterTest {
 protected:
  UpstreamRouterTest() {
    env_.upstream = &lists_;
    env_.upstream_stats = &upstream_stats_;
    env_.upstream_timeout = absl::Seconds(60);
  }
  uint64_t fired(ServerLimit limit) const {
    return server_stats_.limits[static_cast<size_t>(limit)];
  }

  UpstreamStats upstream_stats_;
  UpstreamSeries lists_{{},
                        nullptr,  // is not asked before Start
                        &upstream_stats_,
                        &querier_,
                        [] { return Timestamp(); },
                        [](const std::shared_ptr<const PodIndex>&) {}};
};

// The kube-aggregator polls discovery, and takes the API for gone if that has to wait.
TEST_F(UpstreamRouterTest, OnlyWhatAsksTheUpstreamWaitsForIt) {
  const Router router(env_);
  HttpRequest request;
  const auto lane = [&](const char* path) {
    request.target = path;
    return router.LaneOf(request);
  };
  for (const char* path :
       {"/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/m",
        "/apis/external.metrics.k8s.io/v1beta1/namespaces/ns/m",
        "/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods", "/apis/metrics.k8s.io/v1beta1/nodes/n",
        "/explain/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/m"}) {
    EXPECT_EQ(lane(path), Lane::kUpstream) << path;
    EXPECT_EQ(router_.LaneOf(request), Lane::kApi) << path;  // evaluated here
  }
  for (const char* path :
       {"/apis", "/apis/custom.metrics.k8s.io/v1beta2", "/openapi/v2", "/version", "/metrics"}) {
    EXPECT_EQ(lane(path), Lane::kApi) << path;
  }
  EXPECT_EQ(lane("/readyz"), Lane::kQuick);
}

TEST_F(UpstreamRouterTest, WhatWaitsTooLongOrWithTooManyIsUnknown) {
  Router router(env_);
  HttpRequest request;
  request.method = "GET";
  request.target = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/ns/pods/*/m";
  const HttpReply full = router.TooMany(request, Lane::kUpstream).reply;
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.reason, "upstream");
  EXPECT_THAT(full.body, HasSubstr("--prometheus-max-requests"));
  request.received = std::chrono::steady_clock::now();
  EXPECT_EQ(router.Handle(request).reply.status, 404);
  request.received -= std::chrono::seconds(61);
  EXPECT_EQ(router.Handle(request).reply.reason, "upstream");
  EXPECT_EQ(fired(ServerLimit::kUpstreamWait), 1U);
  EXPECT_EQ(router_.Handle(request).reply.status, 404);  // evaluated here
  request.target = "/apis";
  EXPECT_EQ(router.Handle(request).reply.status, 200);
}

TEST_F(RouterTest, PrometheusHealthFollowsReadiness) {
  EXPECT_EQ(Get("/-/healthy").body, "tacho-adapter is healthy.\n");
  EXPECT_EQ(Get("/-/ready").status, 503);
  Discover();
  EXPECT_EQ(Get("/-/ready").body, "tacho-adapter is ready.\n");
  router_.SetDraining();
  EXPECT_EQ(Get("/-/ready").status, 503);
  EXPECT_EQ(Get("/-/other").status, 404);
}

TEST_F(RouterTest, BoundsOfQueriesAreCounted) {
  const auto fired = [&](ServerLimit limit) {
    return server_stats_.limits[static_cast<size_t>(limit)].load();
  };
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(
        database_.Append(Labels({{"__name__", "m"}, {"i", absl::StrCat(i)}}), clock_.Now(), 1)
            .ok());
  }
  EXPECT_EQ(Get("/api/v1/query?query=m").status, 422);
  EXPECT_EQ(fired(ServerLimit::kQueryReply), 1U);
  EXPECT_EQ(Get("/api/v1/series?match[]=m").status, 422);
  EXPECT_EQ(fired(ServerLimit::kQuerySeries), 1U);
  EXPECT_EQ(Get("/api/v1/query?query=m&timeout=-1").status, 503);
  EXPECT_EQ(fired(ServerLimit::kQueryTime), 1U);
  EXPECT_EQ(Get("/api/v1/query?query=m&limit=2").status, 200);
}

TEST_F(RouterTest, OtherMethodsAreA405ThatSaysWhatIsServed) {
  EXPECT_EQ(Ask("POST", "/metrics").status, 405);
  EXPECT_EQ(response_.allow, "GET");
  EXPECT_EQ(Ask("DELETE", "/api/v1/query?query=1").status, 405);
  EXPECT_EQ(response_.allow, "GET, POST");
  EXPECT_EQ(Ask("POST", "/api/v1/metadata").status, 405);
  EXPECT_EQ(response_.allow, "GET");
  EXPECT_EQ(Ask("PUT", "/healthz").status, 405);
  EXPECT_EQ(Ask("POST", "/apis/custom.metrics.k8s.io/v1beta2").status, 405);
}

TEST_F(RouterTest, AQueryMayComeInTheUrlOrInAForm) {
  const std::string in_url = Get("/api/v1/query?query=1%2B1&time=0").body;
  EXPECT_THAT(in_url, HasSubstr("\"2\""));
  EXPECT_EQ(Ask("POST", "/api/v1/query", "query=1%2B1&time=0").body, in_url);
  EXPECT_EQ(Ask("POST", "/api/v1/query?query=7", "query=1%2B1&time=0").body, in_url);
}

TEST_F(RouterTest, MadeUpRequestsMakeNoNewSeries) {
  const auto lines = [&] {
    const std::string text = Get("/metrics").body;
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto make_up = [&](int i) {
    Ask(absl::StrCat("M", i), absl::StrCat("/x", i));
    Get(absl::StrCat("/apis/custom.metrics.k8s.io/v1beta2/namespaces/n", i, "/pods/*/m", i));
    Get(absl::StrCat("/api/v1/query?query=", i, "%%%"));
  };
  make_up(0);
  lines();
  const auto before = lines();
  for (int i = 1; i < 1000; ++i) make_up(i);
  EXPECT_EQ(lines(), before);
}

TEST_F(RouterTest, SelfMetricsAreTextOfVersion004) {
  const HttpReply reply = Get("/metrics");
  EXPECT_THAT(std::string(reply.content_type), StartsWith("text/plain; version=0.0.4"));
  EXPECT_THAT(reply.body, HasSubstr("tacho_build_info{version=\""));
}

}  // namespace
}  // namespace tacho::adapter
