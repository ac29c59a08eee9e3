"""The two sides of the fuzzer, asked alike: old is a Prometheus 2.42, new is tacho."""

import dataclasses
import json
import math
import os
import shutil
import subprocess

import prometheus
import tacho
from fuzz_tree import Dialect

LOOKBACK_MS = 300_000
_RETENTION_MS = 365 * 24 * 3_600_000

# Kinds of failure, by each side's own names.
REFUSED, FAILED, LIMITED = "refused", "failed", "limited"
_OLD_ERRORS = {"bad_data": REFUSED, "execution": FAILED, "timeout": LIMITED}
_NEW_ERRORS = {"INVALID_ARGUMENT": FAILED, "RESOURCE_EXHAUSTED": LIMITED}


@dataclasses.dataclass
class Answer:
    """kind: scalar, vector, matrix, or error. series: {labels: [(time_ms, value)]}, in the
    order in which they came."""
    kind: str
    series: dict = dataclasses.field(default_factory=dict)
    failure: str = ""  # REFUSED, FAILED, LIMITED, or what the side said
    message: str = ""
    ranked: bool = False  # the order of an instant vector is part of the answer

    @property
    def failed(self):
        return self.kind == "error"

    def values(self):
        """{labels: value} of a vector or a scalar."""
        return {labels: points[0][1] for labels, points in self.series.items()}

    def ranked_as(self, other):
        """Whether the values come in the same order, where that is part of the answer."""
        return not self.ranked or all(
            a == b or (math.isnan(a) and math.isnan(b))
            for a, b in zip(self.values().values(), other.values().values()))

    def __str__(self):
        if self.failed:
            return f"{self.failure}: {self.message}"
        rows = [f"  {dict(labels)} " + " ".join(f"{v!r}@{t / 1000:g}" for t, v in points[:12])
                for labels, points in self.series.items()]
        return "\n".join([self.kind, *rows[:12], *(["  ..."] if len(rows) > 12 else [])])


def _points(pairs):
    return [(round(t * 1000), float(v)) for t, v in pairs]


def _old_answer(reply):
    if reply["status"] != "success":
        return Answer("error", {}, _OLD_ERRORS.get(reply["errorType"], reply["errorType"]),
                      reply["error"])
    kind, result = reply["data"]["resultType"], reply["data"]["result"]
    if kind in ("scalar", "string"):
        return Answer(kind, {(): _points([result])})
    return Answer(kind, {tuple(sorted(s["metric"].items())):
                         _points(s["values"] if "values" in s else [s["value"]])
                         for s in result})


def _new_answer(line):
    if not line.startswith("A "):
        return Answer("error", {}, "driver", line.strip() or "the driver has ended")
    kind, *rows = json.loads(line[2:])
    if kind == "error":
        code, message = rows
        failure = _NEW_ERRORS.get(code, code)
        if failure == FAILED and "parse error" in message:
            failure = REFUSED
        return Answer("error", {}, failure, message)
    return Answer(kind, {tuple(sorted(labels.items())):
                         [(flat[i], float(flat[i + 1])) for i in range(0, len(flat), 2)]
                         for labels, *flat in rows})


class Driver:
    """tests/differential/driver.cc, line by line."""

    def __init__(self, path):
        self._path, self._process = path, None

    def __enter__(self):
        self._process = subprocess.Popen([self._path], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, text=True, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait(30)

    def tell(self, *fields):
        self._process.stdin.write("\t".join(str(f) for f in fields) + "\n")

    def ask(self, *fields):
        self.tell(*fields)
        self._process.stdin.flush()
        return _new_answer(self._process.stdout.readline())


def _instance(labels):
    return dict(labels).get("instance", "")


def _load(driver, samples):
    """Series with an instance become rows of a target; the others are appended one by one."""
    driver.tell("options", _RETENTION_MS, LOOKBACK_MS)
    rows = {}
    for instance in sorted({_instance(labels) for labels in samples} - {""}):
        driver.tell("target", instance, 0, 0, f"instance={instance}")
    for i, (labels, points) in enumerate(samples.items()):
        instance = _instance(labels)
        driver.tell("series", i, *(f"{n}={v}" for n, v in labels
                                   if n != "instance" or not instance))
        for time_ms, value in points:
            rows.setdefault((time_ms, instance), []).append(f"{i}:{tacho.bits(value)}")
    for (time_ms, instance), row in sorted(rows.items()):
        if instance:
            driver.tell("row", instance, time_ms, *row)
        for sample in row if not instance else []:
            series, value = sample.split(":")
            driver.tell("append", series, time_ms, value)


def _seconds(ms):
    return f"{ms / 1000:.3f}"


class Sides:
    """Both hold the same samples until the with block ends. edges: samples may be at the
    ends of windows, so tacho is asked in the closed dialect."""

    def __init__(self, options, driver, samples, edges):
        self._driver, self._closed = driver, edges
        folder = os.path.join(options.work, "prometheus")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self._server = prometheus.Prometheus(options.peers, folder, prometheus.IDLE,
                                             [prometheus.REMOTE_WRITE])
        self._samples = samples
        self.asked = 0

    def __enter__(self):
        self._server.__enter__()
        self._server.write(self._samples)
        _load(self._driver, self._samples)
        return self

    def __exit__(self, *_):
        self._server.stop()

    def old(self, node, moment, anchors=None):
        return _ranked(node, moment, self._old(node, moment, anchors))

    def new(self, node, moment, anchors=None):
        return _ranked(node, moment, self._new(node, moment, anchors))

    def _old(self, node, moment, anchors):
        self.asked += 1
        text = node.text(_anchored(Dialect(), anchors))
        if not moment.step_ms:
            return _old_answer(self._server.ask("query", query=text,
                                                time=_seconds(moment.start_ms)))
        return _old_answer(self._server.ask(
            "query_range", query=text, start=_seconds(moment.start_ms),
            end=_seconds(moment.end_ms), step=_seconds(moment.step_ms)))

    def _new(self, node, moment, anchors):
        text = node.text(_anchored(Dialect(tacho=True, closed=self._closed), anchors))
        lookback_ms = LOOKBACK_MS + (1 if self._closed else 0)
        if not moment.step_ms:
            return self._driver.ask("instant", lookback_ms, moment.start_ms, text)
        return self._driver.ask("range", lookback_ms, moment.start_ms, moment.end_ms,
                                moment.step_ms, text)


def _ranked(node, moment, answer):
    """Section 3.9: sort orders a vector; topk and bottomk do within groups, which themselves
    come in no order."""
    one_group = node.op in ("topk", "bottomk") and not node.facts["clause"]
    answer.ranked = (one_group or node.op in ("sort", "sort_desc")) and (
        answer.kind == "vector" and not moment.step_ms)
    return answer


def _anchored(dialect, anchors):
    """anchors: the moment whose start and end are meant, where it is not the one asked."""
    if anchors is None:
        return dialect
    return dataclasses.replace(dialect, start=_seconds(anchors.start_ms),
                               end=_seconds(anchors.end_ms))
