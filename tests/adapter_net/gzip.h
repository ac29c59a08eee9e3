// Gzip for tests.
#ifndef TACHO_TESTS_ADAPTER_NET_GZIP_H_
#define TACHO_TESTS_ADAPTER_NET_GZIP_H_

#include <zlib.h>

#include <string>
#include <string_view>

namespace tacho::adapter {

inline std::string Gzip(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

}  // namespace tacho::adapter

#endif  // TACHO_TESTS_ADAPTER_NET_GZIP_H_
