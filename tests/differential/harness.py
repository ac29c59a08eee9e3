"""What the two comparisons share: their options, their folder, asking both sides, the
report and the exit code (77: skipped)."""

import argparse
import os
import shutil
import signal
import sys
import time

import prometheus

SKIPPED = 77


def _options(name):
    def size(variable, default):
        return int(os.environ.get(f"TACHO_DIFFERENTIAL_{variable}", default))
    parser = argparse.ArgumentParser(description=f"tacho beside Prometheus: {name}")
    parser.add_argument("--driver", required=True, help="the program differential_driver")
    parser.add_argument("--peers", required=True, help="where scripts/setup --peers unpacks")
    parser.add_argument("--work", required=True, help="a folder that may be emptied")
    parser.add_argument("--seed", type=int, default=size("SEED", time.time_ns() // 1000 % 10**9))
    parser.add_argument("--seconds", type=int, default=size("SECONDS", 30),
                        help="how long to scrape")
    parser.add_argument("--moments", type=int, default=size("MOMENTS", 30),
                        help="number of evaluation times")
    parser.add_argument("--series", type=int, default=size("SERIES", 2500))
    return parser.parse_args()


def folder(options, *names):
    path = os.path.join(options.work, *names)
    os.makedirs(path, exist_ok=True)
    return path


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def ask_both(judge, plan, server, answers):
    """plan: the groups, in the order in which the script asked them."""
    for group in plan:
        old = [server.vector(text, group.inner.time_ms) for text in group.texts()]
        new = [answers.next() for _ in old]
        judge.judge(group, old, new)


def _report(options, judge, problems):
    print(judge.summary())
    for problem in problems:
        print(f"FAILED seed {options.seed}: {problem}")
    if not problems:
        shutil.rmtree(options.work)
        return 0
    print(f"{len(problems)} problems. The files are in {options.work}; again with:\n"
          f"  {' '.join([sys.executable, *sys.argv])} --seed {options.seed}")
    return 1


def run(name, compare):
    """compare(options): (judge, problems). Returns the exit code."""
    options = _options(name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no Prometheus behind
    print(f"seed {options.seed}", flush=True)
    shutil.rmtree(options.work, ignore_errors=True)
    try:
        prometheus.binary(options.peers, "prometheus")
    except prometheus.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    judge, problems = compare(options)
    if not judge.compared:
        problems.append("nothing was compared")
    return _report(options, judge, problems)
