"""Starting, ending, and being stopped for a while."""

import os
import random
import signal
import time
import unittest

from harness import RULES, SCRAPE, AdapterTest, eventually, target_entry

BAD_RULE = """\
  - seriesQuery: 'http_requests_total'
    resources: {template: "<<.Resource>>"}
    name: {as: "broken"}
    metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m]) by (<<.GroupBy>>)'
"""


class ProcessTest(AdapterTest):
    def config(self, rules=RULES, scrape=SCRAPE):
        (self.path / "rules.yaml").write_text(rules)
        (self.path / "scrape.yaml").write_text(scrape)
        return ("--config", str(self.path / "rules.yaml"),
                "--scrape-config", str(self.path / "scrape.yaml"))

    def test_sigterm_and_sigint_end_it_within_two_seconds(self):
        self.write_targets([target_entry(self.counter(1).port, "a")])
        seed = random.randrange(1 << 32)
        print("seed", seed)
        rng = random.Random(seed)
        for number in (signal.SIGTERM, signal.SIGINT) * 3:
            adapter = self.start()
            time.sleep(rng.uniform(0, 1.5))
            began = time.monotonic()
            adapter.process.send_signal(number)
            self.assertEqual(adapter.process.wait(timeout=10), 0, adapter.log())
            self.assertLess(time.monotonic() - began, 4)  # 2 s, on a machine that may be busy
            (self.path / "address").unlink()

    def test_a_bad_rule_is_reported_and_the_others_serve(self):
        self.write_targets([target_entry(self.counter(10).port, "a")])
        adapter = self.start(rules=RULES + BAD_RULE)

        def good_rule_answers():
            return adapter.get("/apis/custom.metrics.k8s.io/v1beta2/namespaces/ms-test/pods/*/"
                               "http_requests_per_second")[0] == 200
        eventually(good_rule_answers)
        self.assertEqual(adapter.metric("tacho_rules"), 1)
        self.assertEqual(adapter.metric("tacho_rules_broken"), 1)
        line = (RULES + BAD_RULE).count("\n")  # of its last key
        self.assertRegex(adapter.log(), rf'rules\.yaml:{line}:.*this rule is left out')

    def test_check_reports_and_exits(self):
        self.write_targets([target_entry(1, "a")])
        good = self.run_adapter("--check", *self.config())
        self.assertEqual((good.returncode, good.stderr), (0, ""))
        self.assertIn("1 jobs, 1 targets, 1 rules", good.stdout)
        bad = self.run_adapter("--check", *self.config(rules=RULES + BAD_RULE))
        self.assertEqual(bad.returncode, 1)
        self.assertRegex(bad.stdout, r"rules\.yaml:\d+:\d+")

    def test_a_file_that_is_wrong_as_a_whole_ends_it_with_its_place(self):
        wrong = "scrape_configs: [{job_name: a, nonsense: 1}]\n"
        run = self.run_adapter(*self.config(scrape=wrong))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stderr, r"scrape\.yaml:1:\d+.*nonsense")
        run = self.run_adapter(*self.config(), "--scrape-config", "/dev/zero")
        self.assertEqual(run.returncode, 1)
        self.assertIn("not a regular file", run.stderr)

    def test_flags_that_are_wrong_say_so(self):
        for flags, message in (
                (("--confg=x",), "did you mean --config?"),
                (("--max-series=many",), "a whole number"),
                ((*self.config(), "--listen", "0.0.0.0:0"), "--insecure-listen"),
                (self.config()[:2], "--scrape-config or --prometheus-url is needed"),
                (self.config()[2:], "--config is needed, the file with the rules"),
                ((), "--config is needed, and --scrape-config or --prometheus-url")):
            run = self.run_adapter(*flags)
            self.assertEqual(run.returncode, 2, flags)
            self.assertIn(message, run.stderr)

    def test_help_and_version_go_to_stdout(self):
        help_text = self.run_adapter("--help")
        self.assertEqual(help_text.returncode, 0)
        self.assertEqual(self.run_adapter("-h").stdout, help_text.stdout)
        for flag in ("--config", "--max-series", "--max-connections", "--scrape-threads"):
            self.assertIn(flag, help_text.stdout)
        self.assertRegex(self.run_adapter("--version").stdout, r"^tacho-adapter \d+\.\d+\.\d+\n$")

    def test_after_a_stop_it_scrapes_once_and_not_what_it_missed(self):
        target = self.counter(10)
        self.write_targets([target_entry(target.port, "a")])
        adapter = self.start()

        def scraped():
            return len(target.answers) >= 2
        eventually(scraped)
        os.kill(adapter.process.pid, signal.SIGSTOP)
        time.sleep(4)
        before = len(target.answers)
        os.kill(adapter.process.pid, signal.SIGCONT)
        time.sleep(0.5)
        # The one that was due, and one more if the next tick came within the half second.
        self.assertLessEqual(len(target.answers) - before, 2)

        def scrapes_again():
            return len(target.answers) >= before + 2
        eventually(scrapes_again)

    def test_readyz_says_what_it_checked(self):
        self.write_targets([])
        adapter = self.start()
        self.assertEqual(adapter.get("/livez"), (200, "ok"))
        status, body = adapter.get("/readyz?verbose")
        self.assertEqual(status, 200)
        self.assertEqual(body, "[+]ping ok\n[+]config ok\n[+]discovery ok\n[+]shutdown ok\n"
                               "readyz check passed\n")


if __name__ == "__main__":
    unittest.main()
