// Answer: a query's result as text, whether it came from a database in this process or
// from a server.
//
//   {pod="a"} 1.5                 an instant vector
//
//   {pod="a"}                     a range: one line a point, the time in Unix seconds
//     15 1.5
//     30 1.75
//
// Ownership   Owns its text.
#ifndef TACHO_TOOLS_ANSWER_H_
#define TACHO_TOOLS_ANSWER_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tacho/query.h"

namespace tacho::tools {

struct AnswerSeries {
  std::string labels;
  std::vector<std::pair<std::string, std::string>> points;  // time, value
};

struct Answer {
  bool ranged = false;             // show times, one point a line
  std::vector<std::string> plain;  // a scalar or a string
  std::vector<AnswerSeries> series;
  std::vector<std::string> notes;  // warnings and infos
};

Answer AnswerOf(const QueryResult& result);

// Unix seconds; never with an exponent.
std::string SecondsText(double seconds);

// The result to standard output, notes to standard error.
void Print(const Answer& answer);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_ANSWER_H_
