#include "adapter/net/adapter_options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "adapter/net/asio.h"
#include "adapter/net/security_flags.h"
#include "adapter/net/upstream_flags.h"

namespace tacho::adapter {
namespace {

constexpr char kAbout[] =
    R"(tacho-adapter scrapes pods, keeps the last minutes of their counters in memory and
answers Kubernetes' custom metrics API from them: what a HorizontalPodAutoscaler asks.

  tacho-adapter --config rules.yaml --scrape-config scrape.yaml

reads rules as prometheus-adapter does and scrape_configs as Prometheus does, and serves
http://127.0.0.1:6443/apis/custom.metrics.k8s.io/v1beta2. Ask it:

  kubectl --server http://127.0.0.1:6443 get --raw \
    '/apis/custom.metrics.k8s.io/v1beta2/namespaces/default/pods/*/http_requests_per_second'
  curl 'http://127.0.0.1:6443/api/v1/query?query=up'

In a cluster it serves HTTPS and lets in whom Kubernetes' API server names:

  tacho-adapter --config rules.yaml --scrape-config scrape.yaml --secure-port 6443 \
    --requestheader-client-ca-file front-proxy-ca.crt \
    --requestheader-allowed-names front-proxy-client

The flags of prometheus-adapter are taken; those without effect here are named in the log.

Sizes are written 512KiB, 16MiB or 4GiB, durations 90s, 10m or 1h30m. Every bound is on
by default; when one fires, /metrics counts it.
)";

// HOST:PORT or [V6]:PORT; whether the host is an address is for CheckOptions to say.
absl::Status SetListen(std::string_view text, ServerOptions* server) {
  const size_t colon = text.rfind(':');
  const std::optional<uint64_t> port =
      colon == std::string_view::npos ? std::nullopt : ParseDigits(text.substr(colon + 1));
  if (!port.has_value() || *port > 65535) {
    return absl::InvalidArgumentError("an address such as 127.0.0.1:6443");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  server->address = host;
  server->port = static_cast<uint16_t>(*port);
  return absl::OkStatus();
}

absl::Status SetLogLevel(std::string_view text, LogLevel* level) {
  const std::optional<LogLevel> parsed = ParseLogLevel(text);
  if (!parsed.has_value()) return absl::InvalidArgumentError("debug, info, warn or error");
  *level = *parsed;
  return absl::OkStatus();
}

// Prometheus' names of them.
struct Feature {
  std::string_view name;
  bool PromqlFeatures::*on;
};
constexpr std::array<Feature, 6> kFeatures = {
    {{"promql-experimental-functions", &PromqlFeatures::experimental_functions},
     {"promql-duration-expr", &PromqlFeatures::duration_expressions},
     {"promql-extended-range-selectors", &PromqlFeatures::extended_range_selectors},
     {"promql-binop-fill-modifiers", &PromqlFeatures::fill_modifiers},
     {"use-start-timestamps", &PromqlFeatures::start_timestamps},
     {"promql-delayed-name-removal", &PromqlFeatures::delayed_name_removal}}};

std::string FeatureNames() {
  std::string names;
  for (const Feature& feature : kFeatures) {
    names.append(names.empty() ? "" : ", ").append(feature.name);
  }
  return names;
}

// Twice is as good as once, and the flag may be given several times, as in Prometheus.
absl::Status EnableFeatures(std::string_view names, PromqlFeatures* features) {
  while (true) {
    const std::string_view name = names.substr(0, names.find(','));
    const auto* const known =
        std::ranges::find_if(kFeatures, [name](const Feature& f) { return f.name == name; });
    if (known == kFeatures.end()) return absl::InvalidArgumentError("some of " + FeatureNames());
    features->*known->on = true;
    if (name.size() == names.size()) return absl::OkStatus();
    names.remove_prefix(name.size() + 1);
  }
}

FlagSet::Setter Millis(std::chrono::milliseconds* value) {
  return [value](std::string_view text) {
    absl::Duration parsed;
    if (!absl::ParseDuration({text.data(), text.size()}, &parsed) ||
        parsed < absl::Milliseconds(1) || parsed > absl::Hours(24)) {
      return absl::InvalidArgumentError("a duration from 1ms to 24h");
    }
    *value = absl::ToChronoMilliseconds(parsed);
    return absl::OkStatus();
  };
}

void AddServing(AdapterOptions* o, FlagSet* f) {
  ServerOptions* s = &o->server;
  f->Group("Serving, in the clear and over TLS");
  f->AddCustom("listen", "HOST:PORT", "127.0.0.1:6443",
               "the address to serve plain HTTP on, numeric; port 0 takes any free one. For "
               "local use: nobody is asked who they are",
               [o](std::string_view text) {
                 o->listen_given = true;
                 return SetListen(text, &o->server);
               });
  f->Add("insecure-listen",
         "allow --listen beyond loopback: whoever reaches the port reads every metric, and "
         "nobody is asked who they are",
         &o->insecure_listen);
  f->Add("address-file",
         "write the addresses that were really bound to this file: --listen's, then that of TLS",
         &o->address_file);
  f->AddNumber("max-connections", "connections open at a time; more are closed on accept",
               &s->max_connections);
  f->AddNumber("max-connections-per-peer", "of them from one address",
               &s->max_connections_per_peer);
  f->AddNumber("max-requests-per-connection",
               "requests on a connection before it is closed: clients spread anew",
               &s->max_requests_per_connection);
  f->AddNumber("max-requests-in-flight", "requests being answered at a time; more get a 429",
               &s->max_in_flight);
  f->AddNumber("handler-threads", "threads that answer requests", &s->handler_threads);
  f->AddNumber("query-cache", "query texts whose plan is kept", &o->query_cache);
  f->AddNumber("max-held-values", "values kept for rules that say holdLast; more are not held",
               &o->max_held_values);
  f->AddBytes("max-header-bytes", "the head of a request", &s->head.max_bytes);
  f->AddNumber("max-header-fields", "fields in the head of a request", &s->head.max_fields);
  f->AddBytes("max-target-bytes", "path and query of a request", &s->head.max_target_bytes);
  f->AddBytes("max-request-body", "the body of a request", &s->max_body_bytes);
  f->AddBytes("max-buffered-replies", "replies that clients have not taken yet, all together",
              &s->max_buffered_reply_bytes);
  f->AddCustom("tls-handshake-timeout", "DURATION", "5s", "for a TLS handshake",
               Millis(&s->handshake_timeout));
  f->AddCustom("header-timeout", "DURATION", "5s", "for a request to arrive whole",
               Millis(&s->header_timeout));
  f->AddCustom("idle-timeout", "DURATION", "90s", "for the next request on a connection",
               Millis(&s->idle_timeout));
  f->AddCustom("write-timeout", "DURATION", "10s", "for a client to take a reply",
               Millis(&s->write_timeout));
}

void AddScraping(AdapterOptions* o, FlagSet* f) {
  f->Group("Scraping");
  f->AddNumber("scrape-threads", "threads that scrape, parse and store", &o->scraper.threads);
  f->AddBytes("max-scrape-buffers", "bodies being read, all scrapes together",
              &o->scraper.buffers.max_bytes_in_use);
  f->Add("discovery-poll",
         "how often the rules file and target files are looked at; of the latter, besides when the "
         "system says that they changed",
         &o->discovery_poll);
  f->AddCustom("ingest", "all|rules", "all",
               "which series are kept: all, or those of metrics that a rule can read. With rules, "
               "ad hoc queries see no others",
               [o](std::string_view text) {
                 o->ingest_rules_only = text == "rules";
                 return text == "rules" || text == "all"
                            ? absl::OkStatus()
                            : absl::InvalidArgumentError("all or rules");
               });
}

void AddStorage(AdapterOptions* o, FlagSet* f) {
  StorageLimits* s = &o->database.storage;
  f->Group("Storing");
  f->Add("retention",
         "how long samples are kept at least; longer if a rule's window reaches further",
         &o->database.retention);
  f->Add("max-retention", "the furthest that a rule may reach back; one beyond is left out",
         &o->max_retention);
  f->Add("max-ahead", "how far ahead of its scrape a sample's own timestamp may be",
         &o->database.max_ahead);
  f->AddBytes("max-memory", "everything the database holds", &s->max_bytes);
  f->AddNumber("max-targets", "targets", &s->max_targets);
  f->AddNumber("max-series", "series, over all targets", &s->max_series);
  f->AddNumber("max-samples-per-scrape", "samples of one body; one with more is refused whole",
               &s->max_samples_per_scrape);
  f->AddBytes("max-body", "one body, decompressed", &s->max_body_bytes);
  f->AddNumber("max-labels-per-series", "labels of one series", &s->max_labels_per_series);
  f->AddBytes("max-label-name", "a label's or metric's name", &s->max_label_name_bytes);
  f->AddBytes("max-label-value", "a label's value", &s->max_label_value_bytes);
}

void AddQuerying(AdapterOptions* o, FlagSet* f) {
  QueryLimits* q = &o->database.query;
  f->Group("Querying");
  f->Add("query.lookback-delta", "how far back an instant selector looks for a sample",
         &o->database.lookback);
  f->Add("query.timeout", "how long a query may take, its wait for a thread included",
         &o->prom.timeout);
  f->AddNumber("query.max-concurrency", "queries evaluated at a time; those beyond wait",
               &o->server.query_threads);
  f->AddNumber("max-queries", "requests of /api/v1 being answered or waiting; more get a 503",
               &o->server.max_queries);
  f->AddNumber("query.max-samples", "samples that one query may touch", &q->max_samples);
  f->AddNumber("max-query-points", "values that one query may hold, its result included",
               &q->max_points);
  f->AddNumber("max-query-steps", "steps of a range query, after its start", &q->max_steps);
  f->AddBytes("query.max-reply-bytes", "the reply to one query", &o->prom.max_reply_bytes);
  f->AddNumber("query.max-series", "series that one reply of /api/v1/series may list",
               &o->prom.max_series);
  f->AddCustom("enable-feature", "NAMES", "",
               absl::StrCat("parts of PromQL that are off by default, separated by commas: ",
                            FeatureNames()),
               [o](std::string_view text) { return EnableFeatures(text, &o->database.promql); });
  f->AddBytes("max-query-bytes", "the text of a query", &q->max_query_bytes);
  f->AddNumber("max-query-depth", "nesting of a query", &q->max_depth);
  f->AddNumber("max-query-nodes", "size of a query", &q->max_nodes);
  f->AddBytes("max-regex-bytes", "memory of one compiled matcher", &q->max_regex_bytes);
}

}  // namespace

AdapterOptions::AdapterOptions() {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  scraper.threads = std::max(1, cores);
  server.handler_threads = std::max(4, cores);
  upstream_series.pods_query = "kube_pod_labels or up{namespace!=\"\",pod!=\"\"}";
}

FlagSet AdapterFlags(AdapterOptions* options) {
  FlagSet flags(kAbout);
  flags.Group("Configuration");
  flags.Add("config", "the rules: prometheus-adapter's YAML", &options->rules_file);
  flags.Add("scrape-config", "what to scrape: Prometheus' YAML", &options->scrape_file);
  flags.Add("check", "read all files, say what is wrong with them, and exit", &options->check);
  AddSecurityFlags(options, &flags);
  AddUpstreamFlags(options, &flags);
  AddServing(options, &flags);
  AddScraping(options, &flags);
  AddStorage(options, &flags);
  AddQuerying(options, &flags);
  flags.Group("Other");
  flags.AddCustom("log-level", "LEVEL", "info", "debug, info, warn or error",
                  [options](std::string_view v) { return SetLogLevel(v, &options->log_level); });
  flags.Add("version", "print the version and exit", &options->version);
  flags.Add("help", "print this and exit", &options->help);
  AddFlagsWithoutEffect(options, &flags);
  return flags;
}

absl::Status CheckOptions(const AdapterOptions& options) {
  const bool upstream = !options.upstream.urls.empty();
  const bool no_source = options.scrape_file.empty() && !upstream;
  if (options.rules_file.empty() || no_source) {
    return absl::InvalidArgumentError(
        !options.rules_file.empty() ? "--scrape-config or --prometheus-url is needed; see --help"
        : no_source ? "--config is needed, and --scrape-config or --prometheus-url; see --help"
                    : "--config is needed, the file with the rules; see --help");
  }
  if (!options.scrape_file.empty() && upstream) {
    return absl::InvalidArgumentError(
        "--scrape-config and --prometheus-url exclude each other: rules are evaluated here or "
        "there");
  }
  if (const absl::Status status = CheckSecurity(options); !status.ok()) return status;
  ErrorCode not_numeric;
  const asio::ip::address address = asio::ip::make_address(options.server.address, not_numeric);
  if (not_numeric) {
    return absl::InvalidArgumentError(
        absl::StrCat("--listen: ", options.server.address, " is not a numeric address"));
  }
  if (!address.is_loopback() && !options.insecure_listen) {
    return absl::InvalidArgumentError(
        absl::StrCat("--listen: ", options.server.address,
                     " is not a loopback address, and in the clear nobody is asked who "
                     "they are; serve TLS (--secure-port), listen on 127.0.0.1, or add "
                     "--insecure-listen where the network keeps others out"));
  }
  return absl::OkStatus();
}

}  // namespace tacho::adapter
