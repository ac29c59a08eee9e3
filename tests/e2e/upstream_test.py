"""Rules evaluated on another server: Debian's Prometheus and VictoriaMetrics where
scripts/setup --peers has put them, and a fake one that keeps silent."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import unittest
import urllib.request

import harness
from harness import AdapterTest, RawTarget, eventually

PEERS = pathlib.Path(os.environ.get("TACHO_PEERS", harness.ROOT / "build/peers"))
BASE = "/apis/custom.metrics.k8s.io/v1beta2/namespaces/ms-test/pods"
RATE = "/http_requests_per_second"

RULES = """\
rules:
  - seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
    resources: {overrides: {namespace: {resource: "namespace"}, pod: {resource: "pod"}}}
    name: {matches: "^(.*)_total", as: "${1}_per_second"}
    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[10s])) by (<<.GroupBy>>)'
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url):
    def ready():
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return reply.status == 200
        except OSError:
            return False
    return ready


class Peer:
    """A server that can be killed and started again, on its port and data."""

    def __init__(self, name, folder, target_port):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = folder / "peer.yml"
        config.write_text(json.dumps({
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [{"job_name": "pods", "static_configs": [
                {"targets": [f"127.0.0.1:{target_port}"],
                 "labels": {"namespace": "ms-test", "pod": "web-0", "app": "web"}}]}]}))
        binary = str(PEERS / "usr/bin" / name)
        listen = f"127.0.0.1:{self.port}"
        self._command = {
            "prometheus": [binary, f"--config.file={config}", f"--web.listen-address={listen}",
                           f"--storage.tsdb.path={folder}/data"],
            "victoria-metrics": [binary, f"-promscrape.config={config}",
                                 f"-httpListenAddr={listen}", f"-storageDataPath={folder}/data"],
        }[name]
        self._log = folder / "peer.log"
        self._process = None

    def start(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        eventually(answers(self.url + "/api/v1/query?query=1"), 60, self._log.read_text)

    def kill(self):
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


class UpstreamTest(AdapterTest):
    def start_upstream(self, *urls, flags=()):
        given = [f"--prometheus-url={url}" for url in urls]
        return self.start(rules=RULES, scrape=None, flags=(
            *given, "--prometheus-scrape-interval=1s", "--metrics-relist-interval=2s",
            "--prometheus-pods-interval=1s", "--prometheus-timeout=2s", *flags))

    def value(self, adapter, name="*"):
        """The first item's value, or None."""
        status, body = adapter.get(f"{BASE}/{name}{RATE}")
        if status != 200:
            return None
        return json.loads(body)["items"][0]["value"]

    def unknown(self, adapter):
        status, body = adapter.get(f"{BASE}/web-0{RATE}")
        return body if status == 503 and "upstream" in body else None

    def run_peer(self, name):
        if not (PEERS / "usr/bin" / name).exists():
            self.skipTest(f"{name} is not in {PEERS}; scripts/setup --peers gets it")
        target = self.counter(50)
        peer = Peer(name, self.path, target.port)
        self.addCleanup(peer.kill)
        peer.start()
        adapter = self.start_upstream(peer.url)

        def known():
            return self.value(adapter)
        def by_name():
            return self.value(adapter, "web-0")
        eventually(known, 60, lambda: adapter.log() + str(adapter.get(f"{BASE}/*{RATE}")))
        self.assertIsNotNone(by_name())
        status, body = adapter.get(f"{BASE}/*{RATE}?labelSelector=app%3Dother")
        self.assertEqual(status, 404, body)
        self.assertEqual(adapter.get("/readyz")[0], 200)
        self.assertEqual(adapter.get("/api/v1/query?query=up")[0], 503)

        peer.kill()

        def gone():
            return self.unknown(adapter)
        self.assertIn("no upstream has answered", eventually(gone, 30))
        self.assertGreater(adapter.metric("tacho_upstream_failures_total"), 0)
        peer.start()
        eventually(by_name, 60, lambda: str(adapter.get(f"{BASE}/web-0{RATE}")))

    def test_prometheus_killed_and_started_again(self):
        self.run_peer("prometheus")

    def test_victoria_metrics_killed_and_started_again(self):
        self.run_peer("victoria-metrics")

    def fake(self):
        """A server that has one pod with the value 4."""
        def script(connection):
            reader = connection.makefile("rb")
            while line := reader.readline():
                while reader.readline() not in (b"\r\n", b""):
                    pass
                connection.sendall(reply(line.split()[1].decode()))

        def reply(target):
            data = [{"__name__": "http_requests_total", "namespace": "ms-test", "pod": "web-0"}]
            if "/query" in target:
                now = target.split("time=")[1].split("&")[0]
                value = "0" if "count" in target else "4"
                rows = [] if value == "0" else [
                    {"metric": {"namespace": "ms-test", "pod": "web-0"},
                     "value": [float(now), value]}]
                data = {"resultType": "vector", "result": rows}
            body = json.dumps({"status": "success", "data": data}).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        target = RawTarget(script)
        self.addCleanup(target.close)
        return target

    def test_the_second_server_answers_while_the_first_hangs(self):
        ended = threading.Event()
        self.addCleanup(ended.set)
        silent = RawTarget(lambda connection: ended.wait())
        self.addCleanup(silent.close)
        good = self.fake()
        adapter = self.start_upstream(
            f"http://127.0.0.1:{silent.port}", f"http://127.0.0.1:{good.port}",
            flags=["--prometheus-hedge-after=50ms"])

        def known():
            return self.value(adapter)
        self.assertEqual(eventually(known, 30, adapter.log), "4")
        self.assertGreater(silent.connections, 0)
        self.assertGreater(
            adapter.metric("tacho_upstream_second_calls_total", why="silent"), 0)

    def test_without_a_server_it_says_so_and_comes_up_with_it(self):
        port = free_port()
        adapter = self.start_upstream(f"http://127.0.0.1:{port}")
        self.assertIn("no upstream has answered", self.unknown(adapter) or "")

        def unready():
            status, body = adapter.get("/readyz?verbose")
            return status == 500 and "[-]upstream" in body
        eventually(unready)


if __name__ == "__main__":
    unittest.main()
