"""tachotool from outside: what it prints, and its exit codes."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = sys.argv.pop(1)


def run(*args, stdin=""):
    done = subprocess.run([TOOL, *args], input=stdin, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


class Tachotool(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_help_teaches_every_command(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for word in ("check exposition", "check promql", "query", "test promql", "Exit code"):
            self.assertIn(word, out)

    def test_a_good_body_is_counted(self):
        code, out, _ = run("check", "exposition", self.write("a", "x 1\ny 2\n"))
        self.assertEqual(code, 0)
        self.assertIn("2 samples, text 0.0.4", out)

    def test_openmetrics_is_known_by_its_end(self):
        code, out, _ = run("check", "exposition", "-", stdin="x 1\n# EOF\n")
        self.assertEqual(code, 0)
        self.assertIn("OpenMetrics", out)

    def test_a_fault_is_named_with_file_line_and_column(self):
        path = self.write("bad", "x 1\ny{a=} 2\n")
        code, _, err = run("check", "exposition", path)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"bad:2:\d+: ")

    def test_an_expression_is_printed_as_understood(self):
        code, out, _ = run("check", "promql", "-", stdin="sum(rate(x[120s]))by(a)")
        self.assertEqual(code, 0)
        self.assertIn("sum by (a) (rate(x[2m]))", out)

    def test_a_bad_expression_is_a_fault(self):
        code, _, err = run("check", "promql", "-", stdin="sum(")
        self.assertEqual(code, 1)
        self.assertIn("-:1:5: parse error", err)

    def test_two_bodies_give_a_rate(self):
        # 30 more in 15 s; the window reaches 45 s before the first body, 1.1 x 15 s is
        # exceeded, so half an interval is added: 30 * (15 + 7.5) / 15 / 60 = 0.75.
        first = self.write("a", 'requests_total{code="200"} 100\n')
        second = self.write("b", 'requests_total{code="200"} 130\n')
        code, out, _ = run("query", "rate(requests_total[1m])", first, second)
        self.assertEqual(code, 0)
        self.assertEqual(out, '{code="200", instance="file"} 0.75\n')

    def test_a_script_is_run_and_counted(self):
        path = self.write("a.test", "eval instant at 0 1 + 1\n 2\n\neval instant at 0 1\n 2\n\n"
                                    "eval instant at 0 m\n m {{count:1}}\n")
        code, out, _ = run("test", "promql", path)
        self.assertEqual(code, 1)
        self.assertIn(f"{path}:4: failed: 1\n    expected\n      2\n    got\n      1\n", out)
        self.assertIn(f"{path}:7: unsupported: m\n", out)
        self.assertTrue(out.endswith("\n1 passed, 1 failed, 1 unsupported\n"), out)

    def test_a_script_without_failures_exits_0(self):
        code, out, _ = run("test", "promql", "-", stdin="eval instant at 0 1\n 1\n")
        self.assertEqual((code, out), (0, "1 passed, 0 failed, 0 unsupported\n"))

    def test_json_has_an_object_an_eval(self):
        script = 'eval instant at 0 "\\"\x01"\n expect string "\\""\n\neval instant at 0 1\n 1\n'
        code, out, err = run("test", "promql", "--json", "-", stdin=script)
        self.assertEqual(code, 1)
        first, second = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(list(first), ["file", "line", "expr", "result", "reason"])
        self.assertEqual((first["line"], first["result"]), (1, "failed"))
        self.assertEqual(first["expr"], '"\\"\x01"')
        self.assertIn("expected", first["reason"])
        self.assertEqual(second, {"file": "-", "line": 4, "expr": "1", "result": "passed",
                                  "reason": ""})
        self.assertIn("1 passed, 1 failed, 0 unsupported", err)

    def test_a_malformed_script_does_not_stop_the_others(self):
        bad = self.write("bad.test", "eval instant at 0 1\n 1\n\nlaod 1m\n m 1\n")
        code, out, err = run("test", "promql", bad, os.path.join(self.folder, "absent"), "-",
                             stdin="eval instant at 0 1\n 1\n")
        self.assertEqual(code, 2)
        self.assertIn(f"{bad}:4: no command \"laod 1m\"", err)
        self.assertIn("absent: cannot be read", err)
        self.assertIn("2 scripts could not be run to the end", err)
        self.assertEqual(out, "1 passed, 0 failed, 0 unsupported\n")

    def test_a_wrong_command_line_exits_2(self):
        for args in (["nonsense"], ["check"], ["check", "rules", "f"], ["query", "x"],
                     ["test"], ["test", "promql"], ["test", "rules", "f"],
                     ["test", "promql", "--json=1", "f"],
                     ["query", "--interval", "0", "x", "f"], ["query", "--nope", "1", "x", "f"]):
            with self.subTest(args=args):
                self.assertEqual(run(*args)[0], 2)


if __name__ == "__main__":
    unittest.main()
