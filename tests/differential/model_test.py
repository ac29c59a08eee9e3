"""The models by hand: each excuse, at its exact border."""

import math
import unittest

import model
import queries


def inner(function, window_ms, time_ms, offset_ms=0):
    return queries.Inner(function, "m", window_ms, offset_ms, time_ms)


class SameTest(unittest.TestCase):
    def test_all_nan_are_one_and_zeros_are_two(self):
        self.assertTrue(model.same(math.nan, -math.nan))
        self.assertTrue(model.same(None, None))
        self.assertFalse(model.same(0.0, -0.0))
        self.assertFalse(model.same(math.nan, None))
        self.assertFalse(model.same(0.1, math.nextafter(0.1, 1)))


class WindowTest(unittest.TestCase):
    SAMPLES = [(0, 1.0), (1000, 2.0), (2000, 4.0)]

    def test_left_edge_is_inside_in_2_42_only(self):
        # (0, 2000] against [0, 2000].
        question = inner("delta", 2000, 2000)
        self.assertEqual(model.window(self.SAMPLES, question, model.NEW), self.SAMPLES[1:])
        self.assertEqual(model.window(self.SAMPLES, question, model.OLD), self.SAMPLES)
        self.assertEqual(model.reason(question, self.SAMPLES, 5000), model.WINDOW_LEFT_EDGE)

    def test_one_millisecond_later_there_is_no_excuse(self):
        self.assertIsNone(model.reason(inner("delta", 2000, 2001), self.SAMPLES, 5000))

    def test_offset_moves_the_window(self):
        question = inner("delta", 1000, 2500, offset_ms=500)
        self.assertEqual(model.window(self.SAMPLES, question, model.NEW), self.SAMPLES[2:])
        self.assertEqual(model.reason(question, self.SAMPLES, 5000), model.WINDOW_LEFT_EDGE)


class RateTest(unittest.TestCase):
    def test_restart_adds_back_the_last_value_before_it(self):
        # 10 -> 30, restart to 5 after 30, -> 25: 15 + 30 = 45 in 30 s of samples. The window
        # (0, 40] has 5 s before and 5 s after them, under 1.1 x 10 s: stretched to 40 s.
        samples = [(5000, 10.0), (15000, 30.0), (25000, 5.0), (35000, 25.0)]
        for version in [model.OLD, model.NEW]:
            self.assertEqual(model.evaluate(inner("increase", 40000, 40000), samples, version), 60)
            self.assertEqual(model.evaluate(inner("rate", 40000, 40000), samples, version), 1.5)
            # No counter: 25 - 10 = 15, stretched alike.
            self.assertEqual(model.evaluate(inner("delta", 40000, 40000), samples, version), 20)

    def test_last_two_samples(self):
        samples = [(0, 7.0), (4000, 30.0), (6000, 5.0)]
        # A restart: 5 in 2 s. The difference is -25.
        self.assertEqual(model.evaluate(inner("irate", 9000, 7000), samples, model.NEW), 2.5)
        self.assertEqual(model.evaluate(inner("idelta", 9000, 7000), samples, model.NEW), -25)

    def test_one_sample_has_no_rate(self):
        for function in queries.RANGE_FUNCTIONS:
            self.assertIsNone(model.evaluate(inner(function, 1000, 100), [(50, 1.0)], model.NEW))


class ZeroClampTest(unittest.TestCase):
    # 20 s of samples 10 s apart; the window begins 15 s before them, at least 1.1 x 10 s.
    QUESTION = inner("increase", 35000, 35000)

    def samples(self, first):
        return [(15000, first), (25000, first + 10), (35000, first + 20)]

    def test_orders_of_the_rules_differ_between_half_an_interval_and_the_threshold(self):
        # z = 20 * 8/20 = 8 s. 2.42: 15 clamped to 8, under 11: 28/20 of 20. 3.x: 15 is
        # over 11, so 5, under 8: 25/20 of 20.
        samples = self.samples(8.0)
        self.assertEqual(model.evaluate(self.QUESTION, samples, model.OLD), 28)
        self.assertEqual(model.evaluate(self.QUESTION, samples, model.NEW), 25)
        self.assertEqual(model.reason(self.QUESTION, samples, 5000), model.ZERO_CLAMP)

    def test_no_excuse_where_both_orders_agree(self):
        # z = 4 s, under half an interval: both take 4. z = 12 s: both take 5.
        for first, increase in [(4.0, 24), (12.0, 25)]:
            samples = self.samples(first)
            self.assertIsNone(model.reason(self.QUESTION, samples, 5000))
            for version in [model.OLD, model.NEW]:
                self.assertEqual(model.evaluate(self.QUESTION, samples, version), increase)

    def test_no_excuse_for_what_is_no_counter(self):
        question = inner("delta", 35000, 35000)
        self.assertIsNone(model.reason(question, self.samples(8.0), 5000))

    def test_no_excuse_for_a_window_that_begins_near(self):
        # 10 s before the first sample is under the threshold of 11.
        question = inner("increase", 30000, 35000)
        self.assertIsNone(model.reason(question, self.samples(8.0), 5000))


class LookbackTest(unittest.TestCase):
    def test_edge_is_inside_in_2_42_only(self):
        samples = [(0, 1.0), (1000, 2.0)]
        question = inner("", 0, 6000)
        self.assertEqual(model.reason(question, samples, 5000), model.LOOKBACK_EDGE)
        self.assertEqual(model.expected(question, samples, 5000, model.OLD), 2.0)
        self.assertIsNone(model.expected(question, samples, 5000, model.NEW))

    def test_no_excuse_beside_the_edge_or_with_a_newer_sample(self):
        self.assertIsNone(model.reason(inner("", 0, 5999), [(1000, 2.0)], 5000))
        self.assertIsNone(model.reason(inner("", 0, 6001), [(1000, 2.0)], 5000))
        self.assertIsNone(model.reason(inner("", 0, 6000), [(1000, 2.0), (1001, 3.0)], 5000))
        self.assertIsNone(model.reason(inner("", 0, 6000), [(7000, 2.0)], 5000))


if __name__ == "__main__":
    unittest.main()
