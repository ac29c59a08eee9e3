#include "adapter/net/scrape_loop.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

using SteadyClock = std::chrono::steady_clock;

uint64_t MicrosSince(SteadyClock::time_point began) {
  const auto passed = SteadyClock::now() - began;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(passed).count());
}

// The smaller of the job's limit and the database's, so that what cannot be
// ingested is not read either.
size_t MaxBody(const ScrapeJob& job, const Options& options) {
  const size_t hard = options.storage.max_body_bytes;
  const size_t own = job.limits.body_size_limit;
  return own == 0 ? hard : std::min(own, hard);
}

ScrapeEndpoint EndpointOf(const DiscoveredTarget& target, const ScrapeJobContext& context,
                          const Options& options) {
  const ScrapeJob& job = *target.job;
  return {.url = target.url,
          .accept = job.protocols.Accept(),
          .extra_header = absl::StrCat("X-Prometheus-Scrape-Timeout-Seconds: ",
                                       absl::ToDoubleSeconds(target.scrape_timeout)),
          .compression = job.enable_compression,
          .max_body = MaxBody(job, options),
          .credentials = job.http.credentials,
          .follow_redirects = job.http.follow_redirects,
          .tls = context.tls};
}

TargetStatus StatusOf(const DiscoveredTarget& target) {
  return {.job = target.job->job_name,
          .url = target.url.ToString(),
          .labels = target.labels,
          .interval = target.scrape_interval,
          .timeout = target.scrape_timeout,
          .last = std::nullopt};
}

// Of a failure without words of its own, its kind.
std::string ErrorOf(const ScrapeReply& reply) {
  if (!reply.error.empty() || reply.failure == ScrapeFailure::kNone) return reply.error;
  return std::string(ScrapeFailureName(reply.failure));
}

TargetOptions OptionsOf(const ScrapeJob& job, const ScrapeJobContext& context) {
  return {.honor_labels = job.honor_labels,
          .honor_timestamps = job.honor_timestamps,
          .rewriter = context.rewriter,
          .sample_limit = job.limits.sample_limit,
          .body_size_limit = job.limits.body_size_limit,
          .label_limit = job.limits.label_limit,
          .label_name_length_limit = job.limits.label_name_length_limit,
          .label_value_length_limit = job.limits.label_value_length_limit};
}

// A series of a shape of its own: its identity and its line of the plan, which a dropped
// series has, too, so that only the identity counts (docs/impl.md, what it costs).
constexpr uint64_t kIdentityBytes = 16;

}  // namespace

ScrapeLoop::ScrapeLoop(Strand strand, const DiscoveredTarget& target, const ScrapeJobContext& job,
                       ScrapeEnv* env)
    : strand_(std::move(strand)),
      env_(env),
      url_(target.url.ToString()),
      labels_(target.labels),
      refusal_(target.refusal),
      options_(OptionsOf(*target.job, job)),
      protocols_(target.job->protocols),
      timeout_(absl::ToInt64Milliseconds(target.scrape_timeout)),
      cadence_(CadenceOf(absl::ToInt64Milliseconds(target.scrape_interval), labels_.ToString())),
      rows_kept_(static_cast<uint64_t>(env->database.options().retention / target.scrape_interval)),
      timer_(strand_),
      client_(std::make_shared<ScrapeClient>(
          strand_, EndpointOf(target, job, env->database.options()), env->buffers, env->resolver)),
      place_(env->stats->targets.Add(StatusOf(target))) {}

void ScrapeLoop::Start() {
  asio::post(strand_, [self = shared_from_this()] { self->Arm(); });
}

void ScrapeLoop::Stop() {
  asio::post(strand_, [self = shared_from_this()] {
    self->Halt();
    if (self->target_.has_value()) self->target_->Remove(self->env_->clock->Now());
  });
}

void ScrapeLoop::SetRewriter(std::shared_ptr<const LabelRewriter> rewriter) {
  asio::post(strand_, [self = shared_from_this(), rewriter = std::move(rewriter)]() mutable {
    self->options_.rewriter = std::move(rewriter);
    // A target that is removed takes no more bodies.
    if (self->target_.has_value()) self->target_->SetOptions(self->options_).IgnoreError();
  });
}

void ScrapeLoop::Abandon() {
  asio::post(strand_, [self = shared_from_this()] { self->Halt(); });
}

// Also undoes the circle of a scrape under way: loop, client, callback, loop.
void ScrapeLoop::Halt() {
  stopped_ = true;
  timer_.cancel();
  client_->Cancel();
  SetUp(false);
  SetDropped(0);
  place_.reset();
}

void ScrapeLoop::Arm() {
  if (stopped_) return;
  const int64_t now_ms = env_->clock->NowMillis();
  const int64_t tick_ms = NextTick(cadence_, now_ms);
  timer_.expires_after(std::chrono::milliseconds(tick_ms - now_ms));
  timer_.async_wait([self = shared_from_this(), tick_ms](const ErrorCode& error) {
    if (!error && !self->stopped_) self->OnTick(tick_ms);
  });
}

void ScrapeLoop::OnTick(int64_t tick_ms) {
  const int64_t now_ms = env_->clock->NowMillis();
  const Tick tick = {Timestamp::FromUnixMillis(ScrapeTime(cadence_, tick_ms, now_ms)),
                     SteadyClock::now()};
  Add(&env_->stats->scrapes);
  if (now_ms - tick_ms > cadence_.interval_ms / 100) Add(&env_->stats->late);
  if (!EnsureTarget()) return Arm();
  if (!refusal_.empty()) {
    ScrapeReply refused;
    refused.failure = ScrapeFailure::kTargetLimit;
    refused.error = refusal_;
    return OnReply(tick, std::move(refused));
  }
  client_->Get(tick.began + timeout_, [self = shared_from_this(), tick](ScrapeReply reply) {
    self->OnReply(tick, std::move(reply));
  });
}

// Tried again at every tick: a limit may have room later.
bool ScrapeLoop::EnsureTarget() {
  if (target_.has_value()) return true;
  absl::StatusOr<Target> added = env_->database.AddTarget(labels_, options_);
  if (added.ok()) {
    target_.emplace(*std::move(added));
    return true;
  }
  ScrapeReply refused;
  refused.failure = ScrapeFailure::kTarget;
  refused.error = std::string(added.status().message());
  Add(&env_->stats->failed[static_cast<size_t>(refused.failure)]);
  place_->Record({env_->clock->Now(), 0, refused.error});
  LogOutcome(refused);
  return false;
}

void ScrapeLoop::OnReply(const Tick& tick, ScrapeReply reply) {
  if (stopped_) return;
  ScrapeHealth health;
  if (reply.failure == ScrapeFailure::kNone) Take(tick, &reply, &health);
  Record(tick, reply, health);
  env_->buffers->Release(reply.charged);
  env_->buffers->Give(std::move(reply.body));
  Arm();
}

void ScrapeLoop::Take(const Tick& tick, ScrapeReply* reply, ScrapeHealth* health) {
  const SteadyClock::time_point began = SteadyClock::now();
  const absl::StatusOr<IngestReport> report =
      target_->Ingest(reply->body, protocols_.FormatOf(reply->content_type), tick.time);
  Add(&env_->stats->ingest_micros, MicrosSince(began));
  Add(&env_->stats->body_bytes, reply->body.size());
  if (!report.ok()) {
    reply->failure = ScrapeFailure::kIngest;
    reply->error = std::string(report.status().message());
    return;
  }
  health->up = true;
  health->samples_scraped = report->samples;
  health->samples_post_relabeling = report->samples - report->dropped;
  health->series_added = report->series_added;
  SetDropped(report->dropped);
  Add(&env_->stats->samples, report->samples);
  Add(&env_->stats->samples_refused, report->refused);
}

void ScrapeLoop::Record(const Tick& tick, const ScrapeReply& reply, ScrapeHealth health) {
  const uint64_t micros = MicrosSince(tick.began);
  health.duration_seconds = static_cast<double>(micros) * 1e-6;
  // What the database refuses of these it counts itself: nothing is left to do here.
  if (!health.up) target_->MarkStale(tick.time).IgnoreError();
  target_->RecordHealth(health, tick.time).IgnoreError();
  Add(&env_->stats->scrape_micros, micros);
  Add(&env_->stats->wire_bytes, reply.wire_bytes);
  if (!health.up) Add(&env_->stats->failed[static_cast<size_t>(reply.failure)]);
  place_->Record({tick.time, health.duration_seconds, ErrorOf(reply)});
  LogOutcome(reply);
}

void ScrapeLoop::SetUp(bool up) {
  if (up_.value_or(false) != up) {
    env_->stats->targets_up.fetch_add(up ? 1 : uint64_t(-1), std::memory_order_relaxed);
  }
  up_ = up;
}

// Gauges: the difference to the last body's is added.
void ScrapeLoop::SetDropped(uint64_t series) {
  const uint64_t more = series - std::exchange(dropped_, series);
  Add(&env_->stats->series_dropped, more);
  Add(&env_->stats->bytes_saved, more * (rows_kept_ * sizeof(double) + kIdentityBytes));
}

// A line when a target's health changes, not one for every failed scrape.
void ScrapeLoop::LogOutcome(const ScrapeReply& reply) {
  const bool up = reply.failure == ScrapeFailure::kNone;
  const bool news = up_ != up;
  if (!up) {
    env_->log->Log(
        news ? LogLevel::kWarn : LogLevel::kDebug, "scrape failed",
        {{"target", url_}, {"reason", ScrapeFailureName(reply.failure)}, {"err", reply.error}});
  } else if (news) {
    env_->log->Info("target is up", {{"target", url_}});
  }
  SetUp(up);
}

}  // namespace tacho::adapter
