"""The named reasons for which 2.42 and 3.x may differ, each from the contract's list of
what changed between the two. An excuse looks at one operator whose operands are the same on
both sides. What is NaN on one side must be NaN on the other."""

import dataclasses
import math
import re
import sys

import fuzz_grammar
import fuzz_histogram
import fuzz_tree
import model
import queries
from fuzz_tree import MATRIX, SCALAR, VECTOR, Dialect

SMALLEST = 5e-324
# Has a value at every step, and 2.42 does not take it for one that is the same at all.
ALWAYS = fuzz_tree.call("vector", VECTOR, fuzz_tree.call("time", SCALAR))


def by_time(answer):
    """{(labels, time): value}."""
    return {(labels, t): v for labels, points in answer.series.items() for t, v in points}


@dataclasses.dataclass
class Case:
    sides: object
    node: object
    moment: object
    anchors: object
    old: object
    new: object

    def ask(self, node):
        return self.sides.old(node, self.moment, self.anchors)

    def kids(self):
        return [self.ask(kid) for kid in self.node.kids if kid.kind != fuzz_tree.STRING]

    def instead(self, function):
        """{(labels, time): value} with another function or aggregation in this one's place."""
        kid = self.node.kids[-1]
        if kid.kind == MATRIX:
            node = fuzz_tree.call(function + "_over_time", VECTOR, kid)
        else:
            node = fuzz_tree.aggregation(function, self.node.facts.get("clause", ""), kid)
        return by_time(self.ask(node))

    def pairs(self):
        """((labels, time), old value, new value), or None if those are not the same."""
        old, new = by_time(self.old), by_time(self.new)
        if self.old.failed or self.new.failed or old.keys() != new.keys():
            return None
        return [(at, value, new[at]) for at, value in old.items()]


def normal(message):
    """An error's text without what 2.42 leaves to chance: which of several duplicates it
    meets first, and in which order it names the two."""
    message = re.sub(r"for the match group \{.*?\} on the (left|right)",
                     r"for the match group on the \1", message, flags=re.DOTALL)
    message = re.sub(r": \[.*\];", ": [...];", message, flags=re.DOTALL)
    # Built from Go's regexp package and from RE2.
    return re.sub(r"(invalid regular expression in label_replace\(\)): .*", r"\1", message)


def _close(a, b, tolerance):
    return model.same(a, b) or (not math.isnan(a) and not math.isnan(b) and
                                (a == b or abs(a - b) <= tolerance))


def _all_close(case, tolerance):
    """tolerance(at, old): how far apart two values may be."""
    pairs = case.pairs()
    return pairs is not None and all(_close(a, b, tolerance(at, a)) for at, a, b in pairs)


def _magnitudes(case):
    """Per label set the number of values and the largest magnitude."""
    counts, least, most = (case.instead(name) for name in ["count", "min", "max"])
    return {at: (n, max(abs(least[at]), abs(most[at]))) for at, n in counts.items()}


def _uncompensated(case):
    """Sections 3.3, 3.4, 4.3: 2.42 adds without compensation and takes means step by step."""
    if case.node.op not in ("sum", "avg", "avg_over_time"):
        return False
    sizes = _magnitudes(case)
    return _all_close(case, lambda at, _: math.prod(sizes.get(at, (0, 0)), start=1e-12) +
                      sizes.get(at, (0, 0))[0] * SMALLEST)


def _variance(case):
    """Section 3.5: variance is not compensated and the order of the input not specified. The
    variance of one infinity or NaN is NaN; 2.42 takes the first value as it is, so that one
    alone varies by 0."""
    pairs = case.pairs()
    if case.node.op not in ("stddev", "stdvar") or pairs is None:
        return False
    sizes, totals = _magnitudes(case), case.instead("sum")

    def tolerance(at, old):
        count, size = sizes.get(at, (0, 0))
        variance = 1e-14 * count * size * size
        if case.node.op == "stdvar":
            return variance
        return math.sqrt(variance) if old == 0 else variance / old

    return all(_close(a, b, tolerance(at, a)) or
               (a == 0 and math.isnan(b) and not math.isfinite(totals.get(at, 0)))
               for at, a, b in pairs)


def _overflowing_variance(case):
    """Section 3.2: a compensated sum that overflows is infinite; 2.42 makes NaN of it."""
    pairs = case.pairs()
    if case.node.op not in ("stddev_over_time", "stdvar_over_time") or pairs is None:
        return False
    sizes = _magnitudes(case)

    def overflows(at, a, b):
        return math.isnan(a) and b == math.inf and sizes.get(at, (0, 0))[1] > 1e150

    return all(model.same(a, b) or overflows(at, a, b) for at, a, b in pairs)


def _transcendental(case):
    """Section 12: Go's own algorithms against those of the C library. Within 1e-12; a sine
    near a multiple of pi is as exact as the reduction of its argument."""
    if case.node.op == "number":
        return "^" in case.node.text() and _all_close(case, lambda _, a: 1e-12 * abs(a))
    if case.node.op not in [*fuzz_grammar.TRANSCENDENTAL, "^", "atan2"]:
        return False
    periodic = case.node.op in ("sin", "cos", "tan")
    return _all_close(case, lambda _, a: 1e-12 * abs(a) + (1e-13 if periodic else 0) + SMALLEST)


def _subnormal(case):
    """Section 12: Go's own algorithms. Those of logarithms and powers of 2.42 read a subnormal
    as if it were normal."""
    pairs = case.pairs()
    if case.node.op not in ("ln", "log10", "log2", "^") or pairs is None:
        return False
    times = {t for kid in case.kids() for (_, t), v in by_time(kid).items()
             if 0 < abs(v) < sys.float_info.min}
    return all(_close(a, b, 1e-12 * abs(a)) or (at[1] in times and not math.isnan(a + b))
               for at, a, b in pairs)


def _inner(case, matrix):
    """What the model wants to know of a range function and its window."""
    text = matrix.text(Dialect(start=f"{case.anchors.start_ms / 1000}",
                               end=f"{case.anchors.end_ms / 1000}"))
    window, modifiers = re.fullmatch(r".*\[(\d+)s[^\]]*\](.*)", text, re.DOTALL).groups()
    offset = re.search(r"offset (-?)(\d+)s(250ms)?", modifiers)
    pin = re.search(r"@ (-?[\d.]+)", modifiers)
    offset_ms = int(offset[2]) * 1000 + (250 if offset[3] else 0) if offset else 0
    return queries.Inner(case.node.op, "", int(window) * 1000,
                         -offset_ms if offset and offset[1] else offset_ms,
                         round(float(pin[1]) * 1000) if pin else case.moment.start_ms)


def _zero_clamp(case):
    """Section 1.3: 2.42 clamps to the counter's zero before the half interval rule. Each side
    must say what its version's model says."""
    if case.node.op not in model.COUNTER_FUNCTIONS or case.pairs() is None or case.moment.step_ms:
        return False
    kid = case.node.kids[0]
    inner = _inner(case, kid)
    points = {}
    for labels, samples in case.ask(kid).series.items():
        points[tuple(x for x in labels if x[0] != "__name__")] = samples
    for (labels, _), a, b in case.pairs():
        if model.same(a, b):
            continue
        if not model.same(a, model.evaluate(inner, points[labels], model.OLD)) or not model.same(
                b, model.evaluate(inner, points[labels], model.NEW)):
            return False
    return True


def _ties(case):
    """Section 3.7: among equal values 2.42 keeps those it meets first, in an order that is
    only specified for selectors. The values kept must be the same."""
    if case.node.op not in ("topk", "bottomk") or case.old.failed or case.new.failed:
        return False
    members, old, new = (by_time(x) for x in (case.kids()[-1], case.old, case.new))
    if any(not model.same(members.get(at), v) for at, v in new.items()):
        return False
    for time_ms in {t for _, t in old.keys() | new.keys()}:
        kept = [sorted((v for (_, t), v in side.items() if t == time_ms),
                       key=lambda v: (math.isnan(v), v)) for side in (old, new)]
        if len(kept[0]) != len(kept[1]) or not all(map(model.same, *kept)):
            return False
    return True


def _bad_k(case):
    """Section 3.7: since 3.6 a k that is NaN has a text of its own; -Inf is a k below 1."""
    if case.node.op not in ("topk", "bottomk") or not case.old.failed:
        return False
    k = case.kids()[0].values().get((), 0)
    if math.isnan(k):
        return "Parameter value is NaN" in case.new.message
    return not math.isfinite(k) and "overflows int64" in case.old.message


def _mended_histogram(case):
    """Section 4.7: since 2.49 counts that fall, or are almost equal, are mended otherwise. Each
    side must say what its version's model says."""
    if case.node.op != "histogram_quantile" or case.pairs() is None:
        return False
    phis, counts = (by_time(kid) for kid in case.kids())
    phis = {t: v for (_, t), v in phis.items()}
    old, new = (fuzz_histogram.quantiles(phis, counts, v) for v in (model.OLD, model.NEW))
    return all(model.same(a, old.get(at)) and model.same(b, new.get(at))
               for at, a, b in case.pairs())


def _merged(case):
    """Section 11, 3.9: these merge series that become alike but share no time."""
    return (case.node.op in ("unary", "label_replace", "label_join") and
            "same labelset" in case.old.message and not case.new.failed and
            case.moment.step_ms != 0)


def _matched_before_filtering(case):
    """Section 5.3, 3.9: 2.42 looks for second matches after the comparison has filtered."""
    return (case.node.op in fuzz_grammar.COMPARISONS and not case.node.facts["is_bool"] and
            not case.old.failed and "multiple matches for labels" in case.new.message)


def _sliding_pin(case):
    """Section 2.1: what depends on the step is evaluated at each, its window where @ pins it; in
    a range query of 2.42 the window moves on from there."""
    matrices = [kid for kid in case.node.kids if kid.kind == MATRIX]
    varies = case.node.op == "predict_linear" or any(
        kid.kind == SCALAR and kid.op != "number" for kid in case.node.kids)
    return (varies and case.moment.step_ms != 0 and
            any("@" in kid.text().rsplit("]", 1)[1] for kid in matrices))


def _pinned_parameter(case):
    """Section 11, 3.5: parameters may vary by step. 2.42 takes an aggregation whose operand is
    pinned for pinned, whatever its parameter."""
    return (case.node.op in ("quantile", "topk", "bottomk") and case.moment.step_ms != 0 and
            case.node.kids[0].op != "number" and "@" in case.node.kids[1].text())


def _labels_of_count_values(case):
    """Section 3.8: the label is added to those of `by`. 2.42 writes it into the query itself,
    where three labels leave room for a fourth, and later steps are grouped by others."""
    return (case.node.op == "count_values" and case.moment.step_ms != 0 and
            re.fullmatch(r"by \(\w+, \w+, \w+\)", case.node.facts["clause"]) is not None)


def _no_step(case):
    """Section 5.5: a subquery without a step in its window is empty. 2.42 evaluates one whose
    operand is pinned at the first step after the window."""
    if case.node.op != "subquery" or case.new.failed or case.new.series:
        return False
    steps = {t for _, t in by_time(case.ask(case.node.with_kid(0, ALWAYS)))}
    return not steps and "@" in case.node.kids[0].text()


def _pinned_timestamp(case):
    """Section 5.5: offset and @ both apply. 2.42 forgets the offset of a pinned selector in
    timestamp()."""
    text = case.node.kids[0].text() if case.node.kids else ""
    return (case.node.op == "timestamp" and case.node.kids[0].op == "selector" and
            "@" in text and "offset" in text)


def _named_arctangents(case):
    """Section 4.2: arithmetic drops names, and series that only they tell apart then fail;
    2.42 forgets it of atan2."""
    if case.node.op != "atan2" or case.old.failed:
        return False
    unnamed = {(tuple(x for x in labels if x[0] != "__name__"), t): v
               for (labels, t), v in by_time(case.old).items()}
    new, alike = by_time(case.new), len(by_time(case.old)) - len(unnamed)
    if case.new.failed:
        return alike > 0 and "same labelset" in case.new.message
    return not alike and unnamed.keys() == new.keys() and all(
        model.same(v, new[at]) or abs(v - new[at]) <= 1e-12 * abs(v) for at, v in unnamed.items())


def _order_of_errors(case):
    """Both fail, each as one of the operands does, or with an error of this operator's own."""
    if not (case.old.failed and case.new.failed):
        return False
    below = {normal(kid.message) for kid in case.kids() if kid.failed}
    return normal(case.old.message) in below and normal(case.new.message) in below


EXCUSES = {
    "uncompensated sums": _uncompensated,
    "uncompensated variance": _variance,
    "overflowing variance": _overflowing_variance,
    "Go's transcendental functions": _transcendental,
    "Go's powers of a subnormal": _subnormal,
    "zero clamp": _zero_clamp,
    "ties": _ties,
    "k that is no number": _bad_k,
    "mended histogram": _mended_histogram,
    "merged series": _merged,
    "matched before filtering": _matched_before_filtering,
    "pinned window that slides": _sliding_pin,
    "parameter of a pinned aggregation": _pinned_parameter,
    "labels of count_values": _labels_of_count_values,
    "subquery without a step": _no_step,
    "offset of a pinned timestamp": _pinned_timestamp,
    "atan2 that keeps names": _named_arctangents,
    "order of errors": _order_of_errors,
}


def find(case):
    """The name of the first excuse that holds, or None."""
    return next((name for name, holds in EXCUSES.items() if holds(case)), None)
