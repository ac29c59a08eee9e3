"""HTTP targets on loopback ports of the system's choice. Each counts its requests; the
number of a request is the value of body_sequence in the body that it got, and the log
keeps what every request was answered with.

As Prometheus sees it, failures are: an error status, a connection closed without a
reply, a body that does not parse, one cut short. An empty body is none: the target is
up and all its series have ended."""

import http.server
import random
import threading
import time

import bodies

_TYPES = {False: "text/plain; version=0.0.4; charset=utf-8",
          True: "application/openmetrics-text; version=1.0.0; charset=utf-8"}
# The first line: Prometheus rolls such a scrape back, but has no staleness marker for the
# series that it met before the bad line. tacho marks them all.
GARBAGE = 'requests_0_total{metric="requests_0_total} 1\n'
FAILURES = ["status", "close", "garbage", "cut", "empty"]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A connection that ends early is part of the test."""


class Target:
    """One target. log[n] is (kind, body) of request n; kind "good" or one
    of FAILURES."""

    def __init__(self, seed, kind, source, series_count, scrapes):
        self.kind, self.source, self.log = kind, source, []
        self._rng = random.Random(seed)
        self._body = bodies.Body(random.Random(seed + 1), kind, source, series_count,
                                 scrapes)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self):
        """The kind and body of the next request. One at a time: the body has a state."""
        with self._lock:
            number = len(self.log)
            lot = self._rng.random()
            if lot < 0.02:
                self._body.restart()
            kind = self._rng.choice(FAILURES) if number > 3 and lot > 0.93 else "good"
            body = self._body.next(number, time.time_ns() // 1_000_000)
            if kind == "empty":
                body = "# EOF\n" if self.kind.openmetrics else ""
            if kind == "garbage":
                body = GARBAGE + body
            self.log.append((kind, body))
            return kind, body

    def _handler(target):
        class Handler(http.server.BaseHTTPRequestHandler):
            # HTTP/1.0: a connection per request, so that the client never sends one again.
            def do_GET(self):
                kind, body = target._answer()
                data = body.encode()
                if kind == "close":
                    return
                self.send_response(500 if kind == "status" else 200)
                self.send_header("Content-Type", _TYPES[target.kind.openmetrics])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[:len(data) // 2] if kind == "cut" else data)

            def log_message(self, *args):
                """Quiet."""
        return Handler
