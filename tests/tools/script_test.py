"""tachotool test promql, from outside: what it prints, and its exit codes."""

import json
import os
import unittest

from harness import ToolTest, run


class Scripts(ToolTest):
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
        self.assertIn("absent: cannot be read: No such file", err)
        self.assertIn("2 scripts could not be run to the end", err)
        self.assertEqual(out, "1 passed, 0 failed, 0 unsupported\n")

    def test_a_folder_is_no_script(self):
        code, _, err = run("test", "promql", self.folder)
        self.assertEqual(code, 2)
        self.assertIn("it is a folder", err)


if __name__ == "__main__":
    unittest.main()
