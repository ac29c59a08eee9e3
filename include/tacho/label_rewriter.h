// LabelRewriter: renames or drops series on their way into the database, as
// metric_relabel_configs of Prometheus do. TargetOptions takes one.
//
// A series is rewritten when it is met by name, and the answer is remembered with its
// place in the target's body: a body that looks like the last one costs nothing more,
// and the lines of dropped series are read past.
//
// Ownership   Shared: the database keeps it while a target or a plan of one uses it.
// Threads     Called by many threads at once; must not call into the database.
// Cost        One call per series that is new to a target or that its plan lacks.
#ifndef TACHO_LABEL_REWRITER_H_
#define TACHO_LABEL_REWRITER_H_

#include <string>

#include "tacho/export.h"
#include "tacho/labels.h"

namespace tacho {

class TACHO_EXPORT LabelRewriter {
 public:
  virtual ~LabelRewriter();

  // Changes the labels of a series: __name__, those of the body and the target's, as a
  // query would show them. False drops it. Equal labels must always give equal
  // answers. A result without __name__, or with a name that is empty or not UTF-8,
  // refuses the whole body.
  [[nodiscard]] virtual bool Rewrite(Labels* series) const = 0;

  // What of a target's labels decides the answers: for two targets whose labels have the
  // same names, an equal key promises that each body comes out alike, but for the labels
  // that the target adds. The values of all labels that Rewrite may read or write, say.
  [[nodiscard]] virtual std::string KeyOf(const Labels& target) const = 0;
};

}  // namespace tacho

#endif  // TACHO_LABEL_REWRITER_H_
