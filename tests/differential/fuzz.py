"""Random expressions over random data, asked of Prometheus 2.42 and of tacho.

Each round has samples of its own (every other round with samples at the ends of windows)
and asks a number of expressions of them, each as some instant and range queries."""

import argparse
import os
import random
import shutil
import signal
import sys
import time

import fuzz_data
import fuzz_grammar
import fuzz_judge
import fuzz_shrink
import fuzz_sides
import harness
import prometheus

PER_ROUND = 60
MAX_PROBLEMS = 5


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--driver", required=True, help="the program differential_driver")
    parser.add_argument("--peers", required=True, help="where scripts/setup --peers unpacks")
    parser.add_argument("--work", required=True, help="a folder for what fails")
    parser.add_argument("--seed", type=int,
                        default=int(os.environ.get("TACHO_DIFFERENTIAL_SEED",
                                                   time.time_ns() // 1000 % 10**9)))
    parser.add_argument("--queries", type=int, default=4000, help="stop after so many")
    parser.add_argument("--minutes", type=float, help="go on for so long instead")
    parser.add_argument("--problems", type=int, default=MAX_PROBLEMS,
                        help="stop after so many; 0: do not stop")
    parser.add_argument("--trials", type=int, default=60,
                        help="how often a Prometheus may start to shrink a problem")
    options = parser.parse_args()
    options.peers, options.work = map(os.path.abspath, (options.peers, options.work))
    return options


class Fuzzer:
    def __init__(self, options, driver):
        self._options, self._driver = options, driver
        self._begun = time.monotonic()
        self.queries = self.values = self.failures = 0
        self.excused = {}
        self.problems = []

    def done(self):
        if self._options.problems and len(self.problems) >= self._options.problems:
            return True
        if self._options.minutes:
            return time.monotonic() - self._begun > 60 * self._options.minutes
        return self.queries >= self._options.queries

    def round(self, number):
        seed, edges = f"{self._options.seed} {number}", number % 2 == 1
        samples = fuzz_data.seeded(seed, edges)
        rng = random.Random(f"expressions {seed}")
        grammar = fuzz_grammar.Grammar(rng, edges)
        found = []
        with fuzz_sides.Sides(self._options, self._driver, samples, edges) as sides:
            judge = fuzz_judge.Judge(sides)
            for _ in range(PER_ROUND):
                node = grammar.expression()
                for moment in fuzz_data.moments(rng, edges):
                    problem = judge.judge(node, moment)
                    if problem is not None:
                        found.append((node, problem))
                        break
        self._count(judge)
        for node, problem in found:
            self._report(number, edges, samples, node, problem)

    def _count(self, judge):
        self.queries += judge.queries
        self.values += judge.values
        self.failures += judge.failures
        for name, count in judge.excused.items():
            self.excused[name] = self.excused.get(name, 0) + count
        harness.progress(f"{self.queries} queries, {len(self.problems)} problems")

    def _report(self, number, edges, samples, node, problem):
        if self._options.problems and len(self.problems) >= self._options.problems:
            return
        self.problems.append(problem)
        print(f"\nFAILED seed {self._options.seed}, round {number}: {node.text()}", flush=True)
        shrunk = fuzz_shrink.shrink(self._options, self._driver, samples, edges, problem)
        text = fuzz_shrink.script(*shrunk)
        path = os.path.join(harness.folder(self._options),
                            f"{self._options.seed}-{len(self.problems)}.test")
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        print(f"{text}written to {path}", flush=True)

    def summary(self):
        excused = ", ".join(f"{n} {name}" for name, n in sorted(self.excused.items()))
        return (f"compared {self.queries} queries ({self.failures} that fail on both sides or "
                f"one), {self.values} values\nqueries with an excused difference: "
                f"{excused or 'none'}")


def main():
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no Prometheus behind
    print(f"seed {options.seed}", flush=True)
    try:
        prometheus.binary(options.peers, "prometheus")
    except prometheus.Unavailable as reason:
        print(f"skipped: {reason}")
        return harness.SKIPPED
    with fuzz_sides.Driver(options.driver) as driver:
        fuzzer, number = Fuzzer(options, driver), 0
        while not fuzzer.done():
            fuzzer.round(number)
            number += 1
    print(fuzzer.summary())
    if not fuzzer.problems and fuzzer.queries:
        shutil.rmtree(options.work, ignore_errors=True)
        return 0
    print(f"{len(fuzzer.problems)} problems. Again with:\n  "
          f"{' '.join([sys.executable, *sys.argv])} --seed {options.seed}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
