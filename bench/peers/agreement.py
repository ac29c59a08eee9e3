"""Whether tacho and Prometheus give the same results: on a small fleet beside the measured one,
whose samples carry their own times. Otherwise each system's samples have the times of its own
scrapes, and nothing is equal.

The times of samples are 4.217 s behind multiples of 5 s, queries ask 1.5 s behind them and
subqueries for whole steps: no sample lies on the edge of a window, which Prometheus 2
includes and Prometheus 3 and tacho do not.
"""

import json
import math
import time

from systems import STEP, query_path, range_path, scrape_config

TARGETS = 20
GRID = 5  # seconds; tacho_target_server's
PHASE = 1.5
SPAN = 600  # seconds of a range query
SETTLE = 2 * GRID  # a sample is scraped, by both, in this time
TOLERANCE = 1e-9
FLAGS = ["--retention=16m"]
JOB = "  honor_timestamps: true"


def same(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or math.isclose(a, b, rel_tol=TOLERANCE)


def points(row):
    return row["values"] if "values" in row else [row["value"]]


def by_labels(body):
    rows = json.loads(body)["data"]["result"]
    return {json.dumps(row["metric"], sort_keys=True): points(row) for row in rows}


def difference(ours, theirs):
    """What is not the same, or None."""
    if ours.keys() != theirs.keys():
        return f"other rows: {sorted(ours.keys() ^ theirs.keys())[:2]}"
    for labels, mine in ours.items():
        if [t for t, _ in mine] != [t for t, _ in theirs[labels]]:
            return f"other times of {labels}"
        for (moment, a), (_, b) in zip(mine, theirs[labels]):
            if not same(float(a), float(b)):
                return f"{labels} at {moment}: {a}, Prometheus {b}"
    return None


class Agreement:
    """Starts to scrape when made."""

    def __init__(self, bench, address):
        config = bench.write("stamped.yaml",
                             scrape_config(TARGETS, address, 1, body="stamped", job=JOB))
        self._bench, self._began = bench, time.time()
        self._prometheus = bench.prometheus(config, place="stamped-prometheus")
        self._tacho = self._prometheus and bench.adapter(
            ["--scrape-config", config, *FLAGS], place="stamped-tacho")

    def _path(self, kind, promql, end):
        if kind == "instant":
            return query_path(promql, time=f"{end:.3f}")
        span = int(end - self._began) // STEP * STEP
        return range_path(promql, end, min(span, SPAN))

    def _one(self, kind, promql, end):
        path = self._path(kind, promql, end)
        replies = [system.get(path) for system in (self._tacho, self._prometheus)]
        for status, body in replies:
            if status != 200:
                return f"HTTP {status}: {body[:200]!r}", 0
        ours, theirs = (by_labels(body) for _, body in replies)
        return difference(ours, theirs), len(ours)

    def compare(self, expressions):
        """Compares, says what came out, and ends its systems."""
        if self._prometheus is None:
            return {}
        end = (time.time() - SETTLE) // GRID * GRID + PHASE
        differences, rows, empty = {}, 0, []
        for kind, promql in expressions:
            wrong, count = self._one(kind, promql, end)
            rows += count
            if wrong:
                differences[promql] = wrong
                print(f"tacho and Prometheus differ in {promql}: {wrong}")
            elif count == 0:
                empty.append(promql)
                print(f"nothing to compare yet in {promql}")
        equal = len(expressions) - len(differences) - len(empty)
        print(f"tacho and Prometheus agree within {TOLERANCE} in {equal} of {len(expressions)} "
              f"expressions, {rows} rows, over {TARGETS} targets with times of their own")
        self._bench.stop(self._tacho, self._prometheus)
        return {"equal": equal, "rows": rows, "empty": empty, "differences": differences}
