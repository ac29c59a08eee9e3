"""The adapter's own port under clients that misbehave."""

import concurrent.futures
import re
import socket
import unittest

from harness import AdapterTest

HOST = b"Host: a\r\n"
POST = b"POST /api/v1/query HTTP/1.1\r\n" + HOST
SECOND = b"GET /second HTTP/1.1\r\nHost: a\r\nX-Remote-User: admin\r\n\r\n"


def smuggling_cases():
    """The 200 and more requests of T38: about whose end two readers could disagree."""
    lengths = [b"5,5", b"+5", b"-5", b"0x5", b"1_0", b"5 5", b"", b"5;", b"'5'", b"5\x0b",
               b"9223372036854775808", b"00000000000000000000005", b"5.0", b"5e0", b"05\x00",
               b"\xef\xbc\x95", b"five", b"5, 5", b"5\t5", b"1e1", b"99999999999999999999",
               b"18446744073709551621", b"-1", b"+0"]
    codings = [b"chunked", b"chunked, identity", b"identity", b"gzip, chunked", b"xchunked",
               b"chunked;a=b", b"\x0bchunked", b"chunked\x00", b"Chunked", b" chunked"]
    cases = [POST + b"Content-Length: " + v + b"\r\n\r\nabcde" for v in lengths]
    for v in codings:
        cases.append(POST + b"Transfer-Encoding: " + v + b"\r\n\r\n0\r\n\r\n")
        cases.append(POST + b"Content-Length: 5\r\nTransfer-Encoding: " + v + b"\r\n\r\n0\r\n\r\n")
        cases.append(POST + b"Transfer-Encoding : " + v + b"\r\n\r\n0\r\n\r\n")
    for name in (b"Content-Length", b"content-length", b"CONTENT-LENGTH"):
        for first, second in ((b"5", b"5"), (b"0", b"5"), (b"5", b"0"), (b"5", b"+5"), (b"", b"5")):
            cases.append(POST + b"Content-Length: " + first + b"\r\n" + name + b": " + second +
                         b"\r\n\r\nabcde")
    for before in (b" ", b"\t", b"\x0b", b"\x00", b"\xa0", b"\r", b"\n", b"\x7f"):
        for field in (b"Content-Length", b"Transfer-Encoding"):
            value = b"5" if field == b"Content-Length" else b"chunked"
            cases.append(POST + field + before + b": " + value + b"\r\n\r\nabcde")
            cases.append(POST + before + field + b": " + value + b"\r\n\r\nabcde")
            cases.append(POST + b"A: b\r\n" + before + field + b": " + value + b"\r\n\r\nabcde")
    for body in (b"0\n\n", b"0\r\n\n", b"0\r\nA: b\n\r\n", b"1\r\nab\r\n0\r\n\r\n", b"0;\r\n\r\n",
                 b"00\r\n\r\n", b"\r\n0\r\n\r\n", b"-0\r\n\r\n", b"0\r\nContent-Length: 5\r\n\r\n"):
        for coding in (b"chunked", b"Chunked", b"chunked "):
            cases.append(POST + b"Transfer-Encoding: " + coding + b"\r\n\r\n" + body)
    for size in (b"0x1", b"+1", b"1_0", b"1" * 17, b"1 ", b"1;\na", b"1\n"):
        cases.append(POST + b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\na\r\n0\r\n\r\n")
    for field in (b"Content-Length : 5", b" Content-Length: 5",
                  b"Content-Length: 5\r\n Folded: x",
                  b"Content-Length: 0\r\nContent-Length: 5",
                  b"Content-Length: 5\r\nContent-Length: 5",
                  b"A\x00: b", b"A: b\x00", b"A: b\rC: d", b"A: b\nC: d", b"nocolon", b": empty",
                  b"A B: c", b"A: b\r\n\tfolded", b"Host: b"):
        cases.append(POST + field + b"\r\n\r\nabcde")
    for first in (b"chunked", b"identity", b"gzip"):
        for second in (b"chunked", b"identity", b"gzip", b""):
            cases.append(POST + b"Transfer-Encoding: " + first + b"\r\nTransfer-Encoding: " +
                         second + b"\r\n\r\n0\r\n\r\n")
    for line in (b"GET /\tHTTP/1.1", b"GET\t/ HTTP/1.1", b"GET /  HTTP/1.1", b" GET / HTTP/1.1",
                 b"GET / HTTP/1.1\x00", b"GET /a b HTTP/1.1", b"G\xc3\xa4T / HTTP/1.1",
                 b"GET /\xc3\xa4 HTTP/1.1", b"GET / HTTP/1.1\r", b"GET / http/1.1",
                 b"GET / HTTP/1.10", b"GET / HTTP/11", b"GET / HTTP/ 1.1", b"GET /", b"GET",
                 b"/ GET HTTP/1.1", b"GE@T / HTTP/1.1", b"GET / HTTP/1.1\t", b"GET /\x7f HTTP/1.1",
                 b"HTTP/1.1 200 OK"):
        cases.append(line + b"\r\n" + HOST + b"\r\n")
    cases += [
        b"GET / HTTP/1.1\n" + HOST + b"\r\n",
        b"\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET http://b/ HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nabcde",
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",  # whole, but not alone
        b"GET /\r\n",
        b"hello\r\n\r\n",
    ]
    return sorted(set(cases))


class ServerTest(AdapterTest):
    def setUp(self):
        super().setUp()
        self.write_targets([])
        self.adapter = self.start(flags=("--header-timeout", "500ms", "--max-connections", "40"))

    def test_t38_smuggled_requests_are_refused_and_the_connection_closes(self):
        self.assertGreaterEqual(len(smuggling_cases()), 200)
        for case in smuggling_cases():
            reply = self.adapter.raw(case + SECOND)
            self.assertRegex(reply, rb"\AHTTP/1\.1 400 ", case)
            self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d", reply)), 1, case)
        self.assertEqual(self.adapter.get("/healthz"), (200, "ok"))

    def test_t45_upgrades_are_refused_on_every_path(self):
        for path in (b"/", b"/apis", b"/apis/custom.metrics.k8s.io/v1beta2", b"/metrics",
                     b"/healthz"):
            for fields in (b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"Upgrade: h2c\r\n",
                           b"Connection: upgrade\r\n", b"Upgrade: SPDY/3.1\r\n"):
                request = b"GET " + path + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n"
                reply = self.adapter.raw(request)
                self.assertRegex(reply, rb"\AHTTP/1\.1 4\d\d ", path)
            for method in (b"CONNECT", b"TRACE"):
                reply = self.adapter.raw(method + b" " + path + b" HTTP/1.1\r\n" + HOST + b"\r\n")
                self.assertRegex(reply, rb"\AHTTP/1\.1 4\d\d ", path)

    def test_t37_floods_of_headers_are_refused(self):
        start = b"GET / HTTP/1.1\r\n" + HOST
        for flood in (b"X: " + b"x" * 65536, b"X: y\r\n" * 10000):
            self.assertRegex(self.adapter.raw(start + flood), rb"\AHTTP/1\.1 431 ")

    def test_t34_slow_clients_are_closed_and_others_served(self):
        slow = [socket.create_connection(("127.0.0.1", self.adapter.port)) for _ in range(20)]
        for connection in slow:
            self.addCleanup(connection.close)
            connection.sendall(b"GET / HT")
        self.assertEqual(self.adapter.get("/healthz"), (200, "ok"))
        for connection in slow:
            connection.settimeout(10)
            self.assertEqual(connection.recv(1), b"")
        self.assertEqual(self.adapter.metric("tacho_http_limits_total", limit="header_timeout"), 20)

    def test_t31_connections_beyond_the_limit_are_closed_and_it_recovers(self):
        held = [socket.create_connection(("127.0.0.1", self.adapter.port)) for _ in range(60)]
        closed = 0
        for connection in held:
            connection.settimeout(10)
            closed += connection.recv(1) == b""  # all: 40 by the timeout, the rest at once
            connection.close()
        self.assertEqual(closed, 60)
        self.assertEqual(self.adapter.get("/healthz"), (200, "ok"))
        self.assertGreaterEqual(
            self.adapter.metric("tacho_http_limits_total", limit="connections"), 20)

    def test_t46_t47_made_up_requests_make_no_series_and_no_redirect(self):
        def series():
            _, body = self.adapter.get("/metrics")
            return sum(1 for line in body.splitlines() if not line.startswith("#"))

        def ask(i):
            method = (b"GET", b"PUT", b"M%d" % i, b"DELETE")[i % 4]
            path = (b"/%d", b"/apis/%d", b"/api/v1/query?query=%d", b"/apis/custom.metrics.k8s.io/"
                    b"v1beta2/namespaces/ns%d/pods/*/m")[i // 4 % 4] % i
            fields = b" HTTP/1.0\r\nUser-Agent: u%d\r\n\r\n" % i
            return self.adapter.raw(method + b" " + path + fields)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(64)))
            series()  # itself a request, and a series
            before = series()
            statuses = {reply[9:12] for reply in pool.map(ask, range(64, 1000))}
        self.assertEqual(series(), before)
        self.assertFalse([s for s in statuses if s.startswith(b"3")], statuses)

    def test_no_reply_says_when_to_retry(self):
        for path in ("/", "/apis/custom.metrics.k8s.io/v1beta2/namespaces/a/pods/*/m"):
            reply = self.adapter.raw(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            self.assertNotIn(b"retry-after", reply.lower())
            self.assertIn(b"\r\nCache-Control: no-cache, private\r\n", reply)
            self.assertIn(b"\r\nX-Content-Type-Options: nosniff\r\n", reply)

    def test_methods_that_are_not_served_are_a_405(self):
        for path in ("/metrics", "/healthz", "/apis", "/api/v1/query"):
            reply = self.adapter.raw(f"DELETE {path} HTTP/1.0\r\n\r\n".encode())
            self.assertRegex(reply, rb"\AHTTP/1\.1 405 ", path)
            self.assertIn(b"\r\nAllow: GET", reply)


if __name__ == "__main__":
    unittest.main()
