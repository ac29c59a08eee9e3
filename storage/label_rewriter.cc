#include "tacho/label_rewriter.h"

namespace tacho {

LabelRewriter::~LabelRewriter() = default;

}  // namespace tacho
