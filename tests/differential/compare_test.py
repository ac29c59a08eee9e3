"""The judge refuses what it must: a bit, a series, a group, an excuse that does not fit."""

import math
import unittest

import compare
import model
import queries

A = (("i", "0"), ("metric", "m"))
B = (("i", "1"), ("metric", "m"))
BY_METRIC = (("metric", "m"),)
SUM = queries.Aggregation("sum", False, ("metric",))
TIMES_8 = queries.WITH_SCALAR[0]


def full(labels):
    return (("__name__", "m"), *labels)


def judged(derived, old, new, samples=((100, 1.0), (1000, 3.0)), time_ms=1500):
    """The judge after delta(m[1s]) and what is derived from it."""
    judge = compare.Judge({full(A): list(samples), full(B): [(100, 1.0), (900, 3.0)]}, 5000)
    question = queries.Inner("delta", "m", 1000, 0, time_ms)
    judge.judge(queries.Group(question, tuple(derived), False), old, new)
    return judge


class InnerTest(unittest.TestCase):
    def test_equal_bits_pass(self):
        self.assertEqual(judged([], [{A: 1.5, B: math.nan}], [{A: 1.5, B: math.nan}]).problems, [])

    def test_last_bit_fails(self):
        judge = judged([], [{A: 0.1}], [{A: math.nextafter(0.1, 1)}])
        self.assertEqual(len(judge.problems), 1)
        self.assertIn("delta(m[1s]) at 1500 ms: different", judge.problems[0])
        self.assertIn("-500ms:3.0", judge.problems[0])

    def test_sign_of_zero_fails(self):
        self.assertEqual(len(judged([], [{A: 0.0}], [{A: -0.0}]).problems), 1)

    def test_missing_and_extra_series_fail(self):
        self.assertEqual(len(judged([], [{A: 1.0, B: 1.0}], [{A: 1.0}]).problems), 1)
        self.assertEqual(len(judged([], [{A: 1.0}], [{A: 1.0, B: 1.0}]).problems), 1)

    def test_number_instead_of_nan_fails(self):
        self.assertEqual(len(judged([], [{A: math.nan}], [{A: 1.0}]).problems), 1)


class ExcuseTest(unittest.TestCase):
    # (0, 1000] against [0, 1000]: 3.x has 5 - 1 in 900 ms of samples, 100 ms before them;
    # 2.42 has 5 - 0.
    EDGE = ((0, 0.0), (100, 1.0), (1000, 5.0))
    QUESTION = queries.Inner("delta", "m", 1000, 0, 1000)
    OLD = model.evaluate(QUESTION, list(EDGE), model.OLD)
    NEW = model.evaluate(QUESTION, list(EDGE), model.NEW)

    def judged(self, derived, old, new):
        return judged(derived, old, new, self.EDGE, 1000)

    def test_difference_at_the_edge_is_excused_and_counted(self):
        judge = self.judged([], [{A: self.OLD}], [{A: self.NEW}])
        self.assertEqual(judge.problems, [])
        self.assertEqual(judge.excused, {model.WINDOW_LEFT_EDGE: 1})

    def test_another_value_than_the_models_fails_at_the_edge_too(self):
        off = math.nextafter(self.NEW, 9)
        self.assertEqual(len(self.judged([], [{A: self.OLD}], [{A: off}]).problems), 1)
        off = math.nextafter(self.OLD, 9)
        self.assertEqual(len(self.judged([], [{A: off}], [{A: self.NEW}]).problems), 1)

    def test_agreement_fails_where_3_x_would_differ(self):
        self.assertEqual(len(self.judged([], [{A: self.OLD}], [{A: self.OLD}]).problems), 1)

    def test_group_with_an_excused_member_is_checked_against_tacho_s_own_members(self):
        old = [{A: self.OLD, B: 1.0}, {BY_METRIC: self.OLD + 1}]
        new = [{A: self.NEW, B: 1.0}, {BY_METRIC: self.NEW + 1}]
        self.assertEqual(self.judged([SUM], old, new).problems, [])
        new[1] = {BY_METRIC: self.OLD + 1}
        self.assertEqual(len(self.judged([SUM], old, new).problems), 1)

    def test_scalar_arithmetic_on_an_excused_series_too(self):
        old = [{A: self.OLD}, {A: self.OLD * 8}]
        self.assertEqual(
            self.judged([TIMES_8], old, [{A: self.NEW}, {A: self.NEW * 8}]).problems, [])
        self.assertEqual(
            len(self.judged([TIMES_8], old, [{A: self.NEW}, {A: self.OLD * 8}]).problems), 1)


class AggregationTest(unittest.TestCase):
    def judged(self, members, old, new, aggregation=SUM):
        inner = dict(zip([A, B], members))
        return judged([aggregation], [inner, {BY_METRIC: old}], [inner, {BY_METRIC: new}])

    def test_tolerance_is_relative_to_the_magnitudes(self):
        # 1e9 and 1 - 1e9: the sum is 1, the magnitudes 2e9, and 1e-12 of them 0.002.
        members = (1e9, 1 - 1e9)
        self.assertEqual(self.judged(members, 1.0, 1.001).problems, [])
        self.assertEqual(len(self.judged(members, 1.0, 1.01).problems), 1)

    def test_averages_of_subnormals_may_round_at_each_member(self):
        average = queries.Aggregation("avg", False, ("metric",))
        members = (5e-324, 1e-323)  # 1 and 2 steps: 1.5 is no double
        self.assertEqual(self.judged(members, 5e-324, 1e-323, average).problems, [])
        self.assertEqual(len(self.judged(members, 5e-324, 2e-323, average).problems), 1)

    def test_infinity_and_nan_must_agree(self):
        for old, new in [(math.inf, 1e308), (math.inf, -math.inf), (math.nan, math.inf)]:
            self.assertEqual(len(self.judged((math.inf, 1.0), old, new).problems), 1)
            self.assertEqual(len(self.judged((math.inf, 1.0), new, old).problems), 1)

    def test_minimum_must_be_exact(self):
        minimum = queries.Aggregation("min", False, ("metric",))
        self.assertEqual(self.judged((1.0, 2.0), 1.0, 1.0, minimum).problems, [])
        self.assertEqual(
            len(self.judged((1.0, 2.0), 1.0, math.nextafter(1, 2), minimum).problems), 1)

    def test_missing_group_fails(self):
        judge = judged([SUM], [{A: 1.0}, {BY_METRIC: 1.0}], [{A: 1.0}, {}])
        self.assertEqual(len(judge.problems), 1)

    def test_value_of_members(self):
        def value(operation, *members):
            return queries.Aggregation(operation, False, ()).value(members)
        self.assertEqual(value("sum", 1e16, 1.0, -1e16), 1)
        self.assertEqual(value("avg", 1.0, 2.0), 1.5)
        self.assertEqual(value("max", math.nan, 2.0), 2)
        self.assertEqual(value("count", math.nan, 2.0), 2)
        self.assertEqual(value("group", 7.0), 1)
        self.assertTrue(math.isnan(value("sum", math.inf, -math.inf)))
        self.assertTrue(math.isnan(value("min", math.nan)))

    def test_group_keys(self):
        labels = full(A)
        self.assertEqual(queries.Aggregation("sum", True, ("i",)).group(labels), BY_METRIC)
        self.assertEqual(queries.Aggregation("sum", False, ("i", "x")).group(labels), A[:1])
        self.assertEqual(queries.Aggregation("sum", False, ("__name__",)).group(labels),
                         (("__name__", "m"),))


if __name__ == "__main__":
    unittest.main()
