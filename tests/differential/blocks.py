"""Both hold the same samples: two hours, thousands of seeded series, every 15 s with
jitter, gaps, restarts and resets. Prometheus gets them as blocks that promtool makes from
OpenMetrics text; tacho gets rows (series that share their times) and single samples.
There are no staleness markers here: gaps are simply gaps, and lookback shows."""

import dataclasses
import os
import random
import subprocess
import sys

import compare
import harness
import prometheus
import queries
import tacho
import values

LOOKBACK_MS = 300_000
INTERVAL_MS = 15_000
SCRAPES = 480
START_MS = 1_700_000_000_000
ALONE = 0.1  # the share of series with times of their own

CHOICES = queries.Choices(
    selectors=['{metric!=""}', '{metric!="",kind!="special"}', '{metric!="",kind!="special"}',
               '{code="200",pod=~"pod-[0-3]"}', 'requests_0_total', 'alone_total',
               '{__name__=~"requests_[1-4]_.*"}', '{metric!="",pod!~"pod-.*[02468]"}',
               '{metric!="",code!="404"}'],
    one_metric=['requests_0_total', 'requests_0_total{code="200"}', 'requests_7_total',
                'alone_total'],
    windows_ms=[60_000, 90_000, 120_000, 300_000, 600_000],
    offsets_ms=[0, 0, 0, 60_000, 97_531], lookback_ms=LOOKBACK_MS)


@dataclasses.dataclass
class Series:
    labels: tuple
    stream: object


class Source:
    """Series that share their times: a pod, or one series alone."""

    def __init__(self, rng, name, series):
        self.name, self.series, self._rng = name, series, rng
        self._offset_ms = rng.randrange(INTERVAL_MS)
        self._jitter_ms = rng.choice([0, 0, 20, 2000])

    def rows(self):
        """[(time_ms, [value or None per series])]: now and then the source is away, and
        comes back with everything restarted."""
        rows, away = [], 0
        for scrape in range(SCRAPES):
            time_ms = (START_MS + scrape * INTERVAL_MS + self._offset_ms +
                       self._rng.randint(-self._jitter_ms, self._jitter_ms))
            away = max(0, away - 1) or (self._rng.choice([1, 3, 25])
                                        if self._rng.random() < 0.01 else 0)
            if away == 1:
                for series in self.series:
                    series.stream.restart()
            row = [series.stream.next() for series in self.series]
            if not away and any(v is not None for v in row):
                rows.append((time_ms, row))
        return rows


def _make_sources(rng, count):
    per_pod, steady = 100, 50
    sources = []
    for pod in range(max(1, int(count * (1 - ALONE)) // per_pod)):
        series = []
        for i in range(per_pod):
            name = f"requests_{1 + i % 9 if i >= steady else 0}_total"
            kind, stream = (values.mixed_stream(rng, SCRAPES, reset=0.01) if i >= steady else
                            values.steady_stream(rng))
            series.append(Series((("__name__", name), ("code", rng.choice(["200", "404"])),
                                  ("i", str(i)), ("kind", kind), ("metric", name),
                                  ("pod", f"pod-{pod}")), stream))
        sources.append(Source(rng, f"pod-{pod}", series))
    for i in range(int(count * ALONE)):
        kind, stream = values.mixed_stream(rng, SCRAPES, reset=0.01)
        sources.append(Source(rng, "", [Series(
            (("__name__", "alone_total"), ("code", "500"), ("i", str(i)), ("kind", kind),
             ("metric", "alone_total")), stream)]))
    return sources


def _write_openmetrics(path, samples):
    """Times are written half a millisecond late: promtool reads seconds as a double and
    cuts to milliseconds, which would often give the one before."""
    with open(path, "w", encoding="utf-8") as out:
        for labels, points in samples.items():
            name = labels[0][1]
            text = ",".join(f'{n}="{v}"' for n, v in labels[1:])
            for time_ms, value in points:
                out.write(f"{name}{{{text}}} {values.text_of(value)} "
                          f"{time_ms // 1000}.{time_ms % 1000:03d}5\n")
        out.write("# EOF\n")


def _make_blocks(options, folder, samples):
    path = os.path.join(folder, "samples.om")
    _write_openmetrics(path, samples)
    subprocess.run([prometheus.binary(options.peers, "promtool"), "tsdb", "create-blocks-from",
                    "openmetrics", path, os.path.join(folder, "data")],
                   check=True, stdout=subprocess.DEVNULL)
    os.remove(path)


def _name_series(script, sources):
    """Declares targets and series; the driver's name of each series, by source."""
    names = []
    for source in sources:
        if source.name:
            script.target(source.name, {"pod": source.name})
        names.append([])
        for series in source.series:
            names[-1].append(f"{source.name}-{dict(series.labels)['i']}")
            script.add("series", names[-1][-1],
                       *(f"{n}={v}" for n, v in series.labels if not source.name or n != "pod"))
    return names


def _commands(sources, names, rows):
    """[(time_ms, command)] in order of time."""
    commands = []
    for source, own_names, own_rows in zip(sources, names, rows):
        for time_ms, row in own_rows:
            if not source.name:
                commands.append((time_ms, ("append", own_names[0], time_ms, tacho.bits(row[0]))))
                continue
            samples = [f"{n}:{tacho.bits(v)}" for n, v in zip(own_names, row) if v is not None]
            commands.append((time_ms, ("row", source.name, time_ms, *samples)))
    return sorted(commands, key=lambda c: c[0])


def _samples(sources, rows):
    """{labels: [(time_ms, value)]}."""
    samples = {}
    for source, own_rows in zip(sources, rows):
        for i, series in enumerate(source.series):
            points = [(t, float(row[i])) for t, row in own_rows if row[i] is not None]
            if points:
                samples[series.labels] = points
    return samples


def _compare(options):
    folder = harness.folder(options)
    rng = random.Random(options.seed)
    sources = _make_sources(rng, options.series)
    rows = [source.rows() for source in sources]
    samples = _samples(sources, rows)
    harness.progress(f"{len(samples)} series, {sum(map(len, samples.values()))} samples; "
                     "making blocks")
    _make_blocks(options, folder, samples)
    times = queries.moments(rng, options.moments, [t for own in rows for t, _ in own],
                            queries.ends(samples, LOOKBACK_MS), CHOICES)
    plan = queries.groups(rng, times, CHOICES)
    script = tacho.Script(os.path.join(folder, "script"), 24 * 3_600_000, LOOKBACK_MS)
    plan = script.play(_commands(sources, _name_series(script, sources), rows), plan, lag_ms=0)
    harness.progress("tacho answers")
    answers = script.run(options.driver)
    judge = compare.Judge(samples, LOOKBACK_MS)
    harness.progress("Prometheus answers")
    with prometheus.Prometheus(options.peers, folder, prometheus.IDLE) as server:
        harness.ask_both(judge, plan, server, answers)
    harness.progress("done")
    return judge, judge.problems + answers.finish()


if __name__ == "__main__":
    sys.exit(harness.run("blocks", _compare))
