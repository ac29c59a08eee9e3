// SuggestFix: what to do about a fault, where its message is one of those that have a
// usual remedy.
//
// Cost        A scan of a short table; only for a message that is about to be shown.
#ifndef TACHO_TOOLS_FIXES_H_
#define TACHO_TOOLS_FIXES_H_

#include <span>
#include <string>
#include <string_view>

namespace tacho::tools {

// One line; empty if there is nothing to say beyond the message.
std::string SuggestFix(std::string_view message);

// The one of `names` that `word` is most like; empty if it is like none.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_FIXES_H_
