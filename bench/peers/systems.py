"""The systems that are compared: a synthetic fleet, and what scrapes it."""

import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import time
import urllib.parse

from exchange import Exchange

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PEERS = os.path.join(ROOT, "build", "peers", "usr", "bin")
RULES = """rules:
- seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
  resources: {overrides: {namespace: {resource: "namespace"}, pod: {resource: "pod"}}}
  name: {matches: "^(.*)_total", as: "${1}_per_second"}
  metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
"""
NAMESPACES = 20
STEP = 15  # seconds, of range queries


def scrape_config(targets, address, interval, body="t", job=""):
    """`targets` targets of the server at `address`; `body` is one of its kinds."""
    lines = [f"global: {{scrape_interval: {interval}s, scrape_timeout: {min(10, interval)}s}}",
             "scrape_configs:", "- job_name: fleet", *job.splitlines(), "  static_configs:"]
    for n in range(targets):
        lines.append(f"  - targets: ['{address}']")
        lines.append(f"    labels: {{__metrics_path__: /{body}/{n}, pod: pod-{n}, "
                     f"namespace: ns-{n % NAMESPACES}, __meta_kubernetes_pod_label_app: fleet}}")
    return "\n".join(lines) + "\n"


def wait_for(what, check, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            result = check()
            if result:
                return result
        time.sleep(0.1)
    raise SystemExit(f"{what} did not come up in {seconds} s")


def written(path):
    """A check for wait_for: the text of a file once it is there."""
    def check():
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    return check


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class System:
    """One system under measurement: a process that answers HTTP."""

    def __init__(self, name, command, address, log):
        self.name, self.address = name, address
        with open(log, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def rss_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        return 0

    def _connection(self, timeout):
        return contextlib.closing(
            http.client.HTTPConnection(*self.address.split(":"), timeout=timeout))

    def get(self, path):
        """(status, body)"""
        with self._connection(120) as connection:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, reply.read()

    def latency(self, paths):
        """Median seconds of a request over one kept connection, of all but the first path, and
        the last reply's body; None for the seconds if a request failed."""
        times, body, failed = [], b"", False
        with Exchange(self.address, 300) as exchange:
            for request in [exchange.request(path) for path in paths]:
                start = time.perf_counter()
                status, body = exchange.get(request)
                times.append(time.perf_counter() - start)
                failed = failed or status != 200
        return (None if failed else statistics.median(times[1:])), body

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def query_path(query, **parameters):
    """An instant query, at the present unless `time` says otherwise."""
    parameters.setdefault("time", f"{time.time():.3f}")
    return "/api/v1/query?" + urllib.parse.urlencode({"query": query, **parameters})


def range_path(query, end, span, **parameters):
    """A range query over the `span` seconds before `end`."""
    return "/api/v1/query_range?" + urllib.parse.urlencode(
        {"query": query, "start": f"{end - span:.3f}", "end": f"{end:.3f}", "step": STEP,
         **parameters})


def result_size(body):
    data = json.loads(body)
    return len(data.get("data", {}).get("result", data.get("items", [])))


class Bench:
    """A folder with processes that end with it: use as a context manager."""

    def __init__(self, args, folder):
        self.args, self.folder, self.systems = args, folder, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(*self.systems)

    def stop(self, *systems):
        for system in systems:
            system.stop()
            self.systems.remove(system)

    def _path(self, name):
        os.makedirs(os.path.join(self.folder, os.path.dirname(name)), exist_ok=True)
        return os.path.join(self.folder, name)

    def write(self, name, text):
        path = self._path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def _start(self, name, command, address, place):
        self.systems.append(System(name, command, address, self._path(f"{place}.log")))
        return self.systems[-1]

    def target_server(self, targets, positions):
        """Its address."""
        file = self._path("targets.addr")
        program = os.path.join(self.args.build, "bench", "peers", "tacho_target_server")
        system = self._start("targets", [program, str(targets), str(positions), file], "",
                             "targets")
        system.address = wait_for("the target server", written(file))
        return system.address

    def adapter(self, flags, place="tacho", name="tacho"):
        """tacho-adapter with the rules above; `place` names its files."""
        file = self._path(f"{place}.addr")
        program = os.path.join(self.args.build, "adapter", "tacho-adapter")
        rules = self.write(f"{place}.rules.yaml", RULES)
        system = self._start(name, [program, "--config", rules, "--listen", "127.0.0.1:0",
                                    "--address-file", file, *flags], "", place)
        system.address = wait_for("tacho-adapter", written(file))
        return system

    def prometheus(self, config, place="prometheus"):
        """None where there is none."""
        program = os.path.join(self.args.peers, "prometheus")
        if not os.access(program, os.X_OK):
            print("Prometheus is absent (scripts/setup --peers): left out")
            return None
        address = f"127.0.0.1:{free_port()}"
        return self._start("Prometheus", [program, f"--config.file={config}",
                                          f"--storage.tsdb.path={self._path(place)}",
                                          f"--web.listen-address={address}",
                                          "--log.level=warn"], address, place)

    def victoria(self, config):
        """None where there is none."""
        names = ("victoria-metrics", "victoria-metrics-prod")
        program = next((path for path in (os.path.join(self.args.peers, n) for n in names)
                        if os.access(path, os.X_OK)), None)
        if program is None:
            print("VictoriaMetrics is absent (scripts/setup --peers): left out")
            return None
        address = f"127.0.0.1:{free_port()}"
        return self._start("VictoriaMetrics", [program, f"-promscrape.config={config}",
                                               f"-storageDataPath={self._path('victoria')}",
                                               f"-httpListenAddr={address}",
                                               "-retentionPeriod=1d"], address, "victoria")

    def scrapers(self, config, tacho_flags=()):
        """All systems, scraping by one configuration, tacho first."""
        started = [self.adapter(["--scrape-config", config, *tacho_flags])]
        if not self.args.only_tacho:
            started += [self.prometheus(config), self.victoria(config)]
        return [system for system in started if system is not None]
