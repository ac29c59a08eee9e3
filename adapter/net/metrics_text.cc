#include "adapter/net/metrics_text.h"

#include "absl/strings/str_cat.h"
#include "adapter/core/prom_values.h"

namespace tacho::adapter {

void MetricsText::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help);
  text_.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsText::Series(std::initializer_list<LabelPair> labels) {
  text_.append(name_);
  char separator = '{';
  for (const LabelPair& label : labels) {
    text_.append(1, separator).append(label.name).append("=\"");
    for (const char c : label.value) {
      if (c == '"' || c == '\\') text_.push_back('\\');
      text_.append(c == '\n' ? "\\n" : std::string_view(&c, 1));
    }
    text_.push_back('"');
    separator = ',';
  }
  if (labels.size() > 0) text_.push_back('}');
}

void MetricsText::Sample(uint64_t value, std::initializer_list<LabelPair> labels) {
  Series(labels);
  absl::StrAppend(&text_, " ", value, "\n");
}

void MetricsText::Sample(double value, std::initializer_list<LabelPair> labels) {
  Series(labels);
  text_.append(" ").append(FormatSampleValue(value)).append("\n");
}

}  // namespace tacho::adapter
