"""tachotool check rules: what the rules of a file would expose, and why not."""

import http.server
import json
import pathlib
import re
import shlex
import threading
import unittest
import urllib.parse

from harness import ADAPTER, ToolTest, run

RESOURCES = """  resources:
    overrides:
      namespace: {resource: namespace}
      pod: {resource: pod}
"""
RATE = f"""rules:
- seriesQuery: 'http_requests_total{{namespace!="",pod!=""}}'
{RESOURCES}  name: {{matches: "^(.*)_total$", as: "${{1}}_per_second"}}
  metricsQuery: 'sum(rate(<<.Series>>{{<<.LabelMatchers>>}}[2m])) by (<<.GroupBy>>)'
"""
EXTERNAL = """externalRules:
- seriesQuery: 'queue_depth{namespace!=""}'
  resources: {template: "<<.Resource>>"}
  metricsQuery: 'max(<<.Series>>{<<.LabelMatchers>>})'
"""
RESOURCE_RULES = """resourceRules:
""" + "".join(f"""  {name}:
    containerQuery: 'sum by (<<.GroupBy>>) ({query})'
    nodeQuery: 'sum by (<<.GroupBy>>) (node_{name}{{<<.LabelMatchers>>}})'
    resources:
      overrides:
        namespace: {{resource: namespace}}
        pod: {{resource: pod}}
        node: {{resource: node}}
    containerLabel: container
""" for name, query in (("cpu", "rate(cpu_seconds_total{<<.LabelMatchers>>}[2m])"),
                        ("memory", "memory_bytes{<<.LabelMatchers>>}")))
BODY = """http_requests_total{{code="200"}} {0}
http_requests_total{{code="500"}} {0}
queue_depth {0}
cpu_seconds_total{{container="web"}} {0}
memory_bytes{{container="web"}} {0}
"""
POD = ("--labels", 'namespace="shop",pod="web-0"')
PODS_PATH = ("/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/web-0/"
             "http_requests_per_second")


class FakePrometheus:
    """Has one series, 50 of it."""

    SERIES = {"__name__": "http_requests_total", "namespace": "shop", "pod": "web-0"}

    def __init__(self):
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.reply(["http_requests_total", "up"])

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fake.asked.append((self.path, dict(urllib.parse.parse_qsl(body))))
                if self.path == "/api/v1/series":
                    wanted = fake.asked[-1][1]["match[]"].startswith("http_requests_total")
                    self.reply([fake.SERIES] if wanted else [])
                else:
                    time = float(fake.asked[-1][1]["time"])
                    self.reply({"resultType": "vector", "result": [
                        {"metric": {"pod": "web-0"}, "value": [time, "50"]}]})

            def reply(self, data):
                text = json.dumps({"status": "success", "data": data}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.asked = []
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@unittest.skipUnless(ADAPTER, "built without the adapter")
class Rules(ToolTest):
    def preview(self, rules, *flags):
        code, out, err = run("check", "rules", "--json", self.write("r.yaml", rules), *flags)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def only_rule(self, rules, *flags):
        [rule] = self.preview(rules, *flags)["rules"]
        return rule

    def bodies(self, *numbers):
        return ",".join(self.write(f"body{n}", BODY.format(n)) for n in numbers)

    def test_without_series_the_rule_alone_says_what_it_can(self):
        code, out, err = run("check", "rules", self.write("r.yaml", RATE))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1 rules, 0 refused", out)
        self.assertIn("/namespaces/default/pods/NAME/http_requests_per_second", out)
        self.assertIn(
            'sum(rate(http_requests_total{namespace="default",pod="NAME"}[2m])) by (pod)', out)
        rule = self.only_rule(RATE.replace("http_requests_total", '').replace(
            "{namespace!", '{__name__=~"http_.*",namespace!'))
        self.assertIn("depend on the series", rule["notes"][0])
        self.assertEqual(rule["metrics"][0]["queries"],
                         ['sum(rate(SERIES{namespace="default",pod="NAME"}[2m])) by (pod)'])

    # Both codes grow by 60 in 60 s: 2 a second. The samples' minute is stretched by what
    # rate() does, to at most 66 s of the window of 120.
    def test_over_two_bodies_a_rate_is_answered(self):
        rule = self.only_rule(RATE, "--metrics", self.bodies(10, 70), "--interval", "60s", *POD)
        self.assertEqual(rule["seriesSelected"], 2)
        self.assertEqual(rule["found"], [{"metric": "http_requests_total",
                                          "labels": ["code", "namespace", "pod"]}])
        space, pods = rule["metrics"]
        self.assertEqual((space["resource"], pods["resource"]), ("namespaces", "pods"))
        self.assertEqual((pods["path"], pods["objects"], pods["status"]), (PODS_PATH, 1, 200))
        self.assertEqual(pods["queries"], [
            'sum(rate(http_requests_total{namespace="shop",pod="web-0"}[2m])) by (pod)'])
        self.assertRegex(pods["answer"], r"^1\d{3}m, from 2 series of 1 targets")

    def test_over_one_body_a_rate_says_why_there_is_none(self):
        rule = self.only_rule(RATE, "--metrics", self.bodies(10), *POD)
        self.assertEqual({m["status"] for m in rule["metrics"]}, {503})
        self.assertIn("warming", rule["metrics"][0]["answer"])

    def test_all_kinds_of_rules(self):
        flags = ("--metrics", self.bodies(10, 70), "--interval", "60s", *POD)
        rate, external, resource = self.preview(RATE + EXTERNAL + RESOURCE_RULES, *flags)["rules"]
        self.assertEqual(rate["section"], "rules")
        [depth] = external["metrics"]
        self.assertEqual(depth["path"],
                         "/apis/external.metrics.k8s.io/v1beta1/namespaces/shop/queue_depth")
        self.assertEqual(depth["status"], 200)
        self.assertTrue(depth["answer"].startswith("70, "), depth["answer"])
        pods, nodes = resource["metrics"]
        self.assertEqual((pods["objects"], pods["status"]), (1, 200))
        self.assertEqual(len(pods["queries"]), 2)
        self.assertEqual((nodes["objects"], nodes["answer"]), (0, "no nodes"))
        self.assertEqual(len(resource["notes"]), 2)
        self.assertIn("node_cpu", resource["notes"][0])

    def test_rules_of_all_kinds_are_counted(self):
        path = self.write("rules.yaml", RATE + EXTERNAL + RESOURCE_RULES)
        self.assertIn("rules.yaml: 3 rules, 0 refused\n", run("check", "rules", path)[1])

    def test_a_name_that_is_empty_is_no_cpu_and_memory(self):
        path = self.write("rules.yaml", RATE.replace("${1}_per", "$1_per"))
        code, out, err = run("check", "rules", path)
        self.assertEqual(code, 0)
        self.assertNotIn("cpu and memory", out)
        self.assertIn('rules.yaml:7:39: name.as refers to the group "1_per_second"', err)

    def test_what_matches_nothing_says_why(self):
        body = self.bodies(1)
        for rules, flags, why in (
                (RATE, (), "have no label namespace, pod; they have code"),
                (RATE, (), "--labels"),
                (RATE.replace("pod!", "pods!"), POD, "no label pods (did you mean pod?)"),
                (RATE.replace("http_requests", "http_request"), POD,
                 "no metric http_request_total; did you mean http_requests_total?"),
                (RATE.replace("http_requests", "unheard_of"), POD, "no metric unheard_of_total; "
                 "there are cpu_seconds_total, http_requests_total, memory_bytes"),
                (RATE.replace('pod!=""', 'pod="b"'), POD, "do not have the label values"),
                (RATE.replace("^(.*)_total$", "^x_(.*)$"), POD,
                 "name.matches refuse http_requests_total"),
                (RATE.replace("namespace: {", "space: {").replace("pod: {", "po: {"), POD,
                 "no label names a Kubernetes object")):
            with self.subTest(why=why):
                rule = self.only_rule(rules, "--metrics", body, *flags)
                self.assertIn(why, "\n".join(rule["notes"]))
                self.assertEqual({m["status"] for m in rule["metrics"]} - {0}, set())

    def test_rules_that_overlap_are_told(self):
        twice = RATE + RATE.removeprefix("rules:\n")
        preview = self.preview(twice, "--metrics", self.bodies(1), *POD)
        self.assertIn("a later rule", preview["rules"][0]["notes"][0])
        self.assertIn("comes from", preview["overlaps"][0])
        self.assertEqual(len(preview["rules"][1]["metrics"]), 2)

    def test_a_running_server_is_asked(self):
        fake = FakePrometheus()
        self.addCleanup(fake.close)
        rule = self.only_rule(RATE, "--adapter", fake.url)
        pods = rule["metrics"][1]
        self.assertEqual((pods["path"], pods["status"]), (PODS_PATH, 200))
        self.assertTrue(pods["answer"].startswith("50, "), pods["answer"])
        self.assertIn(pods["queries"][0],
                      [asked["query"] for path, asked in fake.asked if path == "/api/v1/query"])
        rule = self.only_rule(RATE.replace("http_requests", "http_request"), "--adapter", fake.url)
        self.assertIn("did you mean http_requests_total?", rule["notes"][0])

    def test_the_text_says_the_same(self):
        code, out, _ = run("check", "rules", self.write("r.yaml", RATE), "--metrics",
                           self.bodies(10, 70), "--interval", "60s", *POD)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"r\.yaml:2:3: rules: http_requests_total")
        self.assertIn("selects 2 series: http_requests_total", out)
        self.assertRegex(out, f"path    {PODS_PATH}\n    query   sum.*\n    answer  200: 1")

    def test_what_the_documents_show_is_true(self):
        text = (pathlib.Path(__file__).parents[2] / "docs" / "rules.md").read_text()
        [rules] = re.findall(r"(?ms)^```yaml\n(rules:.*?)^externalRules", text)
        [(command, shown)] = re.findall(
            r"(?ms)^```sh\n\S*tachotool (check rules [^`]*)```\n\n```\n(.*?)^```", text)
        self.write("rules.yaml", rules)
        for name, number in (("a", 10), ("b", 70)):
            self.write(name, f"http_requests_total {number}\n")
        code, out, err = run(*shlex.split(command.replace("\\\n", "")), cwd=self.folder)
        self.assertEqual((code, err, out), (0, "", shown))

    def test_what_is_wrong_with_the_command_line_or_the_input(self):
        path, body = self.write("r.yaml", RATE), self.bodies(1)
        for flags, code, why in (
                (("--labels", 'a="b"'), 2, "goes with --metrics"),
                (("--metrics", body, "--adapter", "http://x"), 2, "not both"),
                (("--metrics", body, "--labels", "a=b"), 2, "not labels: a=b"),
                (("--metrics", body, "--interval", "no"), 2, "--interval"),
                (("--metrics", self.write("bad", "x{")), 1, "bad:1:"),
                (("--metrics", "/no/such/file"), 1, "cannot be read"),
                (("--adapter", "http://127.0.0.1:1"), 1, "http://127.0.0.1:1: ")):
            with self.subTest(flags=flags):
                got, _, err = run("check", "rules", path, *flags)
                self.assertEqual(got, code, err)
                self.assertIn(why, err)


if __name__ == "__main__":
    unittest.main()
