// YamlFile: a configuration file, read strictly. The text becomes a flat array of
// nodes that remember where they stood, so that every complaint, also one made much
// later, says file:line:column.
//
//   auto file = YamlFile::Parse("rules.yaml", bytes);
//   for (YamlValue rule : file->root().Items()) ...
//
// Why not YAML::Node: it drops a second key of the same name, forgets quoting,
// and recurses over what it read. Here the parser's events are counted and bounded
// while they come, and no function of ours recurses.
//
// Ownership   A YamlValue points into its YamlFile, which must outlive it.
// Threads     Immutable after Parse.
// Limits      YamlLimits. What aliases repeat is counted each time it is repeated, so
//             that a few lines cannot stand for a billion.
#ifndef TACHO_ADAPTER_CORE_YAML_H_
#define TACHO_ADAPTER_CORE_YAML_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tacho::adapter {

struct YamlLimits {
  size_t max_bytes = size_t{1} << 20;
  uint32_t max_depth = 32;       // the deepest configuration known has 7 levels
  uint32_t max_nodes = 200'000;  // with aliases counted as what they stand for
  // Brackets left open, counted in the raw text before anything is parsed, so that a
  // megabyte of [ costs nothing. Quoted brackets count too, hence not max_depth.
  uint32_t max_open_brackets = 1000;
};

enum class YamlKind : uint8_t { kNull, kScalar, kSequence, kMapping };

namespace internal {
struct YamlNode {
  YamlKind kind = YamlKind::kNull;
  bool plain = false;  // a scalar without quotes
  int32_t line = 1;
  int32_t column = 1;
  std::string text;                 // of a scalar
  std::vector<uint32_t> children;   // of a mapping: key, value, key, value
  std::optional<uint32_t> bad_key;  // of a mapping: a key given twice, or no scalar
  uint64_t weight = 1;              // nodes below and including this one
};
struct YamlTree {
  std::string name;
  std::vector<YamlNode> nodes;
  uint32_t root = 0;
};
}  // namespace internal

class YamlValue {
 public:
  YamlValue(const internal::YamlTree* tree, uint32_t index) : tree_(tree), index_(index) {}

  [[nodiscard]] YamlKind kind() const { return node().kind; }
  [[nodiscard]] bool is_null() const { return kind() == YamlKind::kNull; }
  [[nodiscard]] const std::string& text() const { return node().text; }
  [[nodiscard]] bool plain() const { return node().plain; }
  [[nodiscard]] std::string Place() const;  // "rules.yaml:3:5"

  // Of a sequence; empty for anything else.
  [[nodiscard]] std::vector<YamlValue> Items() const;
  // Of a mapping, in the file's order; empty for anything else.
  [[nodiscard]] std::vector<std::pair<YamlValue, YamlValue>> Entries() const;
  // The value of a key; nothing if it is absent or null.
  [[nodiscard]] std::optional<YamlValue> Find(std::string_view key) const;

  // kInvalidArgument "place: message".
  [[nodiscard]] absl::Status Error(std::string_view message) const;

  // What the value is, for messages: "a list", "a mapping", "the text "x"", "nothing".
  [[nodiscard]] std::string Describe() const;

  // Refuse what is of another kind. Null counts as an empty list, mapping or text. A
  // mapping with a key given twice is refused too; until it is asked for, it does
  // no harm to its neighbours.
  [[nodiscard]] absl::Status ExpectSequence(std::string_view what) const;
  [[nodiscard]] absl::Status ExpectMapping(std::string_view what) const;
  [[nodiscard]] absl::Status ExpectScalar(std::string_view what) const;
  // A mapping with no other keys than these. An unknown key is refused by name, with
  // the nearest known one.
  [[nodiscard]] absl::Status ExpectKeys(std::string_view what,
                                        std::span<const std::string_view> keys) const;

 private:
  [[nodiscard]] const internal::YamlNode& node() const { return tree_->nodes[index_]; }

  const internal::YamlTree* tree_;
  uint32_t index_;
};

class YamlFile {
 public:
  // `name` is only for messages. An empty text is a null root.
  //   kInvalidArgument    "name:line:column: what is wrong"
  //   kResourceExhausted  a limit, named
  [[nodiscard]] static absl::StatusOr<YamlFile> Parse(std::string_view name, std::string_view bytes,
                                                      const YamlLimits& limits = {});

  [[nodiscard]] YamlValue root() const { return {tree_.get(), tree_->root}; }

 private:
  explicit YamlFile(std::shared_ptr<const internal::YamlTree> tree) : tree_(std::move(tree)) {}
  std::shared_ptr<const internal::YamlTree> tree_;
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_CORE_YAML_H_
