"""Seeded streams of sample values: counters that reset, gauges, and the doubles that
break careless arithmetic. A stream is advanced once per scrape and says what the series
shows then: a value, or None while it is gone."""

import math

SPECIAL = [math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, 2.2250738585072014e-308,
           2.0**53, 2.0**53 + 2, -2.0**53 - 2, 1e300, -1e300, 0.1, 1 / 3]

# What a counter grows by at one scrape.
_STEPS = {
    "fast": lambda r: r.randrange(5000),
    "slow": lambda r: int(r.random() < 0.1),
    "steady": lambda r: 10,
    "float": lambda r: r.random() * 0.3,
    "wide": lambda r: 10.0 ** r.randrange(-9, 9),
    "odd": lambda r: r.randrange(1, 9),  # from near 2^53, where doubles step by 2
}
COUNTERS = list(_STEPS)


class Counter:
    """Grows by its step; resets now and then, to zero or to its first step: a first
    value of about one step is where the zero clamp of rate binds or just does not."""

    def __init__(self, rng, kind, reset=0.03):
        self._rng, self._step, self._reset = rng, _STEPS[kind], reset
        self._value = 2.0**53 - 100 if kind == "odd" else 0
        if rng.random() < 0.3:
            self._value += rng.randrange(10**6)

    def next(self):
        if self._rng.random() < self._reset:
            self.restart()
        self._value += self._step(self._rng)
        return self._value

    def restart(self):
        self._value = 0 if self._rng.random() < 0.5 else self._step(self._rng)


class Gauge:
    """A random walk over both signs."""

    def __init__(self, rng):
        self._rng, self._value = rng, rng.gauss(0, 100)

    def next(self):
        self._value += self._rng.gauss(0, 10)
        return self._value

    def restart(self):
        self._value = 0.0


class Special:
    """Any of SPECIAL, each time; `often` below 1 leaves most to another stream."""

    def __init__(self, rng, often=1.0, other=None):
        self._rng, self._often, self._other = rng, often, other

    def next(self):
        value = self._other.next() if self._other else None
        return self._rng.choice(SPECIAL) if self._rng.random() < self._often else value

    def restart(self):
        if self._other:
            self._other.restart()


class Gaps:
    """Another stream with times at which the series is gone: born late, away for some
    scrapes, in a few cases gone for good."""

    def __init__(self, rng, stream, leave=0.02, scrapes=100):
        self._rng, self._stream, self._leave = rng, stream, leave
        self._away = rng.randrange(scrapes * 2 // 3) if rng.random() < 0.15 else 0
        self._left = rng.randrange(1, scrapes) if rng.random() < 0.05 else math.inf

    def next(self):
        value = self._stream.next()
        self._left -= 1
        if self._left < 0:
            return None
        if self._away > 0:
            self._away -= 1
            return None
        if self._rng.random() < self._leave:
            self._away = self._rng.choice([0, 0, 1, 2, 5, 15, 25])
            return None
        return value

    def restart(self):
        self._stream.restart()


def steady_stream(rng):
    """A counter that is always there and hardly ever resets, and its kind. Long runs of
    these are what tacho computes with its row kernels."""
    return "steady", Counter(rng, rng.choice(COUNTERS), reset=0.001)


def mixed_stream(rng, scrapes, reset=0.03):
    """A stream with gaps and its kind, drawn by lot: most are counters."""
    lot = rng.random()
    if lot < 0.75:
        kind, inner = "counter", Counter(rng, rng.choice(COUNTERS), reset)
    elif lot < 0.85:
        kind, inner = "gauge", Gauge(rng)
    elif lot < 0.92:
        kind, inner = "special", Special(rng, 0.1, Counter(rng, "fast", reset))
    else:
        kind, inner = "special", Special(rng)
    return kind, Gaps(rng, inner, scrapes=scrapes)


def text_of(value, rng=None):
    """The value as an exposition may write it; with rng, in one of several spellings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 2**63 and math.copysign(1, value) > 0 and rng:
        return rng.choice([repr(value), str(int(value)), f"{value:.17e}"])
    return repr(value)
