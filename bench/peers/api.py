"""--api: tacho's custom metrics API under concurrent clients, with ab (apache2-utils)."""

import csv
import json
import os
import re
import shutil
import subprocess
import time

from systems import NAMESPACES, scrape_config, wait_for

PATH = "/apis/custom.metrics.k8s.io/v1beta1/namespaces/ns-3/pods/*/http_requests_per_second"
AIM_P99 = 5e-3
# A request to the upstream costs Prometheus hundreds of times what one costs tacho.
UPSTREAM_SHARE = 100


def ab(bench, address, requests):
    """Seconds at each percentile, requests a second; stops the run if a request failed."""
    table = os.path.join(bench.folder, "ab.csv")
    command = ["ab", "-q", "-k", "-l", "-c", str(bench.args.clients), "-n", str(requests),
               "-e", table, f"http://{address}{PATH}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"ab failed: {done.stderr}")
    failed = [int(n) for n in re.findall(r"(?:Failed requests|Non-2xx responses):\s+(\d+)",
                                         done.stdout)]
    with open(table, encoding="ascii", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {"seconds": {int(percent): float(ms) / 1e3 for percent, ms in rows},
            "failed": sum(failed),
            "requests_per_second":
                float(re.search(r"Requests per second:\s+([\d.]+)", done.stdout)[1])}


def pods_seen(system):
    status, body = system.get(PATH)
    return len(json.loads(body)["items"]) if status == 200 else 0


def measure(bench, system, beside, requests):
    """Under load; `beside` are the systems that work for it."""
    pods = len(range(3, bench.args.targets, NAMESPACES))
    wait_for(f"the metric of {system.name}", lambda: pods_seen(system) == pods, 120)
    ab(bench, system.address, max(bench.args.clients, requests // 10))  # connections, caches
    before = [s.cpu_seconds() for s in (system, *beside)]
    load = ab(bench, system.address, requests)
    used = [s.cpu_seconds() - b for s, b in zip((system, *beside), before)]
    return {"pods": pods, "requests": requests, "failed": load["failed"],
            "p50_seconds": load["seconds"][50], "p99_seconds": load["seconds"][99],
            "requests_per_second": load["requests_per_second"],
            "cpu_seconds": used[0], "cpu_seconds_beside": sum(used[1:]),
            "requests_per_core_second": requests / used[0] if used[0] else None,
            "requests_per_core_second_in_all": requests / sum(used) if sum(used) else None}


def print_table(args, results):
    print(f"\npods/* of one namespace, {args.targets} targets x {args.positions} series, "
          f"{args.clients} clients at a time, kept connections\n")
    print("| | pods | p50 | p99 | requests/s | requests/s of a core | the same, Prometheus' CPU "
          "counted too | failed |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, r in results.items():
        per_core = [f"{value:,.0f}" if value else "-" for value in
                    (r["requests_per_core_second"], r["requests_per_core_second_in_all"])]
        beside = per_core[1] if r["cpu_seconds_beside"] else ""
        print(f"| {name} | {r['pods']} | {r['p50_seconds'] * 1e3:.2f} ms | "
              f"{r['p99_seconds'] * 1e3:.2f} ms | {r['requests_per_second']:,.0f} | "
              f"{per_core[0]} | {beside} | {r['failed']} |")
    print(f"\naim: p99 at most {AIM_P99 * 1e3:.0f} ms embedded")


def upstream_flags(args, prometheus):
    # Each request is up to four queries; none is to be refused.
    return ["--prometheus-url", f"http://{prometheus.address}", "--prometheus-max-in-flight",
            str(8 * args.clients), "--prometheus-scrape-interval", f"{args.interval}s"]


def run(bench):
    args = bench.args
    if shutil.which("ab") is None:
        raise SystemExit("--api needs ab: scripts/setup installs it (apache2-utils)")
    address = bench.target_server(args.targets, args.positions)
    config = bench.write("scrape.yaml", scrape_config(args.targets, address, args.interval))
    embedded = bench.adapter(["--scrape-config", config])
    prometheus = bench.prometheus(config) if args.upstream else None
    print(f"scraping {args.targets} targets for {args.minutes} minutes ...", flush=True)
    time.sleep(args.minutes * 60)
    results = {"embedded": measure(bench, embedded, [], args.requests)}
    if prometheus:
        bench.stop(embedded)  # what it scrapes is no part of the other's work
        upstream = bench.adapter(upstream_flags(args, prometheus), place="upstream",
                                 name="upstream")
        requests = max(args.clients, args.requests // UPSTREAM_SHARE)
        results["upstream"] = measure(bench, upstream, [prometheus], requests)
    print_table(args, results)
    return results, not any(r["failed"] for r in results.values())
