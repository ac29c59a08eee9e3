// Cursor: a line of a script, read from left to right.
//
// Ownership   Views the line, which must outlive it.
// Cost        Copies nothing but what it hands out as a string.
#ifndef TACHO_TOOLS_PROMQLTEST_CURSOR_H_
#define TACHO_TOOLS_PROMQLTEST_CURSOR_H_

#include <optional>
#include <string>
#include <string_view>

namespace tacho::promqltest {

inline bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
// Without blanks at both ends.
std::string_view Trim(std::string_view text);

class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool AtEnd() const { return rest_.empty(); }
  [[nodiscard]] char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

  // True if there were any.
  bool SkipBlanks();
  // Takes `text` if it stands here.
  bool Accept(std::string_view text);
  // Up to the next blank; skips the blanks before and behind it.
  std::string_view Word();
  // A metric's name, or a label's where colons are not allowed; empty if there is none.
  std::string_view Identifier(bool colons);
  // The characters of a number or a duration, as far as they go; not its sign.
  std::string_view Number();
  // A PromQL string, unquoted; nothing if none stands here or it does not end.
  std::optional<std::string> Quoted();
  // {{...}}; false if it does not end.
  bool SkipHistogram();

 private:
  std::string_view Take(size_t n);
  std::string_view rest_;
};

}  // namespace tacho::promqltest

#endif  // TACHO_TOOLS_PROMQLTEST_CURSOR_H_
