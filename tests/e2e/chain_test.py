"""The way through: counters of three pods become rates that kubectl reads."""

import json
import shutil
import subprocess
import time
import unittest

from harness import AdapterTest, eventually, target_entry

API = "/apis/custom.metrics.k8s.io"
PODS = "/namespaces/ms-test/pods/*/http_requests_per_second"
RATES = {"web-0": 10, "web-1": 25, "web-2": 60}
INTERVAL = 1
WINDOW = 120


def quantity(text):
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)


class ChainTest(AdapterTest):
    def setUp(self):
        super().setUp()
        self.targets = {pod: self.counter(rate) for pod, rate in RATES.items()}
        self.write_targets([target_entry(t.port, pod) for pod, t in self.targets.items()])
        self.adapter = self.start()

        def all_pods_have_values():
            return len(self.values()) == len(RATES)
        eventually(all_pods_have_values)

    def values(self, version="v1beta2", query=""):
        status, body = self.adapter.get(f"{API}/{version}{PODS}{query}")
        items = json.loads(body)["items"] if status == 200 else []
        return {i["describedObject"]["name"]: quantity(i["value"]) for i in items}

    def test_rates_are_those_of_the_counters(self):
        time.sleep(6)
        before = {pod: t.answers[-1] - t.answers[0] for pod, t in self.targets.items()}
        values = self.values()
        after = {pod: t.answers[-1] - t.answers[0] for pod, t in self.targets.items()}
        # All samples lie within the window, so rate() sees what the counter grew by from
        # the first scrape to the last. It stretches that by at most half an interval to
        # the window's begin and 1.1 intervals to its end, and divides by the window.
        for pod, rate in RATES.items():
            stretch = rate * 1.6 * INTERVAL
            self.assertGreaterEqual(values[pod] * WINDOW, before[pod] - 0.12, pod)
            self.assertLessEqual(values[pod] * WINDOW, after[pod] + stretch + 0.12, pod)

    def test_both_versions_and_a_label_selector_give_the_same_pods(self):
        self.assertEqual(self.values("v1beta1").keys(), RATES.keys())
        self.assertEqual(self.values(query="?labelSelector=app%3Dweb").keys(), RATES.keys())
        self.assertEqual(self.values(query="?labelSelector=app%3Dother"), {})

    def test_one_pod_and_the_namespace_can_be_asked_for(self):
        status, body = self.adapter.get(
            f"{API}/v1beta2/namespaces/ms-test/pods/web-1/http_requests_per_second")
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["items"][0]["describedObject"]["name"], "web-1")
        status, body = self.adapter.get(
            f"{API}/v1beta2/namespaces/ms-test/metrics/http_requests_per_second")
        self.assertEqual(status, 200, body)
        total = quantity(json.loads(body)["items"][0]["value"])
        self.assertGreater(total, max(self.values().values()))

    def test_discovery_lists_the_metric(self):
        status, body = self.adapter.get(f"{API}/v1beta2")
        self.assertEqual(status, 200)
        names = {r["name"] for r in json.loads(body)["resources"]}
        self.assertIn("pods/http_requests_per_second", names)

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kubectl_reads_it(self):
        (self.path / "kubeconfig").write_text("")
        run = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.path / "kubeconfig"),
             "--server", "http://" + self.adapter.address, "get", "--raw",
             f"{API}/v1beta1{PODS}"],
            capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(len(json.loads(run.stdout)["items"]), len(RATES))

    def test_scrapes_are_asked_for_as_prometheus_does(self):
        headers = self.targets["web-0"].last_headers
        self.assertEqual(self.targets["web-0"].last_path, "/metrics")
        self.assertEqual(headers["Host"], f"127.0.0.1:{self.targets['web-0'].port}")
        self.assertIn("application/openmetrics-text;version=1.0.0", headers["Accept"])
        self.assertEqual(headers["Accept-Encoding"], "gzip")
        self.assertEqual(headers["X-Prometheus-Scrape-Timeout-Seconds"], "0.9")
        self.assertTrue(headers["User-Agent"].startswith("tacho/"))

    def test_queries_come_by_get_and_by_post(self):
        [(labels, value)] = self.adapter.query('up{pod="web-0"}')
        self.assertEqual((labels["job"], value), ("pods", 1))
        status, body = self.adapter.get("/api/v1/query", data=b"query=sum(up)")
        self.assertEqual(status, 200, body)
        self.assertEqual(json.loads(body)["data"]["result"][0]["value"][1], "3")

    def test_what_is_not_there_is_not_found(self):
        for path, status in (
                (f"{API}/v1beta2/namespaces/ms-test/pods/*/nothing", 404),
                (f"{API}/v1beta2/namespaces/ms-test/pods/nobody/http_requests_per_second", 404),
                ("/apis/other.k8s.io", 404), ("/", 404), ("/..%2f..%2fetc/passwd", 404)):
            self.assertEqual(self.adapter.get(path)[0], status, path)


if __name__ == "__main__":
    unittest.main()
