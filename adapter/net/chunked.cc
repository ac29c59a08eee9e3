#include "adapter/net/chunked.h"

#include <algorithm>

namespace tacho::adapter {
namespace {

constexpr size_t kMaxOverhead = 4096;
constexpr int kMaxDigits = 15;  // 60 bits

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u < 0x20 && c != '\t') || u == 0x7f;
}

}  // namespace

ChunkedDecoder::State ChunkedDecoder::Next(std::string_view* input, std::string_view* piece) {
  while (step_ != Step::kDone) {
    if (input->empty()) return State::kMore;
    if (step_ == Step::kData) return TakeData(input, piece);
    if (++overhead_ > kMaxOverhead || !TakeByte(input->front())) return State::kBad;
    input->remove_prefix(1);
  }
  return State::kDone;
}

ChunkedDecoder::State ChunkedDecoder::TakeData(std::string_view* input, std::string_view* piece) {
  *piece = input->substr(0, static_cast<size_t>(std::min<uint64_t>(left_, input->size())));
  input->remove_prefix(piece->size());
  left_ -= piece->size();
  overhead_ = 0;
  if (left_ == 0) step_ = Step::kDataCr;
  return State::kData;
}

bool ChunkedDecoder::Expect(bool holds, Step next) {
  step_ = next;
  return holds;
}

bool ChunkedDecoder::TakeByte(char c) {
  switch (step_) {
    case Step::kSize:
      return TakeSizeByte(c);
    case Step::kExtension:
      if (c == '\r') step_ = Step::kSizeLf;
      return c == '\r' || !IsControl(c);
    case Step::kSizeLf:
      return Expect(c == '\n', left_ == 0 ? Step::kTrailer : Step::kData);
    case Step::kDataCr:
      return Expect(c == '\r', Step::kDataLf);
    case Step::kDataLf:
      digits_ = 0;
      return Expect(c == '\n', Step::kSize);
    case Step::kLastLf:
      return Expect(c == '\n', Step::kDone);
    default:
      return TakeTrailerByte(c);
  }
}

bool ChunkedDecoder::TakeSizeByte(char c) {
  const int digit = HexValue(c);
  if (digit >= 0) {
    left_ = (left_ << 4) | static_cast<uint64_t>(digit);
    return ++digits_ <= kMaxDigits;
  }
  step_ = c == ';' ? Step::kExtension : Step::kSizeLf;
  return digits_ > 0 && (c == ';' || c == '\r');
}

// Trailers are read past: nothing in them is ours to believe.
bool ChunkedDecoder::TakeTrailerByte(char c) {
  if (step_ == Step::kTrailerLf) return Expect(c == '\n', Step::kTrailer);
  if (c == '\r') {
    step_ = step_ == Step::kTrailer ? Step::kLastLf : Step::kTrailerLf;
    return true;
  }
  step_ = Step::kTrailerLine;
  return !IsControl(c);
}

}  // namespace tacho::adapter
