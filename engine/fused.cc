#include "engine/fused.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/aggregate.h"
#include "engine/arithmetic.h"
#include "engine/executor_range.h"

namespace tacho::engine {
namespace {

using parser::Op;

// Below this many values a loop beats a kernel's start-up.
constexpr size_t kFewValues = 8;
// How many targets ahead memory is asked for rows; twice as many for what names them, and
// three times for what names that.
constexpr size_t kAhead = 4;
// After how many instants of targets it is asked whether to go on.
constexpr size_t kInstantsBetweenChecks = 256;
// Of all steps that are done together: series to read, and samples to hold.
constexpr uint64_t kSeriesAtATime = uint64_t{1} << 22;
constexpr uint64_t kSamplesAtATime = uint64_t{1} << 18;

bool IsSum(Op op) { return op == Op::kSum || op == Op::kAvg; }

inline CompensatedSum SumOfAny(std::span<const double> values) {
  if (values.size() >= kFewValues) return SumOf(values.data(), values.size());
  CompensatedSum sum{values[0], 0};
  for (size_t i = 1; i < values.size(); ++i) sum.AddFast(values[i]);
  return sum;
}

double ExtremeOf(Op op, std::span<const double> values) {
  return op == Op::kMin ? MinOf(values.data(), values.size()) : MaxOf(values.data(), values.size());
}

inline void AddSum(const CompensatedSum& sum, ResultSample* sample, double* error) {
  if (sample->evidence.series == 0) {
    sample->value = sum.sum;
    *error = sum.error;
    return;
  }
  CompensatedSum total{sample->value, *error};
  total.AddFast(sum.sum);
  sample->value = total.sum;
  *error = total.error + sum.error;
}

inline void AddEvidence(size_t series, Timestamp oldest, Timestamp newest, Evidence* evidence) {
  evidence->series += static_cast<uint32_t>(series);
  ++evidence->targets;
  evidence->oldest = std::min(evidence->oldest, oldest);
  evidence->newest = std::max(evidence->newest, newest);
}

}  // namespace

FusedAggregate::FusedAggregate(FusedSpec spec, Program general)
    : op_(spec.op),
      selector_(std::move(spec.selector)),
      grouping_(std::move(spec.grouping)),
      function_(spec.function),
      threshold_(spec.threshold),
      binding_(selector_.get(), grouping_, /*grouped=*/true),
      general_(std::move(general)),
      metric_(std::move(spec.metric)),
      position_(std::move(spec.position)) {}

bool FusedAggregate::Bind(const Evaluation& evaluation) {
  if (evaluation.delays_name_removal()) return false;
  if (function_.uses_starts && evaluation.question().start_times != nullptr) return false;
  binding_.Update(evaluation.store());
  return !std::ranges::any_of(binding_.targets(), &BoundTarget::typed);
}

absl::StatusOr<InstantVector> FusedAggregate::EvaluateAt(Evaluation& evaluation, int64_t t_ms) {
  std::vector<Instant> instants = Begin(evaluation, {.start_ms = t_ms}, 0, 1);
  DenseValues values(function_);
  for (size_t i = 0; i < binding_.targets().size(); ++i) AddInstants(i, values, instants);
  if (absl::Status s = evaluation.Touch(instants.front().samples_read); !s.ok()) return s;
  return End(evaluation, std::move(instants.front()));
}

absl::StatusOr<Value> FusedAggregate::Evaluate(Evaluation& evaluation, const StepTimes& steps,
                                               std::span<Value>) {
  if (!Bind(evaluation)) return Run(general_, evaluation, steps);
  Value out;
  LabelIndex index;
  const uint32_t at_a_time = StepsAtATime();
  for (uint32_t first = 0; first < steps.count; first += at_a_time) {
    const uint32_t count = std::min(at_a_time, steps.count - first);
    std::vector<Instant> instants = Begin(evaluation, steps, first, count);
    if (absl::Status s = AddTargets(evaluation, instants); !s.ok()) return s;
    for (uint32_t i = 0; i < count; ++i) {
      const InstantVector vector = End(evaluation, std::move(instants[i]));
      const absl::Status appended = Append(evaluation, steps, first + i, vector, &index, &out);
      if (!appended.ok()) return appended;
    }
  }
  return out;
}

uint32_t FusedAggregate::StepsAtATime() const {
  uint64_t series = 1;
  for (const BoundTarget& target : binding_.targets()) series += target.shape->positions.size();
  const uint64_t groups = binding_.groups().ordered().size() + 1;
  const uint64_t steps = std::min(kSeriesAtATime / series, kSamplesAtATime / groups);
  return static_cast<uint32_t>(std::max<uint64_t>(1, steps));
}

std::vector<FusedAggregate::Instant> FusedAggregate::Begin(const Evaluation& evaluation,
                                                           const StepTimes& steps, uint32_t first,
                                                           uint32_t count) const {
  const Evaluation::Question& question = evaluation.question();
  std::vector<Instant> instants;
  instants.reserve(count);
  for (uint32_t i = first; i < first + count; ++i) {
    Instant& instant = instants.emplace_back();
    instant.times = selector_->At(steps.At(i), question.span, question.lookback_ms);
    instant.samples = EmptySamples();
    instant.errors.assign(instant.samples.size(), 0);
    instant.whole.targets_selected = static_cast<uint32_t>(binding_.targets().size());
  }
  return instants;
}

InstantVector FusedAggregate::End(Evaluation& evaluation, Instant instant) const {
  InstantVector out;
  const GroupIndex infinite = Finish(&instant);
  out.samples = std::move(instant.samples);
  out.evidence = instant.whole;
  out.samples_read = instant.samples_read;
  if (!infinite.empty()) Redo(instant.times, infinite, &out.samples);
  if (function_.of_counters && out.evidence.series > 0) {
    CheckCounter(metric_, position_, evaluation.annotations());
  }
  evaluation.Keep(binding_.groups().block());
  return out;
}

absl::Status FusedAggregate::Append(Evaluation& evaluation, const StepTimes& steps, uint32_t step,
                                    const InstantVector& vector, LabelIndex* index, Value* out) {
  if (absl::Status s = evaluation.Touch(vector.samples_read); !s.ok()) return s;
  const uint64_t size = (out->elements.size() + vector.samples.size()) * steps.count;
  if (absl::Status s = evaluation.Reserve(size); !s.ok()) return s;
  for (const ResultSample& sample : vector.samples) {
    const auto [it, is_new] = index->try_emplace(&sample.labels(), out->elements.size());
    if (is_new) out->Add({&sample.labels(), sample.evidence, false}, steps.count);
    out->Cells(it->second, steps.count)[step] = sample.value;
    if (is_new) continue;
    Evidence& evidence = out->elements[it->second].evidence;
    evidence.oldest = std::min(evidence.oldest, sample.evidence.oldest);
    evidence.newest = std::max(evidence.newest, sample.evidence.newest);
  }
  if (step == 0) {
    out->evidence = vector.evidence;
  } else {
    out->evidence.oldest = std::min(out->evidence.oldest, vector.evidence.oldest);
    out->evidence.newest = std::max(out->evidence.newest, vector.evidence.newest);
  }
  return absl::OkStatus();
}

FusedAggregate::Vector FusedAggregate::EmptySamples() const {
  const GroupTable& groups = binding_.groups();
  Vector samples;
  samples.reserve(groups.ordered().size());
  for (const GroupTable::Ordered& entry : groups.ordered()) {
    samples.emplace_back(entry.labels, 0, Evidence()).evidence.targets_selected = entry.uses;
  }
  return samples;
}

// Each step loads what the step before it asked for.
void FusedAggregate::Prefetch(size_t next, const DenseValues& values,
                              const Vector& samples) const {
  const std::span<const BoundTarget> targets = binding_.targets();
  if (next + 3 * kAhead < targets.size()) {
    const BoundTarget& target = targets[next + 3 * kAhead];
    __builtin_prefetch(target.history);
    __builtin_prefetch(target.shape.get());
    __builtin_prefetch(&target.shape->dense_size);
    __builtin_prefetch(target.groups.data());
  }
  if (next + 2 * kAhead < targets.size()) values.AskForEntries(targets[next + 2 * kAhead]);
  if (next + kAhead < targets.size()) {
    const BoundTarget& target = targets[next + kAhead];
    values.AskForRows(target);
    __builtin_prefetch(&samples[binding_.groups().rank(target.groups.front())], 1);
  }
}

// All instants of one target, whose rows come from memory once.
void FusedAggregate::AddInstants(size_t index, DenseValues& values, std::span<Instant> instants) {
  Prefetch(index, values, instants.front().samples);
  BoundTarget& target = binding_.targets()[index];
  values.Turn(&target);
  for (Instant& instant : instants) {
    if (!values.Locate(instant.times)) continue;
    instant.samples_read += uint64_t{values.rows_read()} * target.shape->positions.size();
    if (!AddWhole(target, values, &instant)) AddTarget(target, values, &instant);
  }
}

absl::Status FusedAggregate::AddTargets(Evaluation& evaluation, std::span<Instant> instants) {
  DenseValues values(function_);
  size_t unchecked = 0;
  for (size_t i = 0; i < binding_.targets().size(); ++i) {
    AddInstants(i, values, instants);
    unchecked += instants.size();
    if (unchecked < kInstantsBetweenChecks) continue;
    unchecked = 0;
    // Functions without a kernel take their time.
    if (absl::Status s = evaluation.Touch(0); !s.ok()) return s;
  }
  return absl::OkStatus();
}

// The frequent case: all series of a target fall into one group.
bool FusedAggregate::AddWhole(const BoundTarget& target, const DenseValues& values,
                              Instant* instant) {
  if (!IsSum(op_) || threshold_.has_value() || target.groups.size() != 1) return false;
  const std::optional<CompensatedSum> sum = values.SumAll();
  if (!sum.has_value()) return false;
  const uint32_t rank = binding_.groups().rank(target.groups[0]);
  ResultSample& sample = instant->samples[rank];
  AddSum(*sum, &sample, &instant->errors[rank]);
  const size_t series = target.shape->positions.size();
  AddEvidence(series, values.oldest(), values.newest(), &sample.evidence);
  AddEvidence(series, values.oldest(), values.newest(), &instant->whole);
  return true;
}

void FusedAggregate::AddTarget(const BoundTarget& target, DenseValues& values, Instant* instant) {
  const GroupTable& groups = binding_.groups();
  for (const uint32_t group : target.groups) {
    __builtin_prefetch(&instant->samples[groups.rank(group)], 1);
  }
  values.Compute();
  if (IsSum(op_) && !threshold_ && values.uniform() && target.shape->members.empty()) {
    return AddSums(target, values, instant);
  }
  const BoundShape& shape = *target.shape;
  Evidence read;
  for (size_t i = 0; i < shape.groups.size(); ++i) {
    const Share share = ShareOf(shape, shape.groups[i], values, &read);
    if (share.values.empty()) continue;
    const uint32_t rank = groups.rank(target.groups[i]);
    AddShare(share, &instant->samples[rank], &instant->errors[rank]);
  }
  if (read.series > 0) AddEvidence(read.series, read.oldest, read.newest, &instant->whole);
}

// Bodies with many groups of few series each: what cAdvisor shows of a node's pods.
void FusedAggregate::AddSums(const BoundTarget& target, const DenseValues& values,
                             Instant* instant) {
  const Timestamp oldest = values.oldest();
  const Timestamp newest = values.newest();
  const double* const all = values.values();
  const GroupTable& groups = binding_.groups();
  size_t i = 0;
  for (const LocalGroup& local : target.shape->groups) {
    const uint32_t rank = groups.rank(target.groups[i++]);
    ResultSample& sample = instant->samples[rank];
    AddSum(SumOfAny({all + local.begin, local.size()}), &sample, &instant->errors[rank]);
    AddEvidence(local.size(), oldest, newest, &sample.evidence);
  }
  AddEvidence(target.shape->positions.size(), oldest, newest, &instant->whole);
}

inline bool FusedAggregate::Counts(double value) const {
  return !threshold_.has_value() || Compare(threshold_->op, value, threshold_->number);
}

inline FusedAggregate::Share FusedAggregate::ShareOf(const BoundShape& shape,
                                                     const LocalGroup& group,
                                                     const DenseValues& values, Evidence* read) {
  if (!values.uniform()) return PresentOf(shape, group, values, read);
  AddEvidence(group.size(), values.oldest(), values.newest(), read);
  const double* const all = values.values();
  if (group.contiguous && !threshold_.has_value()) {
    return {{all + group.begin, group.size()}, values.oldest(), values.newest()};
  }
  gathered_.clear();
  for (uint32_t i = group.begin; i < group.end; ++i) {
    const double value = all[group.contiguous ? i : shape.members[i]];
    if (Counts(value)) gathered_.push_back(value);
  }
  return {gathered_, values.oldest(), values.newest()};
}

FusedAggregate::Share FusedAggregate::PresentOf(const BoundShape& shape, const LocalGroup& group,
                                                const DenseValues& values, Evidence* read) {
  Evidence evidence;
  gathered_.clear();
  for (uint32_t i = group.begin; i < group.end; ++i) {
    const uint32_t dense = group.contiguous ? i : shape.members[i];
    if (!values.Has(dense)) continue;
    const SeriesPoint point = values.At(dense);
    const Timestamp oldest = Timestamp::FromUnixMillis(point.oldest_ms);
    const Timestamp newest = Timestamp::FromUnixMillis(point.newest_ms);
    AddEvidence(1, oldest, newest, read);
    if (!Counts(point.value)) continue;
    gathered_.push_back(point.value);
    AddEvidence(1, oldest, newest, &evidence);
  }
  return {gathered_, evidence.oldest, evidence.newest};
}

inline void FusedAggregate::AddShare(const Share& share, ResultSample* sample,
                                     double* error) const {
  if (IsSum(op_)) {
    AddSum(SumOfAny(share.values), sample, error);
  } else if (op_ == Op::kMin || op_ == Op::kMax) {
    const double extreme = ExtremeOf(op_, share.values);
    const bool first = sample->evidence.series == 0;
    sample->value = first ? extreme : Extreme(op_, sample->value, extreme);
  }
  AddEvidence(share.values.size(), share.oldest, share.newest, &sample->evidence);
}

FusedAggregate::GroupIndex FusedAggregate::Finish(Instant* instant) const {
  Vector* const samples = &instant->samples;
  GroupIndex infinite;
  size_t kept = 0;
  for (size_t rank = 0; rank < samples->size(); ++rank) {
    ResultSample& sample = (*samples)[rank];
    if (sample.evidence.series == 0) continue;
    sample.value = Result(sample, instant->errors[rank]);
    if (IsSum(op_) && !std::isfinite(sample.value)) {
      infinite.emplace(binding_.groups().ordered()[rank].group, kept);
    }
    if (kept != rank) (*samples)[kept] = sample;
    ++kept;
  }
  samples->erase(samples->begin() + static_cast<std::ptrdiff_t>(kept), samples->end());
  return infinite;
}

double FusedAggregate::Result(const ResultSample& sample, double error) const {
  const auto n = static_cast<double>(sample.evidence.series);
  switch (op_) {
    case Op::kSum:
      return sample.value + error;
    case Op::kAvg:
      return sample.value / n + error / n;
    case Op::kMin:
    case Op::kMax:
      return sample.value;
    case Op::kCount:
      return n;
    default:
      return 1;  // group
  }
}

void FusedAggregate::Redo(const SelectorTimes& times, const GroupIndex& groups,
                          Vector* samples) const {
  absl::flat_hash_map<uint32_t, SerialAggregate> totals;
  for (const auto& [group, index] : groups) totals.emplace(group, SerialAggregate(op_));
  SeriesReader reader(function_);
  for (const BoundTarget& target : binding_.targets()) {
    const BoundShape& shape = *target.shape;
    for (size_t i = 0; i < shape.positions.size(); ++i) {
      const auto total = totals.find(target.groups[shape.group_of[i]]);
      if (total == totals.end()) continue;
      const std::optional<SeriesPoint> point =
          reader.Read(*target.history, shape.positions[i], times);
      if (point.has_value() && Counts(point->value)) total->second.Add(point->value);
    }
  }
  for (const auto& [group, index] : groups) (*samples)[index].value = totals.at(group).Result();
}

}  // namespace tacho::engine
