"""The two versions of PromQL that meet in this test, by the specification's text: 2.42,
which answers here, and 3.x, which tacho follows. Slow and plain; asked only where the
two sides differ. A difference is excused if one of the named reasons holds for the raw
samples, and only if each side then says exactly what its version's model says.

Samples are ascending lists of (time_ms, value), staleness markers left out."""

import bisect
import math

WINDOW_LEFT_EDGE = "window-left-edge"  # a sample at exactly t - offset - window
LOOKBACK_EDGE = "lookback-edge"        # the newest sample is at exactly t - offset - lookback
ZERO_CLAMP = "zero-clamp"              # zero clamp and half interval rule in the other order

OLD, NEW = "2.42", "3.x"
COUNTER_FUNCTIONS = ("rate", "increase")


def same(a, b):
    """Equal to the last bit, absence included. All NaN are one: JSON shows no more."""
    if a is None or b is None:
        return a is b
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b and math.copysign(1, a) == math.copysign(1, b)


def window(samples, inner, version):
    """2.42's windows hold a sample at their left edge, 3.x's do not."""
    end = inner.time_ms - inner.offset_ms
    start = end - inner.window_ms
    begin = bisect.bisect_left if version == OLD else bisect.bisect_right
    return samples[begin(samples, start, key=lambda s: s[0]):
                   bisect.bisect_right(samples, end, key=lambda s: s[0])]


def _difference(function, points):
    """The raw growth: last minus first, and for counters what the resets lost, added one
    at a time in order."""
    result = points[-1][1] - points[0][1]
    if function in COUNTER_FUNCTIONS:
        for (_, before), (_, after) in zip(points, points[1:]):
            if after < before:
                result += before
    return result


def _zero(function, points, result, sampled):
    """The time before the first sample at which the counter was 0; None if there is no
    clamp."""
    first = points[0][1]
    if function in COUNTER_FUNCTIONS and result > 0 and first >= 0:
        return sampled * (first / result)
    return None


def _spans(inner, points):
    """Seconds: window's start to first sample, last sample to its end, first to last."""
    end = inner.time_ms - inner.offset_ms
    return ((points[0][0] - (end - inner.window_ms)) / 1000, (end - points[-1][0]) / 1000,
            (points[-1][0] - points[0][0]) / 1000)


def _extrapolated(inner, points, version):
    if len(points) < 2:
        return None
    result = _difference(inner.function, points)
    to_start, to_end, sampled = _spans(inner, points)
    average = sampled / (len(points) - 1)
    threshold = average * 1.1
    zero = _zero(inner.function, points, result, sampled)
    if version == OLD and zero is not None and zero < to_start:
        to_start = zero
    if to_start >= threshold:
        to_start = average / 2
    if version == NEW and zero is not None and zero < to_start:
        to_start = zero
    if to_end >= threshold:
        to_end = average / 2
    factor = (sampled + to_start + to_end) / sampled
    if inner.function == "rate":
        factor /= inner.window_ms / 1000  # whole tenths of a second: the same bits as Go's
    return result * factor


def _last_two(inner, points):
    if len(points) < 2:
        return None
    (before_ms, before), (after_ms, after) = points[-2:]
    if inner.function == "idelta":
        return after - before
    growth = after if after < before else after - before
    return growth / ((after_ms - before_ms) / 1000)


def evaluate(inner, samples, version):
    """The value of a range function; None if there is none."""
    points = window(samples, inner, version)
    if inner.function in ("irate", "idelta"):
        return _last_two(inner, points)
    return _extrapolated(inner, points, version)


def _is_zero_clamp(inner, points):
    """Whether the order of the two rules shows: the first sample is at least the threshold
    away from the window's start, and the counter was 0 between half an interval and the
    threshold before it. 2.42 then extends to the zero, 3.x by half an interval."""
    if inner.function not in COUNTER_FUNCTIONS or len(points) < 2:
        return False
    to_start, _, sampled = _spans(inner, points)
    average = sampled / (len(points) - 1)
    zero = _zero(inner.function, points, _difference(inner.function, points), sampled)
    return zero is not None and to_start >= average * 1.1 and average / 2 <= zero < average * 1.1


def _is_lookback_edge(inner, samples, lookback_ms):
    reference = inner.time_ms - inner.offset_ms
    count = bisect.bisect_right(samples, reference, key=lambda s: s[0])
    return count > 0 and samples[count - 1][0] == reference - lookback_ms


def reason(inner, samples, lookback_ms):
    """The name of the reason for which 2.42 and 3.x may differ here, or None."""
    if not inner.function:
        return LOOKBACK_EDGE if _is_lookback_edge(inner, samples, lookback_ms) else None
    old, new = window(samples, inner, OLD), window(samples, inner, NEW)
    if len(old) != len(new):
        return WINDOW_LEFT_EDGE
    return ZERO_CLAMP if _is_zero_clamp(inner, new) else None


def expected(inner, samples, lookback_ms, version):
    """What a version says where reason() names a reason."""
    if inner.function:
        return evaluate(inner, samples, version)
    if version == NEW:
        return None
    edge = inner.time_ms - inner.offset_ms - lookback_ms
    return next(value for time_ms, value in samples if time_ms == edge)
