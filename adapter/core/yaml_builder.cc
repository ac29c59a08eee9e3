#include "adapter/core/yaml_builder.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace tacho::adapter::internal {
namespace {

// Carries a refusal out of the parser, which has no other way to be stopped.
struct Stop {
  absl::Status status;
};

std::string PlaceOf(const YamlTree& tree, int line, int column) {
  return absl::StrCat(tree.name, ":", line, ":", column, ": ");
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlLimits& limits, YamlTree* tree) : limits_(limits), tree_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) Refuse(mark, "a second document; one file holds one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Name(anchor, AddNode(YamlKind::kNull, mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const uint32_t index = AddNode(YamlKind::kScalar, mark);
    tree_->nodes[index].text = value;
    tree_->nodes[index].plain = tag == "?";
    Name(anchor, index);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const uint32_t index = anchor < anchors_.size() ? anchors_[anchor] : kNoNode;
    if (index == kNoNode || IsOpen(index)) Refuse(mark, "an alias of what it is part of");
    CountNodes(mark, tree_->nodes[index].weight);
    Attach(index);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlKind::kSequence, mark, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlKind::kMapping, mark, anchor);
  }
  void OnMapEnd() override {
    FindBadKey(&tree_->nodes[open_.back()]);
    Close();
  }

 private:
  static constexpr uint32_t kNoNode = std::numeric_limits<uint32_t>::max();

  [[noreturn]] void Refuse(const YAML::Mark& mark, std::string_view message) const {
    throw Stop{absl::InvalidArgumentError(
        absl::StrCat(PlaceOf(*tree_, mark.line + 1, mark.column + 1),
                     absl::string_view(message.data(), message.size())))};
  }

  void CountNodes(const YAML::Mark& mark, uint64_t more) {
    total_ += more;
    if (total_ <= limits_.max_nodes) return;
    throw Stop{absl::ResourceExhaustedError(
        absl::StrCat(PlaceOf(*tree_, mark.line + 1, mark.column + 1), "more than ",
                     limits_.max_nodes, " values, with aliases counted as what they stand for"))};
  }

  bool IsOpen(uint32_t index) const {
    for (const uint32_t open : open_) {
      if (open == index) return true;
    }
    return false;
  }

  uint32_t AddNode(YamlKind kind, const YAML::Mark& mark) {
    CountNodes(mark, 1);
    const auto index = static_cast<uint32_t>(tree_->nodes.size());
    YamlNode& node = tree_->nodes.emplace_back();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    Attach(index);
    return index;
  }

  void Attach(uint32_t index) {
    if (open_.empty()) {
      tree_->root = index;
    } else {
      tree_->nodes[open_.back()].children.push_back(index);
    }
  }

  void Name(YAML::anchor_t anchor, uint32_t index) {
    if (anchor == 0) return;  // none
    if (anchors_.size() <= anchor) anchors_.resize(anchor + 1, kNoNode);
    anchors_[anchor] = index;
  }

  void Open(YamlKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= limits_.max_depth) {
      throw Stop{absl::ResourceExhaustedError(
          absl::StrCat(PlaceOf(*tree_, mark.line + 1, mark.column + 1), "nested deeper than ",
                       limits_.max_depth, " levels"))};
    }
    const uint32_t index = AddNode(kind, mark);
    Name(anchor, index);
    open_.push_back(index);
  }

  void Close() {
    YamlNode& node = tree_->nodes[open_.back()];
    for (const uint32_t child : node.children) node.weight += tree_->nodes[child].weight;
    open_.pop_back();
  }

  void FindBadKey(YamlNode* node) const {
    std::set<std::string_view> seen;
    for (size_t i = 0; i < node->children.size(); i += 2) {
      const YamlNode& key = tree_->nodes[node->children[i]];
      if (key.kind == YamlKind::kScalar && seen.insert(key.text).second) continue;
      node->bad_key = node->children[i];
      return;
    }
  }

  const YamlLimits& limits_;
  YamlTree* tree_;
  int documents_ = 0;
  uint64_t total_ = 0;             // I1: at most limits_.max_nodes
  std::vector<uint32_t> open_;     // containers that have not ended, outermost first
  std::vector<uint32_t> anchors_;  // by anchor id; kNoNode where there is none
};

absl::Status CheckSize(std::string_view bytes, const YamlLimits& limits, const YamlTree& tree) {
  if (bytes.size() > limits.max_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        tree.name, ": ", bytes.size(), " bytes; at most ", limits.max_bytes, " are read"));
  }
  uint32_t open = 0;
  for (const char c : bytes) {
    if (c == '[' || c == '{') ++open;
    if ((c == ']' || c == '}') && open > 0) --open;
    if (open > limits.max_open_brackets) {
      return absl::ResourceExhaustedError(absl::StrCat(
          tree.name, ": more than ", limits.max_open_brackets, " brackets are left open"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseYamlTree(std::string_view bytes, const YamlLimits& limits, YamlTree* tree) {
  if (absl::Status status = CheckSize(bytes, limits, *tree); !status.ok()) return status;
  try {
    std::istringstream in{std::string(bytes)};
    YAML::Parser parser(in);
    TreeBuilder builder(limits, tree);
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const Stop& stop) {
    return stop.status;
  } catch (const YAML::ParserException& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(PlaceOf(*tree, e.mark.line + 1, e.mark.column + 1), "not YAML: ", e.msg));
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat(tree->name, ": not YAML: ", e.what()));
  }
  if (tree->nodes.empty()) tree->nodes.emplace_back();  // an empty file is a null
  return absl::OkStatus();
}

}  // namespace tacho::adapter::internal
