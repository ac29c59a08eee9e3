// Inflater: gzip to text as the bytes come in, bounded. A thousand bytes of gzip
// can hold a megabyte of newlines; what bounds it is what comes out, counted
// before it is kept.
//
// Ownership   Owns the zlib stream (about 44 KiB), reusable after Reset.
// Threads     One at a time.
// Limits      max_output in all; after the first MiB of output, 100 bytes of output
//             for each byte of input. Real bodies compress about 10 : 1.
#ifndef TACHO_ADAPTER_NET_INFLATER_H_
#define TACHO_ADAPTER_NET_INFLATER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tacho::adapter {

struct InflateLimits {
  size_t max_output = size_t{16} << 20;
  uint32_t max_ratio = 100;
  size_t ratio_free_bytes = size_t{1} << 20;
};

class Inflater {
 public:
  enum class State : uint8_t { kMore, kTooLarge, kRatio, kCorrupt };

  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  void Reset(const InflateLimits& limits);

  // Appends what the input gives to `out`, never more than the limits allow.
  State Feed(std::string_view input, std::string* out);

  // True at the end of a gzip member: where the input may end.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  struct Stream;
  State FeedBlock(std::string* out);
  [[nodiscard]] State CheckOutput() const;

  std::unique_ptr<Stream> stream_;
  InflateLimits limits_;
  uint64_t input_ = 0;
  uint64_t output_ = 0;
  bool complete_ = false;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_INFLATER_H_
