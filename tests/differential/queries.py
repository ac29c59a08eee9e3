"""What is asked: at each moment some inner queries, an instant vector per series, and
over each some that are derived from it: aggregations, arithmetic and comparisons with a
scalar."""

import dataclasses
import math

RELATIVE = 1e-12
SMALLEST = 5e-324  # the subnormal next to 0
RANGE_FUNCTIONS = ["rate", "increase", "delta", "irate", "idelta"]


def _duration(ms):
    return f"{ms // 1000}s" if ms % 1000 == 0 else f"{ms}ms"


def full_name(labels):
    """The labels of a series whose __name__ a function dropped: it is in `metric` too."""
    if labels and labels[0][0] == "__name__":
        return labels
    return (("__name__", dict(labels)["metric"]), *labels)


@dataclasses.dataclass(frozen=True)
class Inner:
    function: str  # "" for an instant selector
    selector: str
    window_ms: int
    offset_ms: int
    time_ms: int

    def text(self):
        offset = f" offset {_duration(self.offset_ms)}" if self.offset_ms else ""
        if not self.function:
            return self.selector + offset
        return f"{self.function}({self.selector}[{_duration(self.window_ms)}]{offset})"


@dataclasses.dataclass(frozen=True)
class Aggregation:
    operation: str
    without: bool
    labels: tuple

    def text(self, inner):
        clause = "without" if self.without else "by"
        return f"{self.operation} {clause} ({', '.join(self.labels)}) ({inner})"

    def group(self, labels):
        if self.without:
            return tuple(x for x in labels if x[0] not in (*self.labels, "__name__"))
        return tuple(x for x in labels if x[0] in self.labels)

    def value(self, members):
        """Of the members of a group, well rounded."""
        if self.operation in ("count", "group"):
            return float(len(members)) if self.operation == "count" else 1.0
        numbers = [m for m in members if not math.isnan(m)]
        if self.operation in ("min", "max"):
            return (min if self.operation == "min" else max)(numbers, default=math.nan)
        if len(numbers) < len(members) or {math.inf, -math.inf} <= set(numbers):
            return math.nan
        total = math.fsum(numbers)
        return total / len(members) if self.operation == "avg" else total

    def tolerance(self, members):
        """How far two right answers may be apart; 0 where they must be equal. 1e-12 is
        relative to the sum of the magnitudes, not to the sum: 2.42 adds without compensation,
        in an order of its own, and large members may have cancelled. Its mean moves by
        f/n - mean/n per member, and each step rounds by up to SMALLEST near zero."""
        if self.operation not in ("sum", "avg") or not members:
            return 0.0
        total = RELATIVE * math.fsum(abs(m) for m in members)
        return total / len(members) + len(members) * SMALLEST if self.operation == "avg" else total


_GROUPINGS = [  # without, labels
    (False, ()), (False, ("metric",)), (False, ("job", "code")), (False, ("instance", "kind")),
    (False, ("instance", "pod")), (False, ("nowhere", "code")), (False, ("__name__", "job")),
    (True, ()), (True, ("i",)), (True, ("instance", "i", "odd")), (True, ("metric", "i", "le"))]
AGGREGATES = [Aggregation(operation, *grouping)
              for operation in ["sum", "avg", "min", "max", "count", "group"]
              for grouping in _GROUPINGS]


@dataclasses.dataclass(frozen=True)
class WithScalar:
    template: str
    apply: object  # value to value; None: filtered out
    keeps_name: bool = False
    exact: bool = True

    def text(self, inner):
        return self.template.format(inner)

    def name(self, labels):
        return labels if self.keeps_name else tuple(x for x in labels if x[0] != "__name__")


def _remainder(v):
    return math.fmod(v, 7) if math.isfinite(v) else math.nan


WITH_SCALAR = [
    WithScalar("{} * 8", lambda v: v * 8),
    WithScalar("{} / 3", lambda v: v / 3),
    WithScalar("{} + 0.1", lambda v: v + 0.1),
    WithScalar("1 - {}", lambda v: 1 - v),
    WithScalar("{} % 7", _remainder),
    # Go's pow is not C's in the last bit.
    WithScalar("{} ^ 2", lambda v: v * v, exact=False),
    WithScalar("{} > 5", lambda v: v if v > 5 else None, keeps_name=True),
    WithScalar("5 >= {}", lambda v: v if v <= 5 else None, keeps_name=True),
    WithScalar("{} != 0", lambda v: v if v != 0 else None, keeps_name=True),
    WithScalar("{} > bool 5", lambda v: float(v > 5)),
    WithScalar("{} == bool 0", lambda v: float(v == 0)),
    WithScalar("1 < bool {}", lambda v: float(v > 1)),
]


@dataclasses.dataclass(frozen=True)
class Group:
    """An inner query and what is derived from it. late: asked when everything has been
    stored, not as soon as it can be."""
    inner: Inner
    derived: tuple
    late: bool

    def texts(self):
        inner = self.inner.text()
        return [inner, *(d.text(inner) for d in self.derived)]


@dataclasses.dataclass(frozen=True)
class Choices:
    selectors: list
    one_metric: list  # selectors of one name each: aggregations over these are fused
    windows_ms: list
    offsets_ms: list
    lookback_ms: int


def ends(samples, lookback_ms):
    """The times of the samples after which a series is silent for longer than lookback."""
    return sorted({before for points in samples.values()
                   for (before, _), (after, _) in zip(points, [*points[1:], (math.inf, 0)])
                   if after - before > lookback_ms})


def moments(rng, count, sample_times, end_times, choices):
    """Evaluation times: anywhere (every third), at a sample, one millisecond beside it, and
    where a sample is at the left edge of a window or of the lookback."""
    first_ms, last_ms = min(sample_times), max(sample_times) + 2 * choices.lookback_ms
    times = []
    for i in range(count):
        anywhere = rng.randrange(first_ms, last_ms)
        sample = rng.choice(sample_times)
        times.append([anywhere, sample, sample + rng.choice([-1, 1]),
                      anywhere, sample + rng.choice(choices.windows_ms),
                      rng.choice(end_times) + choices.lookback_ms][i % 6])
    return times


def _draw_inner(rng, function, selectors, time_ms, choices):
    window_ms = rng.choice(choices.windows_ms) if function else 0
    return Inner(function, rng.choice(selectors), window_ms, rng.choice(choices.offsets_ms),
                 time_ms)


def groups(rng, times, choices):
    """The plan. For each time the instant selector once and each function twice, with a few
    derived queries; and all of them over one metric, with more aggregations."""
    plan = []
    for time_ms in times:
        for function in ["", *RANGE_FUNCTIONS, *RANGE_FUNCTIONS]:
            derived = [rng.choice(AGGREGATES)]
            if rng.random() < 0.4:
                derived.append(rng.choice(WITH_SCALAR))
            inner = _draw_inner(rng, function, choices.selectors, time_ms, choices)
            plan.append(Group(inner, tuple(derived), rng.random() < 0.3))
        for function in ["", *RANGE_FUNCTIONS]:
            inner = _draw_inner(rng, function, choices.one_metric, time_ms, choices)
            plan.append(Group(inner, tuple(rng.sample(AGGREGATES, 6)), rng.random() < 0.3))
    return plan
