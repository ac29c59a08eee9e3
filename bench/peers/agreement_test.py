"""What counts as agreement, and how replies are read."""

import http.server
import threading
import types
import unittest

from agreement import difference
from exchange import Exchange
from queries import cell, paths, ratios, read_expressions


def instant(**values):
    return {name: [[1.5, value]] for name, value in values.items()}


class Difference(unittest.TestCase):
    def test_rounding_is_no_difference(self):
        self.assertIsNone(difference(instant(a="1000000000"), instant(a="1000000000.5")))

    def test_a_value_that_is_off_by_more_is(self):
        self.assertIn("a at 1.5", difference(instant(a="1"), instant(a="1.000000002")))

    def test_nan_is_only_nan(self):
        self.assertIsNone(difference(instant(a="NaN"), instant(a="NaN")))
        for other in ("0", "+Inf"):
            self.assertIsNotNone(difference(instant(a="NaN"), instant(a=other)))

    def test_infinities_have_signs(self):
        self.assertIsNone(difference(instant(a="+Inf"), instant(a="+Inf")))
        self.assertIsNotNone(difference(instant(a="+Inf"), instant(a="-Inf")))

    def test_rows_on_one_side_only(self):
        self.assertIn("b", difference(instant(a="1"), instant(a="1", b="2")))
        self.assertIn("a", difference(instant(a="1"), {}))

    def test_points_on_one_side_only(self):
        self.assertIn("times", difference({"a": [[1, "1"], [2, "1"]]}, {"a": [[1, "1"]]}))


class Queries(unittest.TestCase):
    def test_the_expressions_are_twenty_and_five(self):
        kinds = [kind for kind, _ in read_expressions()]
        self.assertEqual((kinds.count("instant"), kinds.count("range")), (20, 5))

    def test_no_request_is_asked_twice(self):
        system = types.SimpleNamespace(name="VictoriaMetrics")
        for kind in ("instant", "range"):
            found = list(paths(system, kind, "up", 60, 3))
            self.assertEqual(len(set(found)), 4)
            self.assertTrue(all("nocache=1" in path for path in found))

    def test_a_refusal_has_no_ratio(self):
        results = [{"kind": "instant", "tacho": {"seconds": 1.0}, "P": {"seconds": 50.0}},
                   {"kind": "instant", "tacho": {"seconds": 1.0}, "P": {"seconds": None}},
                   {"kind": "range", "tacho": {"seconds": 1.0}, "P": {"seconds": 2.0}}]
        self.assertEqual(ratios(results, "instant", "P"), [50.0])
        self.assertEqual(cell(results[1]["P"], results[1]["tacho"]), "-")
        self.assertIn("(50.0 x)", cell(results[0]["P"], results[0]["tacho"]))


class Replies(http.server.BaseHTTPRequestHandler):
    """/PARTS/SIZE: a body of so many parts, in chunks if there are several."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        parts, size = map(int, self.path[1:].split("/"))
        self.send_response(200 if size else 404)
        if parts == 1:
            self.send_header("Content-Length", str(size))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if parts == 1:
            self.wfile.write(b"x" * size)
            return
        for _ in range(parts):
            self.wfile.write(b"%x\r\n%s\r\n" % (size, b"x" * size))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


class Exchanges(unittest.TestCase):
    def test_replies_of_all_kinds_over_one_connection(self):
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Replies) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with Exchange(f"127.0.0.1:{server.server_port}", 30) as exchange:
                for parts, size in ((1, 3), (3, 5), (1, 3_000_000), (4, 100_000), (1, 0)):
                    status, body = exchange.get(exchange.request(f"/{parts}/{size}"))
                    self.assertEqual(status, 200 if size else 404)
                    self.assertEqual(body, b"x" * (parts * size))
            server.shutdown()


if __name__ == "__main__":
    unittest.main()
