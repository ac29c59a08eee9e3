"""Targets that misbehave in every way we know, beside honest ones. The honest ones'
values are what they are without them, and the adapter's memory stays bounded."""

import gzip
import itertools
import socket
import struct
import time
import unittest

from harness import AdapterTest, eventually, target_entry

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
BLOCK = b"a" * 65536
MIB = 1 << 20


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(4096)
        if not part:
            raise OSError("closed")
        data += part


def wait_for_hangup(connection):
    while connection.recv(4096):
        pass


def replies(data):
    """A script that answers any request with these bytes and closes."""
    def script(connection):
        read_request(connection)
        connection.sendall(data)
    return script


def says_nothing(connection):
    wait_for_hangup(connection)


def hangs_in_headers(connection):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Ty")
    wait_for_hangup(connection)


def drips(connection):
    read_request(connection)
    connection.sendall(OK + b"\r\n")
    while True:
        connection.sendall(b"# \n")
        time.sleep(0.05)


def resets_in_body(connection):
    read_request(connection)
    connection.sendall(OK + b"Content-Length: 1000\r\n\r\nhttp_requests_total 1\n")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def streams(block, head=b"\r\n", size=1 << 30):
    """A GB of it, or what the adapter takes."""
    def script(connection):
        read_request(connection)
        connection.sendall(OK + head)
        for _ in range(size // len(block)):
            connection.sendall(block)
    return script


def endless_headers(connection):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for i in itertools.count():
        connection.sendall(b"X-%d: y\r\n" % i)


def endless_trailers(connection):
    read_request(connection)
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        connection.sendall(b"X: y\r\n" * 100)


def with_length(body, fields=b""):
    return replies(OK + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def bomb(byte, size):
    """`size` bytes, a multiple of 16 MiB, as one gzip member after another."""
    body = gzip.compress(byte * (16 * MIB)) * (size // (16 * MIB))
    return with_length(body, b"Content-Encoding: gzip\r\n")


BAD = {
    "says-nothing": says_nothing,
    "hangs-in-headers": hangs_in_headers,
    "drips": drips,
    "resets-in-body": resets_in_body,
    "streams-a-gb": streams(BLOCK),
    "streams-chunks": streams(b"10000\r\n" + BLOCK + b"\r\n",
                              b"Transfer-Encoding: chunked\r\n\r\n"),
    "gzip-16mb-of-newlines": bomb(b"\n", 16 * MIB),
    "gzip-1gb-of-zeros": bomb(b"\0", 1024 * MIB),
    "blank-lines": streams(b"\n" * 65536, size=16 * MIB + 65536),
    "endless-headers": endless_headers,
    "endless-trailers": endless_trailers,
    "garbage": replies(bytes(range(256)) * 64),
    "garbage-body": with_length(bytes(range(1, 256)) * 64),
    "half-a-line": with_length(b"http_requests_total 1\nhttp_requests_to"),
    "says-more-than-it-sends": replies(OK + b"Content-Length: 1000\r\n\r\nhttp_requests_total 1\n"),
    "promises-8-exabytes": replies(OK + b"Content-Length: 9223372036854775807\r\n\r\n"),
    "chunk-of-16-digits": replies(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
    "two-lengths": replies(OK + b"Content-Length: 1\r\nContent-Length: 22\r\n\r\nup 1\n"),
    "not-found": replies(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    "interim-flood": replies(b"HTTP/1.1 100 Continue\r\n\r\n" * 10000),
    "tls": replies(b"\x15\x03\x01\x00\x02\x02\x28"),
}


class HostileTargetsTest(AdapterTest):
    RATES = {"good-0": 10, "good-1": 30, "good-2": 50}

    def test_good_targets_are_unaffected_and_memory_is_bounded(self):
        good = {pod: self.counter(rate) for pod, rate in self.RATES.items()}
        elsewhere = self.raw_target(replies(OK + b"\r\n"))
        scripts = dict(BAD)
        scripts["redirects"] = replies(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
            % elsewhere.port)
        bad = {pod: self.raw_target(script) for pod, script in scripts.items()}
        closed = self.raw_target(says_nothing)
        closed.close()  # connections are refused
        everyone = {**good, **bad, "refuses": closed}
        self.write_targets([target_entry(t.port, pod) for pod, t in everyone.items()])
        adapter = self.start()

        def each_was_scraped_and_failed():
            up = adapter.up()
            return all(up.get(pod) == 0 for pod in [*bad, "refuses"])
        eventually(each_was_scraped_and_failed, 40, lambda: adapter.up())
        baseline = {pod: len(t.answers) for pod, t in good.items()}
        time.sleep(8)

        # A scrape a second for 8 s; a machine with more to do may miss some.
        for pod, target in good.items():
            self.assertGreaterEqual(len(target.answers) - baseline[pod], 4, pod)

            def what_it_said_is_what_is_stored(pod=pod, target=target):
                return any(value in target.answers
                           for _, value in adapter.query(f'http_requests_total{{pod="{pod}"}}'))
            eventually(what_it_said_is_what_is_stored)

        def only_the_good_are_up():
            return {pod for pod, up in adapter.up().items() if up == 1} == set(good)
        eventually(only_the_good_are_up)
        self.assertEqual(elsewhere.connections, 0, "a redirect was followed")
        # The bodies of a few targets at their limit of 16 MiB, and what was there before.
        self.assertLess(adapter.peak_rss(), 200 * MIB)
        print(f"peak RSS {adapter.peak_rss() / MIB:.0f} MiB with {len(bad)} hostile targets")
        self.assertIsNone(adapter.process.poll())

    def test_each_failure_has_its_reason_in_metrics_and_log(self):
        reasons = {
            "says-nothing": "timeout", "drips": "timeout", "resets-in-body": "connection",
            "streams-a-gb": "body_limit", "gzip-1gb-of-zeros": "ratio",
            "endless-headers": "protocol", "garbage-body": "ingest", "not-found": "status",
        }
        bad = {pod: self.raw_target(BAD[pod]) for pod in reasons}
        self.write_targets([target_entry(t.port, pod) for pod, t in bad.items()])
        adapter = self.start()
        for pod, reason in reasons.items():
            def counted(reason=reason):
                return adapter.metric("tacho_scrapes_failed_total", reason=reason)
            eventually(counted, explain=lambda pod=pod: f"{pod}: {adapter.log()}")
            where = f"target=http://127.0.0.1:{bad[pod].port}/metrics"

            def logged(where=where, reason=reason):
                return any(where in line and f"reason={reason}" in line
                           for line in adapter.log().splitlines())
            eventually(logged)

    def test_a_target_is_never_asked_twice_at_once(self):
        open_now, most = [0], [0]

        def counts(connection):
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
            wait_for_hangup(connection)
            open_now[0] -= 1
        target = self.raw_target(counts)
        self.write_targets([target_entry(target.port, "slow")])
        self.start()

        def four_scrapes():
            return target.connections >= 4
        eventually(four_scrapes)
        self.assertEqual(most[0], 1)


if __name__ == "__main__":
    unittest.main()
