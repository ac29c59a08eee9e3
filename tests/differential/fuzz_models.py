"""What 2.42 and 3.x compute where they differ, by each one's own formula: variance, and the
sums that 2.42 takes as they come. Sections are the specification's (contracts: PromQL)."""

import collections
import math
import re

import model

VARIANCES = ("stddev", "stdvar")


def groups(clause, points):
    """Section 3.1. {(labels, time): [value]} of an aggregation, in the order of the input;
    points: {(labels, time): value}."""
    how, names = re.fullmatch(r"(by|without) \((.*)\)", clause or "by ()").groups()
    names = set(filter(None, names.split(", ")))
    out = collections.defaultdict(list)
    for (labels, time_ms), value in points.items():
        kept = tuple((n, v) for n, v in labels
                     if (n in names if how == "by" else n not in {*names, "__name__"}))
        out[kept, time_ms].append(value)
    return dict(out)


def total(values):
    """The sum, rounded once; with infinities or NaN, what they make of it."""
    if all(map(math.isfinite, values)):
        try:
            return math.fsum(values)
        except OverflowError:
            pass
    return sum(values)


def variance(values, version):
    """Section 3.5, without compensation. 2.42 takes the first value as it is, so that one
    alone varies by 0, an infinity or NaN too."""
    mean = values[0]
    squares = 0.0 if version == model.OLD or math.isfinite(mean) else math.nan
    for n, value in enumerate(values[1:], 2):
        delta = value - mean
        mean += delta / n
        squares += delta * (value - mean)
    return squares / len(values)


def _increment(inc, sum_, c, version):
    """Section 3.2. 2.42 does not forget the compensation when the sum overflows: it is an
    infinity less another then, NaN."""
    t = sum_ + inc
    if math.isinf(t) and version == model.NEW:
        return t, 0.0
    if abs(sum_) >= abs(inc):
        return t, c + ((sum_ - t) + inc)
    return t, c + ((inc - t) + sum_)


def variance_over_time(values, version):
    """Section 4.3."""
    mean = mean_c = squares = squares_c = 0.0
    for n, value in enumerate(values, 1):
        delta = value - (mean + mean_c)
        mean, mean_c = _increment(delta / n, mean, mean_c, version)
        squares, squares_c = _increment(delta * (value - (mean + mean_c)), squares, squares_c,
                                        version)
    return (squares + squares_c) / len(values)


def deviation(variance_):
    return math.sqrt(variance_) if variance_ >= 0 else math.nan
