#include "adapter/core/health.h"

#include "adapter/core/replies.h"

namespace tacho::adapter {
namespace {

bool IsExcluded(const Route& route, std::string_view name) {
  for (const auto& [key, value] : route.params) {
    if (key == "exclude" && value == name) return true;
  }
  return false;
}

// "[+]ping ok" or "[-]ping failed: why".
void AppendCheck(const HealthCheck& check, std::string* out) {
  out->append(check.ok ? "[+]" : "[-]").append(check.name).append(check.ok ? " ok" : " failed");
  if (!check.note.empty() || !check.ok) {
    out->append(": ").append(check.note.empty() ? "reason withheld" : check.note);
  }
  out->append("\n");
}

}  // namespace

HttpReply HealthReply(const Route& route, const std::vector<HealthCheck>& checks) {
  HttpReply reply;
  reply.content_type = kPlainType;
  bool ok = true;
  bool found = route.health_check.empty();
  for (const HealthCheck& check : checks) {
    const bool asked = route.health_check.empty() || route.health_check == check.name;
    if (!asked || IsExcluded(route, check.name)) continue;
    found = true;
    ok &= check.ok;
    AppendCheck(check, &reply.body);
  }
  if (!found) return PageNotFound();
  bool verbose = !ok;
  for (const auto& [name, value] : route.params) verbose |= name == "verbose";
  if (!verbose) {
    reply.body = "ok";
    return reply;
  }
  reply.status = ok ? 200 : 500;
  reply.body.append(route.health).append(ok ? " check passed\n" : " check failed\n");
  return reply;
}

}  // namespace tacho::adapter
