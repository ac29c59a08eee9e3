"""Rules evaluated on Debian's Prometheus or VictoriaMetrics, which scripts/setup --peers unpacks.

  upstream_peers_test.py prometheus|victoria-metrics

Exits with 77, which CTest shows as skipped, where it is not."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import unittest
import urllib.request

import harness
from harness import eventually
from upstream_test import BASE, RATE, UpstreamTest, free_port

SKIPPED = 77
PEERS = pathlib.Path(os.environ.get("TACHO_PEERS", harness.ROOT / "build/peers"))

def binary_of(name):
    return PEERS / "usr/bin" / name


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
        binary = str(binary_of(name))
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


class PeersTest(UpstreamTest):
    def run_peer(self, name):
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


if __name__ == "__main__":
    peer_name = sys.argv[1]
    if not binary_of(peer_name).exists():
        print(f"{peer_name} is not in {PEERS}; scripts/setup --peers gets it")
        sys.exit(SKIPPED)
    test = f"PeersTest.test_{peer_name.replace('-', '_')}_killed_and_started_again"
    unittest.main(argv=[sys.argv[0], test])
