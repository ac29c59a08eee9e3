"""Rules evaluated on another server: fake ones that keep silent, refuse, or answer nonsense.
upstream_peers_test.py has real ones."""

import json
import socket
import threading
import unittest

from fake_prometheus import FakePrometheus
from harness import AdapterTest, RawTarget, eventually

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


class UpstreamFakesTest(UpstreamTest):
    def fake(self):
        fake = FakePrometheus()
        self.addCleanup(fake.close)
        return fake

    def start_known(self, fake, flags=()):
        """An adapter that has read the metric once."""
        adapter = self.start_upstream(fake.url, flags=flags)

        def known():
            return self.value(adapter)
        self.assertEqual(eventually(known, 30, adapter.log), "4")
        return adapter

    def test_the_second_server_answers_while_the_first_hangs(self):
        ended = threading.Event()
        self.addCleanup(ended.set)
        silent = RawTarget(lambda connection: ended.wait())
        self.addCleanup(silent.close)
        good = self.fake()
        adapter = self.start_upstream(
            f"http://127.0.0.1:{silent.port}", good.url, flags=["--prometheus-hedge-after=50ms"])

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

    def test_a_server_that_hangs_takes_no_discovery_with_it(self):
        fake = self.fake()
        adapter = self.start_known(fake, flags=(
            "--prometheus-max-concurrency=2", "--prometheus-max-requests=4",
            "--handler-threads=1"))
        fake.hanging.set()
        answers = []
        clients = [threading.Thread(
            target=lambda: answers.append(adapter.get(f"{BASE}/web-0{RATE}")))
            for _ in range(8)]
        for client in clients:
            client.start()

        def full():
            return adapter.metric("tacho_http_upstream_requests_in_flight") == 4
        eventually(full)
        for path in ("/apis", "/apis/custom.metrics.k8s.io/v1beta2", "/openapi/v2", "/version",
                     "/readyz"):
            self.assertEqual(adapter.get(path)[0], 200, path)
        self.assertEqual(adapter.metric("tacho_http_upstream_requests_in_flight"), 4)
        for client in clients:
            client.join()
        for status, body in answers:
            self.assertEqual(status, 503, body)
            self.assertEqual(json.loads(body)["details"]["causes"][0]["reason"], "upstream")
        refused = [body for _, body in answers if "--prometheus-max-requests" in body]
        self.assertEqual(adapter.metric("tacho_http_limits_total", limit="upstream_requests"),
                         len(refused))
        self.assertGreaterEqual(len(refused), 1)
        fake.hanging.clear()

        def known():
            return self.value(adapter, "web-0")
        self.assertEqual(eventually(known), "4")

    def test_a_hanging_server_does_not_hold_up_the_end(self):
        fake = self.fake()
        adapter = self.start_known(fake, flags=("--prometheus-timeout=60s",))
        fake.hanging.set()
        answers = []
        client = threading.Thread(
            target=lambda: answers.append(adapter.get(f"{BASE}/web-0{RATE}")))
        client.start()

        def waiting():
            return adapter.metric("tacho_http_upstream_requests_in_flight") == 1
        eventually(waiting)
        adapter.process.terminate()
        self.assertEqual(adapter.process.wait(timeout=20), 0)
        client.join()
        self.assertEqual(answers[0][0], 503, answers)
        self.assertIn("stopped", adapter.log())

    def test_coverage_that_the_server_refuses_is_no_value(self):
        fake = self.fake()
        adapter = self.start_known(fake)
        fake.instead = lambda path, query: (422, json.dumps(
            {"status": "error", "errorType": "execution", "error": "too many samples"})) if (
                "count_over_time" in query.get("query", "")) else None
        status, body = adapter.get(f"{BASE}/web-0{RATE}")
        self.assertEqual(status, 503)
        self.assertEqual(json.loads(body)["details"]["causes"][0]["reason"], "coverage")
        self.assertIn("too many samples", body)
        self.assertIn("minCoverage: 0", body)

    def test_a_refused_query_is_the_rules_fault_and_nonsense_is_the_servers(self):
        fake = self.fake()
        adapter = self.start_known(fake)

        def answer(status, body):
            fake.instead = lambda path, query: (
                (status, body) if path.endswith("/query") else None)
            return adapter.get(f"{BASE}/web-0{RATE}")
        status, body = answer(400, json.dumps(
            {"status": "error", "errorType": "bad_data", "error": "parse error"}))
        self.assertEqual(status, 500, body)
        self.assertIn("parse error", adapter.log())
        status, body = answer(200, "<html>")
        self.assertEqual(status, 503, body)
        self.assertIn("malformed", body)
        self.assertGreater(adapter.metric("tacho_upstream_unusable_total"), 0)

    def test_a_reply_that_is_too_large_is_no_answer(self):
        fake = self.fake()
        adapter = self.start_known(fake, flags=("--prometheus-max-reply-bytes=16KiB",))
        fake.instead = lambda path, query: (
            (200, " " * 20_000) if path.endswith("/query") else None)
        self.assertIsNotNone(self.unknown(adapter))
        self.assertGreater(adapter.metric("tacho_upstream_limits_total", limit="reply_bytes"), 0)


if __name__ == "__main__":
    unittest.main()
