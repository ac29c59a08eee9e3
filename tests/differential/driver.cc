// The tacho side of the differential test: a program that obeys a script on standard
// input, with the public API only, and prints what tacho answers.
//
// Script, one command a line, fields separated by tabs, times in Unix milliseconds:
//   options RETENTION_MS LOOKBACK_MS      makes the database, a new one each time; first
//   target ID HONOR_LABELS HONOR_TIMESTAMPS NAME=VALUE...
//   series ID NAME=VALUE...               names a series for row and append
//   ingest TARGET text|openmetrics TIME PATH ok|refused
//   stale TARGET TIME
//   health TARGET TIME UP DURATION SAMPLES
//   row TARGET TIME SERIES:BITS...        BITS: the double in hexadecimal
//   append SERIES TIME BITS
//   query ID TIME PROMQL                  asked ad hoc, and of a query prepared once
//   instant LOOKBACK_MS TIME PROMQL       prepared, and evaluated twice; experimental
//   range LOOKBACK_MS START END STEP_MS PROMQL   functions are on
//
// Answers:
//   L INDEX JSON                          a label set, when it is first needed
//   Q ID COUNT                            a vector; COUNT lines follow:
//   S INDEX BITS DECIMAL
//   E ID MESSAGE                          the query was refused
//   A JSON                                of instant and range: a JSON array of the result's
//                                         type and [LABELS, TIME, VALUE, TIME, VALUE...]
//                                         per series, or of "error", code and message
//   F LINE MESSAGE                        a command failed, or the two ways to ask disagree
#include <bit>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "tacho/database.h"

namespace tacho {
namespace {

using Fields = std::vector<std::string_view>;

Fields Split(std::string_view line, char separator) {
  Fields fields;
  while (true) {
    const size_t end = line.find(separator);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

// A field that is no number reads as 0: the script is written by a program, and a wrong
// time does not go unnoticed.
template <typename T>
T Number(std::string_view text, int base = 10) {
  T value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

double Decimal(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Timestamp Time(std::string_view text) { return Timestamp::FromUnixMillis(Number<int64_t>(text)); }

double FromBits(std::string_view text) { return std::bit_cast<double>(Number<uint64_t>(text, 16)); }

Labels ReadLabels(const Fields& fields, size_t first) {
  std::vector<Label> labels;
  for (size_t i = first; i < fields.size(); ++i) {
    const size_t equals = fields[i].find('=');
    labels.push_back(
        {std::string(fields[i].substr(0, equals)), std::string(fields[i].substr(equals + 1))});
  }
  return Labels::FromUnsorted(std::move(labels));
}

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string JsonObject(const Labels& labels) {
  std::string out = "{";
  for (const Label& label : labels) {
    if (out.size() > 1) out += ',';
    out += JsonString(label.name) + ':' + JsonString(label.value);
  }
  return out + '}';
}

bool Same(const QueryResult& a, const QueryResult& b) {
  if (a.type() != b.type() || a.samples().size() != b.samples().size()) return false;
  for (size_t i = 0; i < a.samples().size(); ++i) {
    const ResultSample& x = a.samples()[i];
    const ResultSample& y = b.samples()[i];
    if (x.labels() != y.labels()) return false;
    if (std::bit_cast<uint64_t>(x.value) != std::bit_cast<uint64_t>(y.value)) return false;
  }
  return true;
}

std::string PointText(Timestamp time, double value) {
  char text[64];
  std::snprintf(text, sizeof text, ",%" PRId64 ",\"%.17g\"", time.unix_millis(), value);
  return text;
}

// The answer to instant and range.
std::string Text(const absl::StatusOr<QueryResult>& result) {
  if (!result.ok()) {
    return "[\"error\"," + JsonString(absl::StatusCodeToString(result.status().code())) + ',' +
           JsonString(std::string(result.status().message())) + ']';
  }
  static constexpr const char* kTypes[] = {"scalar", "string", "vector", "matrix"};
  std::string out = std::string("[\"") + kTypes[static_cast<size_t>(result->type())] + '"';
  if (result->type() == ResultType::kScalar) {
    out += ",[{}" + PointText(result->time(), result->scalar()) + ']';
  } else if (result->type() == ResultType::kString) {
    out += ',' + JsonString(result->string());
  }
  for (const ResultSample& s : result->samples()) {
    out += ",[" + JsonObject(s.labels()) + PointText(result->time(), s.value) + ']';
  }
  for (const ResultSeries& s : result->series()) {
    out += ",[" + JsonObject(s.labels());
    for (const Point& point : s.points()) out += PointText(point.time, point.value);
    out += ']';
  }
  return out + ']';
}

class Driver {
 public:
  // False if the line could not be obeyed; the reason was printed.
  bool Obey(std::string_view line) {
    ++line_;
    const Fields fields = Split(line, '\t');
    const auto command = kCommands.find(fields[0]);
    if (command == kCommands.end() || fields.size() < command->second.fields) {
      return Fail("no such command, or too few fields");
    }
    if (!db_ && fields[0] != "options") return Fail("options come first");
    return (this->*command->second.run)(fields);
  }

 private:
  struct Command {
    size_t fields;  // at least
    bool (Driver::*run)(const Fields&);
  };
  static const std::map<std::string_view, Command> kCommands;

  bool Fail(std::string_view message) {
    std::printf("F %zu %.*s\n", line_, static_cast<int>(message.size()), message.data());
    std::fflush(stdout);
    return false;
  }
  bool Check(const absl::Status& status) { return status.ok() || Fail(status.ToString()); }

  bool MakeDatabase(const Fields& f) {
    Options options;
    options.retention = absl::Milliseconds(Number<int64_t>(f[1]));
    options.lookback = absl::Milliseconds(Number<int64_t>(f[2]));
    options.promql.experimental_functions = true;
    targets_.clear();
    series_.clear();
    queries_.clear();
    db_.emplace(options);
    return true;
  }

  bool AddTarget(const Fields& f) {
    TargetOptions options;
    options.honor_labels = f[2] == "1";
    options.honor_timestamps = f[3] == "1";
    auto target = db_->AddTarget(ReadLabels(f, 4), options);
    if (!target.ok()) return Check(target.status());
    targets_.emplace(f[1], *std::move(target));
    return true;
  }

  bool NameSeries(const Fields& f) {
    series_.emplace(f[1], ReadLabels(f, 2));
    return true;
  }

  Target* FindTarget(std::string_view id) {
    const auto target = targets_.find(id);
    if (target != targets_.end()) return &target->second;
    Fail("no such target");
    return nullptr;
  }

  bool Ingest(const Fields& f) {
    Target* target = FindTarget(f[1]);
    if (target == nullptr) return false;
    std::ifstream in(std::string(f[4]), std::ios::binary);
    if (!in) return Fail("cannot open the body");
    std::stringstream body;
    body << in.rdbuf();
    const Exposition format = f[2] == "openmetrics" ? Exposition::kOpenMetrics : Exposition::kText;
    const auto report = target->Ingest(body.str(), format, Time(f[3]));
    if (f[5] == "ok") return Check(report.status());
    return !report.ok() || Fail("a bad body was taken: " + std::string(f[4]));
  }

  bool MarkStale(const Fields& f) {
    Target* target = FindTarget(f[1]);
    return target != nullptr && Check(target->MarkStale(Time(f[2])));
  }

  bool RecordHealth(const Fields& f) {
    Target* target = FindTarget(f[1]);
    if (target == nullptr) return false;
    const ScrapeHealth health{
        .up = f[3] == "1", .duration_seconds = Decimal(f[4]), .samples_scraped = Decimal(f[5])};
    return Check(target->RecordHealth(health, Time(f[2])));
  }

  bool AppendRow(const Fields& f) {
    Target* target = FindTarget(f[1]);
    if (target == nullptr) return false;
    std::vector<Labels> names;
    std::vector<double> values;
    for (size_t i = 3; i < f.size(); ++i) {
      const size_t colon = f[i].find(':');
      const auto name = series_.find(f[i].substr(0, colon));
      if (name == series_.end()) return Fail("no such series");
      names.push_back(name->second);
      values.push_back(FromBits(f[i].substr(colon + 1)));
    }
    return Check(target->AppendRow(names, values, Time(f[2])).status());
  }

  bool Append(const Fields& f) {
    const auto name = series_.find(f[1]);
    if (name == series_.end()) return Fail("no such series");
    return Check(db_->Append(name->second, Time(f[2]), FromBits(f[3])));
  }

  absl::StatusOr<QueryResult> AskPrepared(std::string_view promql, Timestamp t) {
    auto query = queries_.find(promql);
    if (query == queries_.end()) {
      auto prepared = db_->Prepare(promql);
      if (!prepared.ok()) return prepared.status();
      query = queries_.emplace(promql, *std::move(prepared)).first;
    }
    return query->second.Evaluate(t);
  }

  bool Ask(const Fields& f) {
    const auto adhoc = db_->Ask(f[3], Time(f[2]));
    const auto prepared = AskPrepared(f[3], Time(f[2]));
    if (adhoc.status() != prepared.status()) {
      return Fail("ad hoc: " + adhoc.status().ToString() +
                  "; prepared: " + prepared.status().ToString());
    }
    if (!adhoc.ok()) {
      std::printf("E %s %s\n", std::string(f[1]).c_str(), adhoc.status().ToString().c_str());
      return true;
    }
    if (!Same(*adhoc, *prepared)) {
      return Fail("ad hoc and prepared differ: " + std::string(f[3]) + " at " + std::string(f[2]));
    }
    Print(f[1], *adhoc);
    return true;
  }

  // Evaluates twice: the second time finds the query bound.
  bool Answer(std::string_view promql, const auto& evaluate) {
    auto query = db_->Prepare(promql);
    const auto first = query.ok() ? evaluate(*query) : query.status();
    if (query.ok()) {
      const auto second = evaluate(*query);
      if (Text(first) != Text(second))
        return Fail("two evaluations differ: " + std::string(promql));
    }
    std::printf("A %s\n", Text(first).c_str());
    std::fflush(stdout);
    return true;
  }

  bool AnswerInstant(const Fields& f) {
    const EvaluateOptions options{.lookback = absl::Milliseconds(Number<int64_t>(f[1]))};
    return Answer(f[3], [&](const Query& q) { return q.Evaluate(Time(f[2]), options); });
  }

  bool AnswerRange(const Fields& f) {
    const EvaluateOptions options{.lookback = absl::Milliseconds(Number<int64_t>(f[1]))};
    const TimeRange range{Time(f[2]), Time(f[3]), absl::Milliseconds(Number<int64_t>(f[4]))};
    return Answer(f[5], [&](const Query& q) { return q.EvaluateRange(range, options); });
  }

  void Print(std::string_view id, const QueryResult& result) {
    for (const ResultSample& s : result.samples()) {
      const auto [name, is_new] = printed_.try_emplace(s.labels(), printed_.size());
      if (!is_new) continue;
      std::printf("L %zu %s\n", name->second, JsonObject(s.labels()).c_str());
    }
    std::printf("Q %.*s %zu\n", static_cast<int>(id.size()), id.data(), result.samples().size());
    for (const ResultSample& s : result.samples()) {
      std::printf("S %zu %016" PRIx64 " %.17g\n", printed_[s.labels()],
                  std::bit_cast<uint64_t>(s.value), s.value);
    }
  }

  size_t line_ = 0;
  std::optional<Database> db_;
  std::map<std::string, Target, std::less<>> targets_;
  std::map<std::string, Labels, std::less<>> series_;
  std::map<std::string, Query, std::less<>> queries_;
  std::map<Labels, size_t> printed_;
};

const std::map<std::string_view, Driver::Command> Driver::kCommands = {
    {"options", {3, &Driver::MakeDatabase}},
    {"target", {4, &Driver::AddTarget}},
    {"series", {3, &Driver::NameSeries}},
    {"ingest", {6, &Driver::Ingest}},
    {"stale", {3, &Driver::MarkStale}},
    {"health", {6, &Driver::RecordHealth}},
    {"row", {3, &Driver::AppendRow}},
    {"append", {4, &Driver::Append}},
    {"query", {4, &Driver::Ask}},
    {"instant", {4, &Driver::AnswerInstant}},
    {"range", {6, &Driver::AnswerRange}},
};

int Main() {
  Driver driver;
  bool obeyed = true;
  for (std::string line; std::getline(std::cin, line);) obeyed &= driver.Obey(line);
  return obeyed ? 0 : 1;
}

}  // namespace
}  // namespace tacho

int main() { return tacho::Main(); }
