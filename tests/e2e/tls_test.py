"""TLS as clients find it: certificates and their reload, kubectl, curl, and clients that
misbehave (rows T31 to T38 and T45 to T48 of the safety contract)."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import ssl
import subprocess
import unittest
import urllib.parse

import harness
from harness import eventually, target_entry
from pki import client_context, openssl
from secure_harness import API, METRIC, TOKEN, SecureAdapter, SecureTest
from server_test import SECOND, smuggling_cases

BEARER = ("Authorization", f"Bearer {TOKEN}")
HEAD = b"Host: a\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n"


class TlsTest(SecureTest):
    def serving(self, adapter):
        """The certificate that a new connection is shown."""
        with adapter.connect() as connection:
            return connection.getpeercert(binary_form=True)

    def test_curl_checks_the_certificate(self):
        adapter = self.start_secure()
        url = f"https://localhost:{adapter.secure_port}/readyz"

        def curl(*flags):
            return subprocess.run(["curl", "-sS", "--max-time", "10", "--resolve",
                                   f"localhost:{adapter.secure_port}:127.0.0.1", *flags, url],
                                  capture_output=True, text=True, check=False)
        self.assertEqual(curl("--cacert", str(self.server_ca.crt)).stdout, "ok")
        self.assertEqual(curl("--http2", "--cacert", str(self.server_ca.crt)).stdout, "ok")
        self.assertNotEqual(curl("--cacert", str(self.user_ca.crt)).returncode, 0)
        old = curl("--tls-max", "1.1", "--cacert", str(self.server_ca.crt))
        self.assertNotEqual(old.returncode, 0)
        plain = subprocess.run(["curl", "-sS", "-i", f"http://127.0.0.1:{adapter.secure_port}/"],
                               capture_output=True, text=True, check=False)
        self.assertIn("Client sent an HTTP request to an HTTPS server.", plain.stdout)

    def test_a_new_pair_is_served_and_a_bad_one_is_not(self):
        crt, key = self.path / "tls.crt", self.path / "tls.key"
        shutil.copy(self.server_pair.crt, crt)
        shutil.copy(self.server_pair.key, key)
        adapter = self.start_secure("--tls-cert-file", str(crt), "--tls-private-key-file", str(key))
        with adapter.connect(client_context(ca=self.server_ca)) as before:
            old = before.getpeercert(binary_form=True)
            nxt = self.pki.server(self.server_ca)
            crt.write_text(nxt.crt.read_text())  # and the key of the old one

            def said():
                return adapter.metric("tacho_front_door_reloads_total", what="certificate",
                                      result="failed")
            eventually(said)
            self.assertEqual(self.serving(adapter), old)
            self.assertRegex(adapter.log(), r'not reloaded.*what=certificate.*mismatch')
            key.write_text(nxt.key.read_text())
            eventually(lambda: self.serving(adapter) != old, explain=adapter.log)
            before.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")  # still open, still served
            self.assertIn(b"200 OK", before.recv(4096))

    def test_a_secret_that_kubernetes_swaps_is_seen(self):
        pairs = [self.server_pair, self.pki.server(self.server_ca)]
        for i, pair in enumerate(pairs):
            folder = self.path / f"..{i}"
            folder.mkdir()
            shutil.copy(pair.crt, folder / "tls.crt")
            shutil.copy(pair.key, folder / "tls.key")
        (self.path / "..data").symlink_to("..0")
        for name in ("tls.crt", "tls.key"):
            (self.path / name).symlink_to(f"..data/{name}")
        adapter = self.start_secure("--tls-cert-file", str(self.path / "tls.crt"),
                                    "--tls-private-key-file", str(self.path / "tls.key"))
        old = self.serving(adapter)
        (self.path / "..tmp").symlink_to("..1")
        os.replace(self.path / "..tmp", self.path / "..data")
        eventually(lambda: self.serving(adapter) != old, explain=adapter.log)

    def test_a_self_signed_certificate_is_made_and_kept(self):
        folder = self.path / "certs"
        shown = []
        for _ in range(2):
            adapter = SecureAdapter(self.processes, self.path, flags=("--cert-dir", str(folder)))
            shown.append(self.serving(adapter))
            adapter.process.terminate()
            adapter.process.wait(10)
            (self.path / "address").unlink()
        self.assertEqual(shown[0], shown[1])
        text = openssl("x509", "-in", folder / "apiserver.crt", "-noout", "-text")
        self.assertIn("DNS:localhost, IP Address:127.0.0.1", text)
        in_memory = SecureAdapter(self.processes, self.path)
        self.assertNotEqual(self.serving(in_memory), shown[0])

    def test_kubectl_reads_a_metric_with_a_certificate_and_with_a_token(self):
        if shutil.which("kubectl") is None:
            self.skipTest("there is no kubectl")
        self.write_targets([target_entry(self.counter(20).port, "a")])
        adapter = self.start_secure()

        def kubectl(user, *args):
            config = self.path / "kubeconfig"
            config.write_text(json.dumps({
                "apiVersion": "v1", "kind": "Config", "current-context": "c",
                "clusters": [{"name": "c", "cluster": {
                    "server": f"https://127.0.0.1:{adapter.secure_port}",
                    "certificate-authority": str(self.server_ca.crt)}}],
                "users": [{"name": "u", "user": user}],
                "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}))
            return subprocess.run(["kubectl", "--kubeconfig", str(config), *args], timeout=60,
                                  capture_output=True, text=True, check=False)
        certificate = {"client-certificate": str(self.user.crt), "client-key": str(self.user.key)}
        for user in (certificate, {"token": TOKEN}):
            def answered():
                return kubectl(user, "get", "--raw", METRIC).returncode == 0
            eventually(answered, explain=lambda: kubectl(user, "get", "--raw", METRIC).stderr)
            items = json.loads(kubectl(user, "get", "--raw", METRIC).stdout)["items"]
            self.assertEqual([i["describedObject"]["name"] for i in items], ["a"])
        run = kubectl({"token": "0123456789abcdefX"}, "get", "--raw", METRIC)
        self.assertIn("You must be logged in", run.stderr)

    def test_the_front_proxy_reads_a_metric_for_a_user(self):
        self.write_targets([target_entry(self.counter(20).port, "a")])
        adapter = self.start_secure()
        proxy = client_context(ca=self.server_ca, pair=self.proxy)
        headers = [("X-Remote-User", "system:serviceaccount:kube-system:horizontal-pod-autoscaler"),
                   ("X-Remote-Group", "system:serviceaccounts"), ("Accept", "application/json")]

        def answered():
            return adapter.ask(METRIC, headers, proxy)[0] == 200
        eventually(answered)
        self.assertEqual(adapter.metric("tacho_authentications_total", source="refused"), 0)

    def test_plain_http_is_served_beside_it_only_where_asked(self):
        adapter = self.start_secure()  # with --listen, as the harness gives it
        self.assertEqual(adapter.get("/healthz"), (200, "ok"))
        self.assertEqual(adapter.get("/metrics")[0], 200)

    def test_flags_of_prometheus_adapter_are_named_once(self):
        adapter = self.start_secure("--v=4", "--v=5", "--logtostderr", "--lister-kubeconfig", "x")
        lines = [line for line in adapter.log().splitlines() if "flags without effect" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn('flags="--v --logtostderr --lister-kubeconfig"', lines[0])

    # T31, with as many connections as a test may take.
    def test_t31_idle_connections_are_cheap_and_others_served(self):
        adapter = self.start_secure("--max-connections-per-peer", "1000")
        self.assertEqual(adapter.ask("/metrics", [BEARER])[0], 200)
        before = self.rss(adapter)
        idle = [adapter.connect() for _ in range(300)]
        for connection in idle:
            self.addCleanup(connection.close)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b"200 OK", connection.recv(4096))
        self.assertLess((self.rss(adapter) - before) / len(idle), 40 * 1024)
        self.assertEqual(adapter.ask("/metrics", [BEARER])[0], 200)

        def descriptors_are_back():
            return adapter.metric("tacho_http_connections_open") <= 1
        for connection in idle:
            connection.close()
        eventually(descriptors_are_back)

    def rss(self, adapter):
        pages = pathlib.Path(f"/proc/{adapter.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def test_t31_one_address_cannot_take_all_connections(self):
        adapter = self.start_secure("--max-connections-per-peer", "10")
        held = [socket.create_connection(("127.0.0.1", adapter.secure_port)) for _ in range(30)]
        for connection in held:
            self.addCleanup(connection.close)

        def refused():
            return adapter.metric("tacho_http_limits_total", limit="connections_per_peer") >= 20
        eventually(refused)
        other = socket.create_connection(("127.0.0.1", adapter.secure_port), timeout=10,
                                         source_address=("127.0.0.2", 0))
        with client_context().wrap_socket(other) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            self.assertIn(b"200 OK", connection.recv(4096))

    # T32
    def test_t32_connections_leave_descriptors_for_scraping(self):
        target = self.counter(20)
        self.write_targets([target_entry(target.port, "a")])
        adapter = self.start_few_descriptors(64)
        held = [socket.create_connection(("127.0.0.1", adapter.secure_port)) for _ in range(200)]
        for connection in held:
            self.addCleanup(connection.close)
        self.assertRegex(adapter.log(), r"fewer connections than --max-connections.*connections=32")
        begun = len(target.answers)

        def scraped_on():
            return len(target.answers) > begun + 2
        eventually(scraped_on)
        for connection in held:
            connection.close()

        def answers():
            try:
                return adapter.ask("/healthz")[0] == 200
            except OSError:
                return False
        eventually(answers)

    def start_few_descriptors(self, count):
        wrapper = self.path / "adapter.sh"
        wrapper.write_text(f'#!/bin/sh\nulimit -n {count}\nexec "{harness.ADAPTER}" "$@"\n')
        wrapper.chmod(0o755)
        real, harness.ADAPTER = harness.ADAPTER, str(wrapper)
        try:
            return self.start_secure()
        finally:
            harness.ADAPTER = real

    # T33
    def test_t33_readers_that_stop_do_not_stop_scraping(self):
        target = self.counter(20)
        self.write_targets([target_entry(target.port, "a")])
        adapter = self.start_secure("--write-timeout", "1s")
        slow = []
        for _ in range(50):
            connection = adapter.connect()
            self.addCleanup(connection.close)
            connection.sendall(b"GET /metrics HTTP/1.1\r\n" + HEAD + b"\r\n")
            slow.append(connection)
        begun = len(target.answers)

        def scraped_on():
            return len(target.answers) > begun + 2
        eventually(scraped_on)
        self.assertLessEqual(adapter.metric("tacho_http_buffered_reply_bytes"), 64 << 20)

    # T34
    def test_t34_slow_writers_are_closed_and_others_served(self):
        adapter = self.start_secure("--header-timeout", "500ms", "--tls-handshake-timeout", "500ms")
        slow = [socket.create_connection(("127.0.0.1", adapter.secure_port)) for _ in range(20)]
        heads = [adapter.connect() for _ in range(20)]
        for i, connection in enumerate(slow):
            connection.sendall(b"\x16\x03\x01\x02"[:i % 5])
        for connection in heads:
            connection.sendall(b"GET / HT")
        self.assertEqual(adapter.ask("/healthz"), (200, "ok"))
        for connection in slow + heads:
            self.addCleanup(connection.close)
            connection.settimeout(10)
            try:
                self.assertEqual(connection.recv(1), b"")
            except (ssl.SSLError, ConnectionResetError):
                pass  # an end without TLS's own goodbye
        for limit in ("tls_handshake_timeout", "header_timeout"):
            self.assertEqual(adapter.metric("tacho_http_limits_total", limit=limit), 20, limit)

    # T36; h2 is not served, so T35 has nothing to attack.
    def test_t36_only_http11_is_negotiated(self):
        adapter = self.start_secure()
        for offered, expected in (("h2,http/1.1", "ALPN protocol: http/1.1"),
                                  ("http/1.1", "ALPN protocol: http/1.1"),
                                  ("h2", "no application protocol"),
                                  ("garbage", "no application protocol"),
                                  (None, "No ALPN negotiated")):
            flags = ("-alpn", offered) if offered else ()
            run = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{adapter.secure_port}", *flags],
                input="", capture_output=True, text=True, timeout=30, check=False)
            self.assertIn(expected, run.stdout + run.stderr, offered)

    # T38
    def test_t38_nothing_smuggled_runs_under_the_front_proxys_identity(self):
        adapter = self.start_secure()
        proxy = client_context(pair=self.proxy)
        forged = b"X-Remote-User: hpa\r\n"
        for case in smuggling_cases():
            case = case.replace(b"Host: a\r\n", b"Host: a\r\n" + forged, 1)
            reply = adapter.send(case + SECOND, proxy)
            self.assertRegex(reply, rb"\AHTTP/1\.1 400 ", case)
            self.assertEqual(reply.count(b"HTTP/1.1 "), 1, case)

    # T45
    def test_t45_upgrades_are_refused_and_the_connection_ends(self):
        adapter = self.start_secure()
        for path in (b"/", b"/apis", API.encode(), METRIC.encode(), b"/metrics", b"/healthz"):
            for fields in (b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"Upgrade: h2c\r\n",
                           b"Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"):
                reply = adapter.send(b"GET " + path + b" HTTP/1.1\r\n" + HEAD + fields + b"\r\n")
                self.assertRegex(reply, rb"\AHTTP/1\.1 4\d\d ", path)
            for method in (b"CONNECT", b"TRACE"):
                reply = adapter.send(method + b" " + path + b" HTTP/1.1\r\n" + HEAD + b"\r\n")
                self.assertRegex(reply, rb"\AHTTP/1\.1 4\d\d ", path)

    # T46 and T47: over plain HTTP in server_test.py, with more requests.
    def test_t46_t47_crawled_paths_redirect_nowhere_and_leave_no_trace(self):
        adapter = self.start_secure()
        seed = random.randrange(1 << 32)
        print("seed", seed)
        rng = random.Random(seed)
        parts = ["", "apis", "custom.metrics.k8s.io", "v1beta1", "v1beta2", "namespaces", "ms-test",
                 "pods", "*", "%2A", "http_requests_per_second", "healthz", "metrics", "..", ".",
                 "%2e%2e", "%00", "a;b", "%zz", "\u00e4", "api", "v1", "query"]

        def ask(_):
            path = "/" + "/".join(rng.choices(parts, k=rng.randrange(9)))
            path = urllib.parse.quote(path, safe="/%*;.") + rng.choice(["", "?", "?a=b", "?;"])
            method = rng.choice(["GET", "GET", "HEAD", f"M{rng.randrange(999)}"])
            user = ("X-Remote-User", f"u{rng.randrange(999)}")
            reply = adapter.send(f"{method} {path} HTTP/1.1\r\nConnection: close\r\n"
                                 f"{user[0]}: {user[1]}\r\n".encode() + HEAD + b"\r\n")
            return reply[9:12]

        def series():
            return sum(1 for line in adapter.get("/metrics")[1].splitlines()
                       if not line.startswith(("#", "tacho_http_requests_total")))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            series()
            before = series()
            statuses = set(pool.map(ask, range(1000)))
        self.assertEqual(series(), before)
        self.assertFalse([s for s in statuses if not s or s.startswith(b"3")], statuses)

    # T48: the decisions of Kubernetes' own path parsing.
    def test_t48_tricks_with_paths_end_where_they_should(self):
        adapter = self.start_secure()
        base = API + "/namespaces/ms-test"
        cases = {404: ["/..%2fetc%2fpasswd", "/../../etc/passwd", "/%2e%2e/etc",
                       "/apis/" + "x" * 4096, "/apis;", API + ";x", "/%00", "/healthz%00",
                       base + "/pods", base + "/pods/*", base + "/pods/*/a/b/c",
                       API + "/namespaces//pods/*/m", base + "//pods/*/m", "/etc/passwd",
                       "/proc/self/environ", base + "/pods/*/%2e%2e",
                       "/*", "/%2A"],
                 400: ["/%zz", "/%", "/%2", API + "/%g0", base + "/pods/*/%"]}
        for expected, paths in cases.items():
            for path in paths:
                self.assertEqual(adapter.ask(path, [BEARER])[0], expected, path)
        self.check_made_up_paths(adapter)
        self.assertEqual(adapter.ask("/healthz"), (200, "ok"))

    def check_made_up_paths(self, adapter):
        """500 paths that name nothing: a segment too many, one that is none, a broken escape."""
        seed = random.randrange(1 << 32)
        print("seed", seed)
        rng = random.Random(seed)
        good = ["/apis", API, API + "/namespaces/ms-test/pods/*/m", "/metrics", "/version"]
        tricks = ["..", "%2e%2e", "..%2f", "%2F..", ";x", "%00", "%0d%0a", "%c0%ae", "%ff",
                  "a" * 4096, "%2A%2A", "%3f", "%23", "~", "%5c", "\\", "%e2%80%8b"]
        broken = ["%", "%g0", "%0g", "%2", "%%"]
        connection = http.client.HTTPSConnection("127.0.0.1", adapter.secure_port, timeout=10,
                                                 context=client_context())
        self.addCleanup(connection.close)
        for _ in range(500):
            trick = rng.choice(tricks + broken)
            path = f"{rng.choice(good)}/{trick}/{rng.choice(['', 'x', 'x/y/z'])}"
            connection.request("GET", path, headers=dict([BEARER]))
            reply = connection.getresponse()
            reply.read()
            self.assertEqual(reply.status, 400 if trick in broken else 404, path)


if __name__ == "__main__":
    unittest.main()
