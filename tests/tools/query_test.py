"""tachotool query, from outside: of files, and of a server."""

import json
import threading
import unittest
import urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

from harness import ADAPTER, ToolTest, run


class Files(ToolTest):
    def bodies(self, *values):
        return [self.write(f"b{i}", f'requests_total{{code="200"}} {value}\n')
                for i, value in enumerate(values)]

    def test_two_bodies_give_a_rate(self):
        # 30 more in 15 s; the window reaches 45 s before the first body, 1.1 x 15 s is
        # exceeded, so half an interval is added: 30 * (15 + 7.5) / 15 / 60 = 0.75.
        code, out, _ = run("query", "instant", "rate(requests_total[1m])", *self.bodies(100, 130))
        self.assertEqual((code, out), (0, '{code="200", instance="file"} 0.75\n'))

    def test_the_time_can_be_another(self):
        files = self.bodies(1, 2, 3)
        for args, value in (([], 3), (["--time", "15"], 2), (["--time", "0"], 1),
                            (["--time=1m", "--interval=1m"], 2)):
            with self.subTest(args=args):
                _, out, _ = run("query", "instant", "sum(requests_total)", *files, *args)
                self.assertEqual(out, f"{{}} {value}\n")

    def test_a_range_has_a_line_a_point(self):
        files = self.bodies(1, 2, 3)
        code, out, _ = run("query", "range", "sum(requests_total)", *files)
        self.assertEqual((code, out), (0, "{}\n  0 1\n  15 2\n  30 3\n"))
        code, out, _ = run("query", "range", "requests_total", *files, "--start", "7.5",
                           "--end", "1m", "--step", "30s")
        self.assertEqual((code, out), (0, 'requests_total{code="200", instance="file"}\n'
                                          "  7.5 1\n  37.5 3\n"))

    def test_scalars_and_strings_are_plain(self):
        self.assertEqual(run("query", "instant", "1 / 4", *self.bodies(1))[1], "0.25\n")
        self.assertEqual(run("query", "instant", "'a'", *self.bodies(1))[1], "a\n")

    def test_a_fault_of_the_expression_has_its_place_and_fix(self):
        code, _, err = run("query", "instant", "rate(x)", *self.bodies(1))
        self.assertEqual(code, 1)
        self.assertTrue(err.startswith("expression:1:6: parse error: expected type range"), err)
        self.assertIn("fix: say over which time", err)

    def test_a_fault_of_a_body_has_its_place(self):
        path = self.write("bad", "x 1\ny{ 2\n")
        code, _, err = run("query", "instant", "x", path)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"bad:2:\d+: ")

    def test_a_body_that_ends_in_eof_is_openmetrics(self):
        for end in ("# EOF", "# EOF\n"):  # in text, x would have the timestamp 10 ms
            path = self.write("om", "x 1 0.010\n" + end)
            self.assertEqual(run("query", "instant", "timestamp(x)", path, "--time", "1")[0], 0)

    def test_a_folder_is_no_body(self):
        code, out, err = run("query", "instant", "up", self.folder)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("it is a folder", err)

    def test_a_wrong_command_line_exits_2(self):
        file = self.bodies(1)[0]
        for args in (["query"], ["query", "x"], ["query", "x", file], ["query", "instant", "x"],
                     ["query", "instant", "--interval", "0", "x", file],
                     ["query", "instant", "--nope", "1", "x", file],
                     ["query", "instant", "--time", "noon", "x", file],
                     ["query", "instant", "--step", "1", "x", file],
                     ["query", "range", "--time", "1", "x", file],
                     ["query", "range", "--url", "http://127.0.0.1:1", "x"],
                     *([["query", "instant", "--url", "127.0.0.1:1", "x"],
                        ["query", "instant", "--url", "https://127.0.0.1:1", "x"]]
                       if ADAPTER else []),
                     ["query", "instant", "--url", "http://127.0.0.1:1", "x", file]):
            with self.subTest(args=args):
                code, _, err = run(*args)
                self.assertEqual(code, 2)
                self.assertTrue(err.startswith("tachotool query: "), err)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = []
    reply = (200, b"")

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        Handler.asked.append((self.path, dict(urllib.parse.parse_qsl(form))))
        code, body = Handler.reply
        self.send_response(code)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (body[:7], body[7:]):
            if part:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


@unittest.skipUnless(ADAPTER, "built without the adapter")
class Server(ToolTest):
    def setUp(self):
        super().setUp()
        server = HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_port}"
        Handler.asked = []

    def ask(self, data, *args, code=200, path=""):
        Handler.reply = (code, data if isinstance(data, bytes) else json.dumps(data).encode())
        return run("query", *args, "--url", self.url + path)

    def result(self, kind, result, **more):
        return {"status": "success", "data": {"resultType": kind, "result": result}, **more}

    def test_a_vector(self):
        reply = self.result("vector", [{"metric": {"z": "1", "__name__": "m"},
                                        "value": [1795448511.37, "+Inf"]}])
        code, out, _ = self.ask(reply, "instant", 'm{z=~"1&2"}', "--time", "5")
        self.assertEqual((code, out), (0, 'm{z="1"} +Inf\n'))
        self.assertEqual(Handler.asked,
                         [("/api/v1/query", {"query": 'm{z=~"1&2"}', "time": "5"})])

    def test_a_matrix(self):
        reply = self.result("matrix", [{"metric": {}, "values": [[1795448511.37, "1"],
                                                                 [1795448512, "2"]]}])
        code, out, _ = self.ask(reply, "range", "m", "--start", "1", "--end", "2", "--step", "1s",
                                path="/prometheus/")
        self.assertEqual((code, out), (0, "{}\n  1795448511.37 1\n  1795448512 2\n"))
        self.assertEqual(Handler.asked[0][0], "/prometheus/api/v1/query_range")

    def test_a_scalar_and_its_notes(self):
        reply = self.result("scalar", [0, "42"], warnings=["look out"], infos=["by the way"])
        code, out, err = self.ask(reply, "instant", "42")
        self.assertEqual((code, out, err), (0, "42\n", "look out\nby the way\n"))

    def test_an_error_is_the_servers(self):
        reply = {"status": "error", "errorType": "bad_data", "error": "1:1: parse error: no"}
        code, _, err = self.ask(reply, "instant", "(", code=400)
        self.assertEqual((code, err), (1, "bad_data: 1:1: parse error: no\n"))

    def test_what_is_no_answer_is_called_so(self):
        for reply, words in ((b"<html>", "not JSON"), ({}, "not that of Prometheus"),
                             (self.result("vector", [{"metric": {}}]), "not that of Prometheus"),
                             (self.result("matrix", 1), "not that of Prometheus")):
            with self.subTest(reply=reply):
                code, _, err = self.ask(reply, "instant", "x")
                self.assertEqual(code, 1)
                self.assertIn(words, err)

    def test_a_server_that_is_not_there(self):
        code, _, err = run("query", "instant", "x", "--url", "http://127.0.0.1:1")
        self.assertEqual(code, 1)
        self.assertTrue(err.startswith("http://127.0.0.1:1: "), err)

    def test_https_says_what_to_do(self):
        code, _, err = run("query", "instant", "x", "--url", "https://127.0.0.1:1")
        self.assertEqual(code, 2)
        self.assertIn("port-forward", err)


if __name__ == "__main__":
    unittest.main()
