"""The named reasons for which 2.42 and 3.x may differ: what the contract on PromQL says of
both (sections), and what only 2.42 does (docs/decisions/0014-what-only-2.42-does.md). An
excuse looks at one operator whose operands are the same on both sides.

No excuse takes a NaN on one side for a matter of rounding: where one is due, a model of that
version's own formula has said so. Where 2.42 is wrong as a whole, tacho's answer must be what
2.42 itself says when it is asked in another way."""

import dataclasses
import math
import re
import sys

import fuzz_data
import fuzz_grammar
import fuzz_histogram
import fuzz_models
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


def _unnamed(labels):
    return tuple(x for x in labels if x[0] != "__name__")


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

    def steps(self):
        """{(labels, time): value} that 2.42 says of each step as an instant; None if it fails
        at one."""
        out = {}
        for time_ms in self.moment.times():
            at = self.sides.old(self.node, fuzz_data.Moment(time_ms, time_ms), self.anchors)
            if at.failed:
                return None
            out |= by_time(at)
        return out

    def is_as_its_steps(self):
        """Whether tacho's range query says what 2.42 says of each step as an instant."""
        steps, new = self.steps(), by_time(self.new)
        return (not self.new.failed and steps is not None and steps.keys() == new.keys() and
                all(model.same(v, new[at]) for at, v in steps.items()))

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


def _inputs(case):
    """{(labels, time): [value]} that each value was made of, in order; or None."""
    kid = case.node.kids[-1]
    if kid.kind != MATRIX:
        return fuzz_models.groups(case.node.facts.get("clause", ""), by_time(case.ask(kid)))
    if case.moment.step_ms:
        return None
    return {(_unnamed(labels), case.moment.start_ms): [v for _, v in points]
            for labels, points in case.ask(kid).series.items()}


def _uncompensated(case):
    """Sections 3.3, 3.4, 4.3: 2.42 adds without compensation and takes means step by step.
    What tacho says must be the exact sum or mean, but for the last digits."""
    if case.node.op not in ("sum", "avg", "avg_over_time"):
        return False
    sizes, inputs = _magnitudes(case), _inputs(case)
    if not _all_close(case, lambda at, _: math.prod(sizes.get(at, (0, 0)), start=1e-12) +
                      sizes.get(at, (0, 0))[0] * SMALLEST):
        return False

    def exact(at, value):
        values = inputs[at]
        want = fuzz_models.total(values) / (1 if case.node.op == "sum" else len(values))
        slack = 1e-30 * math.prod(sizes[at]) * len(values) + len(values) * SMALLEST
        return _close(value, want, 1e-15 * abs(want) + slack)

    return inputs is None or all(exact(at, v) for at, v in by_time(case.new).items())


def _variance(case):
    """Section 3.5: variance is not compensated and the order of the input not specified; and
    decision 0014, "one value alone". Each side must say what its version's model says, but
    for the order."""
    pairs = case.pairs()
    if case.node.op not in fuzz_models.VARIANCES or pairs is None:
        return False
    sizes, inputs = _magnitudes(case), _inputs(case)

    def as_model(at, value, version):
        count, size = sizes[at]
        want = fuzz_models.variance(inputs[at], version)
        tolerance = 1e-14 * count * size * size
        if case.node.op == "stddev":
            want = fuzz_models.deviation(want)
            tolerance = tolerance / want if want else math.sqrt(tolerance)
        return _close(value, want, tolerance)

    return all(model.same(a, b) or (as_model(at, a, model.OLD) and as_model(at, b, model.NEW))
               for at, a, b in pairs)


def _overflowing_variance(case):
    """Section 3.2, and decision 0014, "compensation that overflows". Each side must say what
    its version's model says."""
    pairs = case.pairs()
    if case.node.op not in ("stddev_over_time", "stdvar_over_time") or pairs is None:
        return False
    inputs = _inputs(case)

    def as_model(at, value, version):
        want = fuzz_models.variance_over_time(inputs[at], version)
        return model.same(
            value, fuzz_models.deviation(want) if case.node.op.startswith("stddev") else want)

    return inputs is not None and all(
        model.same(a, b) or (as_model(at, a, model.OLD) and as_model(at, b, model.NEW))
        for at, a, b in pairs)


def _transcendental(case):
    """Section 12: Go's own algorithms against those of the C library. Within 1e-12; a sine
    near a multiple of pi is as exact as the reduction of its argument."""
    if case.node.op == "number":
        return "^" in case.node.text() and _all_close(case, lambda _, a: 1e-12 * abs(a))
    if case.node.op not in [*fuzz_grammar.TRANSCENDENTAL, "^", "atan2"]:
        return False
    periodic = case.node.op in ("sin", "cos", "tan")
    return _all_close(case, lambda _, a: 1e-12 * abs(a) + (1e-13 if periodic else 0) + SMALLEST)


def _power(base, exponent):
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.nan  # no subnormal's


def _operands(case):
    """{(labels, time): operands} of a function of one vector, or of a power with a scalar."""
    kids = case.kids()
    vectors = [{(_unnamed(labels), t): v for (labels, t), v in by_time(kid).items()}
               for kid in kids]
    if len(kids) == 1:
        return {at: (v,) for at, v in vectors[0].items()}
    left, right = vectors
    if kids[1].kind == "scalar":
        return {at: (v, right[(), at[1]]) for at, v in left.items()}
    if kids[0].kind == "scalar":
        return {at: (left[(), at[1]], v) for at, v in right.items()}
    return {}


def _subnormal(case):
    """Section 12: Go's own algorithms; and decision 0014, "subnormals". tacho must say what
    the C library does."""
    functions = {"ln": math.log, "log10": math.log10, "^": _power}
    pairs = case.pairs()
    if case.node.op not in functions or pairs is None or case.moment.step_ms:
        return False
    operands = _operands(case)

    def excused(at, value):
        own = operands.get(at, ())
        return any(0 < abs(v) < sys.float_info.min for v in own) and _close(
            value, functions[case.node.op](*own), 1e-12 * abs(value))

    return all(_close(a, b, 1e-12 * abs(a)) or excused(at, b) for at, a, b in pairs)


def _dialect(anchors):
    return Dialect(start=f"{anchors.start_ms / 1000}", end=f"{anchors.end_ms / 1000}")


def _modifiers(text):
    """(offset, pin or None) in milliseconds of "offset -30s250ms @ 12.5", in any order."""
    offset = re.search(r"offset (-?)(\d+)s(250ms)?", text)
    pin = re.search(r"@ (-?[\d.]+)", text)
    offset_ms = int(offset[2]) * 1000 + (250 if offset[3] else 0) if offset else 0
    return (-offset_ms if offset and offset[1] else offset_ms,
            round(float(pin[1]) * 1000) if pin else None)


def window_of(matrix, anchors):
    """(window, offset, pin or None) in milliseconds of a range selector or subquery."""
    window, modifiers = re.fullmatch(r".*\[(\d+)s[^\]]*\](.*)", matrix.text(_dialect(anchors)),
                                     re.DOTALL).groups()
    return int(window) * 1000, *_modifiers(modifiers)


def _inner(case, matrix):
    """What the model wants to know of a range function and its window."""
    window_ms, offset_ms, pin_ms = window_of(matrix, case.anchors)
    return queries.Inner(case.node.op, "", window_ms, offset_ms,
                         case.moment.start_ms if pin_ms is None else pin_ms)


def _zero_clamp(case):
    """Section 1.3: 2.42 clamps to the counter's zero before the half interval rule. Each side
    must say what its version's model says."""
    if case.node.op not in model.COUNTER_FUNCTIONS or case.pairs() is None or case.moment.step_ms:
        return False
    kid = case.node.kids[0]
    inner = _inner(case, kid)
    points = {}
    for labels, samples in case.ask(kid).series.items():
        points[_unnamed(labels)] = samples
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
    if (case.node.op not in ("topk", "bottomk") or case.old.failed or case.new.failed or
            not case.old.ranked_as(case.new)):
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
    """Section 3.7: since 3.6 a k that is NaN has a text of its own; -Inf is a k below 1, which
    keeps nothing."""
    if case.node.op not in ("topk", "bottomk") or "overflows int64" not in case.old.message:
        return False
    k = case.kids()[0].values().get((), 0)
    if math.isnan(k):
        return "Parameter value is NaN" in case.new.message
    return k == -math.inf and not case.new.failed and not case.new.series


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
            "same labelset" in case.old.message and case.moment.step_ms != 0 and
            case.is_as_its_steps())


def _matched_before_filtering(case):
    """Section 5.3, 3.9: 2.42 looks for second matches after the comparison has filtered. It
    must find them where nothing is filtered."""
    node = case.node
    if (node.op not in fuzz_grammar.COMPARISONS or node.facts["is_bool"] or case.old.failed or
            "multiple matches for labels" not in case.new.message):
        return False
    unfiltered = fuzz_tree.binary(node.op, *node.kids, node.facts["matching"], is_bool=True)
    return normal(case.ask(unfiltered).message) == normal(case.new.message)


def _sliding_pin(case):
    """Section 2.1: what depends on the step is evaluated at each, its window where @ pins it; and
    decision 0014, "a pinned window that slides"."""
    matrices = [kid for kid in case.node.kids if kid.kind == MATRIX]
    varies = case.node.op == "predict_linear" or any(
        kid.kind == SCALAR and kid.op != "number" for kid in case.node.kids)
    return (varies and case.moment.step_ms != 0 and
            any("@" in kid.text().rsplit("]", 1)[1] for kid in matrices) and
            case.is_as_its_steps())


def _pinned_parameter(case):
    """Section 11, 3.5: parameters may vary by step; and decision 0014, "the parameter of a
    pinned aggregation"."""
    return (case.node.op in ("quantile", "topk", "bottomk") and case.moment.step_ms != 0 and
            case.node.kids[0].op != "number" and "@" in case.node.kids[1].text() and
            case.is_as_its_steps())


def _pinned_operand(case):
    """Section 2.1: what is pinned has the same value at each step; and decision 0014, "a pinned
    operand"."""
    return (case.moment.step_ms != 0 and not case.old.failed and "@" in case.node.text() and
            case.is_as_its_steps())


def _labels_of_count_values(case):
    """Section 3.8: the label is added to those of `by`; and decision 0014, "a fourth label"."""
    return (case.node.op == "count_values" and case.moment.step_ms != 0 and
            re.fullmatch(r"by \(\w+, \w+, \w+\)", case.node.facts["clause"]) is not None and
            case.is_as_its_steps())


def _no_step(case):
    """Section 5.5: a subquery without a step in its window is empty; and decision 0014, "a
    subquery without a step"."""
    if case.node.op != "subquery" or case.new.failed or case.new.series:
        return False
    steps = {t for _, t in by_time(case.ask(case.node.with_kid(0, ALWAYS)))}
    return not steps and "@" in case.node.kids[0].text()


def _pinned_timestamp(case):
    """Section 5.5: offset and @ both apply; and decision 0014, "the offset of a pinned
    timestamp". tacho must say what 2.42 says without the two, at the time meant."""
    kid = case.node.kids[0] if case.node.kids else None
    if case.node.op != "timestamp" or kid.op != "selector" or case.new.failed:
        return False
    text = kid.text(_dialect(case.anchors))
    offset_ms, pin_ms = _modifiers(text)
    if not offset_ms or pin_ms is None:
        return False
    bare = fuzz_tree.call("timestamp", VECTOR, fuzz_tree.leaf(
        "selector", VECTOR, re.split(r" +(?:@|offset) ", text)[0]))
    meant = fuzz_data.Moment(pin_ms - offset_ms, pin_ms - offset_ms)
    want = case.sides.old(bare, meant, case.anchors).values()
    return all(dict(points) == {t: want.get(labels) for t in case.moment.times()}
               for labels, points in case.new.series.items()) and (
                   case.new.series.keys() == want.keys())


def _named_arctangents(case):
    """Section 4.2: arithmetic drops names, and series that only they tell apart then fail; and
    decision 0014, "atan2 keeps names"."""
    if case.node.op != "atan2" or case.old.failed:
        return False
    unnamed = {(_unnamed(labels), t): v
               for (labels, t), v in by_time(case.old).items()}
    new, alike = by_time(case.new), len(by_time(case.old)) - len(unnamed)
    if case.new.failed:
        return alike > 0 and ("same labelset" in case.new.message or
                              "grouping labels must ensure unique" in case.new.message)
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
    "Go's logarithms and powers of a subnormal": _subnormal,
    "zero clamp": _zero_clamp,
    "ties": _ties,
    "k that is no number": _bad_k,
    "mended histogram": _mended_histogram,
    "merged series": _merged,
    "matched before filtering": _matched_before_filtering,
    "pinned window that slides": _sliding_pin,
    "parameter of a pinned aggregation": _pinned_parameter,
    "pinned operand": _pinned_operand,
    "labels of count_values": _labels_of_count_values,
    "subquery without a step": _no_step,
    "offset of a pinned timestamp": _pinned_timestamp,
    "atan2 that keeps names": _named_arctangents,
    "order of errors": _order_of_errors,
}


def find(case):
    """The name of the first excuse that holds, or None."""
    return next((name for name, holds in EXCUSES.items() if holds(case)), None)
