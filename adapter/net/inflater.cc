#include "adapter/net/inflater.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace tacho::adapter {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr size_t kBlock = size_t{32} << 10;

}  // namespace

struct Inflater::Stream {
  z_stream z{};
  std::array<char, kBlock> block;
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  // Fails only without memory; then every Feed reports a corrupt stream.
  inflateInit2(&stream_->z, kGzipOnly);
}

Inflater::~Inflater() { inflateEnd(&stream_->z); }

void Inflater::Reset(const InflateLimits& limits) {
  inflateReset2(&stream_->z, kGzipOnly);
  limits_ = limits;
  input_ = 0;
  output_ = 0;
  complete_ = false;
}

Inflater::State Inflater::CheckOutput() const {
  if (output_ > limits_.max_output) return State::kTooLarge;
  const bool over = output_ > limits_.ratio_free_bytes && output_ / limits_.max_ratio > input_;
  return over ? State::kRatio : State::kMore;
}

// Inflates into one block and keeps it if the limits allow.
Inflater::State Inflater::FeedBlock(std::string* out) {
  z_stream& z = stream_->z;
  z.next_out = reinterpret_cast<Bytef*>(stream_->block.data());
  z.avail_out = static_cast<uInt>(kBlock);
  const uInt before = z.avail_in;
  // A further member follows directly, as RFC 1952 allows.
  if (complete_ && inflateReset(&z) != Z_OK) return State::kCorrupt;
  const int rc = inflate(&z, Z_NO_FLUSH);
  complete_ = rc == Z_STREAM_END;
  if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) return State::kCorrupt;
  const size_t produced = kBlock - z.avail_out;
  input_ += before - z.avail_in;
  output_ += produced;
  if (const State s = CheckOutput(); s != State::kMore) return s;
  out->append(stream_->block.data(), produced);
  return State::kMore;
}

Inflater::State Inflater::Feed(std::string_view input, std::string* out) {
  z_stream& z = stream_->z;
  if (input.size() > std::numeric_limits<uInt>::max()) return State::kTooLarge;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib reads only
  z.avail_in = static_cast<uInt>(input.size());
  bool full = false;  // the block was filled: zlib may hold more
  while (z.avail_in > 0 || full) {
    if (const State s = FeedBlock(out); s != State::kMore) return s;
    full = z.avail_out == 0 && !complete_;
  }
  return State::kMore;
}

}  // namespace tacho::adapter
