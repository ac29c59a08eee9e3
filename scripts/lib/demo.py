"""scripts/demo: see there."""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

from load import AbLoad
from processes import Processes, wait_for_file

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(ROOT, "examples", "flask-admin")

NAMESPACE = "ms-test"
METRIC = "http_requests_per_second"
API = f"/apis/custom.metrics.k8s.io/v1beta1/namespaces/{NAMESPACE}/pods/*/{METRIC}"
RATES = {"flask-admin-0": 16, "flask-admin-1": 40, "flask-admin-2": 84}  # requests a second

WINDOW = 120  # seconds; of the rule's [2m]
FILL = 70  # seconds of load before the minute that is shown
SCRAPE_SECONDS = 5
AVERAGE_VALUE = 40  # of the HPA
HPA_TOLERANCE = 0.1
AGREE_WITHIN = 0.1

SUFFIXES = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9}


def quantity(text):
    """A Kubernetes quantity as a number: "1500m" is 1.5."""
    scale = SUFFIXES.get(text[-1:])
    return float(text[:-1]) * scale if scale else float(text)


def replicas(values, current):
    """What the HPA makes of the pods' values for an averageValue target."""
    ratio = sum(values) / len(values) / AVERAGE_VALUE
    if abs(1 - ratio) <= HPA_TOLERANCE:
        return current
    return math.ceil(ratio * len(values))


def start_replicas(processes, folder):
    """Starts the service once per pod; pod -> port."""
    ports = {}
    for pod in RATES:
        port_file = os.path.join(folder, pod + ".port")
        app = processes.start(
            ["/usr/bin/python3", os.path.join(EXAMPLE, "app.py"), "0", port_file],
            stdout=subprocess.DEVNULL,
        )
        ports[pod] = wait_for_file(port_file, app)
    return ports


def write_targets(path, ports):
    targets = [
        {
            "targets": [f"127.0.0.1:{port}"],
            "labels": {
                "namespace": NAMESPACE,
                "pod": pod,
                "__meta_kubernetes_pod_label_app": "flask-admin",
            },
        }
        for pod, port in ports.items()
    ]
    with open(path, "w", encoding="ascii") as file:
        json.dump(targets, file)


def start_adapter(processes, folder, binary, ports):
    """Starts tacho-adapter on the example's configuration; its URL."""
    for name in ("rules.yaml", "scrape.yaml"):
        shutil.copy(os.path.join(EXAMPLE, name), folder)
    write_targets(os.path.join(folder, "targets.json"), ports)
    address_file = os.path.join(folder, "address")
    adapter = processes.start(
        [
            binary,
            "--config", os.path.join(folder, "rules.yaml"),
            "--scrape-config", os.path.join(folder, "scrape.yaml"),
            "--listen", "127.0.0.1:0",
            "--address-file", address_file,
            "--log-level", "warn",
        ]
    )
    return "http://" + wait_for_file(address_file, adapter)


def ask(url):
    """pod -> value as tacho answers now; none where a value is not known yet."""
    try:
        with urllib.request.urlopen(url + API, timeout=5) as reply:
            items = json.load(reply)["items"]
    except urllib.error.HTTPError:
        return {}
    return {item["describedObject"]["name"]: quantity(item["value"]) for item in items}


def wait_for_values(url):
    """Until then a rate is warming up: its samples must span a quarter of the window."""
    deadline = time.monotonic() + 15 * SCRAPE_SECONDS
    while len(ask(url)) < len(RATES):
        if time.monotonic() > deadline:
            raise RuntimeError("tacho-adapter has no value for every pod")
        time.sleep(0.2)


def ab_rates(loads, now):
    """pod -> requests that ab completed in the window that ends now, per second of it."""
    return {pod: load.completed(now - WINDOW, now) / WINDOW for pod, load in loads.items()}


def print_heading():
    print("         " + "".join(f"{pod:>20}" for pod in RATES) + "   replicas for")
    print(" second  " + "".join(f"{'tacho':>11}{'ab':>9}" for _ in RATES)
          + f"   average {AVERAGE_VALUE}")


def print_line(seconds, tacho, ab):
    cells = "".join(f"{tacho.get(pod, math.nan):11.2f}{ab[pod]:9.2f}" for pod in RATES)
    wanted = replicas(list(tacho.values()), len(RATES)) if tacho else "-"
    print(f"{seconds:7.0f}  {cells}   {wanted:>12}", flush=True)


def run_load(url, loads, fill, shown):
    """Fills the window quietly, then shows what tacho and ab say every 5 s."""
    began = time.time()
    if fill:
        print(f"filling the 2m window with {fill} s of load ...", flush=True)
        time.sleep(fill)
    print_heading()
    while time.time() - began < fill + shown:
        time.sleep(max(0.0, min(5.0, began + fill + shown - time.time())))
        now = time.time()
        print_line(now - began, ask(url), ab_rates(loads, now))
    return began


def summarize(tacho, ab, loaded):
    """Prints both figures side by side; True if they agree for every pod."""
    print(f"\nSummary: per-pod rate over the last 2m, averageValue target {AVERAGE_VALUE}")
    if loaded < WINDOW:
        print(f"The load lasted {loaded:.0f} s, so the window is part empty: both figures are")
        print(f"about {loaded:.0f}/{WINDOW} of the true rate, because a 2m rate divides by 120 s,")
        print("as in Prometheus, and the replicas are too few.")
    print(f"\n{'pod':<16}{'tacho req/s':>12}{'ab req / 120 s':>16}{'difference':>12}")
    agree = True
    for pod in RATES:
        difference = tacho.get(pod, math.nan) / ab[pod] - 1 if ab[pod] else math.nan
        agree &= abs(difference) <= AGREE_WITHIN  # false for NaN
        print(f"{pod:<16}{tacho.get(pod, math.nan):>12.3f}{ab[pod]:>16.3f}{difference:>12.1%}")
    total = sum(tacho.values())
    print(f"{'sum':<16}{total:>12.3f}{sum(ab.values()):>16.3f}")
    if tacho:
        wanted = replicas(list(tacho.values()), len(RATES))
        print(f"\nHPA: ceil({total:.3f} / {AVERAGE_VALUE}) = {math.ceil(total / AVERAGE_VALUE)}; "
              f"with its 10 % tolerance {len(RATES)} replicas become {wanted}")
    return agree


def print_raw(url, folder):
    """The API's own words, through kubectl where it is installed."""
    if shutil.which("kubectl"):
        config = os.path.join(folder, "kubeconfig")
        with open(config, "w", encoding="ascii"):
            pass  # an empty one: nothing of the user's is read
        command = ["kubectl", "--kubeconfig", config, "--server", url, "get", "--raw", API]
        shown = f"kubectl get --raw '{API}'"
    else:
        command = ["curl", "-sS", "-A", "demo", url + API]
        shown = f"curl '{API}'"
    print(f"\n$ {shown}", flush=True)
    return subprocess.run(command, check=False).returncode == 0


def parse_arguments():
    parser = argparse.ArgumentParser(prog="scripts/demo", allow_abbrev=False)
    parser.add_argument("--adapter", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, metavar="N",
                        help="seconds of load in all (default: fill the window, show a minute)")
    arguments = parser.parse_args()
    if arguments.seconds is not None and arguments.seconds < 15:
        parser.error("--seconds must be at least 15: three scrapes")
    return arguments


def main():
    arguments = parse_arguments()
    fill = FILL if arguments.seconds is None else 0
    shown = arguments.seconds or 60
    with tempfile.TemporaryDirectory(prefix="tacho-demo-") as folder, Processes() as processes:
        ports = start_replicas(processes, folder)
        url = start_adapter(processes, folder, arguments.adapter, ports)
        # One request each, so that the counters are there, at 1, before the load is.
        for port in ports.values():
            urllib.request.urlopen(f"http://127.0.0.1:{port}/users", timeout=5).close()
        print(f"3 replicas of flask-admin in {NAMESPACE}, scraped every {SCRAPE_SECONDS} s",
              flush=True)
        wait_for_values(url)
        loads = {pod: AbLoad(f"http://127.0.0.1:{ports[pod]}/users", rate)
                 for pod, rate in RATES.items()}
        for load in loads.values():
            load.start()
        began = run_load(url, loads, fill, shown)
        tacho, now = ask(url), time.time()
        ab = ab_rates(loads, now)
        agree = summarize(tacho, ab, now - began)
        answered = print_raw(url, folder)
        for load in loads.values():
            load.stop()
        print("\ntacho and ab agree within 10 % for every pod" if agree
              else "\ntacho and ab DISAGREE by more than 10 %")
    return 0 if agree and answered else 1


if __name__ == "__main__":
    sys.exit(main())
