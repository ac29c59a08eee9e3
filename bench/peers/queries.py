"""--queries: the expressions of bench/expressions.txt over HTTP, on every system."""

import os
import statistics
import time

from agreement import SPAN, Agreement
from systems import ROOT, STEP, query_path, range_path, result_size, scrape_config

EXPRESSIONS = os.path.join(ROOT, "bench", "expressions.txt")
# A range query of SPAN reaches back five minutes more.
FLAGS = ["--retention=16m"]
# An answer without data: what a request costs that no engine can save.
ROUND_TRIP = "vector(1)"
AIMS = {"instant": 50, "range": 20}  # times faster than Prometheus


def read_expressions():
    """[(kind, promql)]"""
    with open(EXPRESSIONS, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def paths(system, kind, promql, span, runs):
    """Each asks for another millisecond, and no cache: the answer is to be computed."""
    more = {"nocache": 1} if system.name == "VictoriaMetrics" else {}
    now = time.time() - 1
    for n in range(runs + 1):
        moment = now + n / 1000
        yield (query_path(promql, time=f"{moment:.3f}", **more) if kind == "instant"
               else range_path(promql, moment, span, **more))


def measure(system, kind, promql, span, args):
    runs = args.runs if kind == "instant" else args.range_runs
    seconds, body = system.latency(list(paths(system, kind, promql, span, runs)))
    if seconds is None:
        print(f"{system.name} refuses {promql}: {body[:200]!r}")
        return {"seconds": None, "rows": 0}
    return {"seconds": seconds, "rows": result_size(body)}


def ratios(results, kind, name):
    """How many times tacho's time a system needs, of each expression that both answered."""
    return [result[name]["seconds"] / result["tacho"]["seconds"] for result in results
            if result["kind"] == kind and result["tacho"]["seconds"]
            and result.get(name, {}).get("seconds")]


def cell(figures, base):
    if figures["seconds"] is None:
        return "-"
    ratio = "" if figures is base or not base["seconds"] else \
        f" ({figures['seconds'] / base['seconds']:.1f} x)"
    return f"{figures['seconds'] * 1e3:.2f} ms{ratio}"


def print_tables(args, results, names, span):
    print(f"\n{args.targets} targets x about {args.positions} series of an application, every "
          f"{args.interval} s; median of {args.runs} requests over HTTP, of range queries "
          f"{args.range_runs}; ratio to tacho in brackets; rows in the answer of tacho")
    for kind, title in (("instant", "instant"),
                        ("range", f"over {span} s at {STEP} s steps")):
        print(f"\n| {title} | rows | " + " | ".join(names) + " |")
        print("| --- | --- |" + " --- |" * len(names))
        for result in results:
            if result["kind"] == kind:
                cells = [cell(result[name], result["tacho"]) for name in names]
                print(f"| `{result['promql']}` | {result['tacho']['rows']} | "
                      + " | ".join(cells) + " |")
    print()
    for name in names[1:]:
        for kind, aim in AIMS.items():
            found = ratios(results, kind, name)
            if found:
                beside = f" (aim {aim} x)" if name == "Prometheus" else ""
                print(f"tacho beside {name}, {kind}: {min(found):.1f} x at least{beside}, "
                      f"median {statistics.median(found):.1f} x, {max(found):.1f} x at most")


def print_round_trips(systems, args):
    for system in systems:
        figures = measure(system, "instant", ROUND_TRIP, 0, args)
        print(f"{system.name}: {ROUND_TRIP} takes {figures['seconds'] * 1e3:.2f} ms")


def run(bench):
    args, expressions = bench.args, read_expressions()
    address = bench.target_server(args.targets, args.positions)
    agreement = None if args.only_tacho else Agreement(bench, address)
    config = bench.write("scrape.yaml",
                         scrape_config(args.targets, address, args.interval, body="app"))
    systems = bench.scrapers(config, FLAGS)
    began = time.monotonic()
    print(f"scraping {args.targets} targets for {args.minutes} minutes with "
          f"{', '.join(s.name for s in systems)} ...", flush=True)
    time.sleep(args.minutes * 60)
    compared = agreement.compare(expressions) if agreement else {}
    # What there is of data behind the first two scrapes.
    there = int(time.monotonic() - began) - 2 * args.interval
    span = max(STEP, min(SPAN, there // STEP * STEP))
    if span < SPAN:
        print(f"range queries over {span} s instead of {SPAN}: --minutes 13 gives all of them")
    results = [{"kind": kind, "promql": promql,
                **{s.name: measure(s, kind, promql, span, args) for s in systems}}
               for kind, promql in expressions]
    print_tables(args, results, [s.name for s in systems], span)
    print_round_trips(systems, args)
    answered = sum(result["tacho"]["seconds"] is not None for result in results)
    print(f"tacho answered {answered} of {len(results)} expressions")
    good = answered == len(results) and not compared.get("differences")
    return {"range_seconds": span, "expressions": results, "agreement": compared}, good
