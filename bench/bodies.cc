#include "bench/bodies.h"

#include "absl/strings/str_cat.h"

namespace tacho::bench {
namespace {

constexpr const char* kMethods[] = {"GET", "POST", "PUT", "DELETE"};
constexpr const char* kCodes[] = {"200", "201", "204", "301", "400", "401", "404", "500"};
constexpr uint32_t kContainersPerNode = 100;

// A counter that grows by some amount of its own each step.
uint64_t Count(uint32_t index, uint32_t step) {
  return 100'000 + uint64_t{index} * 37 % 5'000 + uint64_t{step} * (1 + index % 7);
}

void AppendFamily(std::string* body, absl::string_view name, absl::string_view type) {
  absl::StrAppend(body, "# HELP ", name, " What ", name, " counts.\n# TYPE ", name, " ", type,
                  "\n");
}

void AppendHistogram(std::string* body, absl::string_view name, uint32_t series, uint32_t step) {
  constexpr const char* kBounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1",
                                     "0.25",  "0.5",  "1.0",   "2.5",  "+Inf"};
  AppendFamily(body, name, "histogram");
  for (uint32_t i = 0; i < series / 12 + 1; ++i) {
    const std::string labels = absl::StrCat("handler=\"/api/v1/resource/", i, "\"");
    for (uint32_t b = 0; b < 10; ++b) {
      absl::StrAppend(body, name, "_bucket{", labels, ",le=\"", kBounds[b], "\"} ",
                      Count(i, step) * (b + 1), "\n");
    }
    absl::StrAppend(body, name, "_sum{", labels, "} ", 0.125 * static_cast<double>(Count(i, step)),
                    "\n", name, "_count{", labels, "} ", Count(i, step) * 10, "\n");
  }
}

// The labels of one container: a pod's pause container, its application, or its sum.
std::string ContainerLabels(uint32_t node, uint32_t index) {
  constexpr const char* kKinds[] = {"POD", "app", ""};
  const uint32_t pod = index / 3;
  const std::string kind = kKinds[index % 3];
  const std::string name = absl::StrCat("web-", node, "-", pod);
  const std::string image = kind == "app" ? "registry.example/shop/web:1.4.2" : "";
  return absl::StrCat("container=\"", kind, "\",id=\"/kubepods/burstable/pod", node, "-", pod, "/",
                      kind, "\",image=\"", image, "\",name=\"k8s_", kind, "_", name,
                      "\",namespace=\"ns-", (node + pod) % 20, "\",pod=\"", name, "\"");
}

}  // namespace

std::string RequestsBody(uint32_t series, uint32_t step, uint32_t variant) {
  std::string body;
  AppendFamily(&body, "http_requests_total", "counter");
  for (uint32_t i = 0; i < series; ++i) {
    absl::StrAppend(&body, "http_requests_total{code=\"", kCodes[i % 8], "\",handler=\"/path/",
                    i / 32, "\",method=\"", kMethods[i / 8 % 4], "\"} ",
                    Count(i, step) + variant * 1000, "\n");
  }
  return body;
}

std::string ApplicationBody(uint32_t series, uint32_t step) {
  std::string body = RequestsBody(series / 2, step, 0);
  AppendHistogram(&body, "http_request_duration_seconds", series / 3, step);
  AppendFamily(&body, "worker_queue_length", "gauge");
  for (uint32_t i = 0; i < series / 6; ++i) {
    absl::StrAppend(&body, "worker_queue_length{queue=\"q", i, "\"} ", (i * 7 + step * 13) % 97,
                    ".5\n");
  }
  AppendFamily(&body, "process_resident_memory_bytes", "gauge");
  absl::StrAppend(&body, "process_resident_memory_bytes ", 2.5e7 + step * 4096.0, "\n");
  return body;
}

std::string CadvisorBody(uint32_t node, uint32_t series, uint32_t step) {
  std::string body;
  const uint32_t metrics = series / kContainersPerNode;
  for (uint32_t m = 0; m < metrics; ++m) {
    const std::string name = m == metrics / 3 ? "container_cpu_usage_seconds_total"
                                              : absl::StrCat("container_metric_", m, "_total");
    AppendFamily(&body, name, "counter");
    for (uint32_t c = 0; c < kContainersPerNode; ++c) {
      absl::StrAppend(&body, name, "{", ContainerLabels(node, c), "} ",
                      static_cast<double>(Count(m * 131 + c, step)) + 0.5, "\n");
    }
  }
  return body;
}

}  // namespace tacho::bench
