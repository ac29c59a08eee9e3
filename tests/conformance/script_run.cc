// The half of Script that stores the samples and asks.
#include <algorithm>
#include <bit>
#include <cmath>
#include <compare>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tacho/database.h"
#include "tacho/sample.h"
#include "tests/conformance/script.h"

namespace tacho::testing {
namespace {

// The value and its bits; which NaN comes of an operation is not specified.
std::string Bits(double v) {
  if (std::isnan(v)) return IsStaleMarker(v) ? "stale" : "NaN";
  return std::to_string(v) + " " + std::to_string(std::bit_cast<uint64_t>(v));
}

// Evaluation or refusal, as text, with all bits of the values.
std::string Describe(const absl::StatusOr<QueryResult>& result) {
  if (!result.ok()) return result.status().ToString();
  if (result->type() == ResultType::kScalar) return Bits(result->scalar());
  std::string out;
  for (const ResultSample& sample : result->samples()) {
    out += sample.labels().ToString() + " " + Bits(sample.value) + " from " +
           std::to_string(sample.evidence.series) + " series\n";
  }
  return out;
}

std::string Describe(const ScriptEval& eval) {
  if (!eval.error.empty()) return eval.error;
  if (eval.scalar.has_value()) return std::to_string(*eval.scalar);
  std::string out;
  for (const ScriptValue& value : eval.vector) {
    out += value.labels.ToString() + " " + std::to_string(value.value) + "\n";
  }
  return out;
}

bool SameVector(std::vector<ScriptValue> wanted, const QueryResult& result) {
  std::ranges::sort(wanted, {}, &ScriptValue::labels);
  return std::ranges::equal(wanted, result.samples(),
                            [](const ScriptValue& a, const ResultSample& b) {
                              return a.labels == b.labels() && SameValue(a.value, b.value);
                            });
}

bool Matches(const ScriptEval& eval, const absl::StatusOr<QueryResult>& result) {
  if (!result.ok()) return eval.error == result.status().ToString();
  if (!eval.error.empty()) return false;
  if (result->type() == ResultType::kScalar) {
    return eval.scalar.has_value() && SameValue(*eval.scalar, result->scalar());
  }
  return !eval.scalar.has_value() && SameVector(eval.vector, *result);
}

// The labels that the target of a series carries.
Labels TargetLabels(const Labels& series, Layout layout) {
  std::vector<Label> labels;
  for (const Label& label : series) {
    if (label.name == kMetricNameLabel || layout == Layout::kBody) continue;
    if (layout == Layout::kSplit && !labels.empty()) break;
    labels.push_back(label);
  }
  return Labels::FromUnsorted(std::move(labels));
}

Labels BodyLabels(const Labels& series, const Labels& target) {
  std::vector<Label> labels;
  for (const Label& label : series) {
    if (!target.Has(label.name)) labels.push_back(label);
  }
  return Labels::FromUnsorted(std::move(labels));
}

// An aggregation that leaves each series in a group of its own, and so changes nothing; but
// it is evaluated another way than the expression alone.
std::string Regrouped(const Script& script, const std::string& expr) {
  std::set<std::string> names = {std::string(kMetricNameLabel)};
  for (const ScriptSeries& series : script.series) {
    for (const Label& label : series.labels) names.insert(label.name);
  }
  return absl::StrCat("max by (", absl::StrJoin(names, ", "), ") (", expr, ")");
}

struct PendingRow {
  std::vector<Labels> series;
  std::vector<double> values;
};

// The samples as rows: of all targets, by time.
using RowsOf = std::map<std::pair<Timestamp, Labels>, PendingRow>;

RowsOf MakeRows(const Script& script, Layout layout) {
  RowsOf rows;
  for (const ScriptSeries& series : script.series) {
    const Labels target = TargetLabels(series.labels, layout);
    for (const ScriptSample& sample : series.samples) {
      PendingRow& row = rows[{sample.time, target}];
      row.series.push_back(BodyLabels(series.labels, target));
      row.values.push_back(sample.value);
    }
  }
  return rows;
}

class Run {
 public:
  Run(const Script& script, Layout layout, const Options& options)
      : script_(script), layout_(layout), db_(options) {
    for (const ScriptEval& eval : script.evals) prepared_.push_back(db_.Prepare(eval.expr));
  }

  // What every evaluation gives, in order.
  std::vector<std::string> Results() {
    AskPrepared();
    layout_ == Layout::kLone ? StoreLone() : StoreRows();
    std::vector<std::string> results;
    for (size_t i = 0; i < script_.evals.size(); ++i) results.push_back(Check(i));
    return results;
  }

 private:
  // So that the queries are bound to what is there, and must notice what comes later.
  void AskPrepared() {
    for (size_t i = 0; i < prepared_.size(); ++i) (void)Evaluate(i);
  }

  absl::StatusOr<QueryResult> Evaluate(size_t i) const {
    if (!prepared_[i].ok()) return prepared_[i].status();
    return prepared_[i]->Evaluate(script_.evals[i].time);
  }

  void StoreLone() {
    for (const ScriptSeries& series : script_.series) {
      for (const ScriptSample& sample : series.samples) {
        const absl::Status status = db_.Append(series.labels, sample.time, sample.value);
        EXPECT_TRUE(status.ok()) << series.labels.ToString() << ": " << status;
      }
      AskPrepared();
    }
  }

  void StoreRows() {
    const RowsOf rows = MakeRows(script_, layout_);
    std::map<Labels, Target> targets;
    size_t stored = 0;
    for (const auto& [key, row] : rows) {
      const auto& [time, labels] = key;
      if (!targets.contains(labels)) targets.emplace(labels, db_.AddTarget(labels).value());
      const auto report = targets.at(labels).AppendRow(row.series, row.values, time);
      EXPECT_TRUE(report.ok()) << labels.ToString() << ": " << report.status();
      if (++stored == rows.size() / 2) AskPrepared();
    }
  }

  std::string Check(size_t i) const {
    const ScriptEval& eval = script_.evals[i];
    const auto ad_hoc = db_.Ask(eval.expr, eval.time);
    const std::string got = Describe(ad_hoc);
    EXPECT_TRUE(Matches(eval, ad_hoc))
        << "script line " << eval.line << ": " << eval.expr << "\nwanted:\n"
        << Describe(eval) << "\ngot:\n"
        << got;
    EXPECT_EQ(Describe(Evaluate(i)), got)
        << "script line " << eval.line << ": " << eval.expr << ": prepared before loading";
    if (prepared_[i].ok() && (!ad_hoc.ok() || ad_hoc->type() == ResultType::kVector)) {
      const std::string regrouped = Regrouped(script_, eval.expr);
      EXPECT_EQ(Describe(db_.Ask(regrouped, eval.time)), got)
          << "script line " << eval.line << ": " << regrouped;
    }
    return got;
  }

  const Script& script_;
  const Layout layout_;
  Database db_;
  std::vector<absl::StatusOr<Query>> prepared_;
};

}  // namespace

Options ScriptOptions() {
  Options options;
  options.retention = absl::Hours(2);
  return options;
}

void RunScript(std::string_view text, const Options& options) {
  const absl::StatusOr<Script> script = Script::Parse(text);
  ASSERT_TRUE(script.ok()) << script.status();
  ASSERT_FALSE(script->evals.empty()) << "a script that asks nothing";
  const std::vector<std::string> reference = Run(*script, Layout::kBody, options).Results();
  for (const Layout layout : {Layout::kTarget, Layout::kSplit, Layout::kLone}) {
    SCOPED_TRACE(::testing::Message() << "layout " << static_cast<int>(layout));
    EXPECT_EQ(Run(*script, layout, options).Results(), reference);
  }
}

}  // namespace tacho::testing
