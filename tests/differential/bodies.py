"""What a target of the scrape test shows: a few hundred seeded series, written as text
0.0.4 or OpenMetrics, a new body per scrape. Every series carries its name once more as
the label `metric`, so that one selector can ask for all of them: rate drops the name,
and series that differ in nothing else would collide."""

import dataclasses

import values

SEQUENCE = "body_sequence"  # its value is the number of the body
MAX_AGE_MS = 2700  # of a sample's own timestamp, when its body is written

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
_ODD_VALUES = ['back\\slash', 'a "quoted" word', "two\nlines", "\u00fc\u4e2d\U0001f600",
               "a{b=\"c\"} 1", "comma, equals=", " blanks "]


@dataclasses.dataclass
class Kind:
    """One of the targets: how it is scraped and what is special about it."""
    job: str
    interval_ms: int
    openmetrics: bool = False
    honor_labels: bool = False
    honor_timestamps: bool = True
    conflicts: bool = False  # its bodies have the labels job and instance
    stamped: bool = False    # some of its series have timestamps of their own


@dataclasses.dataclass
class Series:
    name: str
    labels: dict
    stream: object
    stamped: bool = False
    last: tuple = None  # (value, timestamp) of a stamped series


def _label_text(labels):
    def escape(value):
        return "".join(_ESCAPES.get(c, c) for c in value)
    return ",".join(f'{name}="{escape(value)}"' for name, value in labels.items())


class Histogram:
    """Bucket counters that rise together; le is written as 3.x writes it, since 2.42
    would keep another spelling."""

    BOUNDS = ["0.005", "0.5", "1.0", "2.5", "+Inf"]

    def __init__(self, rng):
        self._rng = rng
        self.restart()

    def restart(self):
        self._counts, self._sum = [0] * len(self.BOUNDS), 0.0

    def observe(self):
        for _ in range(self._rng.randrange(6)):
            first = self._rng.randrange(len(self.BOUNDS))
            for i in range(first, len(self.BOUNDS)):
                self._counts[i] += 1
            self._sum += self._rng.random() * 3

    def value(self, which):
        return self._sum if which == "sum" else self._counts[which]


class Part:
    """One series of a histogram; the first of them moves it on."""

    def __init__(self, histogram, which):
        self._histogram, self._which = histogram, which

    def next(self):
        if self._which == 0:
            self._histogram.observe()
        return self._histogram.value(self._which)

    def restart(self):
        if self._which == 0:
            self._histogram.restart()


class Body:
    """The state of one target."""

    def __init__(self, rng, kind, source, series_count, scrapes):
        self._rng, self._kind, self._source = rng, kind, source
        self._families = []  # (name, type, [Series])
        self._add_counters(series_count, scrapes)
        self._add_histogram()
        self._add_fixed()

    def _labels(self, name, **more):
        labels = {"metric": name, **more}
        if self._kind.conflicts:
            labels["job"] = "inner"
            if self._rng.random() < 0.5:
                labels["instance"] = f"inner:{self._rng.randrange(3)}"
            if self._rng.random() < 0.3:
                labels["exported_job"] = "innermost"
        return labels

    def _add_counters(self, series_count, scrapes):
        """The first family is long and steady, so that its rows have long plain runs."""
        rng, per_family = self._rng, 25
        for family in range(max(2, series_count // per_family - 1)):
            name = f"requests_{family}_total"
            series = []
            for i in range(per_family if family else 2 * per_family):
                odd = {"odd": rng.choice(_ODD_VALUES)} if rng.random() < 0.1 else {}
                kind, stream = (values.mixed_stream(rng, scrapes) if family else
                                values.steady_stream(rng))
                labels = self._labels(name, i=str(i), code=rng.choice(["200", "404", "500"]),
                                      kind=kind, **odd)
                stamped = self._kind.stamped and rng.random() < 0.5
                series.append(Series(name, labels, stream, stamped))
            self._families.append((name, "counter", series))

    def _add_histogram(self):
        name = "latency_seconds"
        histogram = Histogram(self._rng)
        series = []
        for i, bound in enumerate(histogram.BOUNDS):
            labels = self._labels(name + "_bucket", le=bound)
            series.append(Series(name + "_bucket", labels, Part(histogram, i)))
        for suffix, which in [("_sum", "sum"), ("_count", len(histogram.BOUNDS) - 1)]:
            labels = self._labels(name + suffix)
            series.append(Series(name + suffix, labels, Part(histogram, which)))
        self._families.append((name, "histogram", series))

    def _add_fixed(self):
        name = "pause_seconds"
        series = [Series(name, self._labels(name, quantile=q), values.Gauge(self._rng))
                  for q in ["0.5", "0.99"]]
        self._families.append((name, "summary", series))
        name = "temperature"
        series = [Series(name, self._labels(name, place=str(i)),
                         values.Gaps(self._rng, values.Gauge(self._rng)))
                  for i in range(10)]
        self._families.append((name, "gauge", series))

    def restart(self):
        for _, _, series in self._families:
            for one in series:
                one.stream.restart()

    def next(self, number, now_ms):
        """The text of body `number`."""
        blocks = []
        for name, kind, series in self._families:
            family = name.removesuffix("_total") if self._kind.openmetrics else name
            lines = [line for one in series for line in self._lines(one, now_ms)]
            if not self._kind.openmetrics and self._rng.random() < 0.05:
                self._rng.shuffle(lines)
            blocks.append([f"# HELP {family} Seeded.", f"# TYPE {family} {kind}", *lines])
        if not self._kind.openmetrics and self._rng.random() < 0.05:
            self._rng.shuffle(blocks)
        labels = _label_text({"metric": SEQUENCE, "source": self._source})
        blocks.append([f"# TYPE {SEQUENCE} gauge", f"{SEQUENCE}{{{labels}}} {number}"])
        if self._kind.openmetrics:
            blocks.append(["# EOF"])
        return "\n".join(line for block in blocks for line in block) + "\n"

    def _lines(self, one, now_ms):
        value = one.stream.next()
        if value is None:
            return []
        labels = _label_text(one.labels)
        stamp = ""
        if one.stamped:
            value, at = self._stamp(one, value, now_ms)
            stamp = f" {at / 1000:.3f}" if self._kind.openmetrics else f" {at}"
        line = f"{one.name}{{{labels}}} {values.text_of(value, self._rng)}{stamp}"
        if not one.stamped and not self._kind.openmetrics and self._rng.random() < 0.002:
            return [line, f"{one.name}{{{labels}}} 7"]  # a duplicate: the first one counts
        if self._kind.openmetrics and one.name.endswith("_bucket") and self._rng.random() < 0.2:
            line += ' # {trace_id="abc"} 0.25'
        return [line]

    def _stamp(self, one, value, now_ms):
        """A timestamp as caching exporters give it: mostly some time ago, at times that
        of the scrape before with its value, with another value, or an even older one."""
        lot = self._rng.random()
        if one.last is None or lot < 0.8 or one.last[1] < now_ms - MAX_AGE_MS // 3:
            one.last = (value, now_ms - self._rng.randrange(MAX_AGE_MS // 3))
            return one.last
        old_value, at = one.last
        older = at - MAX_AGE_MS * 2 // 3
        return [(old_value, at), (value, at), (value, older)][self._rng.randrange(3)]
