"""Rules that change while the adapter runs, and the three APIs over them."""

import json
import os
import signal
import unittest

from harness import RULES, AdapterTest, eventually, target_entry

EXTERNAL = """\
externalRules:
  - seriesQuery: 'http_requests_total{namespace!=""}'
    resources: {overrides: {namespace: {resource: "namespace"}}}
    name: {as: "all_requests"}
    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m]))'
    tacho: {minSpan: 1s, maxAge: 3s}
"""
PODS = ("/apis/custom.metrics.k8s.io/v1beta2/namespaces/ms-test/pods/*/"
        "http_requests_per_second")
SUM = "/apis/external.metrics.k8s.io/v1beta1/namespaces/ms-test/all_requests"


class RulesTest(AdapterTest):
    def setUp(self):
        super().setUp()
        self.targets = [self.counter(rate=10) for _ in range(4)]
        self.write_targets([target_entry(t.port, f"p{i}") for i, t in enumerate(self.targets)])

    def replace_rules(self, adapter, text):
        (adapter.path / "rules.next").write_text(text)
        (adapter.path / "rules.next").rename(adapter.path / "rules.yaml")

    def test_a_new_file_adds_an_api_and_a_bad_one_changes_nothing(self):
        adapter = self.start()
        self.assertEqual(adapter.get(SUM)[0], 404)
        self.replace_rules(adapter, RULES + EXTERNAL)

        def served():
            return adapter.get(SUM)[0] == 200
        eventually(served, explain=lambda: str(adapter.get(SUM)))
        self.replace_rules(adapter, RULES + EXTERNAL + "  - seriesQuery: [broken\n")

        def said():
            return adapter.metric("tacho_rules_load_failed") == 1
        eventually(said)
        self.assertEqual(adapter.get(SUM)[0], 200)
        self.assertRegex(adapter.get("/readyz?verbose")[1], r"config ok: the old rules serve.*yaml")
        self.assertIn("new rules not taken", adapter.log())
        os.kill(adapter.process.pid, signal.SIGHUP)

        def read_again():
            return adapter.metric("tacho_rules_load_failures_total") >= 2
        eventually(read_again)

    def test_half_of_the_targets_down_is_no_half_sum(self):
        adapter = self.start(rules=RULES + EXTERNAL)

        def whole():
            return adapter.get(SUM)[0] == 200
        eventually(whole, explain=lambda: str(adapter.get(SUM)))

        def hang_up():
            raise ConnectionAbortedError("as a target that is down")
        for target in self.targets[:2]:
            target.value = hang_up

        explain = "/explain" + SUM + "?format=text"

        def both_missed():
            return "only 2 of 4 targets are fresh" in adapter.get(explain)[1]
        eventually(both_missed, explain=lambda: adapter.get(explain)[1])
        self.assertEqual(adapter.get(explain)[1].count("\nmissing  "), 2)
        status, body = adapter.get(SUM)
        self.assertEqual(status, 503)
        self.assertIn('"reason":"coverage"', body)

    def test_discovery_and_openapi_are_documents(self):
        adapter = self.start(rules=RULES + EXTERNAL)
        for path in ("/apis", "/apis/external.metrics.k8s.io/v1beta1", "/openapi/v2",
                     "/openapi/v3", "/openapi/v3/apis/custom.metrics.k8s.io/v1beta2", "/version"):
            status, body = adapter.get(path)
            self.assertEqual(status, 200, path)
            json.loads(body)


if __name__ == "__main__":
    unittest.main()
