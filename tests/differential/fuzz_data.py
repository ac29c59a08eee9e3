"""Random series for the fuzzer: few enough that a query is quick, of many kinds, and with
label sets that match each other, lack labels, or stand under several names.

Times are in the first hour after 1970. Beside edges (Choices.edges false) no sample is at a
multiple of 250 ms, where the grammar puts all ends of windows; else all are at whole
seconds, as the ends of windows are."""

import dataclasses
import math
import random

import remote_write
import values

SPAN_MS = 2_700_000
MAX_STEPS = 40


@dataclasses.dataclass(frozen=True)
class Moment:
    """When a query is asked: an instant if step is 0."""
    start_ms: int
    end_ms: int
    step_ms: int = 0

    def times(self):
        return range(self.start_ms, self.end_ms + 1, self.step_ms or 1)


def _small(rng):
    return lambda: float(rng.randrange(4))


def _time(rng):
    return lambda: rng.choice([rng.randrange(-3 * 10**9, 5 * 10**9), rng.randrange(10**9) + 0.75,
                               86400 * rng.randrange(-40000, 40000)])


def _odd(rng):
    gauge = values.Gauge(rng)
    return lambda: rng.choice(values.SPECIAL) if rng.random() < 0.3 else gauge.next()


def _counter(rng):
    return values.Counter(rng, rng.choice(["fast", "slow", "steady", "float", "odd"])).next


def _gauge(rng):
    return values.Gauge(rng).next


def _constant(value):
    return lambda rng: lambda: value


_JOBS, _INSTANCES, _CODES = ["api", "web"], ["a:1", "b:1", "c:1"], ["200", "404", "500"]
BOUNDS = ["0.1", "0.5", "1", "2.5", "+Inf"]


def _metrics():
    """[(labels as a dict, maker of a stream)]."""
    out = []
    for job in _JOBS:
        for instance in _INSTANCES:
            where = {"job": job, "instance": instance}
            for code in _CODES:
                out.append(({"__name__": "requests_total", **where, "code": code}, _counter))
                out.append(({"__name__": "errors_total", **where, "code": code}, _counter))
            out.append(({"__name__": "requests_total", **where}, _counter))
            out.append(({"__name__": "temperature", **where}, _gauge))
            out.append(({"__name__": "build", **where, "version": "v" + instance[0]},
                        _constant(1.0)))
            out.append(({"__name__": "small", **where}, _small))
            out.append(({"__name__": "small", **where, "zone": "z" + instance[0]}, _small))
    out += [({"__name__": "odd", "instance": i}, _odd) for i in [*_INSTANCES, "d:1"]]
    out += [({"__name__": "odd", "job": j}, _odd) for j in _JOBS]
    out += [({"__name__": "moment", "instance": i}, _time) for i in _INSTANCES]
    out.append(({"__name__": "moment"}, _time))
    out.append(({"__name__": "lonely"}, _gauge))
    return out


class _Histogram:
    """Cumulative buckets that grow together; now and then one is missing or falls back."""

    def __init__(self, rng, labels):
        self._rng, self._counts = rng, [0] * len(BOUNDS)
        self._weights = [rng.random() for _ in BOUNDS]
        bounds = BOUNDS if rng.random() < 0.8 else BOUNDS[:rng.randrange(1, len(BOUNDS))]
        self.labels = [{"__name__": "latency_bucket", **labels, "le": b} for b in bounds]

    def next(self):
        if self._rng.random() < 0.02:
            self._counts = [0] * len(BOUNDS)
        for _ in range(self._rng.randrange(20)):
            bucket = self._rng.choices(range(len(BOUNDS)), self._weights)[0]
            for i in range(bucket, len(BOUNDS)):
                self._counts[i] += 1
        row = [float(c) for c in self._counts[:len(self.labels)]]
        if self._rng.random() < 0.02:
            row[self._rng.randrange(len(row))] += self._rng.choice([1, -1, math.nan])
        return row


class Source:
    """Series that share their times, as those of one target do."""

    def __init__(self, rng, edges):
        self._rng, self._edges = rng, edges
        self._interval_ms = rng.choice([10_000, 15_000, 15_000, 30_000, 60_000])
        self._offset_ms = rng.randrange(self._interval_ms)
        self._jitter_ms = rng.choice([0, 0, 20, 2000])
        self._gaps = rng.choice([0, 0.01, 0.05])

    def times(self):
        """[time]: with jitter, and away for some scrapes now and then."""
        away, last = 0, -1
        for due in range(self._offset_ms, SPAN_MS, self._interval_ms):
            if self._rng.random() < self._gaps:
                away = self._rng.choice([1, 2, 5, 30])
            away = max(0, away - 1)
            time_ms = max(0, due + self._rng.randint(-self._jitter_ms, self._jitter_ms))
            if self._edges:
                time_ms -= time_ms % 1000
            elif time_ms % 250 == 0:
                time_ms += 1
            if not away and time_ms > last:
                last = time_ms
                yield time_ms


def _stream(rng, times, next_value):
    """[(time, value)]: born late, leaving early or for a time, with staleness markers for
    half of the series."""
    born = rng.randrange(SPAN_MS // 2) if rng.random() < 0.15 else 0
    gone = rng.randrange(SPAN_MS) if rng.random() < 0.1 else SPAN_MS
    marks, leave, away, points = rng.random() < 0.5, rng.choice([0, 0.02]), 0, []
    for time_ms in times:
        value = next_value()
        if rng.random() < leave:
            away = rng.choice([2, 3, 6, 25])
        away = max(0, away - 1)
        if not away and born <= time_ms < gone:
            points.append((time_ms, float(value)))
        elif marks and points and not remote_write.is_stale(points[-1][1]):
            points.append((time_ms, remote_write.STALE))
    return points


def make(rng, edges):
    """{labels: [(time_ms, value)]}, in order of labels."""
    samples = {}

    def add(labels, points):
        if points:
            samples[tuple(sorted(labels.items()))] = points

    metrics = _metrics()
    sources = {key: list(Source(rng, edges).times()) for key in [*_INSTANCES, "d:1", None]}
    for labels, maker in metrics:
        if rng.random() < 0.85:
            add(labels, _stream(rng, sources[labels.get("instance")], maker(rng)))
    for instance in _INSTANCES:
        histogram = _Histogram(rng, {"job": rng.choice(_JOBS), "instance": instance})
        rows = [(t, histogram.next()) for t in sources[instance]]
        for i, labels in enumerate(histogram.labels):
            add(labels, [(t, row[i]) for t, row in rows])
    return dict(sorted(samples.items()))


def moments(rng, edges):
    """Some instants and ranges. Beside edges all are half a second off the whole one."""
    half = 0 if edges else 500
    first = rng.randrange(0, SPAN_MS // 1000 + 400) * 1000 + half
    out = [Moment(first, first)]
    second = rng.randrange(SPAN_MS // 3000, SPAN_MS // 1000) * 1000 + half
    out.append(Moment(second, second))
    step = rng.choice([1, 15, 30, 60, 60, 97, 300]) * 1000
    start = rng.randrange(-60, SPAN_MS // 1000) * 1000 + half
    out.append(Moment(start, start + step * rng.randrange(MAX_STEPS) +
                      rng.choice([0, 0, step // 2]), step))
    return out


def seeded(seed, edges):
    return make(random.Random(f"data {seed}"), edges)
