// ChunkedDecoder: takes the chunks of a Transfer-Encoding: chunked body apart as
// its bytes come in.
//
// Refused     A size that is not 1 to 15 hex digits, a line that does not end in
//             CRLF, control bytes in a chunk extension, a chunk not followed by CRLF.
// Ownership   The pieces point into the input.
// Cost        No copy, no allocation.
// Limits      4 KiB of size lines and trailers between two pieces of data, so that
//             extensions and trailers without end are not read without end.
#ifndef TACHO_ADAPTER_NET_CHUNKED_H_
#define TACHO_ADAPTER_NET_CHUNKED_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tacho::adapter {

class ChunkedDecoder {
 public:
  enum class State : uint8_t { kData, kMore, kDone, kBad };

  // Takes bytes off the front of `input`. kData: `piece` is body, call again; kMore:
  // the input is used up; kDone: the body ended, the rest of the input is not its.
  State Next(std::string_view* input, std::string_view* piece);

 private:
  enum class Step : uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,
    kTrailerLine,
    kTrailerLf,
    kLastLf,
    kDone
  };

  State TakeData(std::string_view* input, std::string_view* piece);
  bool TakeByte(char c);
  bool TakeSizeByte(char c);
  bool TakeTrailerByte(char c);
  bool Expect(bool holds, Step next);

  Step step_ = Step::kSize;
  uint64_t left_ = 0;    // of the chunk's size while it is read, then of its data
  int digits_ = 0;       // of the size line
  size_t overhead_ = 0;  // bytes since the last piece of data
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_CHUNKED_H_
