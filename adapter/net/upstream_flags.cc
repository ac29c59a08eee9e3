#include "adapter/net/upstream_flags.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapter/core/config_file.h"
#include "adapter/core/http_url.h"
#include "adapter/core/text.h"
#include "adapter/core/yaml.h"

namespace tacho::adapter {
namespace {

constexpr char kServiceAccount[] = "/var/run/secrets/kubernetes.io/serviceaccount/";

absl::Status AddUrls(std::string_view text, std::vector<std::string>* urls) {
  for (const absl::string_view url : absl::StrSplit(Abs(text), ',')) {
    const absl::Status status = ParseHttpUrl(Std(url)).status();
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("a URL such as http://prometheus:9090: ", status.message()));
    }
    urls->emplace_back(url);
  }
  return absl::OkStatus();
}

bool IsHeaderName(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    if (!IsAlnum(c) && c != '-' && c != '_') return false;
  }
  return true;
}

// "a=b,c=d=e": as the original's: a comma begins the next header, the first = ends its name.
absl::Status AddHeaders(std::string_view text, std::vector<std::string>* headers) {
  for (const absl::string_view entry : absl::StrSplit(Abs(text), ',')) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(entry, absl::MaxSplits('=', 1));
    const bool control =
        std::string_view(entry.data(), entry.size()).find_first_of(std::string_view("\r\n\0", 3)) !=
        std::string_view::npos;
    if (!IsHeaderName(Std(parts.first)) || control) {
      return absl::InvalidArgumentError("a header such as X-Scope-OrgID=tenant");
    }
    headers->push_back(absl::StrCat(parts.first, ": ", parts.second));
  }
  return absl::OkStatus();
}

absl::Status SetVerb(std::string_view text, bool* post) {
  *post = text == "POST";
  if (text == "GET" || text == "POST") return absl::OkStatus();
  return absl::InvalidArgumentError("GET or POST");
}

// The entry of a kubeconfig's list that has this name, and in it the mapping `key`.
absl::StatusOr<YamlValue> Named(const YamlValue& root, std::string_view list, std::string_view name,
                                std::string_view key) {
  const std::optional<YamlValue> entries = root.Find(list);
  if (!entries.has_value()) return root.Error(absl::StrCat("there are no ", Abs(list)));
  if (const absl::Status status = entries->ExpectSequence(list); !status.ok()) return status;
  for (const YamlValue& entry : entries->Items()) {
    const std::optional<YamlValue> own = entry.Find("name");
    const std::optional<YamlValue> found = entry.Find(key);
    if (own.has_value() && own->text() == name && found.has_value()) return *found;
  }
  return entries->Error(absl::StrCat("none of the ", Abs(list), " is named ", Quoted(name)));
}

std::string TextAt(const YamlValue& mapping, std::string_view key) {
  const std::optional<YamlValue> value = mapping.Find(key);
  return value.has_value() ? value->text() : "";
}

// KEY-data in base64, or KEY, a file.
absl::Status ReadPem(const YamlValue& from, const std::string& key,
                     const std::filesystem::path& folder, SecretText* out) {
  const std::string file = TextAt(from, key);
  const std::string data = TextAt(from, key + "-data");
  if (!data.empty()) {
    if (absl::Base64Unescape(data, &out->inline_text)) return absl::OkStatus();
    return from.Error(absl::StrCat(key, "-data is not base64"));
  }
  if (!file.empty()) out->file = (folder / file).string();
  return absl::OkStatus();
}

absl::Status ReadUser(const YamlValue& user, const std::filesystem::path& folder,
                      HttpClientConfig* out) {
  for (const char* key : {"exec", "auth-provider"}) {
    if (user.Find(key).has_value()) {
      return user.Error(absl::StrCat(key,
                                     " is not supported; use token, tokenFile, username and "
                                     "password, or a client certificate"));
    }
  }
  HttpCredentials credentials;
  if (const std::string file = TextAt(user, "tokenFile"); !file.empty()) {
    credentials.secret.file = (folder / file).string();
  } else {
    credentials.secret.inline_text = TextAt(user, "token");
  }
  if (const std::string name = TextAt(user, "username"); !name.empty()) {
    credentials = {.basic = true, .user = {.inline_text = name, .file = ""}, .secret = {}};
    credentials.secret.inline_text = TextAt(user, "password");
  }
  if (credentials.basic || !credentials.secret.empty()) out->credentials = credentials;
  const absl::Status status = ReadPem(user, "client-certificate", folder, &out->tls.cert);
  return status.ok() ? ReadPem(user, "client-key", folder, &out->tls.key) : status;
}

}  // namespace

absl::Status ReadKubeconfig(const std::string& file, std::string_view text, HttpClientConfig* out) {
  const absl::StatusOr<YamlFile> yaml = YamlFile::Parse(file, text);
  if (!yaml.ok()) return yaml.status();
  const YamlValue root = yaml->root();
  if (const absl::Status status = root.ExpectMapping("a kubeconfig"); !status.ok()) return status;
  const absl::StatusOr<YamlValue> context =
      Named(root, "contexts", TextAt(root, "current-context"), "context");
  if (!context.ok()) return context.status();
  const absl::StatusOr<YamlValue> cluster =
      Named(root, "clusters", TextAt(*context, "cluster"), "cluster");
  if (!cluster.ok()) return cluster.status();
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  const absl::Status ca = ReadPem(*cluster, "certificate-authority", folder, &out->tls.ca);
  if (!ca.ok()) return ca;
  out->tls.server_name = TextAt(*cluster, "tls-server-name");
  out->tls.insecure_skip_verify = TextAt(*cluster, "insecure-skip-tls-verify") == "true";
  const std::string user_name = TextAt(*context, "user");
  if (user_name.empty()) return absl::OkStatus();
  const absl::StatusOr<YamlValue> user = Named(root, "users", user_name, "user");
  return user.ok() ? ReadUser(*user, folder, out) : user.status();
}

namespace {

void AddServers(AdapterOptions* options, FlagSet* f) {
  UpstreamOptions* o = &options->upstream;
  f->Group("Evaluating on a Prometheus-compatible server instead of here (docs/upstream.md)");
  f->AddCustom("prometheus-url", "URL,...", "",
               "evaluate rules on this server; nothing is scraped. Several URLs, or the flag "
               "given again, are replicas: the next is asked when one fails or keeps silent",
               [o](std::string_view text) { return AddUrls(text, &o->urls); });
  f->AddCustom("prometheus-verb", "GET|POST", "GET", "how queries are sent",
               [o](std::string_view text) { return SetVerb(text, &o->post); });
  f->AddCustom("prometheus-header", "NAME=VALUE,...", "", "a header of every request; repeatable",
               [o](std::string_view text) { return AddHeaders(text, &o->headers); });
  f->Add("prometheus-auth-config",
         "a kubeconfig whose current context has the CA and the credentials",
         &options->upstream_auth_config);
  f->Add("prometheus-auth-incluster", "use the pod's service account: its CA and its token",
         &options->upstream_in_cluster);
  f->Add("prometheus-ca-file", "the CA of the servers' certificates; without it, the system's",
         &options->upstream_http.tls.ca.file);
  f->Add("prometheus-client-tls-cert-file", "a client certificate; read again when it changes",
         &options->upstream_http.tls.cert.file);
  f->Add("prometheus-client-tls-key-file", "its key", &options->upstream_http.tls.key.file);
  f->Add("prometheus-token-file", "a bearer token; read for each request",
         &options->upstream_token_file);
}

}  // namespace

void AddUpstreamFlags(AdapterOptions* options, FlagSet* f) {
  AddServers(options, f);
  UpstreamOptions* o = &options->upstream;
  f->Add("prometheus-timeout", "for a query, over all servers", &o->timeout);
  f->Add("prometheus-series-timeout", "for a list of series", &o->series_timeout);
  f->Add("prometheus-hedge-after", "how long a server may keep silent before the next is asked too",
         &o->hedge_after);
  f->AddNumber("prometheus-max-concurrency",
               "requests that ask the servers at a time; those beyond wait",
               &options->server.upstream_threads);
  f->AddNumber("prometheus-max-requests",
               "requests that ask the servers or wait to; more get a 503",
               &options->server.max_upstream_requests);
  f->AddNumber("prometheus-list-concurrency", "lists of series asked for at a time",
               &options->upstream_series.concurrency);
  f->AddNumber("prometheus-max-selectors", "lists of series that rules may need",
               &options->upstream_series.max_selectors);
  f->AddNumber("prometheus-max-in-flight",
               "calls to one server at a time, lists included; more are refused",
               &o->max_in_flight);
  f->AddBytes("prometheus-max-query-bytes",
              "the text of a query; for more objects several are sent", &o->max_query_bytes);
  f->AddBytes("prometheus-max-reply-bytes", "one reply", &o->max_reply_bytes);
  f->AddBytes("prometheus-max-buffered-bytes", "replies being read, all together",
              &o->max_buffered_bytes);
  f->Add("prometheus-scrape-interval",
         "how often the servers scrape: of it follows how old a value may be",
         &options->upstream_scrape_interval);
  f->Add("metrics-relist-interval", "how often the series of rules are listed",
         &options->upstream_series.relist_interval);
  f->Add("metrics-max-age",
         "how far back series are listed, and how long a list serves; 0: the relist interval",
         &options->upstream_series.max_age);
  f->AddCustom("prometheus-pods-query", "PROMQL", options->upstream_series.pods_query,
               "which pods there are: rows with the labels namespace and pod; their other labels "
               "are what a labelSelector sees",
               [options](std::string_view text) {
                 options->upstream_series.pods_query = text;
                 return absl::OkStatus();
               });
  f->Add("prometheus-pods-interval", "how often that is asked",
         &options->upstream_series.pods_interval);
}

absl::Status FinishUpstream(AdapterOptions* options) {
  if (options->upstream.urls.empty()) {
    options->server.upstream_threads = 1;  // nothing comes to them
    return absl::OkStatus();
  }
  HttpClientConfig& http = options->upstream.http;
  if (options->upstream_in_cluster && !options->upstream_auth_config.empty()) {
    return absl::InvalidArgumentError(
        "--prometheus-auth-incluster and --prometheus-auth-config exclude each other");
  }
  if (!options->upstream_auth_config.empty()) {
    const absl::StatusOr<std::string> text = ReadConfigFile(options->upstream_auth_config);
    if (!text.ok()) return text.status();
    const absl::Status status = ReadKubeconfig(options->upstream_auth_config, *text, &http);
    if (!status.ok()) return status;
  }
  if (options->upstream_in_cluster) {
    http.tls.ca.file = absl::StrCat(kServiceAccount, "ca.crt");
    http.credentials.emplace().secret.file = absl::StrCat(kServiceAccount, "token");
  }
  const TlsClientConfig& own = options->upstream_http.tls;
  if (own.cert.empty() != own.key.empty()) {
    return absl::InvalidArgumentError(
        "--prometheus-client-tls-cert-file and --prometheus-client-tls-key-file need each other");
  }
  if (!own.ca.empty()) http.tls.ca = own.ca;
  if (!own.cert.empty()) http.tls.cert = own.cert;
  if (!own.key.empty()) http.tls.key = own.key;
  if (!options->upstream_token_file.empty()) {
    http.credentials.emplace().secret.file = options->upstream_token_file;
  }
  const UpstreamSeries::Options& series = options->upstream_series;
  if (series.max_age > absl::ZeroDuration() && series.max_age < series.relist_interval) {
    return absl::InvalidArgumentError(
        "--metrics-max-age must not be less than --metrics-relist-interval");
  }
  return absl::OkStatus();
}

}  // namespace tacho::adapter
