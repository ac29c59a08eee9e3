"""The fuzzer without its two sides: each excuse and the judge can refuse."""

import math
import random
import unittest

import fuzz_data
import fuzz_excuses
import fuzz_grammar
import fuzz_judge
import fuzz_models
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


def whole(value):
    """Of an aggregation without grouping."""
    return Answer("vector", {(): [(500, value)]})


def members(*values):
    """What is asked of the operand m of an aggregation without grouping."""
    low, high = min(values), max(values)
    return {"m": (vector(*values),) * 2, "countm": (whole(float(len(values))),) * 2,
            "minm": (whole(low),) * 2, "maxm": (whole(high),) * 2}


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

    def test_the_order_counts_where_it_is_chosen(self):
        here, there = ((("i", "0"),), [(500, 1.0)]), ((("i", "1"),), [(500, 2.0)])
        for ranked in (False, True):
            with self.subTest(ranked=ranked):
                self.assertEqual(fuzz_judge.differ(
                    Answer("vector", dict([here, there]), ranked=ranked),
                    Answer("vector", dict([there, here]), ranked=ranked)), ranked)

    def test_series_types_and_failures_count(self):
        failure = Answer("error", {}, FAILED, "a text")
        for old, new in [(vector(1.0), vector(1.0, 2.0)), (vector(1.0), failure),
                         (vector(), Answer("matrix")),
                         (failure, Answer("error", {}, FAILED, "another"))]:
            with self.subTest(old=old, new=new):
                self.assertTrue(fuzz_judge.differ(old, new))
        self.assertFalse(fuzz_judge.differ(failure, failure))


class Models(unittest.TestCase):
    def test_groups(self):
        points = {((("__name__", "m"), ("a", "1"), ("b", "2")), 5): 7.0,
                  ((("__name__", "n"), ("a", "1"), ("b", "3")), 5): 8.0}
        for clause, wanted in [
                ("", {((), 5): [7.0, 8.0]}), ("by (a, c)", {((("a", "1"),), 5): [7.0, 8.0]}),
                ("without (b)", {((("a", "1"),), 5): [7.0, 8.0]}),
                ("by (b)", {((("b", "2"),), 5): [7.0], ((("b", "3"),), 5): [8.0]}),
                ("by (__name__)", {((("__name__", "m"),), 5): [7.0],
                                   ((("__name__", "n"),), 5): [8.0]})]:
            with self.subTest(clause=clause):
                self.assertEqual(fuzz_models.groups(clause, points), wanted)

    def test_totals(self):
        self.assertEqual(fuzz_models.total([1e100, 1.0, -1e100]), 1.0)
        self.assertEqual(fuzz_models.total([math.inf, 1.0]), math.inf)
        self.assertTrue(math.isnan(fuzz_models.total([math.inf, -math.inf])))
        self.assertEqual(fuzz_models.total([1.7e308, 1.7e308]), math.inf)


class Excuses(unittest.TestCase):
    def test_a_sum_may_differ_by_its_rounding_only(self):
        node = fuzz_tree.aggregation("sum", "", SELECTOR)
        sizes = members(-10.0, 3.0)
        self.assertEqual(excuse(node, whole(-7 + 1e-11), whole(-7.0), **sizes),
                         "uncompensated sums")
        self.assertIsNone(excuse(node, whole(-7 + 3e-11), whole(-7.0), **sizes))
        self.assertIsNone(excuse(node, whole(-7.0), whole(-7 + 1e-11), **sizes), "tacho rounds")
        self.assertIsNone(excuse(node, whole(math.nan), whole(-7.0), **sizes))
        self.assertIsNone(excuse(node, whole(-7.0), whole(math.nan), **sizes))
        self.assertIsNone(excuse(node, whole(-7.0), vector(-7.0, 2.0), **sizes))

    def test_a_nan_variance_must_be_due(self):
        for op in ("stdvar", "stddev"):
            node = fuzz_tree.aggregation(op, "", SELECTOR)
            for value in (math.inf, math.nan):
                with self.subTest(op=op, value=value):
                    self.assertEqual(excuse(node, whole(0.0), whole(math.nan), **members(value)),
                                     "uncompensated variance")
                    self.assertIsNone(excuse(node, whole(math.nan), whole(0.0), **members(value)))
            self.assertIsNone(excuse(node, whole(0.0), whole(math.nan), **members(1.0)))
            self.assertIsNone(excuse(node, whole(0.0), whole(math.nan), **members(math.inf, 1.0)))

    def test_a_variance_may_differ_by_its_rounding_only(self):
        node = fuzz_tree.aggregation("stdvar", "", SELECTOR)
        sizes = members(1.0, 3.0)
        self.assertIsNotNone(excuse(node, whole(1.0), whole(1 + 1e-14), **sizes))
        self.assertIsNone(excuse(node, whole(1.0), whole(1 + 1e-12), **sizes))
        self.assertIsNone(excuse(node, whole(2.0), whole(2 + 1e-14), **sizes), "both are wrong")

    def test_a_variance_that_overflows_must_be_as_both_models_say(self):
        matrix = fuzz_tree.leaf("range", MATRIX, "m[", fuzz_tree.Window(22), "]")
        window = {"ms": (Answer("matrix", {LABELS: [(1, 1e300), (2, -1e300)]}),) * 2}
        small = {"ms": (Answer("matrix", {LABELS: [(1, 1.0), (2, 2.0)]}),) * 2}
        none, infinite = (Answer("vector", {LABELS: [(500, v)]}) for v in (math.nan, math.inf))
        for op in ("stdvar_over_time", "stddev_over_time"):
            node = fuzz_tree.call(op, VECTOR, matrix)
            window |= {f"{name}overtimems": (infinite,) * 2 for name in ("count", "min", "max")}
            self.assertEqual(excuse(node, none, infinite, **window), "overflowing variance")
            self.assertIsNone(excuse(node, infinite, none, **window))
            self.assertIsNone(excuse(node, none, infinite, **small))

    def test_a_sine_may_differ_in_the_last_digits_only(self):
        node = fuzz_tree.call("sin", VECTOR, SELECTOR)
        self.assertIsNotNone(excuse(node, vector(0.5), vector(0.5 + 1e-15)))
        self.assertIsNone(excuse(node, vector(0.5), vector(0.5 + 1e-11)))
        self.assertIsNone(excuse(fuzz_tree.call("sqrt", VECTOR, SELECTOR), vector(0.5),
                                 vector(0.5 + 1e-15)))

    def test_a_logarithm_of_a_subnormal_must_be_the_c_librarys(self):
        node = fuzz_tree.call("ln", VECTOR, SELECTOR)
        tiny = {"m": (vector(5e-324),) * 2}
        self.assertEqual(excuse(node, vector(-709.0), vector(math.log(5e-324)), **tiny),
                         "Go's logarithms and powers of a subnormal")
        self.assertIsNone(excuse(node, vector(-709.0), vector(-710.0), **tiny))
        self.assertIsNone(excuse(node, vector(-709.0), vector(math.nan), **tiny))
        self.assertIsNone(excuse(node, vector(-709.0), vector(0.0), m=(vector(1.0),) * 2))

    def test_ties_must_keep_the_same_values(self):
        node = fuzz_tree.aggregation("topk", "", SELECTOR, ONE)
        members = {"m": (vector(2.0, 2.0, 1.0),) * 2}
        first, second = vector(2.0), Answer("vector", {(("i", "1"),): [(500, 2.0)]})
        self.assertEqual(excuse(node, first, second, **members), "ties")
        third = Answer("vector", {(("i", "2"),): [(500, 1.0)]})
        self.assertIsNone(excuse(node, first, third, **members))

    def test_ties_must_be_in_order(self):
        node = fuzz_tree.aggregation("topk", "", SELECTOR, ONE)
        sides = {"m": (vector(2.0, 2.0, 1.0),) * 2}
        old, new = ({(("i", i),): [(500, value)] for i, value in kept}
                    for kept in ([("0", 2.0), ("2", 1.0)], [("2", 1.0), ("1", 2.0)]))
        old, new = (Answer("vector", series, ranked=True) for series in (old, new))
        self.assertIsNone(excuse(node, old, new, **sides))

    def test_only_a_k_that_is_no_number_is_excused(self):
        node = fuzz_tree.aggregation("topk", "", SELECTOR, ONE)
        overflow = Answer("error", {}, FAILED, "Scalar value -Inf overflows int64")
        k = {"": (Answer("scalar", {(): [(500, -math.inf)]}),) * 2}
        self.assertEqual(excuse(node, overflow, Answer("vector"), **k), "k that is no number")
        self.assertIsNone(excuse(node, overflow, vector(1.0), **k))
        k = {"": (Answer("scalar", {(): [(500, math.inf)]}),) * 2}
        self.assertIsNone(excuse(node, overflow, Answer("vector"), **k))

    def test_a_second_match_must_be_there_before_the_filter(self):
        node = fuzz_tree.binary("==", SELECTOR, fuzz_tree.leaf("selector", VECTOR, "n"))
        error = Answer("error", {}, FAILED, "multiple matches for labels: m")
        self.assertEqual(excuse(node, vector(), error, mbooln=(error,) * 2),
                         "matched before filtering")
        self.assertIsNone(excuse(node, vector(), error, mbooln=(vector(1.0),) * 2))

    def test_a_range_query_must_be_as_its_steps(self):
        over = fuzz_data.Moment(0, 1000, 500)
        node = fuzz_tree.call("predict_linear", VECTOR, fuzz_tree.leaf(
            "range", MATRIX, "m[", fuzz_tree.Window(22), "]", " @ 1"), ONE)
        sides = Sides()
        sides.old = lambda _, moment, *__: Answer("vector", {(): [(moment.start_ms, 7.0)]})

        def found(*new):
            points = list(zip((0, 500, 1000), new))
            return fuzz_excuses.find(fuzz_excuses.Case(
                sides, node, over, over, Answer("matrix"), Answer("matrix", {(): points})))

        self.assertEqual(found(7.0, 7.0, 7.0), "pinned window that slides")
        self.assertIsNone(found(7.0, 7.0, math.nan))
        self.assertIsNone(found(7.0, 7.0))

    def test_a_pinned_timestamp_must_be_that_of_the_time_meant(self):
        node = fuzz_tree.call("timestamp", VECTOR, fuzz_tree.leaf(
            "selector", VECTOR, "m", " @ 100", " offset -30s"))
        at = fuzz_data.Moment(200_000, 200_000)
        sides = Sides()
        sides.old = lambda node, moment, *_: Answer("vector", {
            (): [(moment.start_ms, {("timestamp(m)", 130_000): 129.0}.get(
                (node.text(), moment.start_ms), 0.0))]})

        def found(new):
            return fuzz_excuses.find(fuzz_excuses.Case(
                sides, node, at, at, Answer("vector", {(): [(200_000, 99.0)]}),
                Answer("vector", {(): [(200_000, new)]})))

        self.assertEqual(found(129.0), "offset of a pinned timestamp")
        self.assertIsNone(found(128.0))

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
                      summ=(whole(math.nextafter(2, 1)), whole(2.0)), **members(1.0, 1.0))
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

    def test_a_range_query_of_a_subquery_reaches_all_steps_of_its_windows(self):
        matrix = fuzz_tree.subquery(SELECTOR, fuzz_tree.Window(20), 60, [" offset 30s"])
        over = fuzz_data.Moment(217_500, 1_057_500, 60_000)
        self.assertEqual(fuzz_judge._steps(matrix, over, over),
                         fuzz_data.Moment(180_000, 1_027_500, 60_000))
        pinned = fuzz_tree.subquery(SELECTOR, fuzz_tree.Window(20), 7, [" @ 100"])
        self.assertEqual(fuzz_judge._steps(pinned, over, over),
                         fuzz_data.Moment(84_000, 100_000, 7_000))

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
