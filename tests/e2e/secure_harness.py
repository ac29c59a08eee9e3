"""An adapter that serves TLS, and clients of it with certificates of every kind."""

import socket
import tempfile

from harness import Adapter, AdapterTest
from pki import Pki, client_context

API = "/apis/custom.metrics.k8s.io/v1beta2"
METRIC = API + "/namespaces/ms-test/pods/*/http_requests_per_second"
TOKEN = "planted-token-0123456789"
FRONT_PROXY = "front-proxy-client"


class SecurePort:
    """TLS of whoever serves a port of this machine."""

    def __init__(self, port):
        self.secure_port = port

    def connect(self, context=None):
        """A TLS connection; raises what the handshake does."""
        plain = socket.create_connection(("127.0.0.1", self.secure_port), timeout=10)
        try:
            return (context or client_context()).wrap_socket(plain, server_hostname="localhost")
        except BaseException:
            plain.close()
            raise

    def send(self, data, context=None):
        """All bytes that come back for `data`, until the adapter closes."""
        out = b""
        with self.connect(context) as connection:
            connection.sendall(data)
            try:
                while part := connection.recv(65536):
                    out += part
            except OSError:
                pass
        return out

    def ask(self, path, headers=(), context=None, method="GET"):
        """(status, body) of one request on a connection of its own; (0, why) if the connection
        is refused. `headers` are (name, value)."""
        lines = [f"{method} {path} HTTP/1.1", "Host: adapter", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        data = "\r\n".join(lines).encode() + b"\r\n\r\n"
        try:
            reply = self.send(data, context)
        except OSError as error:
            return 0, str(error)
        if not reply:
            return 0, "closed"
        head, _, body = reply.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body.decode()


class SecureAdapter(SecurePort, Adapter):
    """`address` is the one in the clear, `secure_port` that of TLS."""

    def __init__(self, processes, path, flags=(), **kwargs):
        Adapter.__init__(self, processes, path, flags=(
            "--secure-port", "0", "--bind-address", "127.0.0.1", "--front-door-poll", "100ms",
            *flags), **kwargs)
        self.address, secure = self.address.split("\n")
        SecurePort.__init__(self, int(secure.rsplit(":", 1)[1]))


class SecureTest(AdapterTest):
    """One set of certificates for all tests of a class, made once."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="tacho-pki-")
        cls.addClassCleanup(folder.cleanup)
        cls.pki = Pki(folder.name)
        cls.server_ca = cls.pki.ca("server-ca")
        cls.server_pair = cls.pki.server(cls.server_ca)
        cls.proxy_ca = cls.pki.ca("proxy-ca")
        cls.user_ca = cls.pki.ca("user-ca")
        cls.proxy = cls.pki.issue(cls.proxy_ca, f"/CN={FRONT_PROXY}", file="proxy")
        cls.user = cls.pki.issue(cls.user_ca, "/O=dev/O=ops/CN=bob", file="user")

    def setUp(self):
        super().setUp()
        self.write_targets([])
        self.tokens = self.path / "tokens.csv"
        self.tokens.write_text(f'{TOKEN},eve,42,"readers"\n')

    def serving_flags(self):
        return ("--tls-cert-file", str(self.server_pair.crt),
                "--tls-private-key-file", str(self.server_pair.key))

    def identity_flags(self):
        return ("--client-ca-file", str(self.user_ca.crt),
                "--requestheader-client-ca-file", str(self.proxy_ca.crt),
                "--requestheader-allowed-names", FRONT_PROXY,
                "--token-auth-file", str(self.tokens))

    def start_secure(self, *flags, identities=True):
        identity = self.identity_flags() if identities else ()
        return SecureAdapter(self.processes, self.path,
                             flags=(*self.serving_flags(), *identity, *flags))

    def run_to_failure(self, *flags):
        """stderr of an adapter that must refuse to start."""
        (self.path / "rules.yaml").write_text("rules: []\n")
        (self.path / "scrape.yaml").write_text("scrape_configs: []\n")
        run = self.run_adapter("--config", str(self.path / "rules.yaml"), "--scrape-config",
                               str(self.path / "scrape.yaml"), "--secure-port", "0",
                               "--bind-address", "127.0.0.1", *flags)
        self.assertEqual(run.returncode, 1, run.stderr)
        return run.stderr
