"""HTTP requests over one kept connection, at as little cost of the client's own as can be:
http.client takes longer over a request than tacho over its answer."""

import contextlib
import socket
import time

# An answer that comes sooner finds the client awake: to wake it takes tens of microseconds, as
# long as some answers. Later ones find the processor free.
AWAKE_SECONDS = 300e-6


class Exchange:
    """A connection to "host:port"; use as a context manager."""

    def __init__(self, address, timeout):
        host, port = address.rsplit(":", 1)
        self._socket = socket.create_connection((host, int(port)), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._host = address
        self._rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def request(self, path):
        """The bytes to send for a GET."""
        return (f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n"
                "Accept-Encoding: identity\r\n\r\n").encode("ascii")

    def get(self, request):
        """(status, body) of what request() made."""
        self._socket.sendall(request)
        head = self._until(b"\r\n\r\n")
        status = int(head[9:12])
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if b"content-length" in headers:
            return status, self._exactly(int(headers[b"content-length"]))
        if headers.get(b"transfer-encoding") == b"chunked":
            return status, self._chunks()
        raise OSError(f"neither a length nor chunks: {head[:200]!r}")

    def _receive(self):
        data = self._receive_awake()
        if data is None:
            data = self._socket.recv(1 << 20)
        if not data:
            raise OSError("the connection was closed")
        return data

    def _receive_awake(self):
        end = time.perf_counter() + AWAKE_SECONDS
        while time.perf_counter() < end:
            with contextlib.suppress(BlockingIOError):
                return self._socket.recv(1 << 20, socket.MSG_DONTWAIT)
        return None

    def _until(self, mark):
        data = self._rest
        while mark not in data:
            data += self._receive()
        found, self._rest = data.split(mark, 1)
        return found

    def _exactly(self, size):
        parts, missing = [self._rest], size - len(self._rest)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]

    def _chunks(self):
        body = []
        while True:
            size = int(self._until(b"\r\n"), 16)
            body.append(self._exactly(size))
            self._until(b"\r\n")
            if size == 0:
                return b"".join(body)

