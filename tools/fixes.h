// How a fault is shown: PlacedFault says where and what, SuggestFix what to do about it,
// where its message is one of those that have a usual remedy.
//
// Cost        A scan of a short table; only for a message that is about to be shown.
#ifndef TACHO_TOOLS_FIXES_H_
#define TACHO_TOOLS_FIXES_H_

#include <span>
#include <string>
#include <string_view>

namespace tacho::tools {

// A fault as it is shown: "file:line:column: what is wrong", from a message that begins with
// line:column. What is nowhere, as in an empty file, is placed at 1:1.
std::string PlacedFault(std::string_view file, std::string_view message);

// One line; empty if there is nothing to say beyond the message.
std::string SuggestFix(std::string_view message);

// The one of `names` that `word` is most like; empty if it is like none.
std::string_view Nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace tacho::tools

#endif  // TACHO_TOOLS_FIXES_H_
