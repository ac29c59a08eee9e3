"""The judge: compares the two sides' answers to a group of queries, counts what was
compared and what was excused, and writes down what is wrong."""

import collections
import math

import model
import queries

MAX_PROBLEMS = 20


def _close(a, b, tolerance):
    """Within the tolerance. The sign of a zero may differ: of members 0 and -0, min and
    max may name either."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if a == b:
        return True
    return math.isfinite(tolerance) and abs(a - b) <= tolerance


def _show(labels):
    return "{" + ", ".join(f"{name}={value!r}" for name, value in labels) + "}"


class Judge:
    """samples: {labels: [(time_ms, value)]}, the raw samples of all series."""

    def __init__(self, samples, lookback_ms):
        self._samples, self._lookback_ms = samples, lookback_ms
        self.compared, self.excused = collections.Counter(), collections.Counter()
        self.problems = []

    def judge(self, group, old, new):
        """old, new: for each query of the group, Prometheus' and tacho's {labels: value}."""
        excused = self._judge_inner(group.inner, old[0], new[0])
        for derived, old_answer, new_answer in zip(group.derived, old[1:], new[1:]):
            if isinstance(derived, queries.Aggregation):
                self._judge_groups(group, derived, excused, (old[0], old_answer),
                                   (new[0], new_answer))
            else:
                self._judge_scalar(group, derived, excused, old_answer, (new[0], new_answer))

    def _problem(self, query, time_ms, labels, old, new, remark, samples=()):
        if len(self.problems) < MAX_PROBLEMS:
            window = " ".join(f"{t - time_ms:+d}ms:{v!r}" for t, v in samples)
            self.problems.append(
                f"{query} at {time_ms} ms: {remark}\n  series     {_show(labels)}\n"
                f"  Prometheus {old!r}\n  tacho      {new!r}\n"
                f"  samples    {window or '-'}")

    def _judge_inner(self, inner, old, new):
        """Bit by bit. Where there is a reason to differ, each side must say what its
        version's model says, also if that should be the same. The excused series that do
        differ are the answer."""
        excused = set()
        for labels in old.keys() | new.keys():
            a, b = old.get(labels), new.get(labels)
            self.compared[inner.function or "instant selector"] += 1
            samples = self._samples[queries.full_name(labels)]
            reason = model.reason(inner, samples, self._lookback_ms)
            if not reason and model.same(a, b):
                continue
            if not reason or not self._as_modelled(inner, samples, a, b):
                self._problem(inner.text(), inner.time_ms, labels, a, b,
                              f"{reason}, but not as modelled" if reason else "different",
                              self._near(inner, samples))
            elif not model.same(a, b):
                excused.add(labels)
                self.excused[reason] += 1
        return excused

    def _as_modelled(self, inner, samples, old, new):
        return (model.same(old, model.expected(inner, samples, self._lookback_ms, model.OLD)) and
                model.same(new, model.expected(inner, samples, self._lookback_ms, model.NEW)))

    def _near(self, inner, samples):
        end = inner.time_ms - inner.offset_ms
        start = end - (inner.window_ms or self._lookback_ms)
        return [s for s in samples if start - 2000 <= s[0] <= end + 1000]

    def _judge_groups(self, group, derived, excused, old, new):
        """A group with an excused member is not Prometheus' any more: it must be what its
        members in tacho make it."""
        members, tainted = collections.defaultdict(list), set()
        for labels, value in new[0].items():
            members[derived.group(labels)].append(value)
        for labels in excused:
            tainted.add(derived.group(labels))
        wanted = {g: v for g, v in old[1].items() if g not in tainted}
        wanted.update({g: derived.value(m) for g, m in members.items() if g in tainted})
        for labels in wanted.keys() | new[1].keys():
            self.compared[derived.operation] += 1
            if labels in tainted:
                self.excused["group with an excused member"] += 1
            a, b = wanted.get(labels), new[1].get(labels)
            if a is None or b is None or not _close(a, b, derived.tolerance(members[labels])):
                self._problem(derived.text(group.inner.text()), group.inner.time_ms, labels, a, b,
                              f"group of {len(members[labels])} different")

    def _judge_scalar(self, group, derived, excused, old, new):
        wanted = dict(old)
        for labels in excused:
            name = derived.name(labels)
            wanted.pop(name, None)
            if labels in new[0] and derived.apply(new[0][labels]) is not None:
                wanted[name] = derived.apply(new[0][labels])
        for labels in wanted.keys() | new[1].keys():
            self.compared["with a scalar"] += 1
            a, b = wanted.get(labels), new[1].get(labels)
            if model.same(a, b):
                continue
            tolerance = 0 if derived.exact or a is None else queries.RELATIVE * abs(a)
            if not tolerance or b is None or not _close(a, b, tolerance):
                self._problem(derived.text(group.inner.text()), group.inner.time_ms, labels, a, b,
                              "different")

    def summary(self):
        lines = [f"compared {sum(self.compared.values())}: " +
                 ", ".join(f"{n} {kind}" for kind, n in sorted(self.compared.items()))]
        lines.append("excused, each as both models say: " +
                     (", ".join(f"{n} {why}" for why, n in sorted(self.excused.items())) or "none"))
        return "\n".join(lines)
