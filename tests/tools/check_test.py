"""tachotool check, from outside: faults with their places and fixes."""

import os
import unittest

from harness import ADAPTER, ToolTest, run

RULES = """rules:
- seriesQuery: 'http_requests_total{namespace!="",pod!=""}'
  resources:
    overrides:
      namespace: {resource: namespace}
      pod: {resource: pod}
  metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
"""
SCRAPE = """scrape_configs:
- job_name: a
  static_configs:
  - targets: ['127.0.0.1:1']
"""


class Check(ToolTest):
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

    def test_a_fault_has_a_fix_where_there_is_one(self):
        for text, place, fix in (
                ("sum(rate(x))", "-:1:10: ", "say over which time: m[5m] instead of m"),
                ("rats(x[5m])", "-:1:1: ", "did you mean rate?"),
                ("sum(\n  countt_over_time(x[5m]))", "-:2:3: ", "did you mean count_over_time?"),
                ("1 == 2", "-:1:3: ", "write bool behind the operator"),
                ("{a=b}", "-:1:4: ", 'put the value in quotes'),
                ("mad_over_time(x[5m])", "-:1:1: ", "--experimental")):
            with self.subTest(text=text):
                code, _, err = run("check", "promql", "-", stdin=text)
                self.assertEqual(code, 1)
                self.assertTrue(err.startswith(place), err)
                self.assertIn("\n  fix: ", err)
                self.assertIn(fix, err)

    def test_a_fault_without_a_usual_remedy_has_none(self):
        for text in ("unheard_of_name(x)", "foo(x)"):  # foo is near to cos, and means none
            code, _, err = run("check", "promql", "-", stdin=text)
            self.assertEqual(code, 1)
            self.assertNotIn("fix:", err)

    def test_what_the_engine_does_not_run_is_a_fault_too(self):
        code, out, err = run("check", "promql", "-", stdin="sum(x </ 3)")
        self.assertEqual((code, out), (1, ""))
        self.assertRegex(err, r"^-:1:5: .*</, which needs native histograms")
        self.assertEqual(run("check", "promql", "-", stdin="rate(x[100y])")[0], 0)

    def test_an_empty_expression_has_a_place(self):
        code, _, err = run("check", "promql", "-", stdin="")
        self.assertEqual((code, err), (1, "-:1:1: parse error: no expression found in input\n"))

    def test_a_folder_is_no_file(self):
        for what in ("promql", "exposition", "rules", "scrape-config"):
            with self.subTest(what=what):
                code, out, err = run("check", what, self.folder)
                self.assertEqual((code, out), (1, ""))
                self.assertEqual(err, f"{self.folder}: cannot be read: it is a folder\n")
        absent = os.path.join(self.folder, "absent")
        self.assertIn("absent: cannot be read: No such file", run("check", "promql", absent)[2])

    def test_experimental_parts_are_taken_when_told_so(self):
        code, out, _ = run("check", "promql", "--experimental", "-", stdin="mad_over_time(x[5m])")
        self.assertEqual((code, out), (0, "-: mad_over_time(x[5m])\n"))

    def test_the_worst_of_several_files_counts(self):
        good, bad = self.write("good", "x"), self.write("bad", "x{")
        code, out, err = run("check", "promql", good, bad, good)
        self.assertEqual(code, 1)
        self.assertEqual(out, f"{good}: x\n{good}: x\n")
        self.assertIn(f"{bad}:1:", err)

    @unittest.skipUnless(ADAPTER, "built without the adapter")
    def test_good_configurations_are_counted(self):
        code, out, err = run("check", "rules", self.write("rules.yaml", RULES))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("rules.yaml: 1 rules, 0 refused", out)
        code, out, err = run("check", "scrape-config", self.write("scrape.yaml", SCRAPE))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("scrape.yaml: 1 jobs", out)

    @unittest.skipUnless(ADAPTER, "built without the adapter")
    def test_faults_of_configurations_have_their_place(self):
        path = self.write("rules.yaml", RULES.replace("metricsQuery", "metricQuery"))
        code, _, err = run("check", "rules", path)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"rules\.yaml:7:3: .*metricQuery.*did you mean .*metricsQuery")
        path = self.write("rules.yaml", RULES.replace("[2m]", ""))
        code, _, err = run("check", "rules", path)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"rules\.yaml:\d+:\d+: .*expected type range vector")
        self.assertIn("fix: say over which time", err)
        path = self.write("scrape.yaml", SCRAPE.replace("job_name", "jobname"))
        code, _, err = run("check", "scrape-config", path)
        self.assertEqual(code, 1)
        self.assertRegex(err, r"scrape\.yaml:2:3: .*jobname")

    def test_a_wrong_command_line_exits_2(self):
        for args in (["check"], ["check", "promql"], ["check", "nonsense", "f"],
                     ["check", "exposition", "--format", "xml", "f"]):
            with self.subTest(args=args):
                code, _, err = run(*args)
                self.assertEqual(code, 2)
                self.assertTrue(err.startswith("tachotool check: "), err)


if __name__ == "__main__":
    unittest.main()
