// ReplyReader: the bytes of one HTTP reply to a scrape, in pieces, to a ScrapeReply.
// All of the scrape client that is not input or output, so that a test can feed it
// any bytes, cut anywhere.
//
// Order       Head, 1xx heads skipped (at most 4); then the body: by length, in
//             chunks, or until the connection closes; gzip undone as it comes.
// Ownership   Holds the body and its charge until TakeReply or destruction.
// Threads     One at a time.
// Limits      HeadLimits; max_body, decompressed; InflateLimits' ratio; BodyBuffers.
//             Each is checked before more is kept.
#ifndef TACHO_ADAPTER_NET_REPLY_READER_H_
#define TACHO_ADAPTER_NET_REPLY_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapter/net/body_buffers.h"
#include "adapter/net/chunked.h"
#include "adapter/net/http_head.h"
#include "adapter/net/inflater.h"
#include "adapter/net/scrape_reply.h"

namespace tacho::adapter {

class ReplyReader {
 public:
  // With keep_error_body a status of 4xx or 5xx is no failure: its body is read as any
  // other, and the reply's status tells.
  ReplyReader(size_t max_body, BodyBuffers* buffers, bool keep_error_body = false);
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  enum class State : uint8_t { kMore, kDone };

  // kDone: the reply is whole or has failed; take it.
  State Feed(std::string_view bytes);
  // The connection closed. Always done: whole where the close is what ends the body.
  void Close();
  // Ends the reply with a failure from outside, such as the deadline.
  void Fail(ScrapeFailure failure, std::string error);

  [[nodiscard]] bool started() const { return reply_.wire_bytes > 0; }
  // After kDone: the connection can carry another request.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  // After kDone: where a redirect points to, as the reply wrote it; empty if it was none.
  [[nodiscard]] const std::string& location() const { return location_; }
  [[nodiscard]] ScrapeReply TakeReply();

 private:
  enum class Step : uint8_t { kHead, kLength, kChunks, kUntilClose, kDone };

  void FeedHead(std::string_view bytes);
  void HeadComplete();
  void StartBody(const ReplyHead& head);
  void FeedBody(std::string_view bytes);
  void FeedLength(std::string_view bytes);
  void FeedChunks(std::string_view bytes);
  void Keep(std::string_view piece);
  void KeepPart(std::string_view part);
  void Inflate(std::string_view part);
  void FailBodyLimit();
  void Finish(std::string_view rest);

  const size_t max_body_;
  BodyBuffers* const buffers_;
  const bool keep_error_body_;
  ScrapeReply reply_;
  Step step_ = Step::kHead;
  HeadScanner scanner_;
  std::string head_;
  int interim_heads_ = 0;
  uint64_t left_ = 0;  // kLength
  ChunkedDecoder chunks_;
  std::unique_ptr<Inflater> inflater_;  // set for a gzip body
  bool keep_alive_ = false;
  std::string location_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_REPLY_READER_H_
