"""Scraping as a Kubernetes set-up configures it: TLS, credentials, redirects, relabelling,
discovery over HTTP and through swapped links, and a wall clock that is set."""

import base64
import http.server
import json
import os
import ssl
import threading
import unittest

from harness import AdapterTest, eventually, target_entry
from pki import Pki


class Server:
    """An HTTP server that answers GET by `answer(path, headers) -> (status, headers, body)`."""

    def __init__(self, answer, pair=None, client_ca=None):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.requests.append((self.path, dict(self.headers)))
                status, headers, body = answer(self.path, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # handshakes that fail, as they should

        self.requests = []
        self._server = Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if pair is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pair.chain, pair.key)
            if client_ca is not None:
                context.load_verify_locations(client_ca.crt)
                context.verify_mode = ssl.CERT_REQUIRED
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self._server.server_port

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def metrics(_path="", _headers=None):
    return 200, {"Content-Type": "text/plain"}, "http_requests_total 1\ngo_threads 2\n"


class ScrapingTest(AdapterTest):
    def server(self, answer=metrics, **kwargs):
        server = Server(answer, **kwargs)
        self.addCleanup(server.close)
        return server

    def start_job(self, job, flags=()):
        """An adapter with one job; `job` is a mapping of its keys."""
        scrape = {"global": {"scrape_interval": "1s", "scrape_timeout": "900ms"},
                  "scrape_configs": [{"job_name": "j", **job}]}
        return self.start(scrape=json.dumps(scrape), flags=flags)

    def static(self, server, pod="a", **labels):
        return {"static_configs": [{"targets": [f"127.0.0.1:{server.port}"],
                                    "labels": {"pod": pod, "namespace": "ms-test", **labels}}]}

    def wait_until_up(self, adapter, pod="a", value=1):
        def is_up():
            return adapter.up().get(pod) == value
        eventually(is_up, explain=adapter.log)

    def wait_for_failure(self, adapter, reason):
        def failed():
            return (adapter.metric("tacho_scrapes_failed_total", reason=reason) or 0) >= 1
        eventually(failed, explain=adapter.log)

    def test_tls_is_verified_and_certificates_are_read_anew(self):
        pki = Pki(self.path / "pki")
        ca, wrong = pki.ca("ca"), pki.ca("wrong")
        client = pki.issue(ca, "/CN=tacho")
        server = self.server(pair=pki.server(ca), client_ca=ca)
        for name, source in (("ca.crt", wrong.crt), ("c.crt", client.crt), ("c.key", client.key)):
            (self.path / name).write_bytes(source.read_bytes())
        adapter = self.start_job({"scheme": "https", "tls_config": {
            "ca_file": "ca.crt", "cert_file": "c.crt", "key_file": "c.key"},
            **self.static(server)})
        self.wait_until_up(adapter, value=0)
        self.wait_for_failure(adapter, "tls")
        self.assertIn("the certificate is not trusted", adapter.log())
        self.assertEqual(server.requests, [])
        # Renamed into place, as a mounted Secret is.
        (self.path / "new").write_bytes(ca.crt.read_bytes())
        (self.path / "new").rename(self.path / "ca.crt")
        self.wait_until_up(adapter)

    def test_the_name_in_the_certificate_counts_unless_it_is_given_or_skipped(self):
        pki = Pki(self.path / "pki")
        ca = pki.ca("ca")
        pair = pki.issue(ca, "/CN=127.0.0.1", "extendedKeyUsage=serverAuth\n"
                         "subjectAltName=DNS:app.example\n")
        server = self.server(pair=pair)
        (self.path / "ca.crt").write_bytes(ca.crt.read_bytes())

        def job(name, pod, tls):
            return {"job_name": name, "scheme": "https", "tls_config": tls,
                    **self.static(server, pod=pod)}
        adapter = self.start(scrape=json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [
                job("strict", "a", {"ca_file": "ca.crt"}),
                job("named", "b", {"ca_file": "ca.crt", "server_name": "app.example"}),
                job("lax", "c", {"insecure_skip_verify": True}),
                job("new", "d", {"insecure_skip_verify": True, "min_version": "TLS13"})]}))

        def settled():
            return adapter.up() == {"a": 0, "b": 1, "c": 1, "d": 1}
        eventually(settled, explain=adapter.log)

    def test_credentials_are_sent_read_anew_and_never_told(self):
        passwords = {"current": "first-secret"}

        def answer(path, headers):
            wanted = base64.b64encode(f"user:{passwords['current']}".encode()).decode()
            if headers.get("Authorization") != f"Basic {wanted}":
                return 401, {}, "no"
            return metrics()
        server = self.server(answer)
        (self.path / "password").write_text("first-secret\n")
        adapter = self.start_job({"basic_auth": {"username": "user", "password_file": "password"},
                                  **self.static(server)}, flags=["--log-level", "debug"])
        self.wait_until_up(adapter)
        passwords["current"] = "second-secret"
        self.wait_until_up(adapter, value=0)
        (self.path / "new").write_text("second-secret\n")
        (self.path / "new").rename(self.path / "password")
        self.wait_until_up(adapter)
        (self.path / "password").unlink()
        self.wait_for_failure(adapter, "credentials")
        for text in (adapter.log(), adapter.get("/metrics")[1]):
            self.assertNotIn("-secret", text)

    def test_a_redirect_takes_no_token_to_another_host(self):
        stranger = self.server()

        def answer(path, _headers):
            if path == "/metrics":
                return 302, {"Location": "/moved"}, "moved"
            if path == "/moved":
                return metrics()
            return 302, {"Location": f"http://127.0.0.1:{stranger.port}/metrics"}, "go away"
        server = self.server(answer)
        token = {"authorization": {"credentials": "hunter2"}}
        adapter = self.start(scrape=json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [
                {"job_name": "near", **token, **self.static(server, pod="near")},
                {"job_name": "far", **token, "metrics_path": "/far",
                 **self.static(server, pod="far")}]}))
        self.wait_until_up(adapter, pod="near")
        self.wait_until_up(adapter, pod="far", value=0)
        self.wait_for_failure(adapter, "redirect")
        self.assertEqual(stranger.requests, [])
        self.assertIn("another origin", adapter.log())
        self.assertNotIn("hunter2", adapter.log())
        self.assertEqual({headers.get("Authorization") for _, headers in server.requests},
                         {"Bearer hunter2"})

    def test_relabelling_of_targets_and_metrics(self):
        server = self.server()
        other = self.server()
        adapter = self.start_job({
            "relabel_configs": [
                {"source_labels": ["__meta_scrape"], "regex": "true", "action": "keep"},
                {"source_labels": ["__meta_pod"], "target_label": "pod"},
                {"regex": "__meta_label_(.+)", "action": "labelmap"}],
            "metric_relabel_configs": [
                {"source_labels": ["__name__"], "regex": "go_.*", "action": "drop"},
                {"target_label": "team", "replacement": "t1"}],
            "static_configs": [
                {"targets": [f"127.0.0.1:{server.port}"],
                 "labels": {"__meta_scrape": "true", "__meta_pod": "a", "__meta_label_tier": "x"}},
                {"targets": [f"127.0.0.1:{other.port}"], "labels": {"__meta_scrape": "false"}}]})
        self.wait_until_up(adapter)
        [(labels, _)] = adapter.query("http_requests_total")
        self.assertEqual({k: labels[k] for k in ("pod", "team", "tier")},
                         {"pod": "a", "team": "t1", "tier": "x"})
        self.assertEqual(adapter.query("go_threads"), [])
        self.assertEqual(adapter.metric("tacho_targets"), 1)
        self.assertEqual(adapter.metric("tacho_targets_dropped"), 1)
        self.assertEqual(adapter.metric("tacho_scrape_series_dropped"), 1)
        self.assertEqual(other.requests, [])

    def test_limits_fail_the_scrape_and_say_which(self):
        server = self.server()
        adapter = self.start(scrape=json.dumps({
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [
                {"job_name": "s", "sample_limit": 1, **self.static(server, pod="s")},
                {"job_name": "l", "label_limit": 2, **self.static(server, pod="l")},
                {"job_name": "t", "target_limit": 1, "static_configs": [
                    {"targets": [f"127.0.0.1:{server.port}", f"localhost:{server.port}"],
                     "labels": {"pod": "t"}}]}]}))

        def all_down():
            return [value for _, value in adapter.query("up")] == [0, 0, 0] and \
                adapter.metric("tacho_scrapes_failed_total", reason="target") >= 1
        eventually(all_down, explain=adapter.log)
        for text in ("sample_limit", "label_limit", "target_limit exceeded (number of targets: 2"):
            self.assertIn(text, adapter.log())

    def test_targets_come_over_http_and_stay_when_the_service_fails(self):
        target = self.server()
        reply = {"status": 200, "type": "application/json"}
        groups = [target_entry(target.port, "a")]

        def answer(_path, _headers):
            return reply["status"], {"Content-Type": reply["type"]}, json.dumps(groups)
        service = self.server(answer)
        adapter = self.start_job({"http_sd_configs": [{
            "url": f"http://127.0.0.1:{service.port}/sd", "refresh_interval": "1s",
            "authorization": {"credentials": "sd-token"}}]})
        self.wait_until_up(adapter)
        self.assertEqual(service.requests[0][0], "/sd")
        self.assertEqual(service.requests[0][1]["Authorization"], "Bearer sd-token")
        self.assertEqual(service.requests[0][1]["X-Prometheus-Refresh-Interval-Seconds"], "1")
        reply["status"] = 500
        asked = len(service.requests)

        def asked_again():
            return len(service.requests) >= asked + 3
        eventually(asked_again)
        self.assertEqual(adapter.metric("tacho_targets"), 1)
        self.assertIn("discovery service not read", adapter.log())
        reply["status"] = 200
        groups.append(target_entry(self.server().port, "b"))
        self.wait_until_up(adapter, pod="b")
        self.wait_until_up(adapter, pod="a")

    def test_a_swapped_config_map_is_seen_at_once(self):
        """Kubernetes' layout: targets.json -> ..data/targets.json, ..data -> ..v1."""
        folder = self.path / "mount"
        folder.mkdir()
        for version, pod in (("..v1", "a"), ("..v2", "b")):
            (folder / version).mkdir()
            (folder / version / "targets.json").write_text(
                json.dumps([target_entry(self.server().port, pod)]))
        (folder / "..data").symlink_to("..v1")
        (folder / "targets.json").symlink_to("..data/targets.json")
        # The last --discovery-poll wins: only the system can tell.
        adapter = self.start_job({"file_sd_configs": [{"files": ["mount/targets.json"]}]},
                                 flags=["--discovery-poll", "1h"])
        self.wait_until_up(adapter, pod="a")
        (folder / "..data_tmp").symlink_to("..v2")
        (folder / "..data_tmp").rename(folder / "..data")
        self.wait_until_up(adapter, pod="b")
        self.assertEqual(adapter.query('up{pod="a"}'), [])

    def test_only_what_a_rule_can_read_is_kept(self):
        server = self.server()
        adapter = self.start_job(self.static(server), flags=["--ingest", "rules"])
        self.wait_until_up(adapter)
        self.assertEqual(len(adapter.query("http_requests_total")), 1)
        self.assertEqual(adapter.query("go_threads"), [])
        self.assertEqual(adapter.metric("tacho_scrape_series_dropped"), 1)
        self.assertGreater(adapter.metric("tacho_scrape_bytes_saved"), 0)
        # Other rules keep other metrics, and what went on is not cut.
        rules = self.path / "rules.yaml"
        before = rules.read_text()
        rules.write_text(before + before.split("\n", 1)[1].replace("http_requests_total",
                                                                   "go_threads"))
        eventually(lambda: adapter.query("go_threads"), explain=adapter.log)
        self.assertEqual(adapter.query("http_requests_total unless "
                                       "count_over_time(http_requests_total[5m]) > 1"), [])
        rules.write_text(before)
        eventually(lambda: not adapter.query("go_threads"), explain=adapter.log)
        refused = self.run_adapter("--ingest", "some")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("all or rules", refused.stderr)

    def test_a_wall_clock_that_is_set_changes_no_rate(self):
        """F9, T55: the clock jumps by half a day every second reading."""
        target = self.counter(100)
        self.write_targets([target_entry(target.port, "a")])
        os.environ["LD_PRELOAD"] = os.environ["TACHO_CLOCK_SHIM"]
        try:
            adapter = self.start()
        finally:
            del os.environ["LD_PRELOAD"]

        def enough():
            return len(target.answers) >= 8
        eventually(enough, seconds=30)
        # Half a day more or less in a window of 5 s would be nowhere near.
        [(_, rate)] = adapter.query("rate(http_requests_total[5s])")
        self.assertGreater(rate, 50)
        self.assertLess(rate, 200)
        [(_, samples)] = adapter.query("count_over_time(http_requests_total[1m])")
        self.assertGreaterEqual(samples, 7)
        self.assertEqual(adapter.query("resets(http_requests_total[1m])")[0][1], 0)


if __name__ == "__main__":
    unittest.main()
