// Any bytes as a target's reply: "step, bytes". Whether the scrape succeeds, and with
// what body, does not depend on the cuts; no more is kept than the limits allow, and all
// that is accounted is given back.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "adapter/net/reply_reader.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using ::tacho::testing::FuzzCheck;
namespace adapter = ::tacho::adapter;
using adapter::ScrapeFailure;

constexpr size_t kMaxBody = size_t{64} << 10;

adapter::ScrapeReply Read(std::string_view bytes, size_t step, size_t max_buffers) {
  adapter::BodyBuffers buffers({.max_bytes_in_use = max_buffers});
  adapter::ScrapeReply reply;
  {
    adapter::ReplyReader reader(kMaxBody, &buffers);
    bool done = false;
    while (!bytes.empty() && !done) {
      const std::string_view part = bytes.substr(0, step);
      bytes.remove_prefix(part.size());
      done = reader.Feed(part) == adapter::ReplyReader::State::kDone;
      FuzzCheck(buffers.in_use() <= max_buffers, "more accounted than the limit");
    }
    if (!done) reader.Close();
    FuzzCheck(!reader.keep_alive() || done, "a closed connection is kept");
    reply = reader.TakeReply();
    FuzzCheck(!reader.keep_alive() || reply.failure == ScrapeFailure::kNone,
              "a connection is kept after a failure");
  }
  FuzzCheck(buffers.in_use() == reply.charged, "the accounts do not match");
  FuzzCheck(reply.body.size() <= kMaxBody, "a body beyond its limit");
  const bool failed = reply.failure != ScrapeFailure::kNone;
  FuzzCheck(failed != reply.error.empty(), "a failure without a reason");
  FuzzCheck(failed || reply.charged == reply.body.size(), "a body that is not accounted");
  return reply;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const size_t step = size_t{data[0]} + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  const adapter::ScrapeReply whole = Read(bytes, std::max<size_t>(bytes.size(), 1), 1 << 30);
  const adapter::ScrapeReply cut = Read(bytes, step, 1 << 30);
  const bool ok = whole.failure == ScrapeFailure::kNone;
  FuzzCheck(ok == (cut.failure == ScrapeFailure::kNone), "success depends on the cuts");
  FuzzCheck(!ok || whole.body == cut.body, "the body depends on the cuts");
  FuzzCheck(whole.content_type == cut.content_type, "the content type depends on the cuts");
  Read(bytes, step, 1'000);
  return 0;
}
