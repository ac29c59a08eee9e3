// MetricsText: writes the Prometheus text format, one family after another.
//
// Order       Family, then its samples.
// Cost        Appends to one string.
#ifndef TACHO_ADAPTER_NET_METRICS_TEXT_H_
#define TACHO_ADAPTER_NET_METRICS_TEXT_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace tacho::adapter {

class MetricsText {
 public:
  struct LabelPair {
    std::string_view name;
    std::string_view value;  // any text: it is escaped
  };

  void Counter(std::string_view name, std::string_view help) { Family(name, "counter", help); }
  void Gauge(std::string_view name, std::string_view help) { Family(name, "gauge", help); }

  // Of the family named last.
  void Sample(uint64_t value, std::initializer_list<LabelPair> labels = {});
  void Sample(double value, std::initializer_list<LabelPair> labels = {});

  [[nodiscard]] std::string Take() { return std::move(text_); }

 private:
  void Family(std::string_view name, std::string_view type, std::string_view help);
  void Series(std::initializer_list<LabelPair> labels);

  std::string text_;
  std::string name_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_METRICS_TEXT_H_
