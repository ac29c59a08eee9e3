"""What the end-to-end tests share: an adapter in a folder of its own, and fake targets."""

import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from processes import Processes, wait_for_file  # noqa: E402  (the path comes first)

ADAPTER = os.environ.get("TACHO_ADAPTER", str(ROOT / "build/release/adapter/tacho-adapter"))

RULES = """\
rules:
  - seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
    resources: {overrides: {namespace: {resource: "namespace"}, pod: {resource: "pod"}}}
    name: {matches: "^(.*)_total", as: "${1}_per_second"}
    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
    tacho: {minSpan: 1s}  # tests do not wait for a quarter of the window
"""

SCRAPE = """\
global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
  - job_name: pods
    file_sd_configs: [{files: [targets.json]}]
"""


def eventually(condition, seconds=20, explain=str):
    """What `condition` returns as soon as that is true; fails the test if never."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {condition.__name__} {explain()}")
        time.sleep(0.05)


class CounterTarget:
    """An honest /metrics endpoint: http_requests_total grows by `rate` a second."""

    def __init__(self, rate):
        self._began = time.monotonic()
        self._rate = rate
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                target.last_headers = dict(self.headers)
                target.last_path = self.path
                value = target.value()
                body = f"# TYPE http_requests_total counter\nhttp_requests_total {value}\n"
                self.send_response(200)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())
                target.answers.append(value)

            def log_message(self, *_):
                pass

        self.answers = []  # the counter's value at each scrape
        self.last_headers = {}
        self.last_path = ""
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def value(self):
        return 100 + self._rate * (time.monotonic() - self._began)

    @property
    def port(self):
        return self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class RawTarget:
    """Runs `script(connection)` for each connection, on a thread of its own."""

    def __init__(self, script):
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection:
            try:
                self._script(connection)
            except OSError:
                pass  # the adapter hung up, as it should

    def close(self):
        self._listener.close()


def target_entry(port, pod, **labels):
    return {"targets": [f"127.0.0.1:{port}"],
            "labels": {"namespace": "ms-test", "pod": pod,
                       "__meta_kubernetes_pod_label_app": "web", **labels}}


class Adapter:
    """A running tacho-adapter. `path` is its folder, with the configuration."""

    # Without `scrape` the flags say where rules are evaluated.
    def __init__(self, processes, path, rules=RULES, scrape=SCRAPE, flags=()):
        self.path = pathlib.Path(path)
        (self.path / "rules.yaml").write_text(rules)
        if scrape is not None:
            (self.path / "scrape.yaml").write_text(scrape)
            flags = ("--scrape-config", str(self.path / "scrape.yaml"), *flags)
        self.log_path = self.path / "log"
        with open(self.log_path, "wb") as log:
            self.process = processes.start(
                [ADAPTER, "--config", str(self.path / "rules.yaml"),
                 "--listen", "127.0.0.1:0", "--address-file", str(self.path / "address"),
                 "--discovery-poll", "200ms", *flags],
                stderr=log)
        self.address = wait_for_file(str(self.path / "address"), self.process)

    @property
    def port(self):
        return int(self.address.rsplit(":", 1)[1])

    def get(self, path, data=None):
        """(status, body)"""
        request = urllib.request.Request(f"http://{self.address}{path}", data=data)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def query(self, promql):
        """Result of an instant query: [(labels, value)]"""
        status, body = self.get("/api/v1/query?query=" + urllib.parse.quote(promql))
        assert status == 200, body
        return [(s["metric"], float(s["value"][1])) for s in json.loads(body)["data"]["result"]]

    def up(self):
        """pod -> up, as scraped last."""
        return {labels["pod"]: value for labels, value in self.query("up")}

    def metric(self, name, **labels):
        """One of the adapter's own metrics."""
        _, body = self.get("/metrics")
        wanted = [f'{k}="{v}"' for k, v in labels.items()]
        for line in body.splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match and match[1] == name and all(w in (match[2] or "") for w in wanted):
                return float(match[3])
        return None

    def peak_rss(self):
        """Bytes; the largest that the process ever was."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024

    def log(self):
        return self.log_path.read_text()

    def raw(self, data, timeout=10):
        """All bytes that come back for `data`, until the adapter closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(data)
            out = b""
            while part := connection.recv(65536):
                out += part
            return out


class AdapterTest(unittest.TestCase):
    """Gives each test a folder and processes that end with it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tacho-e2e-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name)
        self.processes = Processes()
        self.addCleanup(self.processes.__exit__)

    def write_targets(self, entries, name="targets.json"):
        # Renamed into place, as a careful writer does.
        temporary = self.path / (name + ".tmp")
        temporary.write_text(json.dumps(entries))
        temporary.rename(self.path / name)

    def start(self, **kwargs):
        return Adapter(self.processes, self.path, **kwargs)

    def counter(self, rate):
        target = CounterTarget(rate)
        self.addCleanup(target.close)
        return target

    def raw_target(self, script):
        target = RawTarget(script)
        self.addCleanup(target.close)
        return target

    def run_adapter(self, *flags):
        """Runs the binary to its end."""
        return subprocess.run([ADAPTER, *flags], capture_output=True, text=True, timeout=20,
                              check=False)
