#include "adapter/net/reply_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tacho::adapter {
namespace {

constexpr int kMaxInterimHeads = 4;
// Pieces are taken in parts, so that what gzip makes of one is checked before the
// next: at 1000 : 1, the most that deflate can do, 4 MB.
constexpr size_t kPart = 4096;
constexpr size_t kMaxErrorText = 100;  // of text that the target chose

// Those that a GET may follow.
bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

absl::string_view AbslView(std::string_view v) { return {v.data(), v.size()}; }

}  // namespace

ReplyReader::ReplyReader(size_t max_body, BodyBuffers* buffers, bool keep_error_body)
    : max_body_(max_body), buffers_(buffers), keep_error_body_(keep_error_body) {}

ReplyReader::~ReplyReader() { buffers_->Release(reply_.charged); }

ScrapeReply ReplyReader::TakeReply() {
  ScrapeReply reply = std::move(reply_);
  reply_ = ScrapeReply();
  return reply;
}

void ReplyReader::Fail(ScrapeFailure failure, std::string error) {
  if (step_ == Step::kDone) return;
  step_ = Step::kDone;
  keep_alive_ = false;
  reply_.failure = failure;
  reply_.error = std::move(error);
}

void ReplyReader::FailBodyLimit() {
  Fail(ScrapeFailure::kBodyLimit,
       absl::StrCat("body size limit of ", max_body_, " bytes exceeded"));
}

ReplyReader::State ReplyReader::Feed(std::string_view bytes) {
  reply_.wire_bytes += bytes.size();
  if (step_ == Step::kHead) {
    FeedHead(bytes);
  } else {
    FeedBody(bytes);
  }
  return step_ == Step::kDone ? State::kDone : State::kMore;
}

void ReplyReader::FeedHead(std::string_view bytes) {
  head_.append(bytes);
  while (step_ == Step::kHead && !head_.empty()) {
    const HeadScanner::State state = scanner_.Scan(head_);
    if (state == HeadScanner::State::kMore) return;
    if (state == HeadScanner::State::kBad) {
      return Fail(ScrapeFailure::kProtocol, scanner_.error() == HeadError::kMalformed
                                                ? "malformed HTTP reply"
                                                : "HTTP reply's headers are too large");
    }
    HeadComplete();
  }
}

void ReplyReader::HeadComplete() {
  const std::string text = std::exchange(head_, {});
  const size_t head_bytes = scanner_.head_bytes();
  const std::string_view rest = std::string_view(text).substr(head_bytes);
  ReplyHead head;
  if (ParseReplyHead(std::string_view(text).substr(0, head_bytes), &head) != HeadError::kNone) {
    return Fail(ScrapeFailure::kProtocol, "malformed HTTP reply");
  }
  if (head.status >= 200 || head.status == 101) {  // 101 is final, and not 200
    StartBody(head);
    return FeedBody(rest);
  }
  if (++interim_heads_ > kMaxInterimHeads) {
    return Fail(ScrapeFailure::kProtocol, "too many interim HTTP replies");
  }
  scanner_.Reset();
  head_.assign(rest);
}

void ReplyReader::StartBody(const ReplyHead& head) {
  reply_.status = head.status;
  const bool kept_error = keep_error_body_ && head.status >= 400;
  if (head.status != 200 && !kept_error) {
    if (IsRedirect(head.status)) location_ = head.fields.Get("location");
    return Fail(
        ScrapeFailure::kStatus,
        absl::StrCat("server returned HTTP status ", head.status, head.reason.empty() ? "" : " ",
                     AbslView(head.reason.substr(0, kMaxErrorText))));
  }
  const std::string_view coding = head.fields.Get("content-encoding");
  if (head.fields.Count("content-encoding") > 1 ||
      !(coding.empty() || EqualsIgnoreCase(coding, "gzip") ||
        EqualsIgnoreCase(coding, "identity"))) {
    return Fail(ScrapeFailure::kEncoding,
                absl::StrCat("Content-Encoding ", AbslView(coding.substr(0, kMaxErrorText)),
                             " was not offered; tacho reads gzip and plain text"));
  }
  if (EqualsIgnoreCase(coding, "gzip")) {
    inflater_ = std::make_unique<Inflater>();
    inflater_->Reset({.max_output = max_body_});
  }
  reply_.content_type = head.fields.Get("content-type");
  reply_.body = buffers_->Take();
  keep_alive_ = head.KeepAlive();
  left_ = head.framing.length;
  switch (head.framing.kind) {
    case Framing::Kind::kChunked:
      step_ = Step::kChunks;
      return;
    case Framing::Kind::kLength:
      step_ = Step::kLength;
      // A promise of too much is broken off before the first byte of it.
      if (left_ > max_body_) FailBodyLimit();
      return;
    case Framing::Kind::kNone:
      step_ = Step::kUntilClose;
      keep_alive_ = false;
  }
}

void ReplyReader::FeedBody(std::string_view bytes) {
  if (step_ == Step::kLength) return FeedLength(bytes);
  if (step_ == Step::kChunks) return FeedChunks(bytes);
  if (step_ == Step::kUntilClose) Keep(bytes);
}

void ReplyReader::FeedLength(std::string_view bytes) {
  const std::string_view piece =
      bytes.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, bytes.size())));
  left_ -= piece.size();
  Keep(piece);
  if (left_ == 0) Finish(bytes.substr(piece.size()));
}

void ReplyReader::FeedChunks(std::string_view bytes) {
  while (step_ == Step::kChunks) {
    std::string_view piece;
    switch (chunks_.Next(&bytes, &piece)) {
      case ChunkedDecoder::State::kData:
        Keep(piece);
        break;
      case ChunkedDecoder::State::kMore:
        return;
      case ChunkedDecoder::State::kDone:
        return Finish(bytes);
      case ChunkedDecoder::State::kBad:
        return Fail(ScrapeFailure::kProtocol, "malformed chunked body");
    }
  }
}

void ReplyReader::Keep(std::string_view piece) {
  while (!piece.empty() && step_ != Step::kDone) {
    KeepPart(piece.substr(0, kPart));
    piece.remove_prefix(std::min(kPart, piece.size()));
  }
}

void ReplyReader::KeepPart(std::string_view part) {
  if (inflater_ != nullptr) {
    Inflate(part);
  } else if (part.size() > max_body_ - reply_.body.size()) {
    FailBodyLimit();
  } else {
    reply_.body.append(part);
  }
  const size_t grown = reply_.body.size() - reply_.charged;
  if (grown == 0 || step_ == Step::kDone) return;
  if (!buffers_->Charge(grown)) {
    return Fail(ScrapeFailure::kBuffers, "all scrapes together hold too many bytes");
  }
  reply_.charged += grown;
}

void ReplyReader::Inflate(std::string_view part) {
  switch (inflater_->Feed(part, &reply_.body)) {
    case Inflater::State::kMore:
      return;
    case Inflater::State::kTooLarge:
      return FailBodyLimit();
    case Inflater::State::kRatio:
      return Fail(ScrapeFailure::kRatio, "gzip body expands to more than 100 times its size");
    case Inflater::State::kCorrupt:
      return Fail(ScrapeFailure::kEncoding, "corrupt gzip body");
  }
}

void ReplyReader::Finish(std::string_view rest) {
  if (step_ == Step::kDone) return;
  if (inflater_ != nullptr && !inflater_->complete()) {
    return Fail(ScrapeFailure::kEncoding, "gzip body ends too early");
  }
  step_ = Step::kDone;
  if (!rest.empty()) keep_alive_ = false;  // bytes that nobody asked for
}

void ReplyReader::Close() {
  keep_alive_ = false;
  if (step_ == Step::kUntilClose) return Finish({});
  Fail(ScrapeFailure::kConnection, started() ? "connection closed before the reply was whole"
                                             : "connection closed without a reply");
}

}  // namespace tacho::adapter
