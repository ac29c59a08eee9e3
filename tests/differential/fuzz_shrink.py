"""Makes a failing case small, and writes it as a script for `tachotool test promql`."""

import math

import fuzz_judge
import fuzz_sides
import remote_write
from fuzz_tree import Dialect


class _Trials:
    """Whether a case still fails, within a number of trials: each starts a Prometheus."""

    def __init__(self, options, driver, edges, problem):
        self._options, self._driver, self._edges = options, driver, edges
        self.problem, self._left = problem, options.trials

    def fails(self, samples):
        if self._left <= 0:
            return False
        self._left -= 1
        with fuzz_sides.Sides(self._options, self._driver, samples, self._edges) as sides:
            judge = fuzz_judge.Judge(sides)
            answers = (sides.old(self.problem.node, self.problem.moment, self.problem.anchors),
                       sides.new(self.problem.node, self.problem.moment, self.problem.anchors))
            if not fuzz_judge.differ(*answers):
                return False
            found = judge.explain(self.problem, answers)
        if found is not None:
            self.problem = found
        return found is not None


def _without(items, begin, count):
    return items[:begin] + items[begin + count:]


def _reduce(items, fails):
    """Drops what can be dropped: halves first, then ever smaller parts."""
    size = max(1, len(items) // 2)
    while True:
        begin = 0
        while begin < len(items):
            fewer = _without(items, begin, size)
            if fewer and fails(fewer):
                items = fewer
            else:
                begin += size
        if size == 1:
            return items
        size = max(1, size // 2)


def shrink(options, driver, samples, edges, problem):
    """(samples, problem): a smaller case; without samples if it does not fail again."""
    trials = _Trials(options, driver, edges, problem)
    if not options.trials or not trials.fails(samples):
        return {}, problem
    series = _reduce(list(samples), lambda kept: trials.fails({x: samples[x] for x in kept}))
    samples = {labels: samples[labels] for labels in series}
    times = sorted({t for points in samples.values() for t, _ in points})

    def only(kept):
        kept = set(kept)
        return {x: [p for p in points if p[0] in kept] for x, points in samples.items()}

    kept = _reduce(times, lambda some: trials.fails(only(some)))
    return only(kept), trials.problem


def _number(value):
    if remote_write.is_stale(value):
        return "stale"
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return repr(int(value)) if value.is_integer() and 0 < abs(value) < 1e15 else repr(value)


def _labels(labels):
    name = dict(labels).get("__name__", "")
    text = ", ".join(f'{n}="{v}"' for n, v in labels if n != "__name__")
    return name + "{" + text + "}"


def _values(points, step_ms):
    """The points of a line, with gaps."""
    out, next_ms = [], 0
    for time_ms, value in points:
        gap = (time_ms - next_ms) // step_ms
        out += [f"_x{gap}"] if gap > 1 else ["_"] * gap
        out.append(_number(value))
        next_ms = time_ms + step_ms
    return " ".join(out) or "_"


def _duration(ms):
    return f"{ms // 1000}s" if ms % 1000 == 0 else f"{ms}ms"


def _expected(old, moment):
    if old.failed:
        return [f"  expect fail msg: {old.message}"]
    if old.kind == "scalar":
        return [f"  {_number(old.values()[()])}"]
    out = []
    if not moment.step_ms and old.kind == "matrix":
        return ["  # a range vector"]
    for labels, points in sorted(old.series.items()):
        shifted = [(t - moment.start_ms, v) for t, v in points]
        out.append(f"  {_labels(labels)} {_values(shifted, moment.step_ms or 1)}")
    return out


def script(samples, problem):
    """The case in promqltest format, with Prometheus' answer as what is expected, and both
    answers in a comment."""
    times = [t for points in samples.values() for t, _ in points]
    step_ms = math.gcd(*times) or 1000  # gcd() of none is 0
    lines = [f"load {_duration(step_ms)}"]
    lines += [f"  {_labels(labels)} {_values(points, step_ms)}"
              for labels, points in samples.items() if points]
    moment, anchors = problem.moment, problem.anchors
    text = problem.node.text(Dialect(tacho=True, start=str(anchors.start_ms / 1000),
                                     end=str(anchors.end_ms / 1000)))
    lines.append("")
    for name, answer in [("Prometheus 2.42", problem.old), ("tacho", problem.new)]:
        lines += [f"# {name}: " + "\n# ".join(str(answer).split("\n"))]
    if moment.step_ms:
        lines.append(f"eval range from {_duration(moment.start_ms)} to {_duration(moment.end_ms)} "
                     f"step {_duration(moment.step_ms)} {text}")
    else:
        lines.append(f"eval instant at {_duration(moment.start_ms)} {text}")
    return "\n".join(lines + _expected(problem.old, moment)) + "\n"
