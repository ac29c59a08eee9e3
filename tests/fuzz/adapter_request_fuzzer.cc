// Requests of any bytes against any values: "double x 4, request target". Whatever is
// asked, the reply is a known status with JSON that parses, and no unknown value is
// ever a number. Selectors read back from their canonical form.
#include <boost/json/parse.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter/core/custom_metrics.h"
#include "adapter/core/prom_values.h"
#include "adapter/core/quantity.h"
#include "tests/adapter_core/fake_querier.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::Timestamp;
using ::tacho::testing::FuzzCheck;
namespace adapter = ::tacho::adapter;

constexpr Timestamp kNow = Timestamp::FromUnixMillis(1'700'000'000'000);
constexpr size_t kValues = 4;

constexpr std::string_view kRules = R"(
rules:
- seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
  resources: {overrides: {namespace: {resource: namespace}, pod: {resource: pod}}}
  name: {as: m}
  metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
)";

const adapter::MetricRegistry& Registry() {
  const auto ok = [](std::string_view) { return absl::OkStatus(); };
  static const adapter::MetricRegistry registry(
      std::make_shared<const adapter::RuleSet>(*adapter::LoadRules("r.yaml", kRules, {ok, ok})),
      {});
  return registry;
}

const adapter::PodIndex& Pods() {
  static const adapter::PodIndex pods = [] {
    std::vector<adapter::DiscoveredTarget> targets(2);
    for (size_t i = 0; i < targets.size(); ++i) {
      targets[i].pod_namespace = "ns";
      targets[i].pod_name = i == 0 ? "a" : "b";
      targets[i].pod_labels = {{"app", "x"}};
    }
    return adapter::PodIndex(targets);
  }();
  return pods;
}

void CheckJson(std::string_view body, const char* what) {
  boost::json::error_code error;
  boost::json::parse(boost::json::string_view(body.data(), body.size()), error);
  FuzzCheck(!error, what);
}

void CheckReply(std::string_view target, const std::vector<double>& values) {
  adapter::testing::FakeQuerier querier;
  for (size_t i = 0; i < values.size(); ++i) {
    querier.AddRow({{"namespace", "ns"}, {"pod", i % 2 == 0 ? "a" : "b"}}, values[i],
                   kNow - absl::Seconds(static_cast<int64_t>(i) * 20));
  }
  const adapter::Route route = adapter::ParseRoute(target);
  const adapter::ApiState state{Registry(), querier, Pods(), {absl::Seconds(60)}, kNow};
  for (const std::string_view agent : {"", "curl/8"}) {
    const adapter::HttpReply reply = adapter::HandleApi({"GET", agent}, route, state);
    FuzzCheck(reply.status == 200 || reply.status == 400 || reply.status == 404 ||
                  reply.status == 422 || reply.status == 500 || reply.status == 503,
              "an unexpected status");
    if (reply.content_type == adapter::kJsonType) CheckJson(reply.body, "a body is no JSON");
    // What Go makes of an overflow. A quote of the request's would be escaped.
    FuzzCheck(reply.body.find("\"-9223372036854775808m\"") == std::string::npos,
              "an unknown value became a number");
  }
}

void CheckSelector(std::string_view text) {
  const auto selector = adapter::Selector::Parse(text);
  if (!selector.ok()) return;
  const std::string canonical = selector->ToString();
  const auto again = adapter::Selector::Parse(canonical);
  // The one canonical form that Kubernetes does not read back is a set that holds
  // only the empty text: "a in ()".
  if (!again.ok()) {
    FuzzCheck(canonical.find("()") != std::string::npos, "a canonical selector is refused");
    return;
  }
  FuzzCheck(again->ToString() == canonical, "a canonical selector is not its own");
  const auto json = selector->ToLabelSelectorJson();
  if (json.ok()) CheckJson(*json, "a label selector is no JSON");
}

void CheckQuantity(double value) {
  const auto quantity = adapter::FormatQuantity(value);
  FuzzCheck(quantity.ok() == (std::fabs(value * 1000) < 0x1p63), "the range of quantities");
  FuzzCheck(!adapter::FormatSampleValue(value).empty(), "a sample value is empty");
  FuzzCheck(!adapter::FormatScalarValue(value).empty(), "a scalar value is empty");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<double> values;
  while (values.size() < kValues && size >= sizeof(double)) {
    double value = 0;
    std::memcpy(&value, data, sizeof(value));
    values.push_back(value);
    CheckQuantity(value);
    data += sizeof(value);
    size -= sizeof(value);
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckReply(text, values);
  CheckReply(std::string("/apis/custom.metrics.k8s.io/v1beta1/namespaces/ns/pods/*/m?") +
                 std::string(text),
             values);
  CheckSelector(text);
  return 0;
}
