#include "tools/answer.h"

#include <iostream>

#include "parser/number.h"
#include "parser/promql_literal.h"

namespace tacho::tools {

std::string SecondsText(double seconds) { return parser::FormatNumberLiteral(seconds); }

Answer AnswerOf(const QueryResult& result) {
  Answer answer;
  answer.ranged = result.type() == ResultType::kMatrix;
  if (result.type() == ResultType::kScalar) {
    answer.plain.push_back(parser::FormatFloat(result.scalar()));
  } else if (result.type() == ResultType::kString) {
    answer.plain.push_back(result.string());
  }
  for (const ResultSample& sample : result.samples()) {
    answer.series.push_back(
        {sample.labels().ToString(), {{"", parser::FormatFloat(sample.value)}}});
  }
  for (const ResultSeries& series : result.series()) {
    AnswerSeries shown{series.labels().ToString(), {}};
    for (const Point& point : series.points()) {
      const double seconds = static_cast<double>(point.time.unix_millis()) / 1000;
      shown.points.emplace_back(SecondsText(seconds), parser::FormatFloat(point.value));
    }
    answer.series.push_back(std::move(shown));
  }
  for (const Annotation& annotation : result.annotations()) answer.notes.push_back(annotation.text);
  return answer;
}

void Print(const Answer& answer) {
  for (const std::string& line : answer.plain) std::cout << line << "\n";
  for (const AnswerSeries& series : answer.series) {
    std::cout << series.labels;
    for (const auto& [time, value] : series.points) {
      if (answer.ranged) std::cout << "\n  " << time;
      std::cout << " " << value;
    }
    std::cout << "\n";
  }
  for (const std::string& note : answer.notes) std::cerr << note << "\n";
}

}  // namespace tacho::tools
