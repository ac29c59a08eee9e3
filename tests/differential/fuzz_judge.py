"""Where the two sides differ, and whether that is excused.

A difference is followed down the expression, to the operator whose operands are the same
on both sides and whose results are not. Only that one is shown to the excuses, and what is
built upon it is counted apart."""

import collections
import dataclasses

import fuzz_data
import fuzz_excuses
import fuzz_sides
import model
from fuzz_tree import STRING

BUILT_ON_ONE = "built on an excused difference"
BY_CHANCE = "2.42 says something else each time"
_TIMES_ASKED = 10


@dataclasses.dataclass
class Problem:
    """node, asked at moment, differs, and no excuse holds."""
    node: object
    moment: object
    anchors: object
    old: object
    new: object


def differ(old, new):
    """Whether two answers are not the same, to the last bit, and in their order where that is
    theirs to choose; of errors the kind and text."""
    if old.failed or new.failed:
        return (old.kind, old.failure) != (new.kind, new.failure) or (
            old.failure != fuzz_sides.REFUSED and
            fuzz_excuses.normal(old.message) != fuzz_excuses.normal(new.message))
    if old.kind != new.kind or old.series.keys() != new.series.keys():
        return True
    if not old.ranked_as(new):
        return True
    for labels, points in old.series.items():
        others = new.series[labels]
        if len(points) != len(others) or not all(
                s == t and model.same(v, w) for (s, v), (t, w) in zip(points, others)):
            return True
    return False


def differing_times(old, new):
    """The times at which two vectors or matrices differ, the earliest first."""
    times = set()
    for labels in old.series.keys() | new.series.keys():
        a, b = dict(old.series.get(labels, [])), dict(new.series.get(labels, []))
        times |= {t for t in a.keys() | b.keys() if not model.same(a.get(t), b.get(t))}
    return sorted(times)


def _steps(subquery, moment, anchors):
    """All the times at which a range query may evaluate the operand of a subquery."""
    window_ms, offset_ms, pin_ms = fuzz_excuses.window_of(subquery, anchors)
    start_ms, end_ms = (t if pin_ms is None else pin_ms for t in (moment.start_ms, moment.end_ms))
    step_ms = subquery.facts["step_ms"]
    first_ms = -((window_ms + offset_ms - start_ms) // step_ms) * step_ms
    return fuzz_data.Moment(first_ms, max(first_ms, end_ms - offset_ms), step_ms)


class Judge:
    def __init__(self, sides):
        self._sides = sides
        self.queries = self.values = self.failures = 0
        self.excused = collections.Counter()

    def judge(self, node, moment):
        """Asks both; None, or a Problem."""
        old, new = self._sides.old(node, moment), self._sides.new(node, moment)
        self.queries += 1
        self.failures += old.failed
        self.values += sum(map(len, old.series.values()))
        if not differ(old, new):
            return None
        names = set()
        problem = self._explain(node, moment, moment, (old, new), names, 0)
        if problem is not None and self._by_chance(node, moment, old):
            problem, names = None, {BY_CHANCE}
        if problem is None:
            for name in names:
                self.excused[name] += 1
        return problem

    def _by_chance(self, node, moment, old):
        """Whether the old side says something else when it is asked again: series come to an
        operator in an order that is not specified (section 3.3), and which zero or which of
        equal values is first then shows."""
        return any(differ(old, self._sides.old(node, moment)) for _ in range(_TIMES_ASKED))

    def explain(self, problem, answers):
        """Like judge, of a case that was found before and its present answers."""
        return self._explain(problem.node, problem.moment, problem.anchors, answers, set(), 0)

    def _explain(self, node, moment, anchors, answers, names, depth):
        """None if every difference below is excused; then their names were added."""
        if moment.step_ms:
            return self._explain_range(node, moment, anchors, answers, names, depth)
        culprit = True
        for kid in node.kids:
            if kid.kind == STRING:
                continue
            found, problem = self._explain_kid(kid, moment, anchors, names, depth)
            if problem is not None:
                return problem
            culprit &= not found
        if not culprit:
            names.add(BUILT_ON_ONE)
            return None
        return self._excuse(node, moment, anchors, answers, names)

    def _ask(self, node, moment, anchors):
        return (self._sides.old(node, moment, anchors), self._sides.new(node, moment, anchors))

    def _explain_kid(self, kid, moment, anchors, names, depth):
        """Whether the kid differs, and the problem with it."""
        answers = self._ask(kid, moment, anchors)
        if not differ(*answers):
            return False, None
        if kid.op == "subquery":
            return True, self._explain_subquery(kid, moment, anchors, answers, names, depth)
        return True, self._explain(kid, moment, anchors, answers, names, depth + 1)

    def _explain_subquery(self, node, moment, anchors, answers, names, depth):
        """Its operand at the first times at which they differ. If it fails, no time is known,
        and it may differ in a range query only."""
        failed = any(answer.failed for answer in answers)
        for time_ms in [] if failed else differing_times(*answers)[:3]:
            at = fuzz_data.Moment(time_ms, time_ms)
            below = self._ask(node.kids[0], at, anchors)
            if time_ms % node.facts["step_ms"] or not differ(*below):
                return self._explain_steps(node, moment, anchors, answers, names, depth)
            problem = self._explain(node.kids[0], at, anchors, below, names, depth + 1)
            if problem is not None:
                return problem
        if failed:
            return self._explain_steps(node, moment, anchors, answers, names, depth)
        return None

    def _explain_steps(self, node, moment, anchors, answers, names, depth):
        """The operand of a subquery as a range query. Its times, which depend on offset and
        pin, are those of a subquery over what never fails."""
        times = self._sides.old(node.with_kid(0, fuzz_excuses.ALWAYS), moment, anchors)
        points = [t for series in times.series.values() for t, _ in series]
        if points:
            over = fuzz_data.Moment(points[0], points[-1], node.facts["step_ms"])
            below = self._ask(node.kids[0], over, anchors)
            if differ(*below):
                return self._explain(node.kids[0], over, anchors, below, names, depth + 1)
        return self._excuse(node, moment, anchors, answers, names)

    def _explain_range(self, node, moment, anchors, answers, names, depth):
        """At the first steps where they differ; if the instants agree, the whole."""
        if any(answer.failed for answer in answers):
            times = [t for t in moment.times()][:fuzz_data.MAX_STEPS]
        else:
            times = differing_times(*answers)[:3]
        explained = False
        for time_ms in times:
            at = fuzz_data.Moment(time_ms, time_ms)
            below = self._ask(node, at, anchors)
            if not differ(*below):
                continue
            problem = self._explain(node, at, anchors, below, names, depth + 1)
            if problem is not None:
                return problem
            explained = True
            if any(answer.failed for answer in answers):
                break
        if explained:
            return None
        # Only the range query differs, perhaps only that of an operand.
        for kid in node.kids:
            if kid.kind == STRING or kid.op == "range":
                continue
            below, over = kid, moment
            if kid.op == "subquery":
                below, over = kid.kids[0], _steps(kid, moment, anchors)
            found = self._ask(below, over, anchors)
            if differ(*found):
                names.add(BUILT_ON_ONE)
                return self._explain(below, over, anchors, found, names, depth + 1)
        return self._excuse(node, moment, anchors, answers, names)

    def _excuse(self, node, moment, anchors, answers, names):
        case = fuzz_excuses.Case(self._sides, node, moment, anchors, *answers)
        name = fuzz_excuses.find(case)
        if name is None:
            return Problem(node, moment, anchors, *answers)
        names.add(name)
        return None
