"""Prometheus' HTTP API, asked by its real clients."""

import json
import os
import re
import socket
import subprocess
import time
import unittest
import urllib.parse
import urllib.request

from harness import ROOT, AdapterTest, eventually, target_entry

PROMTOOL = os.environ.get("TACHO_PROMTOOL", str(ROOT / "build/peers/usr/bin/promtool"))
RANGE = {"query": 'up{pod="pod-0"}', "step": "1s"}


def has_promtool():
    try:
        return subprocess.run([PROMTOOL, "--version"], capture_output=True,
                              check=False).returncode == 0
    except OSError:
        return False


class HttpApiTest(AdapterTest):
    def setUp(self):
        super().setUp()
        self.write_targets([target_entry(self.counter(10).port, f"pod-{i}") for i in range(2)])
        self.adapter = self.start(flags=("--query.max-reply-bytes", "20KiB",
                                         "--query.timeout", "9s"))
        eventually(lambda: self.adapter.up() == {"pod-0": 1, "pod-1": 1})
        self.url = f"http://{self.adapter.address}"

    def api(self, path, post=False, **params):
        """(status, parsed body); several values of a parameter come as a list."""
        form = urllib.parse.urlencode(params, doseq=True)
        status, body = (self.adapter.get(f"/api/v1/{path}", form.encode()) if post else
                        self.adapter.get(f"/api/v1/{path}?{form}"))
        return status, json.loads(body)

    def data(self, path, **params):
        status, body = self.api(path, **params)
        self.assertEqual(status, 200, body)
        return body["data"]

    def promtool(self, *args, stdin=""):
        return subprocess.run([PROMTOOL, *args], capture_output=True, text=True, timeout=60,
                              input=stdin, check=False)

    @unittest.skipUnless(has_promtool(), f"{PROMTOOL} does not run; scripts/setup --peers gets it")
    def test_promtool_asks_and_checks(self):
        instant = self.promtool("query", "instant", self.url, 'up{pod="pod-0"}')
        self.assertEqual(instant.returncode, 0, instant.stderr)
        self.assertRegex(instant.stdout, r'up\{.*pod="pod-0".*\} => 1 @\[\d+(\.\d+)?\]')
        scalar = self.promtool("query", "instant", self.url, "1e21")
        self.assertRegex(scalar.stdout, r"scalar: 1(0{21}|e\+21) @\[")

        now = int(time.time())
        ranged = self.promtool("query", "range", f"--start={now}", f"--end={now + 3}", "--step=1s",
                               self.url, "vector(7)")
        self.assertEqual(ranged.returncode, 0, ranged.stderr)
        self.assertEqual(re.findall(r"7 @\[(\d+)\]", ranged.stdout),
                         [str(now + i) for i in range(4)])

        series = self.promtool("query", "series", "--match=up", '--match={pod="pod-1"}', self.url)
        self.assertEqual(series.returncode, 0, series.stderr)
        self.assertEqual(series.stdout.count('__name__="up"'), 2)
        self.assertIn('__name__="http_requests_total"', series.stdout)

        labels = self.promtool("query", "labels", self.url, "pod")
        self.assertEqual(labels.stdout.split(), ["pod-0", "pod-1"])

        refused = self.promtool("query", "instant", self.url, "sum(")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("bad_data: invalid parameter", refused.stderr)
        self.assertIn("parse error", refused.stderr)

    @unittest.skipUnless(has_promtool(), f"{PROMTOOL} does not run; scripts/setup --peers gets it")
    def test_promtool_finds_it_healthy_and_its_metrics_well_formed(self):
        known = self.promtool("check", "--help").stdout  # not all versions have both
        for check in (c for c in ("healthy", "ready") if f"check {c} " in known):
            checked = self.promtool("check", check, f"--url={self.url}")
            self.assertEqual(checked.returncode, 0, checked.stderr)
        metrics = self.promtool("check", "metrics", stdin=self.adapter.get("/metrics")[1])
        self.assertNotIn("error while linting", metrics.stderr)

    def test_get_and_post_are_the_same(self):
        params = {"query": "count(up)", "time": "2026-11-24T00:00:00.5Z"}
        asked = self.api("query", **params)
        self.assertEqual(asked, self.api("query", post=True, **params))
        now = time.time()
        params = {**RANGE, "start": now, "end": now + 2}
        asked = self.api("query_range", **params)
        self.assertEqual(asked[0], 200)
        self.assertEqual(asked, self.api("query_range", post=True, **params))
        for path in ("series", "labels"):
            self.assertEqual(self.api(path, **{"match[]": ["up"]}),
                             self.api(path, post=True, **{"match[]": ["up"]}))

    def test_a_query_is_asked_at_its_time(self):
        result = self.data("query", query="time()", time="1795448511.370")
        self.assertEqual(result, {"resultType": "scalar", "result": [1795448511.37,
                                                                     "1795448511.37"]})
        self.assertEqual(self.data("query", query="up", time="0")["result"], [])

    def test_what_is_stored_is_listed(self):
        self.assertIn("pod", self.data("labels"))
        self.assertEqual(self.data("label/pod/values", **{"match[]": ["up"]}), ["pod-0", "pod-1"])
        names = self.data("label/__name__/values")
        self.assertEqual(names, sorted(names))
        self.assertIn("http_requests_total", names)
        series = self.data("series", **{"match[]": ["up", 'http_requests_total{pod="pod-0"}']})
        self.assertEqual(len(series), 3)
        self.assertEqual(self.data("metadata"), {
            "http_requests_total": [{"type": "counter", "unit": "", "help": ""}]})
        self.assertEqual(self.data("series", **{"match[]": ["up"], "end": 1000}), [])

    def test_targets_tell_how_they_are(self):
        targets = self.data("targets")["activeTargets"]
        self.assertEqual(sorted(t["labels"]["pod"] for t in targets), ["pod-0", "pod-1"])
        self.assertEqual({t["health"] for t in targets}, {"up"})
        self.assertEqual({t["scrapeInterval"] for t in targets}, {"1s"})
        self.write_targets([target_entry(1, "gone")])

        def down():
            targets = self.data("targets")["activeTargets"]
            return [t for t in targets if t["health"] == "down"]
        gone, = eventually(down)
        self.assertEqual(gone["labels"]["pod"], "gone")
        self.assertNotEqual(gone["lastError"], "")
        eventually(lambda: len(self.data("targets")["activeTargets"]) == 1)

    def test_the_process_tells_of_itself(self):
        self.assertRegex(self.data("status/buildinfo")["version"], r"^\d+\.\d+\.\d+")
        runtime = self.data("status/runtimeinfo")
        self.assertGreater(runtime["goroutineCount"], 1)
        self.assertEqual(runtime["storageRetention"], "10m")
        self.assertEqual(self.adapter.get("/-/healthy")[0], 200)
        self.assertEqual(self.adapter.get("/-/ready")[0], 200)

    def test_expressions_are_printed_and_taken_apart(self):
        self.assertEqual(self.data("format_query", query="sum(up)by(pod)"), "sum by (pod) (up)")
        tree = self.data("parse_query", query="rate(up[5m])")
        self.assertEqual((tree["type"], tree["func"]["name"]), ("call", "rate"))
        self.assertEqual(tree["args"][0]["range"], 300000)

    def test_bounds_say_so_and_are_counted(self):
        now = time.time()
        status, body = self.api("query_range", query="vector(1)", start=now, end=now + 5000, step=1)
        self.assertEqual((status, body["errorType"]), (422, "execution"))
        self.assertIn("--query.max-reply-bytes", body["error"])
        status, body = self.api("query", query="up", timeout="0.000001")
        self.assertEqual((status, body["errorType"]), (503, "timeout"))
        for limit in ("query_reply_bytes", "query_timeout"):
            self.assertEqual(self.adapter.metric("tacho_http_limits_total", limit=limit), 1)
        self.assertEqual(self.data("query", query="sum(up)")["result"][0]["value"][1], "2")

    def slow(self, **params):
        """Minutes of work on one series, within all bounds."""
        now = int(time.time())
        return {"query": "quantile_over_time(0.5, vector(1)[10m:1ms])", "start": now,
                "end": now + 11, "step": "1ms", **params}

    def test_a_query_under_way_is_stopped_by_its_timeout(self):
        status, body = self.api("query_range", **self.slow(timeout="2s"))
        self.assertEqual((status, body), (503, {
            "status": "error", "errorType": "timeout",
            "error": "query timed out in expression evaluation"}))
        self.assertEqual(self.adapter.metric("tacho_http_limits_total", limit="query_timeout"), 1)
        self.assertEqual(self.adapter.metric("tacho_http_queries_in_flight"), 0)

    def test_a_query_under_way_is_stopped_when_its_client_leaves(self):
        target = "/api/v1/query_range?" + urllib.parse.urlencode(self.slow())
        host, port = self.adapter.address.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as client:
            client.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            eventually(lambda: self.adapter.metric("tacho_http_queries_in_flight") == 1)
        eventually(lambda: self.adapter.metric("tacho_http_queries_in_flight") == 0)
        self.assertEqual(self.adapter.metric("tacho_http_requests_total", code="499"), 1)

    def test_the_bound_on_steps_is_prometheus_own(self):
        last = self.data("query_range", query="vector(time()) >= 10999", start=0, end=11000, step=1)
        self.assertEqual(last["result"][0]["values"], [[10999, "10999"], [11000, "11000"]])
        status, body = self.api("query_range", query="1", start=0, end=11001, step=1)
        self.assertEqual((status, body["errorType"]), (400, "bad_data"))
        self.assertIn("11,000 points", body["error"])

    def test_a_limit_warns(self):
        _, body = self.api("query", query="up", limit=1)
        self.assertEqual(len(body["data"]["result"]), 1)
        self.assertEqual(body["warnings"], ["results truncated due to limit"])


if __name__ == "__main__":
    unittest.main()
