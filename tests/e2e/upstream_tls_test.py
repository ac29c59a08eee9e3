"""Upstream mode over TLS: whom the adapter trusts, and who it says it is."""

import base64
import json
import ssl
import tempfile
import unittest

from fake_prometheus import FakePrometheus
from harness import eventually
from pki import Pki
from upstream_test import BASE, RATE, UpstreamTest

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: metrics
contexts: [{{name: metrics, context: {{cluster: c, user: u}}}}]
clusters: [{{name: c, cluster: {{server: "https://elsewhere", certificate-authority-data: {ca}}}}}]
users:
  - name: u
    user: {{token: planted, client-certificate-data: {crt}, client-key-data: {key}}}
"""


class UpstreamTlsTest(UpstreamTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tacho-pki-")
        cls.addClassCleanup(folder.cleanup)
        pki = Pki(folder.name)
        cls.ca = pki.ca("server-ca")
        cls.other_ca = pki.ca("other-ca")
        cls.server = pki.server(cls.ca)
        cls.other_name = pki.issue(cls.ca, "/CN=other", "extendedKeyUsage=serverAuth\n"
                                   "subjectAltName=DNS:other.example\n", file="other")
        cls.client_ca = pki.ca("client-ca")
        cls.client = pki.issue(cls.client_ca, "/CN=tacho", file="client")
        cls.stranger = pki.issue(cls.other_ca, "/CN=tacho", file="stranger")

    def fake(self, pair=None, client_ca=None):
        pair = pair or self.server
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.crt, pair.key)
        if client_ca is not None:
            context.load_verify_locations(client_ca.crt)
            context.verify_mode = ssl.CERT_REQUIRED
        fake = FakePrometheus(context)
        self.addCleanup(fake.close)
        return fake

    def trusting(self, ca=None):
        return ["--prometheus-ca-file", str((ca or self.ca).crt)]

    def showing(self, pair):
        return ["--prometheus-client-tls-cert-file", str(pair.crt),
                "--prometheus-client-tls-key-file", str(pair.key)]

    def assert_answered(self, adapter):
        def known():
            return self.value(adapter)
        self.assertEqual(eventually(known, 30, adapter.log), "4")

    def assert_refused(self, fake, flags, why):
        """No request reaches the server's API, and the metric is unknown, which says why."""
        adapter = self.start_upstream(fake.url, flags=flags)
        status, body = adapter.get(f"{BASE}/web-0{RATE}")
        self.assertEqual(status, 503, body)
        self.assertEqual(json.loads(body)["details"]["causes"][0]["reason"], "upstream")
        self.assertRegex(body, why)
        self.assertEqual(fake.asked, [])

    def test_a_server_of_the_given_ca_is_asked(self):
        fake = self.fake()
        self.assert_answered(self.start_upstream(fake.url, flags=self.trusting()))
        self.assertEqual({path for path, _ in fake.asked}, {"/api/v1/query", "/api/v1/series"})

    def test_a_server_of_another_ca_is_not(self):
        self.assert_refused(self.fake(), self.trusting(self.other_ca), "certificate")

    def test_a_server_is_not_trusted_because_no_ca_is_given(self):
        self.assert_refused(self.fake(), [], "certificate")

    def test_a_server_with_another_name_is_not_asked(self):
        self.assert_refused(self.fake(self.other_name), self.trusting(), "certificate|mismatch")

    def test_a_client_certificate_is_shown_to_who_requires_one(self):
        fake = self.fake(client_ca=self.client_ca)
        self.assert_answered(self.start_upstream(
            fake.url, flags=[*self.trusting(), *self.showing(self.client)]))

    def test_without_a_client_certificate_such_a_server_refuses(self):
        self.assert_refused(self.fake(client_ca=self.client_ca), self.trusting(), "127.0.0.1")

    def test_a_stranger_is_refused_as_well(self):
        self.assert_refused(self.fake(client_ca=self.client_ca),
                            [*self.trusting(), *self.showing(self.stranger)], "127.0.0.1")

    def test_a_token_that_changes_is_used_at_once(self):
        fake = self.fake()
        token = self.path / "token"
        token.write_text("old-token\n")
        adapter = self.start_upstream(
            fake.url, flags=[*self.trusting(), "--prometheus-token-file", str(token)])
        self.assert_answered(adapter)
        self.assertEqual({headers["Authorization"] for _, headers in fake.asked},
                         {"Bearer old-token"})
        fresh = self.path / "token.new"
        fresh.write_text("new-token\n")
        fresh.rename(token)

        def used():
            self.value(adapter)
            return fake.asked[-1][1]["Authorization"] == "Bearer new-token"
        eventually(used)
        self.assertNotIn("token", adapter.log())
        token.unlink()

        def gone():
            return self.unknown(adapter)
        self.assertNotIn("new-token", eventually(gone))

    def test_a_kubeconfig_has_it_all_in_it(self):
        fake = self.fake(client_ca=self.client_ca)
        config = self.path / "kubeconfig"
        config.write_text(KUBECONFIG.format(**{
            name: base64.b64encode(path.read_bytes()).decode() for name, path in (
                ("ca", self.ca.crt), ("crt", self.client.crt), ("key", self.client.key))}))
        self.assert_answered(self.start_upstream(
            fake.url, flags=["--prometheus-auth-config", str(config)]))
        self.assertEqual({headers["Authorization"] for _, headers in fake.asked},
                         {"Bearer planted"})


if __name__ == "__main__":
    unittest.main()
