"""Who is believed, and who is not: rows T39 to T44 and T49 of the safety contract."""

import http.client
import json
import pathlib
import ssl
import subprocess
import unittest

from harness import eventually
from pki import client_context
from secure_harness import API, FRONT_PROXY, METRIC, TOKEN, SecureTest

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
USER = ("X-Remote-User", "hpa")
RSA = ("rsa:2048",)


class BadCertificates:
    """The matrix of T39: name -> a pair that must prove nothing, or None for no certificate."""

    def __init__(self, pki, proxy_ca):
        self._pki = pki
        self._ca = proxy_ca
        other_ca = pki.ca("other-ca")
        same_name_ca = pki.ca("proxy-ca")
        issuing_ca = pki.ca("issuing-ca", issuer=proxy_ca)
        leaf_issuer = self._leaf()
        self.cases = {
            "no certificate": None,
            "self-signed": pki.issue(None, f"/CN={FRONT_PROXY}"),
            "another CA": pki.issue(other_ca, f"/CN={FRONT_PROXY}"),
            "another CA of the same name": pki.issue(same_name_ca, f"/CN={FRONT_PROXY}"),
            "another name": self._leaf("/CN=somebody-else"),
            "no name": self._leaf("/O=no-name"),
            "a name with a prefix": self._leaf(f"/CN=x{FRONT_PROXY}"),
            "a name with a suffix": self._leaf(f"/CN={FRONT_PROXY}.example.com"),
            "another case": self._leaf(f"/CN={FRONT_PROXY.upper()}"),
            "a wildcard": self._leaf("/CN=*"),
            "UTF-8": self._leaf("/CN=front-proxy-cli\u0435nt", more=("-utf8",)),
            "two names": self._leaf(f"/CN={FRONT_PROXY}/CN=admin"),
            "the name as organization": self._leaf(f"/O={FRONT_PROXY}/CN=x"),
            "the name as alternative name": self._leaf(
                "/CN=x", f"subjectAltName=DNS:{FRONT_PROXY}\nextendedKeyUsage=clientAuth\n"),
            "expired": self._leaf(dates=("20200101000000Z", "20200102000000Z")),
            "not yet valid": self._leaf(dates=("21200101000000Z", "21200102000000Z")),
            "for servers": self._leaf(extensions="extendedKeyUsage=serverAuth\n"),
            "a CA's": self._leaf(
                extensions="basicConstraints=critical,CA:TRUE\nextendedKeyUsage=clientAuth\n"),
            "intermediate missing": pki.issue(issuing_ca, f"/CN={FRONT_PROXY}"),
            "issued by a leaf": pki.issue(leaf_issuer, f"/CN={FRONT_PROXY}"),
            "SHA-1": self._leaf(digest="sha1"),
            "RSA-1024": self._leaf(newkey=("rsa:1024",)),
            "a good one behind a bad one": self._chain_of_two(),
        }

    def _leaf(self, subject=f"/CN={FRONT_PROXY}", extensions="extendedKeyUsage=clientAuth\n",
              **more):
        return self._pki.issue(self._ca, subject, extensions, **more)

    def _chain_of_two(self):
        bad, good = self._pki.issue(None, f"/CN={FRONT_PROXY}"), self._leaf()
        bad.chain = pathlib.Path(str(bad.crt) + ".chain")
        bad.chain.write_text(bad.crt.read_text() + good.crt.read_text())
        return bad


class IdentityTest(SecureTest):
    def sources(self, adapter):
        return {name: adapter.metric("tacho_authentications_total", source=name)
                for name in ("anonymous", "front_proxy", "client_certificate", "token", "refused")}

    def test_t39_one_certificate_of_the_matrix_is_the_front_proxys(self):
        adapter = self.start_secure()
        cases = BadCertificates(self.pki, self.proxy_ca).cases
        self.assertEqual(len(cases), 23)  # and the valid one
        for version in VERSIONS:
            for name, pair in cases.items():
                status, body = adapter.ask(API, [USER], client_context(pair=pair, version=version))
                # Nobody's certificate is refused; nobody without one is anonymous.
                self.assertEqual(status, 401 if pair else 403, (name, version, body))
        self.assertEqual(self.sources(adapter)["front_proxy"], 0)
        for version in VERSIONS:
            context = client_context(pair=self.proxy, version=version)
            self.assertEqual(adapter.ask(API, [USER], context)[0], 200)
        self.assertEqual(self.sources(adapter)["front_proxy"], 2)

    def test_t39_a_chain_over_an_intermediate_is_followed(self):
        issuing_ca = self.pki.ca("issuing-ca", issuer=self.proxy_ca)
        pair = self.pki.issue(issuing_ca, f"/CN={FRONT_PROXY}", newkey=RSA)
        pair.chain = pathlib.Path(str(pair.crt) + ".chain")
        pair.chain.write_text(pair.crt.read_text() + issuing_ca.crt.read_text())
        adapter = self.start_secure()
        self.assertEqual(adapter.ask(API, [USER], client_context(pair=pair))[0], 200)

    def test_t39_old_versions_and_renegotiation_are_refused(self):
        adapter = self.start_secure()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            context = client_context(pair=self.proxy)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            self.assertEqual(adapter.ask(API, [USER], context)[0], 0)
        # "R" asks for a renegotiation; what follows is not answered any more.
        run = self.s_client(adapter, "-tls1_2", text="R\nGET /healthz HTTP/1.0\r\n\r\n")
        self.assertNotIn("200 OK", run)

    def s_client(self, adapter, *flags, text=""):
        run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{adapter.secure_port}",
                              *flags], input=text, capture_output=True, text=True, timeout=30,
                             check=False)
        return run.stdout + run.stderr

    def test_t40_dangerous_set_ups_do_not_start(self):
        ca = str(self.user_ca.crt)
        both = ("--client-ca-file", ca, "--requestheader-client-ca-file", ca)
        self.assertIn("--requestheader-allowed-names", self.run_to_failure(*both))
        self.assertIn("username-headers is empty", self.run_to_failure(
            *both, "--requestheader-allowed-names", "x", "--requestheader-username-headers", ""))
        for flag in ("--client-ca-file", "--requestheader-client-ca-file", "--token-auth-file",
                     "--tls-cert-file"):
            more = ("--tls-private-key-file", "x") if flag == "--tls-cert-file" else ()
            self.assertIn("/no/such/file", self.run_to_failure(flag, "/no/such/file", *more))
            self.assertIn("not a regular file", self.run_to_failure(flag, "/dev/zero", *more))
        self.assertIn("go together", self.run_to_failure("--tls-cert-file", "x"))
        self.assertIn("--requestheader-allowed-names", self.check(*both))
        self.assertIn("go together", self.check("--tls-cert-file", "x"))

    def check(self, *flags):
        """What --check says of it."""
        run = self.run_adapter("--config", str(self.path / "rules.yaml"), "--scrape-config",
                               str(self.path / "scrape.yaml"), "--check", *flags)
        self.assertEqual(run.returncode, 1, run.stdout)
        return run.stdout

    def test_t40_without_anything_to_believe_only_health_is_answered(self):
        adapter = self.start_secure(identities=False)
        self.assertEqual(adapter.ask("/healthz"), (200, "ok"))
        for path in ("/", "/metrics", "/apis", API, METRIC, "/api/v1/query?query=up", "/version"):
            for headers in ((), (USER,), (("X-Remote-Group", "system:masters"),)):
                for pair in (None, self.proxy, self.user):
                    status, _ = adapter.ask(path, headers, client_context(pair=pair))
                    self.assertEqual(status, 403, path)
            self.assertEqual(adapter.ask(path, [("Authorization", f"Bearer {TOKEN}")])[0], 401)
        self.assertIn("nobody can prove who they are", adapter.log())

    def test_t41_forged_headers_are_believed_from_nobody_but_the_front_proxy(self):
        adapter = self.start_secure()
        forged = [(name, "system:admin") for name in (
            "X-Remote-User", "x-remote-user", "X-REMOTE-USER", "X_Remote_User", "X-Remote_User")]
        forged += [("X-Remote-Group", "system:masters"), ("X-Remote-Uid", "0"),
                   ("X-Remote-Extra-Scopes", "all")]
        clients = {"none": None, "user": self.user,
                   "proxy's CA, another name": self.pki.issue(self.proxy_ca, "/CN=kubelet"),
                   "user's CA, the proxy's name": self.pki.issue(self.user_ca,
                                                                f"/CN={FRONT_PROXY}")}
        cases = 0
        for name, pair in clients.items():
            for headers in [[h] for h in forged] + [forged, forged[:1] * 2]:
                adapter.ask(API, headers, client_context(pair=pair))
                cases += 1
        self.assertEqual(cases, 40)
        self.assertEqual(self.sources(adapter)["front_proxy"], 0)

    def test_t41_trailers_name_nobody(self):
        adapter = self.start_secure()
        proxy = client_context(pair=self.proxy)
        for body in (b"0\r\nX-Remote-User: admin\r\n\r\n",
                     b"1;X-Remote-User=admin\r\na\r\n0\r\n\r\n"):
            reply = adapter.send(b"POST /api/v1/query HTTP/1.1\r\nHost: a\r\nTrailer: X-Remote-User"
                                 b"\r\nTransfer-Encoding: chunked\r\n\r\n" + body, proxy)
            self.assertRegex(reply, rb"\AHTTP/1\.1 400 ")
        self.assertEqual(self.sources(adapter)["front_proxy"], 0)

    def test_t41_two_users_are_none_even_from_the_front_proxy(self):
        adapter = self.start_secure()
        status, body = adapter.ask(API, [USER, ("x-remote-user", "admin")],
                                   client_context(pair=self.proxy))
        self.assertEqual(status, 401)
        self.assertEqual(json.loads(body)["reason"], "Unauthorized")

    def test_t41_configured_names_replace_the_default_ones(self):
        adapter = self.start_secure("--requestheader-username-headers", "X-Their-User")
        proxy = client_context(pair=self.proxy)
        self.assertEqual(adapter.ask(API, [("X-Their-User", "hpa")], proxy)[0], 200)
        self.assertIn(adapter.ask(API, [USER], proxy)[0], (401, 403))
        self.assertEqual(self.sources(adapter)["front_proxy"], 1)

    def test_t42_no_session_is_resumed(self):
        adapter = self.start_secure()
        session = self.path / "session"
        for version in ("-tls1_2", "-tls1_3"):
            text = "GET /healthz HTTP/1.0\r\n\r\n"
            first = self.s_client(adapter, version, "-ign_eof", "-sess_out", str(session),
                                  text=text)
            self.assertIn("200 OK", first)
            self.assertNotIn("TLS session ticket:", first)
            if not session.exists():
                continue  # the server gave nothing to keep
            again = self.s_client(adapter, version, "-ign_eof", "-sess_in", str(session), text=text)
            self.assertIn("New, TLSv1", again)
            self.assertNotIn("Reused,", again)
            session.unlink()

    def test_t42_a_ca_that_is_withdrawn_ends_open_connections_identity_too(self):
        ca_file = self.path / "proxy-ca.crt"
        ca_file.write_text(self.proxy_ca.crt.read_text())
        adapter = self.start_secure("--requestheader-client-ca-file", str(ca_file))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", adapter.secure_port, timeout=10, context=client_context(pair=self.proxy))
        self.addCleanup(connection.close)

        def ask():
            connection.request("GET", API, headers=dict([USER]))
            reply = connection.getresponse()
            reply.read()
            return reply.status
        self.assertEqual(ask(), 200)
        ca_file.write_text(self.pki.ca("next-ca").crt.read_text())

        def refused():
            return ask() == 401
        eventually(refused)
        self.assertEqual(adapter.metric("tacho_front_door_reloads_total", what="requestheader_ca",
                                        result="ok"), 1)

    def test_t44_who_may_ask_for_what(self):
        adapter = self.start_secure()
        bearer = ("Authorization", f"Bearer {TOKEN}")
        proxy, user = client_context(pair=self.proxy), client_context(pair=self.user)
        identities = [  # headers, context, what a path that is not open answers
            ((), None, 403), ((("X-Remote-Group", "system:masters"),), None, 403),
            ((), proxy, 401),  # under the users' CA this certificate is nobody's
            ((("X-Remote-User", "system:anonymous"),), proxy, 403),
            ((USER,), proxy, None), ((USER, ("X-Remote-Group", "system:masters")), proxy, None),
            ((), user, None), ((bearer,), None, None),
            ((("Authorization", "Bearer wrong"),), None, 401)]
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
            for path in ("/", "/metrics", "/apis", API, METRIC, "/api/v1/query", "/healthz/ping",
                         "/healthz", "/livez", "/readyz?verbose"):
                is_open = path.split("?")[0] in ("/healthz", "/livez", "/readyz")
                for headers, context, expected in identities:
                    status, _ = adapter.ask(path, headers, context, method)
                    if expected == 401 or (expected == 403 and not is_open):
                        self.assertEqual(status, expected, (method, path, headers))
                    else:
                        self.assertNotIn(status, (0, 401, 403), (method, path, headers))

    def test_metrics_can_be_opened(self):
        adapter = self.start_secure(
            "--authorization-always-allow-paths", "/healthz,/livez,/readyz,/metrics")
        status, body = adapter.ask("/metrics")
        self.assertEqual(status, 200)
        self.assertIn("tacho_tls_certificate_expiry_seconds 1", body)

    def test_refusals_are_kubernetes_own(self):
        adapter = self.start_secure()
        self.assertEqual(adapter.ask(METRIC)[1], (
            '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":'
            '"pods.custom.metrics.k8s.io \\"*\\" is forbidden: User \\"system:anonymous\\" cannot '
            'get resource \\"pods/http_requests_per_second\\" in API group '
            '\\"custom.metrics.k8s.io\\" in the namespace \\"ms-test\\"","reason":"Forbidden",'
            '"details":{"name":"*","group":"custom.metrics.k8s.io","kind":"pods"},"code":403}\n'))
        self.assertEqual(adapter.ask(API, [("Authorization", "Bearer x")])[1], (
            '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":'
            '"Unauthorized","reason":"Unauthorized","code":401}\n'))

    def test_t49_no_secret_is_shown_anywhere(self):
        private = self.server_pair.key.read_text().splitlines()[1]
        adapter = self.start_secure("--log-level", "debug")
        planted = "another-planted-secret-987"
        seen = ""
        paths = ["/", "/metrics", "/apis", API, METRIC, "/healthz?verbose", "/readyz?verbose",
                 "/version", "/openapi/v2", "/explain" + METRIC, "/api/v1/query?query=up", "/%zz",
                 "/config", "/-/config", "/flags", "/debug/pprof/", "/api/v1/status/flags",
                 "/api/v1/status/config"]
        for path in paths:
            for token in (TOKEN, planted, f"{TOKEN} {planted}"):
                seen += adapter.ask(path, [("Authorization", f"Bearer {token}"),
                                           ("Cookie", planted)])[1]
        self.tokens.write_text(f"{TOKEN},eve\n")  # no uid: an error that must not quote it
        eventually(lambda: "what=tokens" in adapter.log(), explain=adapter.log)
        seen += adapter.log()
        seen += self.run_to_failure("--token-auth-file", str(self.tokens))
        for secret in (TOKEN, planted, private):
            self.assertNotIn(secret, seen)


if __name__ == "__main__":
    unittest.main()
