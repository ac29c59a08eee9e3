"""As in a cluster: kubectl asks an aggregator, which asks the adapter as its front proxy; the
adapter scrapes replicas of a Flask service that is under load.

The aggregator is a small one of this test's own. It does what kube-apiserver's does: it ends the
client's TLS, takes the user from the client's certificate, drops identity headers that the
client sent, and forwards below /apis with its own certificate and X-Remote-User and -Group.
"""

import datetime
import http.client
import http.server
import json
import shutil
import ssl
import subprocess
import threading
import time
import unittest

from harness import ROOT, RULES, eventually
from pki import client_context
from secure_harness import SecureAdapter, SecureTest

REPLICAS = {"web-0": 10, "web-1": 30}  # requests a second
SPACE = "ms-test"
WINDOW = 120
SCRAPE = """\
global: {scrape_interval: 2s, scrape_timeout: 2s}
scrape_configs:
  - job_name: pods
    file_sd_configs: [{files: [targets.json]}]
    metric_relabel_configs:
      - {target_label: container, replacement: app}
"""


def resource_rule(name, container, node):
    return f"""  {name}:
    containerQuery: 'sum by (<<.GroupBy>>) ({container})'
    nodeQuery: 'sum by (<<.GroupBy>>) ({node})'
    resources:
      overrides:
        namespace: {{resource: namespace}}
        pod: {{resource: pod}}
        node: {{resource: node}}
    containerLabel: container
"""


CPU = "rate(process_cpu_seconds_total{<<.LabelMatchers>>}[30s])"
MEMORY = "process_resident_memory_bytes{<<.LabelMatchers>>}"
ALL_RULES = RULES + """\
externalRules:
  - seriesQuery: 'http_requests_total{namespace!=""}'
    resources: {overrides: {namespace: {resource: "namespace"}}}
    name: {matches: "^(.*)_total", as: "${1}_in_all"}
    metricsQuery: 'sum(<<.Series>>{<<.LabelMatchers>>})'
resourceRules:
""" + resource_rule("cpu", CPU, CPU) + resource_rule("memory", MEMORY, MEMORY) + """\
  window: 30s
  tacho: {minSpan: 1s}
"""
CUSTOM = f"/apis/custom.metrics.k8s.io/v1beta2/namespaces/{SPACE}"
EXTERNAL = f"/apis/external.metrics.k8s.io/v1beta1/namespaces/{SPACE}"
RESOURCE = "/apis/metrics.k8s.io/v1beta1"
CORE_VERSIONS = b'{"kind":"APIVersions","apiVersion":"v1","versions":["v1"]}'


def quantity(text):
    for suffix, scale in (("Ki", 1024), ("n", 1e-9), ("u", 1e-6), ("m", 1e-3), ("k", 1e3)):
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * scale
    return float(text)


def age(timestamp):
    """Seconds since a metav1.Time, which has whole ones."""
    then = datetime.datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%SZ")
    return time.time() - then.replace(tzinfo=datetime.timezone.utc).timestamp()


class Load:
    """Sends `rate` requests a second until stopped; counts those that were answered."""

    def __init__(self, port, rate):
        self.answered = 0
        self._port, self._pause = port, 1 / rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(self._pause):
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
            connection.request("GET", "/users")
            connection.getresponse().read()
            connection.close()
            self.answered += 1

    def stop(self):
        self._stop.set()
        self._thread.join(timeout=15)


class Aggregator:
    """`adapter` is where requests below /apis go, shown the certificate of `pair`."""

    def __init__(self, server_pair, user_ca, adapter, server_ca, pair):
        aggregator = self
        self.seen = []  # (user, groups) of what was forwarded

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = self.path.split("?")[0]
                if path == "/apis" or path.startswith("/apis/"):
                    self.answer(*aggregator.forward(self))
                elif path == "/api":
                    self.answer(200, "application/json", CORE_VERSIONS)
                else:
                    self.answer(404, "text/plain", b"not here\n")

            def answer(self, status, content_type, body):
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._adapter = adapter
        self._context = client_context(ca=server_ca, pair=pair)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server_pair.crt, server_pair.key)
        context.load_verify_locations(user_ca.crt)
        context.verify_mode = ssl.CERT_REQUIRED
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def forward(self, request):
        """(status, content type, body) of the adapter's answer."""
        subject = [pair for part in request.connection.getpeercert()["subject"] for pair in part]
        user = next(value for name, value in subject if name == "commonName")
        groups = [value for name, value in subject if name == "organizationName"]
        self.seen.append((user, groups))
        connection = http.client.HTTPSConnection("127.0.0.1", self._adapter.secure_port,
                                                 context=self._context, timeout=10)
        connection.putrequest("GET", request.path)
        for name in ("Accept", "User-Agent"):
            connection.putheader(name, request.headers.get(name, "*/*"))
        connection.putheader("X-Remote-User", user)
        for group in [*groups, "system:authenticated"]:
            connection.putheader("X-Remote-Group", group)
        connection.endheaders()
        reply = connection.getresponse()
        answer = reply.status, reply.headers.get("Content-Type", ""), reply.read()
        connection.close()
        return answer

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class ClusterTest(SecureTest):
    def setUp(self):
        super().setUp()
        self.loads = {}
        entries = []
        for pod, rate in REPLICAS.items():
            port = self.flask(pod)
            entries.append({"targets": [f"127.0.0.1:{port}"],
                            "labels": {"namespace": SPACE, "pod": pod, "node": "n-" + pod[-1],
                                       "__meta_kubernetes_pod_label_app": "web"}})
            self.loads[pod] = Load(port, rate)
            self.addCleanup(self.loads[pod].stop)
        self.write_targets(entries)
        self.adapter = SecureAdapter(
            self.processes, self.path, rules=ALL_RULES, scrape=SCRAPE,
            flags=(*self.serving_flags(), *self.identity_flags()))
        self.aggregator = Aggregator(self.server_pair, self.user_ca, self.adapter, self.server_ca,
                                     self.proxy)
        self.addCleanup(self.aggregator.close)

        def all_have_values():
            paths = (f"{CUSTOM}/pods/*/http_requests_per_second", f"{RESOURCE}/pods",
                     f"{RESOURCE}/nodes")
            replies = [self.ask(path) for path in paths]
            if any(status != 200 for status, _ in replies):
                return False
            custom, pods, nodes = (json.loads(body)["items"] for _, body in replies)
            # The kernel counts CPU in hundredths of a second, quantities show thousandths of one.
            worked = all(quantity(node["usage"]["cpu"]) > 0 for node in nodes)
            return worked and {len(custom), len(pods), len(nodes)} == {len(REPLICAS)}
        eventually(all_have_values, 60, self.adapter.log)
        self.ready = self.answered()  # by then each has been scraped

    def flask(self, pod):
        """The port of a replica of the example service."""
        port_file = self.path / (pod + ".port")
        app = self.processes.start(
            ["/usr/bin/python3", str(ROOT / "examples/flask-admin/app.py"), "0", str(port_file)],
            stdout=subprocess.DEVNULL)

        def listens():
            self.assertIsNone(app.poll())
            return port_file.exists()
        eventually(listens)
        return int(port_file.read_text())

    def ask(self, path):
        """As the aggregator does."""
        return self.adapter.ask(path, [("X-Remote-User", "hpa")], client_context(pair=self.proxy))

    def known(self, path):
        """The body, or nothing if there is no value just now."""
        status, body = self.ask(path)
        return body if status == 200 else None

    def kubectl(self, *words, code=0):
        """stdout, or stderr if it is to fail."""
        (self.path / "kubeconfig").write_text("")
        run = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.path / "kubeconfig"), "--server",
             self.aggregator.url, "--certificate-authority", str(self.server_ca.crt),
             "--client-certificate", str(self.user.crt), "--client-key", str(self.user.key),
             "--cache-dir", str(self.path / "cache"), *words],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, code, run.stderr)
        return run.stderr if code else run.stdout

    def raw(self, path):
        return json.loads(self.kubectl("get", "--raw", path))

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kubectl_reads_all_three_apis_through_an_aggregator(self):
        self.check_custom()
        self.check_external()
        self.check_resource()
        # /O=dev/O=ops/CN=bob: the certificate that kubectl showed.
        self.assertEqual(set((user, *sorted(groups)) for user, groups in self.aggregator.seen),
                         {("bob", "dev", "ops")})
        for path in (f"{CUSTOM}/pods/*/nothing", f"{EXTERNAL}/nothing",
                     f"{RESOURCE}/namespaces/{SPACE}/pods/nobody", f"{RESOURCE}/nodes/nothing"):
            self.assertIn("NotFound", self.kubectl("get", "--raw", path, code=1), path)
            self.assertEqual(self.ask(path)[0], 404, path)

    def whole(self, path):
        """What kubectl reads once every replica is in it: a busy machine may miss a scrape."""
        def reply():
            got = self.raw(path)
            return got if len(got["items"]) == len(REPLICAS) else None
        return eventually(reply)

    def answered(self):
        return {pod: load.answered for pod, load in self.loads.items()}

    def check_custom(self):
        path = f"{CUSTOM}/pods/*/http_requests_per_second"
        reply = self.whole(path)
        self.assertEqual(reply["kind"], "MetricValueList")
        for item in reply["items"]:
            self.assertEqual(item["describedObject"]["namespace"], SPACE)
            self.assertEqual(item["metric"]["name"], "http_requests_per_second")
            self.assertEqual(item["windowSeconds"], WINDOW)
            self.assert_young(item["timestamp"])
        before = self.answered()

        # All samples lie in the window: rate() sees what was answered between the first and the
        # last scrape. It stretches that to the window's ends by at most half an interval and 1.1,
        # which is the most for two samples: 2.6 times their interval.
        def rates_are_those_of_the_load():
            values = {item["describedObject"]["name"]: quantity(item["value"]) * WINDOW
                      for item in self.whole(path)["items"]}
            self.assertEqual(values.keys(), REPLICAS.keys())
            for pod, after in self.answered().items():
                self.assertLessEqual(values[pod], (after + 1) * 2.6 + 0.12, pod)
            return all(values[pod] >= before[pod] - self.ready[pod] for pod in REPLICAS)
        eventually(rates_are_those_of_the_load)

    def check_external(self):
        before = sum(load.answered for load in self.loads.values())
        reply = self.raw(f"{EXTERNAL}/http_requests_in_all")
        self.assertEqual(reply["kind"], "ExternalMetricValueList")
        [item] = reply["items"]
        self.assertEqual(item["metricName"], "http_requests_in_all")
        self.assert_young(item["timestamp"])
        value = quantity(item["value"])
        self.assertGreater(value, 0)
        after = sum(load.answered for load in self.loads.values())
        # One request of each load may be counted there and not here yet.
        self.assertLessEqual(value, after + len(self.loads))

        def has_caught_up():
            [item] = self.raw(f"{EXTERNAL}/http_requests_in_all")["items"]
            return quantity(item["value"]) >= before
        eventually(has_caught_up)

    def check_resource(self):
        pods = self.whole(f"{RESOURCE}/namespaces/{SPACE}/pods")
        self.assertEqual((pods["kind"], len(pods["items"])), ("PodMetricsList", len(REPLICAS)))
        for item in pods["items"]:
            self.assertEqual(item["metadata"]["namespace"], SPACE)
            self.assertEqual(item["window"], "30s")
            self.assert_young(item["timestamp"])
            [container] = item["containers"]
            self.assertEqual(container["name"], "app")
            self.assert_usage(container["usage"])
        nodes = self.whole(f"{RESOURCE}/nodes")
        self.assertEqual(nodes["kind"], "NodeMetricsList")
        self.assertEqual({n["metadata"]["name"] for n in nodes["items"]}, {"n-0", "n-1"})
        for item in nodes["items"]:
            self.assertEqual(item["window"], "30s")
            self.assert_usage(item["usage"])
        one = next(item for item in self.whole(f"{RESOURCE}/pods")["items"]
                   if item["metadata"]["name"] == "web-1")
        self.assertEqual(one["metadata"]["namespace"], SPACE)
        path = f"{RESOURCE}/namespaces/{SPACE}/pods/web-1"
        one = json.loads(eventually(lambda: self.known(path)))
        self.assertEqual((one["kind"], one["metadata"]["name"]), ("PodMetrics", "web-1"))

    def assert_young(self, timestamp):
        """Of a sample of the last minute: the policy lets none older through."""
        self.assertGreater(age(timestamp), -2)
        self.assertLess(age(timestamp), 61)

    def assert_usage(self, usage):
        # A Flask process has more than 4 MiB and less than 4 GiB, and used some of a CPU.
        self.assertTrue(2**22 < quantity(usage["memory"]) < 2**32, usage)
        self.assertTrue(0 < quantity(usage["cpu"]) < 2, usage)

    @unittest.skipUnless(shutil.which("kubectl"), "kubectl is not installed")
    def test_kubectl_top_shows_pods(self):
        # kubectl prefers protobuf, and must take JSON for an answer.
        for protobuf in ("true", "false"):
            def rows_of_all():
                shown = self.kubectl("top", "pods", "--namespace", SPACE, "--no-headers",
                                     "--use-protocol-buffers=" + protobuf)
                found = [line.split() for line in shown.splitlines()]
                return found if len(found) == len(REPLICAS) else None
            rows = eventually(rows_of_all)
            self.assertEqual([row[0] for row in rows], list(REPLICAS))
            for _, cpu, memory in rows:
                self.assertRegex(cpu, r"^\d+m$")
                self.assertRegex(memory, r"^\d+Mi$")

    def test_without_the_front_proxy_nobody_is_believed(self):
        stranger = self.pki.issue(self.pki.ca("other-ca"), "/CN=front-proxy-client")
        forged = [("X-Remote-User", "system:admin"), ("X-Remote-Group", "system:masters")]
        for path in (f"{CUSTOM}/pods/*/http_requests_per_second",
                     f"{EXTERNAL}/http_requests_in_all", f"{RESOURCE}/pods", f"{RESOURCE}/nodes"):
            eventually(lambda: self.known(path))
            self.assertEqual(self.adapter.ask(path, forged)[0], 403, path)
            self.assertEqual(
                self.adapter.ask(path, forged, client_context(pair=stranger))[0], 401, path)
        self.assertEqual(self.adapter.metric("tacho_authentications_total", source="refused"), 4)


if __name__ == "__main__":
    unittest.main()
