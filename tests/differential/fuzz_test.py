"""The fuzzer without its two sides: each excuse and the judge can refuse."""

import math
import random
import unittest

import fuzz_data
import fuzz_excuses
import fuzz_grammar
import fuzz_judge
import fuzz_shrink
import fuzz_tree
import remote_write
from fuzz_sides import FAILED, Answer
from fuzz_tree import MATRIX, SCALAR, VECTOR, Dialect

AT = fuzz_data.Moment(500, 500)
LABELS = (("job", "api"),)
SELECTOR = fuzz_tree.leaf("selector", VECTOR, "m")
ONE = fuzz_tree.leaf("number", SCALAR, "1")


def vector(*values):
    return Answer("vector", {(("i", str(i)),): [(500, v)] for i, v in enumerate(values)})


class Sides:
    """Answers from a table; what is not in it is the same on both sides."""

    def __init__(self, **different):
        self._different = different  # text: (old, new), its characters reduced to letters
        self.asked = []

    def _find(self, node, side):
        self.asked.append(node.text())
        return self._different.get("".join(filter(str.isalpha, node.text())),
                                   (vector(1.0), vector(1.0)))[side]

    def old(self, node, _moment, _anchors=None):
        return self._find(node, 0)

    def new(self, node, _moment, _anchors=None):
        return self._find(node, 1)


def excuse(node, old, new, moment=AT, **different):
    return fuzz_excuses.find(fuzz_excuses.Case(Sides(**different), node, moment, moment, old, new))


class Differ(unittest.TestCase):
    def test_every_bit_counts_but_those_of_nan(self):
        for old, new, wanted in [(1.0, 1.0, False), (1.0, math.nextafter(1, 2), True),
                                 (0.0, -0.0, True), (math.nan, math.nan, False),
                                 (math.nan, 1.0, True)]:
            with self.subTest(old=old, new=new):
                self.assertEqual(fuzz_judge.differ(vector(old), vector(new)), wanted)

    def test_series_types_and_failures_count(self):
        failure = Answer("error", {}, FAILED, "a text")
        for old, new in [(vector(1.0), vector(1.0, 2.0)), (vector(1.0), failure),
                         (vector(), Answer("matrix")),
                         (failure, Answer("error", {}, FAILED, "another"))]:
            with self.subTest(old=old, new=new):
                self.assertTrue(fuzz_judge.differ(old, new))
        self.assertFalse(fuzz_judge.differ(failure, failure))


class Excuses(unittest.TestCase):
    def test_a_sum_may_differ_by_its_rounding_only(self):
        node = fuzz_tree.aggregation("sum", "", SELECTOR)
        sizes = {"countm": (vector(2.0),) * 2, "minm": (vector(-10.0),) * 2,
                 "maxm": (vector(3.0),) * 2}
        self.assertEqual(excuse(node, vector(1.0), vector(1.0 + 1e-11), **sizes),
                         "uncompensated sums")
        self.assertIsNone(excuse(node, vector(1.0), vector(1.0 + 3e-11), **sizes))
        self.assertIsNone(excuse(node, vector(math.nan), vector(1.0), **sizes))
        self.assertIsNone(excuse(node, vector(1.0), vector(1.0, 2.0), **sizes))

    def test_a_sine_may_differ_in_the_last_digits_only(self):
        node = fuzz_tree.call("sin", VECTOR, SELECTOR)
        self.assertIsNotNone(excuse(node, vector(0.5), vector(0.5 + 1e-15)))
        self.assertIsNone(excuse(node, vector(0.5), vector(0.5 + 1e-11)))
        self.assertIsNone(excuse(fuzz_tree.call("sqrt", VECTOR, SELECTOR), vector(0.5),
                                 vector(0.5 + 1e-15)))

    def test_ties_must_keep_the_same_values(self):
        node = fuzz_tree.aggregation("topk", "", SELECTOR, ONE)
        members = {"m": (vector(2.0, 2.0, 1.0),) * 2}
        first, second = vector(2.0), Answer("vector", {(("i", "1"),): [(500, 2.0)]})
        self.assertEqual(excuse(node, first, second, **members), "ties")
        third = Answer("vector", {(("i", "2"),): [(500, 1.0)]})
        self.assertIsNone(excuse(node, first, third, **members))

    def test_a_zero_clamp_must_be_as_both_models_say(self):
        # 10 -> 30 in 10 s, 12 s after the start of the window; z is 5 s, half the interval:
        # alike. With 12 -> 30, z = 10 * 12 / 18 = 6.67 s lies between 5 s and 11 s.
        matrix = fuzz_tree.leaf("range", MATRIX, "m[", fuzz_tree.Window(22), "]")
        node = fuzz_tree.call("increase", VECTOR, matrix)
        at = fuzz_data.Moment(22_000, 22_000)
        window = Answer("matrix", {(("__name__", "m"), *LABELS): [(12_000, 12.0), (22_000, 30.0)]})
        z = 10 * (12.0 / 18.0)
        old, new = (Answer("vector", {LABELS: [(22_000, 18.0 * ((10 + d) / 10))]})
                    for d in (z, 5.0))
        self.assertEqual(excuse(node, old, new, at, ms=(window, window)), "zero clamp")
        self.assertIsNone(excuse(node, new, old, at, ms=(window, window)))

    def test_a_mended_histogram_must_be_as_both_models_say(self):
        # Rank 5 of 10: 2.42 lifts the 3 to 4; in 3.x NaN hides the 4, so that no bucket is
        # mended. Both find rank 5 between 3 and 4, above 4 and above 3 of the 10.
        node = fuzz_tree.call("histogram_quantile", VECTOR, ONE, SELECTOR)
        counts = Answer("vector", {(("le", le),): [(500, count)] for le, count in
                                   [("1", 4.0), ("2", math.nan), ("3", 3.0), ("4", 10.0),
                                    ("+Inf", 10.0)]})
        phi = Answer("scalar", {(): [(500, 0.5)]})
        old, new = (Answer("vector", {(): [(500, 3 + (5 - count) / (10 - count))]})
                    for count in (4.0, 3.0))
        self.assertEqual(excuse(node, old, new, m=(counts,) * 2, **{"": (phi,) * 2}),
                         "mended histogram")
        self.assertIsNone(excuse(node, new, old, m=(counts,) * 2, **{"": (phi,) * 2}))

    def test_errors_must_be_those_of_the_operands(self):
        node = fuzz_tree.binary("+", SELECTOR, fuzz_tree.leaf("selector", VECTOR, "n"))
        one, two = (Answer("error", {}, FAILED, text) for text in ("one", "two"))
        self.assertEqual(excuse(node, one, two, m=(one, one), n=(two, two)), "order of errors")
        self.assertIsNone(excuse(node, one, two, m=(one, one)))


class Judge(unittest.TestCase):
    def test_what_is_built_on_an_excused_difference_is_not_judged(self):
        total = fuzz_tree.aggregation("sum", "", SELECTOR)
        node = fuzz_tree.call("floor", VECTOR, total)
        sides = Sides(floorsumm=(vector(1.0), vector(2.0)),
                      summ=(vector(2.0), vector(math.nextafter(2, 1))),
                      countm=(vector(2.0),) * 2, minm=(vector(1.0),) * 2, maxm=(vector(1.0),) * 2)
        judge = fuzz_judge.Judge(sides)
        self.assertIsNone(judge.judge(node, AT))
        self.assertEqual(dict(judge.excused), {"uncompensated sums": 1,
                                               fuzz_judge.BUILT_ON_ONE: 1})

    def test_what_one_side_says_differently_each_time_is_chance(self):
        sides = Sides()
        sides.new = lambda *_: vector(3.0)
        answers = iter([1.0, 1.0, 2.0])
        sides.old = lambda *_: vector(next(answers, 2.0))
        judge = fuzz_judge.Judge(sides)
        self.assertIsNone(judge.judge(SELECTOR, AT))
        self.assertEqual(dict(judge.excused), {fuzz_judge.BY_CHANCE: 1})

    def test_the_innermost_difference_is_the_problem(self):
        inner = fuzz_tree.call("floor", VECTOR, SELECTOR)
        node = fuzz_tree.call("sin", VECTOR, inner)
        different = (vector(1.0), vector(2.0))
        problem = fuzz_judge.Judge(Sides(sinfloorm=different, floorm=different)).judge(node, AT)
        self.assertIs(problem.node, inner)


class Parts(unittest.TestCase):
    def test_data_keep_away_from_edges_and_are_told_by_their_seed(self):
        samples = fuzz_data.seeded("1 0", False)
        self.assertEqual(repr(samples), repr(fuzz_data.seeded("1 0", False)))
        self.assertEqual(list(samples), sorted(samples))
        self.assertFalse([t for points in samples.values() for t, _ in points if t % 250 == 0])
        on_edges = fuzz_data.seeded("1 0", True)
        self.assertFalse([t for points in on_edges.values() for t, _ in points if t % 1000])

    def test_every_function_and_operator_comes_up(self):
        grammar, seen = fuzz_grammar.Grammar(random.Random(1), False), set()

        def visit(node):
            seen.add(node.op)
            for kid in node.kids:
                visit(kid)

        for _ in range(5000):
            visit(grammar.expression())
        wanted = {*fuzz_grammar.SIMPLE, *fuzz_grammar.TRANSCENDENTAL, *fuzz_grammar.ANGLES,
                  *fuzz_grammar.DATES, *fuzz_grammar.EXTRAPOLATING, *fuzz_grammar.OVER_TIME,
                  *fuzz_grammar.AGGREGATIONS, *fuzz_grammar.ARITHMETIC, *fuzz_grammar.COMPARISONS,
                  *fuzz_grammar.SETS, "topk", "bottomk", "sort", "sort_desc", "quantile",
                  "count_values", "histogram_quantile", "label_replace", "label_join", "absent",
                  "clamp", "clamp_min", "clamp_max", "round", "scalar", "vector", "timestamp",
                  "time", "pi", "subquery", "unary", "predict_linear", "holt_winters",
                  "quantile_over_time"}
        self.assertEqual(wanted - seen, set())

    def test_dialects(self):
        node = fuzz_tree.call("holt_winters", VECTOR, fuzz_tree.leaf(
            "range", MATRIX, "m[", fuzz_tree.Window(5), "] ", fuzz_tree.Anchor("end")), ONE, ONE)
        self.assertEqual(node.text(), "holt_winters(m[5s] @ end(), 1, 1)")
        self.assertEqual(node.text(Dialect(tacho=True, closed=True, end="7.5")),
                         "double_exponential_smoothing(m[5s1ms] @ 7.5, 1, 1)")

    def test_a_script_has_gaps_markers_and_both_answers(self):
        samples = {(("__name__", "m"),): [(20, 1.5), (50, remote_write.STALE), (60, -0.0)]}
        problem = fuzz_judge.Problem(SELECTOR, AT, AT, vector(1.5), vector(math.inf))
        self.assertEqual(fuzz_shrink.script(samples, problem), """load 10ms
  m{} _x2 1.5 _x2 stale -0.0

# Prometheus 2.42: vector
#   {'i': '0'} 1.5@0.5
# tacho: vector
#   {'i': '0'} inf@0.5
eval instant at 500ms m
  {i="0"} 1.5
""")

    def test_remote_write_is_a_block_of_literals(self):
        body = remote_write.snappy(b"x" * 65537)
        self.assertEqual(body, b"\x81\x80\x04\xf4\xff\xff" + b"x" * 65536 + b"\xf4\0\0x")
        self.assertEqual(remote_write.request({(("a", "b"),): [(300, 1.0)]}),
                         b"\x18\xf4\x17\x00\x0a\x16\x0a\x06\x0a\x01a\x12\x01b\x12\x0c\x09" +
                         b"\0\0\0\0\0\0\xf0?\x10\xac\x02")


if __name__ == "__main__":
    unittest.main()
