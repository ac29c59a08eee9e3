// Configuration files of any bytes: rules, scrape configuration, target files. Each is
// read or refused by name; what is read can be used.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapter/core/file_sd.h"
#include "adapter/core/registry.h"
#include "adapter/core/rules.h"
#include "adapter/core/scrape_config.h"
#include "adapter/core/targets.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::testing::FuzzCheck;

void CheckNamed(const absl::Status& status, std::string_view file) {
  const std::string message(status.message());
  FuzzCheck(status.ok() || message.starts_with(file), "an error does not name its file");
}

void CheckRules(std::string_view text) {
  const auto ok = [](std::string_view) { return absl::OkStatus(); };
  auto rules = tacho::adapter::LoadRules("r.yaml", text, {ok, ok});
  CheckNamed(rules.status(), "r.yaml:");
  if (!rules.ok()) return;
  for (const std::string& problem : rules->problems) {
    FuzzCheck(problem.starts_with("r.yaml:"), "a problem does not name its place");
  }
  const std::vector<std::vector<tacho::MetricLabels>> series(
      rules->rules.size(), {{"http_requests_total", {"namespace", "pod"}}, {"up", {"job"}}});
  const tacho::adapter::MetricRegistry registry(
      std::make_shared<const tacho::adapter::RuleSet>(*std::move(rules)), series);
  for (const auto& [key, source] : registry.metrics()) {
    FuzzCheck(registry.Find(key) == &source, "a listed metric is not found");
    FuzzCheck(source.rule->resources.LabelOf(key.resource).has_value(),
              "a listed metric has no label to ask for");
  }
}

void CheckTargets(const tacho::adapter::ScrapeJob& job,
                  std::span<const tacho::adapter::TargetGroup> groups) {
  for (const auto& target : tacho::adapter::MakeTargets(job, groups).targets) {
    FuzzCheck(target.url.path_and_query.starts_with("/"), "a target has no path");
    const std::string url = target.url.ToString();
    FuzzCheck(url.find_first_of("\r\n ") == std::string::npos, "a URL could split a request");
    for (const tacho::Label& label : target.labels) {
      FuzzCheck(!label.name.starts_with("__"), "a hidden label was kept");
    }
  }
}

void CheckScrapeConfig(std::string_view text) {
  const auto config = tacho::adapter::ParseScrapeConfig("s.yaml", text);
  CheckNamed(config.status(), "s.yaml:");
  if (!config.ok()) return;
  for (const auto& job : config->jobs) {
    FuzzCheck(job.scrape_timeout <= job.scrape_interval, "a timeout exceeds its interval");
    CheckTargets(job, job.static_configs);
  }
}

void CheckTargetFile(const std::string& path, std::string_view text) {
  const auto groups = tacho::adapter::ParseTargetFile(path, text);
  CheckNamed(groups.status(), path + ":");
  if (groups.ok()) CheckTargets(tacho::adapter::ScrapeJob(), *groups);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckRules(text);
  CheckScrapeConfig(text);
  CheckTargetFile("t.json", text);
  CheckTargetFile("t.yaml", text);
  return 0;
}
