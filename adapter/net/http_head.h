// HttpHead: the head of an HTTP/1.x message, from its first byte to the empty
// line, read strictly. One reader for both directions: requests that come to the
// adapter's server and replies that come to its scraper.
//
// Why not Boost.Beast's parser: two readers that disagree where a message ends
// are how requests get smuggled, and Beast is lenient in places (obs-fold, space
// before the colon). A pre-check in front of it would itself be a second reader.
// So there is one, it is strict, and it decides alone. What RFC 9112 lets a
// server repair, this one refuses.
//
// Refused     A line that does not end in CRLF, a bare CR or NUL anywhere, folded
//             lines, space around a field's name, bytes outside visible ASCII in a
//             request line, more than one Content-Length or one that is not plain
//             digits, Content-Length with Transfer-Encoding, a coding but chunked.
// Ownership   A parsed head points into the text it was read from.
// Threads     Plain values; no shared state.
// Cost        One pass of bytes to find the end, one to split.
// Limits      HeadLimits, checked while the bytes come in.
#ifndef TACHO_ADAPTER_NET_HTTP_HEAD_H_
#define TACHO_ADAPTER_NET_HTTP_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tacho::adapter {

struct HeadLimits {
  size_t max_bytes = size_t{16} << 10;
  size_t max_fields = 100;
  size_t max_target_bytes = size_t{8} << 10;  // of a request line
};

enum class HeadError : uint8_t {
  kNone,
  kMalformed,      // 400
  kTooLarge,       // 431
  kTooManyFields,  // 431
  kTargetTooLong,  // 414
  kVersion,        // 505
};

// Finds where a head ends while it arrives in pieces, and refuses at the first
// byte that cannot be part of one: a client that sends bare line feeds must not
// be waited for until the timeout.
class HeadScanner {
 public:
  explicit HeadScanner(HeadLimits limits = {}) : limits_(limits) {}

  enum class State : uint8_t { kMore, kComplete, kBad };

  // `text` is all bytes so far, from the message's start; call again when it has grown.
  State Scan(std::string_view text);

  [[nodiscard]] size_t head_bytes() const { return pos_; }  // kComplete: with the empty line
  [[nodiscard]] HeadError error() const { return error_; }  // kBad
  void Reset() { *this = HeadScanner(limits_); }

 private:
  State Fail(HeadError error);

  HeadLimits limits_;
  size_t pos_ = 0;         // I1: bytes before pos_ are whole lines or part of one, checked
  size_t line_start_ = 0;  // of the line that pos_ is in
  size_t lines_ = 0;
  HeadError error_ = HeadError::kNone;
};

struct HttpField {
  std::string_view name;   // as written; compare with EqualsIgnoreCase
  std::string_view value;  // without the white space around it
};

[[nodiscard]] bool EqualsIgnoreCase(std::string_view a, std::string_view b);

// True if the comma-separated list holds the token, in any case.
[[nodiscard]] bool ListHasToken(std::string_view list, std::string_view token);

class HttpFields {
 public:
  void Add(HttpField field) { fields_.push_back(field); }
  [[nodiscard]] size_t size() const { return fields_.size(); }
  [[nodiscard]] auto begin() const { return fields_.begin(); }
  [[nodiscard]] auto end() const { return fields_.end(); }

  // The first field of that name; empty if there is none.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] size_t Count(std::string_view name) const;
  // True if any field of that name lists the token.
  [[nodiscard]] bool HasToken(std::string_view name, std::string_view token) const;

 private:
  std::vector<HttpField> fields_;
};

// How the body of a message is delimited.
struct Framing {
  enum class Kind : uint8_t { kNone, kLength, kChunked };
  Kind kind = Kind::kNone;
  uint64_t length = 0;
};

struct RequestHead {
  std::string_view method;
  std::string_view target;
  int minor_version = 1;
  HttpFields fields;
  Framing framing;
  [[nodiscard]] bool KeepAlive() const;
};

struct ReplyHead {
  int status = 0;
  std::string_view reason;
  int minor_version = 1;
  HttpFields fields;
  Framing framing;  // kNone: until the connection closes, if the status has a body
  [[nodiscard]] bool KeepAlive() const;
};

// `head` is what HeadScanner found complete.
[[nodiscard]] HeadError ParseRequestHead(std::string_view head, const HeadLimits& limits,
                                         RequestHead* out);
[[nodiscard]] HeadError ParseReplyHead(std::string_view head, ReplyHead* out);

// Digits only, no sign, no space; nothing where it does not fit 63 bits.
[[nodiscard]] std::optional<uint64_t> ParseDigits(std::string_view text);

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_HEAD_H_
