// AdapterOptions: everything that tacho-adapter's command line can set, with its
// defaults. Each bound of the library, the scraper and the server is a flag.
//
// Units       Named in each field.
// Ownership   A FlagSet points into the options that it sets.
#ifndef TACHO_ADAPTER_NET_ADAPTER_OPTIONS_H_
#define TACHO_ADAPTER_NET_ADAPTER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "adapter/core/prom_api.h"
#include "adapter/net/flags.h"
#include "adapter/net/front_door.h"
#include "adapter/net/http_server.h"
#include "adapter/net/log.h"
#include "adapter/net/scrape_manager.h"
#include "adapter/net/upstream_client.h"
#include "adapter/net/upstream_series.h"
#include "tacho/options.h"

namespace tacho::adapter {

struct AdapterOptions {
  AdapterOptions();

  std::string rules_file;
  std::string scrape_file;
  absl::Duration discovery_poll = absl::Seconds(5);
  bool ingest_rules_only = false;

  ServerOptions server;  // its address is --listen's
  bool listen_given = false;
  // TLS is served as soon as one of its flags is given.
  bool serve_tls = false;
  uint16_t secure_port = 6443;
  FrontDoorOptions front_door;
  std::vector<std::string> always_allow_paths = {"/healthz", "/livez", "/readyz"};
  std::vector<std::string> refused_suites;
  absl::Duration front_door_poll = absl::Seconds(5);
  bool insecure_listen = false;  // plain HTTP beyond loopback
  std::string address_file;      // the bound address is written there
  PromBounds prom;
  size_t query_cache = 1024;
  size_t max_held_values = 10'000;

  ScrapeManager::Options scraper;  // threads: one per core

  tacho::Options database;
  absl::Duration max_retention = absl::Hours(1);

  UpstreamOptions upstream;  // with URLs: rules are evaluated there
  UpstreamSeries::Options upstream_series;
  absl::Duration upstream_scrape_interval = absl::Minutes(1);
  HttpClientConfig upstream_http;  // of the flags alone
  std::string upstream_auth_config;
  std::string upstream_token_file;
  bool upstream_in_cluster = false;

  LogLevel log_level = LogLevel::kInfo;
  std::vector<std::string> flags_without_effect;
  bool check = false;
  bool help = false;
  bool version = false;
};

// In the clear only where nobody asked for TLS, or somebody asked for both.
[[nodiscard]] inline bool ServesPlain(const AdapterOptions& options) {
  return !options.serve_tls || options.listen_given;
}

// The flags that set `options`, which must outlive them.
[[nodiscard]] FlagSet AdapterFlags(AdapterOptions* options);

//   kInvalidArgument   options that do not go together; says what to do
[[nodiscard]] absl::Status CheckOptions(const AdapterOptions& options);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_ADAPTER_OPTIONS_H_
