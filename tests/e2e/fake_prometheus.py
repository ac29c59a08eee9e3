"""A server that speaks as much of Prometheus' API as the adapter asks for: one pod, web-0,
whose metric is 4. In the clear or over TLS, and as bad as a test wants it."""

import http.server
import json
import ssl
import threading
import urllib.parse

SERIES = [{"__name__": "http_requests_total", "namespace": "ms-test", "pod": "web-0"}]


class FakePrometheus:
    """`context` is its side of TLS. `instead(path, query)` may give (status, body) in place of an
    answer; while `hanging` is set, queries get none. `close` ends it all."""

    def __init__(self, context=None):
        self.instead = lambda path, query: None
        self.hanging = threading.Event()
        self.asked = []  # (path, headers) of each request
        self._ended = threading.Event()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                fake.asked.append((url.path, dict(self.headers)))
                if fake.hanging.is_set() and url.path.endswith("/query"):
                    fake._ended.wait()
                    self.close_connection = True
                    return
                status, body = fake.reply(url.path, dict(urllib.parse.parse_qsl(url.query)))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            # The handshake is for the connection's own thread to wait for.
            def finish_request(self, request, client_address):
                if context is not None:
                    try:
                        request = context.wrap_socket(request, server_side=True)
                    except (ssl.SSLError, OSError):
                        return
                super().finish_request(request, client_address)
                if context is not None:
                    request.close()

            def handle_error(self, *_):
                pass  # the adapter hung up

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"

    def reply(self, path, query):
        other = self.instead(path, query)
        if other is not None:
            return other[0], other[1].encode()
        data = SERIES
        if path.endswith("/query"):
            row = {"metric": {"namespace": "ms-test", "pod": "web-0"},
                   "value": [float(query["time"]), "4"]}
            counts = "count_over_time" in query["query"]  # of targets, which have no job here
            data = {"resultType": "vector", "result": [] if counts else [row]}
        return 200, json.dumps({"status": "success", "data": data}).encode()

    def close(self):
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
