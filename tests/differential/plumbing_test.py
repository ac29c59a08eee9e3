"""What could make the comparison vacuous: lost answers, swapped bodies, values that
change in their text, series that do not do what they should."""

import os
import random
import tempfile
import unittest

import bodies
import model
import prometheus
import queries
import scrape
import tacho
import targets
import values


class ValuesTest(unittest.TestCase):
    def test_text_reads_as_the_same_bits(self):
        rng = random.Random(1)
        for value in [*values.SPECIAL, 1e22, 123456789.0, -7.0, 3]:
            for spelling in [values.text_of(value), values.text_of(value, rng)]:
                self.assertTrue(model.same(float(spelling), float(value)), spelling)

    def test_counters_grow_reset_and_leave(self):
        rng = random.Random(2)
        shown = [values.Gaps(rng, values.Counter(rng, "fast")) for _ in range(20)]
        runs = [[stream.next() for _ in range(200)] for stream in shown]
        pairs = [(a, b) for run in runs for a, b in zip(run, run[1:])]
        present = [(a, b) for a, b in pairs if a is not None and b is not None]
        self.assertGreater(sum(b < a for a, b in present), 10)
        self.assertGreater(sum(b >= a for a, b in present), len(present) * 0.9)
        self.assertGreater(sum(a is not None and b is None for a, b in pairs), 10)


class BodyTest(unittest.TestCase):
    def test_body_carries_its_number_and_every_name_as_a_label(self):
        for kind in scrape.KINDS:
            body = bodies.Body(random.Random(3), kind, "source-0", 100, 100).next(17, 10**12)
            self.assertIn(f'{bodies.SEQUENCE}{{metric="{bodies.SEQUENCE}",source="source-0"}} 17\n',
                          body)
            self.assertEqual(body.endswith("# EOF\n"), kind.openmetrics)
            for line in body.splitlines():
                if not line.startswith("#"):
                    self.assertIn(f'metric="{line.split("{")[0]}"', line)

    def test_samples_of_their_own_time_are_at_most_max_age_old(self):
        kind = bodies.Kind("stamped", 310, stamped=True)
        body = bodies.Body(random.Random(4), kind, "source-0", 50, 100)
        ages = []
        for scrape_number in range(100):
            now_ms = 10**12 + 310 * scrape_number
            for line in body.next(scrape_number, now_ms).splitlines():
                stamp = line.rsplit(" ", 1)[1]
                if not line.startswith("#") and len(stamp) == 13 and stamp.isdigit():
                    ages.append(now_ms - int(stamp))
        self.assertGreater(len(ages), 100)
        self.assertGreaterEqual(min(ages), 0)
        self.assertLessEqual(max(ages), bodies.MAX_AGE_MS)


class FakeTarget:
    """A target with a log and no server."""
    kind, source, address = bodies.Kind("web", 370), "source-0", "127.0.0.1:1"

    def __init__(self, kinds):
        self.log = [(kind, f"body {n}\n") for n, kind in enumerate(kinds)]


class NumberingTest(unittest.TestCase):
    LABELS = {"instance": "127.0.0.1:1", "job": "web", "zone": "z1"}

    def numbered(self, target, ups, sequence):
        raw = {tuple(sorted({"__name__": "up", **self.LABELS}.items())): ups,
               (("__name__", bodies.SEQUENCE), ("source", "source-0")): sequence}
        return scrape._numbered(target, raw)

    def test_failed_scrapes_get_the_numbers_between_good_ones(self):
        ups = [(10, 1.0), (20, 0.0), (30, 1.0), (40, 1.0), (50, 0.0)]
        self.assertEqual(self.numbered(FakeTarget([]), ups, [(10, 0.0), (40, 3.0)]),
                         [(10, 1.0, 0), (20, 0.0, 1), (30, 1.0, 2), (40, 1.0, 3), (50, 0.0, None)])

    def test_a_lost_request_leaves_its_neighbours_unnumbered(self):
        ups = [(10, 1.0), (20, 0.0), (30, 0.0), (40, 1.0)]
        self.assertEqual(self.numbered(FakeTarget([]), ups, [(10, 0.0), (40, 2.0)]),
                         [(10, 1.0, 0), (20, 0.0, None), (30, 0.0, None), (40, 1.0, 2)])

    def test_bodies_for_tacho(self):
        target = FakeTarget(["good", "garbage", "status", "empty"])
        self.assertEqual(scrape._body(target, 1.0, 0), "body 0\n")
        self.assertEqual(scrape._body(target, 0.0, 1), "body 1\n")  # as Prometheus got it
        self.assertEqual(scrape._body(target, 0.0, 2), "body 2\n" + targets.GARBAGE)
        self.assertEqual(scrape._body(target, 1.0, None), "")
        self.assertEqual(scrape._body(target, 0.0, None), "")
        self.assertEqual(scrape._body(target, 0.0, 0), "")  # sent, and given up


class DriverTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "file")

    def answers(self, text, code=0):
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(text)
        return tacho.Answers(self.path, code)

    def test_answers_are_read_to_the_bit(self):
        answers = self.answers('L 0 {"a":"x\\"y"}\nQ 0 1\nS 0 8000000000000000 -0\nQ 1 0\n')
        vector = answers.next()
        self.assertTrue(model.same(vector[(("a", 'x"y'),)], -0.0))
        self.assertEqual(answers.next(), {})
        self.assertEqual(answers.finish(), [])

    def test_nothing_that_went_wrong_is_lost(self):
        answers = self.answers("F 3 refused\nQ 0 0\nE 1 no such function\nF 9 differ\n", code=1)
        answers.next()
        answers.next()
        self.assertEqual(len(answers.finish()), 4)

    def test_a_driver_that_stopped_is_an_error(self):
        with self.answers("Q 0 0\n", code=-11) as answers:
            answers.next()
            self.assertRaises(RuntimeError, answers.next)

    def test_questions_come_when_their_samples_are_stored(self):
        def group(time_ms, late):
            return queries.Group(queries.Inner("", "m", 0, 0, time_ms), (), late)
        script = tacho.Script(self.path, 1000, 300)
        asked = script.play([(10, ("a",)), (20, ("b",)), (30, ("c",))],
                            [group(12, True), group(25, False), group(10, False)], lag_ms=5)
        self.assertEqual([g.inner.time_ms for g in asked], [10, 25, 12])
        script.run("/bin/true").finish()
        with open(self.path, encoding="utf-8") as lines:
            kinds = [line.split()[0] for line in lines]
        self.assertEqual(kinds, ["options", "a", "query", "b", "c", "query", "query"])


class PrometheusTest(unittest.TestCase):
    def test_time_keeps_its_milliseconds(self):
        self.assertEqual(prometheus.rfc3339(1_700_000_000_057), "2023-11-14T22:13:20.057Z")

    def test_without_a_binary_there_is_nothing_to_compare_with(self):
        self.assertRaises(prometheus.Unavailable, prometheus.binary, "/nowhere", "prometheus")


if __name__ == "__main__":
    unittest.main()
