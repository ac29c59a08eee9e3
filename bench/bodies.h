// Synthetic /metrics bodies that look like real ones.
//
// Order       Equal arguments give equal bytes; `step` only changes numbers, and
//             counters grow with it.
#ifndef TACHO_BENCH_BODIES_H_
#define TACHO_BENCH_BODIES_H_

#include <cstdint>
#include <string>

namespace tacho::bench {

// One counter, http_requests_total, with `series` combinations of handler, method and
// code.
std::string RequestsBody(uint32_t series, uint32_t step, uint32_t variant);

// A web application: counters, gauges, histograms, HELP and TYPE lines; about `series`
// samples.
std::string ApplicationBody(uint32_t series, uint32_t step);

// cAdvisor on one node: `series` samples, a hundred containers of a third as many pods,
// whose names no other node has.
std::string CadvisorBody(uint32_t node, uint32_t series, uint32_t step);

}  // namespace tacho::bench

#endif  // TACHO_BENCH_BODIES_H_
