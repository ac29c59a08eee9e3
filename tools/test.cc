#include <array>
#include <iostream>
#include <string>

#include "tools/command_line.h"
#include "tools/commands.h"
#include "tools/json_text.h"
#include "tools/promqltest/runner.h"

namespace tacho::tools {
namespace {

constexpr size_t kMaxScriptBytes = size_t{64} << 20;

struct Tally {
  size_t passed = 0;
  size_t failed = 0;
  size_t unsupported = 0;
  size_t faulty = 0;  // scripts that could not be run to their end
};

class Reporter {
 public:
  explicit Reporter(bool json) : json_(json) {}

  void Report(const std::string& file, const promqltest::ScriptReport& report) {
    for (const promqltest::Outcome& outcome : report.outcomes) Eval(file, outcome);
    if (!report.fault.empty()) Fault(file + ":" + report.fault);
  }

  void Fault(const std::string& message) {
    ++tally_.faulty;
    std::cerr << message << "\n";
  }

  // The exit code.
  int Finish() {
    std::ostream& out = json_ ? std::cerr : std::cout;
    if (tally_.faulty > 0) std::cerr << tally_.faulty << " scripts could not be run to the end\n";
    out << tally_.passed << " passed, " << tally_.failed << " failed, " << tally_.unsupported
        << " unsupported\n";
    if (tally_.faulty > 0) return 2;
    return tally_.failed > 0 ? 1 : 0;
  }

 private:
  void Eval(const std::string& file, const promqltest::Outcome& outcome) {
    const bool failed = outcome.verdict == promqltest::Verdict::kFailed;
    const bool passed = outcome.verdict == promqltest::Verdict::kPassed;
    ++(failed ? tally_.failed : passed ? tally_.passed : tally_.unsupported);
    if (json_) {
      std::cout << "{\"file\":" << JsonText(file) << ",\"line\":" << outcome.line
                << ",\"expr\":" << JsonText(outcome.expr) << ",\"result\":\""
                << promqltest::VerdictName(outcome.verdict)
                << "\",\"reason\":" << JsonText(outcome.reason) << "}\n";
    } else if (!passed) {
      std::cout << file << ":" << outcome.line << ": " << promqltest::VerdictName(outcome.verdict)
                << ": " << outcome.expr << "\n"
                << Indented(outcome.reason);
    }
  }

  static std::string Indented(const std::string& text) {
    std::string out = "    ";
    for (const char c : text) {
      out += c;
      if (c == '\n') out += "    ";
    }
    return out + "\n";
  }

  const bool json_;
  Tally tally_;
};

}  // namespace

int Test(std::span<const std::string> args) {
  static constexpr std::array<std::string_view, 1> kSwitches = {"json"};
  const auto line = ParseCommandLine(args, {}, kSwitches);
  if (!line.ok() || line->words.size() < 2 || line->words.front() != "promql") {
    std::cerr << "tachotool test: "
              << (line.ok() ? "write: test promql FILE..." : line.status().message()) << "\n";
    return 2;
  }
  Reporter reporter(line->Has("json"));
  for (const std::string& file : std::span(line->words).subspan(1)) {
    const auto text = ReadInput(file, kMaxScriptBytes);
    if (text.ok()) {
      reporter.Report(file, promqltest::RunScript(*text));
    } else {
      reporter.Fault(std::string(text.status().message()));
    }
  }
  return reporter.Finish();
}

}  // namespace tacho::tools
