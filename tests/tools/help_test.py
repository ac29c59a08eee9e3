"""tachotool's help, and command lines that are no command."""

import re
import unittest

from harness import ToolTest, run


class Help(ToolTest):
    def test_it_teaches_every_command(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for word in ("check promql", "check exposition", "check rules", "check scrape-config",
                     "query instant", "query range", "test promql", "Exit code"):
            self.assertIn(word, out)
        for args in (["query"], ["check", "rules"], ["test", "promql"], ["query", "instant", "x"]):
            self.assertEqual(run(*args, "--help")[:2], (0, out))

    def test_its_examples_are_true(self):
        out = run("--help")[1]
        expr, shown = re.search(r"echo '(.*)' \| tachotool check promql -\n((?:    .*\n)+)",
                                out).groups()
        _, _, err = run("check", "promql", "-", stdin=expr)
        self.assertEqual(err, re.sub("(?m)^    ", "", shown))
        script, shown = re.search(r"printf '(.*)' \|\n +tachotool test promql -\n    (.*\n)",
                                  out).groups()
        self.assertEqual(run("test", "promql", "-", stdin=script.replace("\\n", "\n"))[1], shown)

    def test_what_is_no_command(self):
        self.assertEqual(run()[0], 2)
        code, _, err = run("nonsense")
        self.assertEqual(code, 2)
        self.assertIn("no command 'nonsense'", err)
        self.assertRegex(run("--version")[1], r"tachotool \d+\.\d+\.\d+\n")


if __name__ == "__main__":
    unittest.main()
