"""The container of adapter/deploy/pod-discovery lists pods of a fake API server, and the adapter
scrapes them."""

import http.server
import json
import ssl
import sys
import threading
import unittest
import urllib.parse
from unittest import mock

import manifests
from manifests import DEPLOY, ROOT, container, needs_kustomize, rendered

sys.path.insert(0, str(ROOT / "tests" / "e2e"))
sys.path.insert(0, str(DEPLOY / "pod-discovery"))

import pod_targets  # noqa: E402  (the path comes first)
from harness import AdapterTest, eventually  # noqa: E402
from pki import Pki  # noqa: E402

TOKEN = "token-of-the-account"


def pod(name, address="127.0.0.1", labels=None, **asks):
    annotations = {f"prometheus.io/{key}": value for key, value in asks.items()}
    return {"metadata": {"namespace": "shop", "name": name, "annotations": annotations,
                         "labels": labels}, "status": {"podIP": address}}


class FakeKubernetes:
    """Lists `pods`, two a page, to who has the token."""

    def __init__(self, pair):
        self.pods, self.failing, self.queries = [], False, []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query))
                status, reply = 200, {}
                if fake.failing:
                    status = 500
                elif self.headers["Authorization"] != f"Bearer {TOKEN}":
                    status = 401
                elif url.path != "/api/v1/pods":
                    status = 404
                else:
                    fake.queries.append(query)
                    start = int(query.get("continue", 0))
                    more = {"continue": str(start + 2)} if len(fake.pods) > start + 2 else {}
                    reply = {"kind": "PodList", "metadata": more,
                             "items": fake.pods[start:start + 2]}
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(reply).encode())

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.crt, pair.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Entries(unittest.TestCase):
    def test_a_pod_says_where_and_how(self):
        self.assertEqual(
            pod_targets.target(pod("web-0", "10.0.0.7", {"app.kubernetes.io/name": "web"},
                                   scrape="true", port="8080", path="/m", scheme="https")),
            {"targets": ["10.0.0.7:8080"],
             "labels": {"namespace": "shop", "pod": "web-0", "__metrics_path__": "/m",
                        "__scheme__": "https",
                        "__meta_kubernetes_pod_label_app.kubernetes.io/name": "web"}})

    def test_an_address_with_colons_is_put_in_brackets(self):
        entry = pod_targets.target(pod("web-0", "fd00::7", scrape="true", port="8080"))
        self.assertEqual(entry["targets"], ["[fd00::7]:8080"])

    def test_pods_that_do_not_ask(self):
        for one in [pod("a", port="8080"), pod("a", scrape="false", port="8080"),
                    pod("a", scrape="true"), pod("a", scrape="true", port="http"),
                    pod("a", address=None, scrape="true", port="8080"),
                    {"metadata": {"namespace": "shop", "name": "a"}, "status": {}}]:
            self.assertIsNone(pod_targets.target(one))

    def test_the_api_server_is_where_kubernetes_says(self):
        for host, url in [("10.96.0.1", "https://10.96.0.1:443"),
                          ("fd00::1", "https://[fd00::1]:443")]:
            with mock.patch.dict("os.environ", {"KUBERNETES_SERVICE_HOST": host,
                                                "KUBERNETES_SERVICE_PORT": "443"}):
                self.assertEqual(pod_targets.in_cluster(), url)


class Running(AdapterTest):
    def setUp(self):
        super().setUp()
        self.pki = Pki(self.path / "pki")
        ca = self.pki.ca("cluster-ca")
        self.kubernetes = FakeKubernetes(self.pki.server(ca))
        self.addCleanup(self.kubernetes.close)
        (self.path / "ca.crt").write_bytes(ca.crt.read_bytes())
        (self.path / "token").write_text(TOKEN + "\n")
        self.file = self.path / "targets.json"
        self.log = self.path / "pod-targets.log"

    def start_container(self, *flags):
        with open(self.log, "wb") as log:
            return self.processes.start(
                [sys.executable, "-B", "-u", DEPLOY / "pod-discovery" / "pod_targets.py",
                 f"--file={self.file}", "--every=0.1", f"--api={self.kubernetes.url}",
                 f"--account={self.path}", *flags], stderr=log)

    def listed(self):
        if not self.file.exists():
            return None
        return [entry["labels"]["pod"] for entry in json.loads(self.file.read_text())]

    def test_pods_that_come_and_go_are_scraped(self):
        ports = [str(self.counter(rate).port) for rate in (1, 2, 3)]
        pods = [pod(f"web-{i}", labels={"app.kubernetes.io/name": app}, scrape="true", port=port)
                for i, (port, app) in enumerate(zip(ports, ["web", "web", "other"]))]
        self.kubernetes.pods = pods
        self.start_container()
        adapter = self.start()

        def selected():
            status, body = adapter.get(
                "/apis/custom.metrics.k8s.io/v1beta2/namespaces/shop/pods/*/"
                "http_requests_per_second?labelSelector=app.kubernetes.io%2Fname%3Dweb")
            return status == 200 and [item["describedObject"]["name"]
                                      for item in json.loads(body)["items"]]
        eventually(lambda: adapter.up() == {"web-0": 1, "web-1": 1, "web-2": 1})
        eventually(lambda: selected() == ["web-0", "web-1"])
        self.kubernetes.pods = pods[1:]
        eventually(lambda: selected() == ["web-1"])

    def test_running_pods_are_asked_for_page_by_page(self):
        self.kubernetes.pods = [pod(f"p{i}", scrape="true", port="1") for i in range(5)]
        self.start_container()
        eventually(lambda: self.listed() == ["p0", "p1", "p2", "p3", "p4"])
        first = self.kubernetes.queries[:3]
        self.assertEqual([q.get("continue") for q in first], [None, "2", "4"])
        self.assertTrue(all(q["fieldSelector"] == "status.phase=Running" for q in first))

    def test_a_list_that_fails_changes_nothing(self):
        self.kubernetes.pods = [pod("p", scrape="true", port="1")]
        self.start_container()
        eventually(lambda: self.listed() == ["p"])
        self.kubernetes.failing = True
        eventually(lambda: "targets stay as they are" in self.log.read_text())
        self.assertEqual(self.listed(), ["p"])
        self.kubernetes.failing = False
        self.kubernetes.pods = []
        eventually(lambda: self.listed() == [])

    def test_a_server_that_the_ca_does_not_vouch_for_gets_no_token(self):
        (self.path / "ca.crt").write_bytes(self.pki.ca("other-ca").crt.read_bytes())
        self.start_container()
        eventually(lambda: "CERTIFICATE_VERIFY_FAILED" in self.log.read_text())
        self.assertEqual(self.kubernetes.queries, [])

    def test_it_ends_when_it_is_told_to(self):
        process = self.start_container()
        eventually(self.file.exists)
        process.terminate()
        self.assertEqual(process.wait(timeout=20), 0)


@needs_kustomize
class Manifest(unittest.TestCase):
    def test_the_container_writes_where_the_adapter_reads(self):
        found = rendered("base", ["pod-discovery"])
        lister = container(found, "pod-targets")
        options = dict(arg.removeprefix("--").split("=") for arg in lister["args"])
        folder, name = options["file"].rsplit("/", 1)
        mounts = [{mount["name"] for mount in c["volumeMounts"] if mount["mountPath"] == folder}
                  for c in (lister, container(found))]
        self.assertEqual(mounts, [{"targets"}, {"targets"}])
        volume = next(v for v in manifests.pod(found)["spec"]["volumes"] if v["name"] == "targets")
        self.assertIn("emptyDir", volume)
        self.assertNotIn("configMap", volume)
        scrape = manifests.mounted(found)["/etc/tacho/config/scrape.yaml"]
        self.assertIn(f"{folder}/*.{name.rsplit('.', 1)[1]}", scrape)

    def test_the_container_runs_the_file_beside_it(self):
        found = rendered("base", ["pod-discovery"])
        script = container(found, "pod-targets")["command"][-1]
        self.assertEqual(manifests.mounted(found, name="pod-targets")[script],
                         (DEPLOY / "pod-discovery" / "pod_targets.py").read_text())


if __name__ == "__main__":
    unittest.main()
