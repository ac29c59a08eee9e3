"""Random well-typed expressions over the series of fuzz_data: everything on floats that
2.42 has.

Beside edges all durations are whole seconds, instants half seconds off, and samples at no
multiple of 250 ms: no sample is at an end of a window. Subqueries step on whole seconds, so
one inside another (whose ends would be whole seconds) has an offset 250 ms off."""

import fuzz_data
import fuzz_tree
from fuzz_tree import MATRIX, SCALAR, STRING, VECTOR

SIMPLE = ["abs", "ceil", "floor", "sgn", "sqrt"]
TRANSCENDENTAL = ["exp", "ln", "log2", "log10", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
                  "cosh", "tanh", "asinh", "acosh", "atanh"]
ANGLES = ["deg", "rad"]
DATES = ["year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour",
         "minute"]
EXTRAPOLATING = ["rate", "increase", "delta"]
OVER_TIME = ["irate", "idelta", "changes", "resets", "deriv", "avg_over_time", "sum_over_time",
             "min_over_time", "max_over_time", "count_over_time", "stddev_over_time",
             "stdvar_over_time", "last_over_time", "present_over_time", "absent_over_time"]
AGGREGATIONS = ["sum", "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"]
ARITHMETIC = ["+", "-", "*", "/", "%", "^", "atan2"]
COMPARISONS = ["==", "!=", "<", "<=", ">", ">="]
SETS = ["and", "or", "unless"]
LABELS = ["job", "instance", "code", "zone", "le", "version"]
METRICS = ["requests_total", "requests_total", "errors_total", "temperature", "small", "small",
           "build", "odd", "moment", "lonely", "latency_bucket"]
NUMBERS = ["0", "1", "2", "0.5", "-1", "3", "10", "1e3", ".25", "5.", "0x1F", "010", "NaN", "Inf",
           "-Inf", "-0", "1e-3", "300", "+7", "1e9"]
# Flat ones: what binds tighter is for each parser to know.
CHAINS = ["-2 ^ 2", "2 ^ 3 ^ 2", "2 * -3 + 1", "1 - 2 - 3", "12 / 2 / 3 % 4", "-1 ^ 0.5",
          "1 + 2 * 3 ^ 2 % 5 - 4", "1 < bool 2 + 3 == bool 1", "-(1 + 2) * 3", "2 atan2 1 * 2"]
_MATCHERS = {
    "job": ['job="api"', 'job!="web"', 'job=~"a.*|w.b"', 'job!~"api"', 'job=""', 'job=~".+"'],
    "instance": ['instance="a:1"', 'instance!="b:1"', 'instance=~"[ab]:1"', 'instance!~"c.*"',
                 'instance=~"a:1|c:1"'],
    "code": ['code="200"', 'code!="500"', 'code=~"4..|5.."', 'code!~"2.."', 'code=""',
             'code=~"|200"', 'code=~".*"'],
    "zone": ['zone=""', 'zone!=""', 'zone=~"z[ab]"'],
    "le": ['le="+Inf"', 'le!="0.5"', 'le=~"0.*"'],
}
_ANY_NAME = ['{__name__=~"requests_total|errors_total"}', '{__name__=~".+_total",code="200"}',
             '{__name__!="build",job="api",zone=""}', '{job="web"}', '{instance=~"a.*|d.*"}',
             '{__name__="small"}', '{code!="",job=~"api|web"}']


class Grammar:
    def __init__(self, rng, edges):
        self._rng, self._edges = rng, edges
        self._inside = 0  # subqueries around
        range_functions = OVER_TIME + ([] if edges else EXTRAPOLATING * 3)
        self._range_functions = range_functions

    def expression(self):
        depth = self._rng.choice([1, 2, 2, 3, 3, 4])
        lot = self._rng.random()
        if lot < 0.04:
            return self.scalar(depth)
        return self.vector(depth)

    # Vectors.

    def vector(self, depth):
        if depth <= 0:
            return self._selector()
        ways = [(4, self._selector_of_depth), (26, self._over_time), (18, self._aggregation),
                (16, self._between_vectors), (9, self._with_scalar), (6, self._set),
                (3, self._unary), (14, self._function), (5, self._quantile_of_histogram),
                (4, self._relabelled), (4, self._ranked)]
        return self._rng.choices([w for _, w in ways], [n for n, _ in ways])[0](depth)

    def _selector_of_depth(self, _):
        return self._selector()

    def _selector(self):
        return fuzz_tree.leaf("selector", VECTOR, self._series(), *self._modifiers())

    def _series(self):
        if self._rng.random() < 0.12:
            return self._rng.choice(_ANY_NAME)
        name = self._rng.choice(METRICS)
        matchers = [self._rng.choice(_MATCHERS[self._rng.choice(list(_MATCHERS)[:3])])
                    for _ in range(self._rng.choice([0, 0, 0, 1, 1, 2]))]
        if self._rng.random() < 0.03:
            matchers.append(self._rng.choice(_MATCHERS[self._rng.choice(list(_MATCHERS))]))
        return name + ("{" + ",".join(matchers) + "}" if matchers else "")

    def _modifiers(self, nested=False):
        """nested: of a subquery in a subquery."""
        offset, pin = [], []
        if self._rng.random() < 0.1:
            pin = [" ", self._rng.choice([
                fuzz_tree.Anchor("start"), fuzz_tree.Anchor("end"),
                f"@ {self._rng.randrange(fuzz_data.SPAN_MS // 1000)}.5" if not self._edges else
                f"@ {self._rng.randrange(fuzz_data.SPAN_MS // 1000)}"])]
        if self._rng.random() < 0.15 or nested:
            seconds = self._rng.choice([1, 7, 30, 60, 95, 300, 600])
            sign = "-" if self._rng.random() < 0.2 else ""
            fine = "250ms" if nested and not pin and not self._edges else ""
            offset = [f" offset {sign}{seconds}s{fine}"]
        return pin + offset if self._rng.random() < 0.5 else offset + pin

    def _over_time(self, depth):
        lot = self._rng.random()
        if lot < 0.05:
            return fuzz_tree.call("quantile_over_time", VECTOR, self.scalar(0),
                                  self.matrix(depth - 1))
        if lot < 0.1:
            return fuzz_tree.call("predict_linear", VECTOR, self.matrix(depth - 1),
                                  self.scalar(0))
        if lot < 0.14:
            factors = [fuzz_tree.leaf("number", SCALAR, self._rng.choice(["0.3", "0.8", "0.01"]))
                       for _ in range(2)]
            if self._rng.random() < 0.1:
                factors[self._rng.randrange(2)] = self.scalar(0)
            return fuzz_tree.call("holt_winters", VECTOR, self.matrix(depth - 1), *factors)
        return fuzz_tree.call(self._rng.choice(self._range_functions), VECTOR,
                              self.matrix(depth - 1))

    def _clause(self):
        lot = self._rng.random()
        if lot < 0.25:
            return ""
        labels = self._rng.sample(LABELS, self._rng.randrange(4))
        if self._rng.random() < 0.05:
            labels.append("__name__")
        return ("by (" if lot < 0.75 else "without (") + ", ".join(labels) + ")"

    def _aggregation(self, depth):
        clause = self._clause()
        lot = self._rng.random()
        if lot < 0.08:
            return fuzz_tree.aggregation("quantile", clause, self.vector(depth - 1),
                                         self._scalar_or_number(depth))
        if lot < 0.13:
            label = self._rng.choice(["v", "job", "code"])
            return fuzz_tree.aggregation("count_values", clause, self.vector(depth - 1),
                                         fuzz_tree.leaf("string", STRING, f'"{label}"'))
        return fuzz_tree.aggregation(self._rng.choice(AGGREGATIONS), clause,
                                     self.vector(depth - 1))

    def _ranked(self, depth):
        op = self._rng.choice(["topk", "bottomk", "sort", "sort_desc"])
        if op.startswith("sort"):
            return fuzz_tree.call(op, VECTOR, self.vector(depth - 1))
        k = fuzz_tree.leaf("number", SCALAR, self._rng.choice(["1", "2", "2.9", "5", "0", "-1"]))
        if self._rng.random() < 0.1:
            k = self.scalar(0)
        return fuzz_tree.aggregation(op, self._clause(), self.vector(depth - 1), k)

    def _matching(self, grouped):
        """One that a pair of vectors may have: with one label or more."""
        labels = self._rng.sample(LABELS[:4], self._rng.randrange(1, 4))
        text = self._rng.choice(["on", "on", "ignoring"]) + " (" + ", ".join(labels) + ")"
        if not grouped:
            return text
        include = [x for x in self._rng.sample(LABELS, self._rng.randrange(3))
                   if x not in labels or not text.startswith("on")]
        return f"{text} {grouped}" + (f" ({', '.join(include)})" if include else "")

    def _operator(self, kinds):
        op = self._rng.choice(self._rng.choice(kinds))
        return op, op in COMPARISONS and self._rng.random() < 0.4

    def _between_vectors(self, depth):
        lot = self._rng.random()
        op, is_bool = self._operator([ARITHMETIC, COMPARISONS])
        left, right = self.vector(depth - 1), self.vector(depth - 1)
        if lot < 0.25:  # the same thing twice: all matches
            right = left
            return fuzz_tree.binary(op, left, right, "", is_bool)
        if lot < 0.55:  # grouped alike
            labels = ", ".join(self._rng.sample(LABELS[:3], self._rng.randrange(1, 3)))
            left = fuzz_tree.aggregation(self._rng.choice(AGGREGATIONS), f"by ({labels})", left)
            right = fuzz_tree.aggregation(self._rng.choice(AGGREGATIONS), f"by ({labels})", right)
            return fuzz_tree.binary(op, left, right, "", is_bool)
        if lot < 0.8:  # many to one
            labels = ", ".join(self._rng.sample(LABELS[:3], self._rng.randrange(1, 3)))
            one = fuzz_tree.aggregation(self._rng.choice(AGGREGATIONS), f"by ({labels})", right)
            if self._rng.random() < 0.5:
                return fuzz_tree.binary(op, left, one, f"on ({labels}) group_left", is_bool)
            return fuzz_tree.binary(op, one, left, f"on ({labels}) group_right", is_bool)
        grouped = self._rng.choice(["", "", "group_left", "group_right"])
        matching = "" if self._rng.random() < 0.3 else self._matching(grouped)
        return fuzz_tree.binary(op, left, right, matching, is_bool)

    def _with_scalar(self, depth):
        op, is_bool = self._operator([ARITHMETIC, COMPARISONS])
        sides = [self.vector(depth - 1), self._scalar_or_number(depth)]
        self._rng.shuffle(sides)
        return fuzz_tree.binary(op, *sides, "", is_bool)

    def _set(self, depth):
        matching = "" if self._rng.random() < 0.5 else self._matching("")
        return fuzz_tree.binary(self._rng.choice(SETS), self.vector(depth - 1),
                                self.vector(depth - 1), matching)

    def _unary(self, depth):
        return fuzz_tree.unary(self._rng.choice("--+"), self.vector(depth - 1))

    def _function(self, depth):
        kid = self.vector(depth - 1)
        lot = self._rng.random()
        if lot < 0.25:
            return fuzz_tree.call(self._rng.choice(SIMPLE), VECTOR, kid)
        if lot < 0.45:
            return fuzz_tree.call(self._rng.choice(TRANSCENDENTAL), VECTOR, kid)
        if lot < 0.6:
            if self._rng.random() < 0.2:
                return fuzz_tree.call(self._rng.choice(DATES), VECTOR)
            return fuzz_tree.call(self._rng.choice(DATES), VECTOR, kid)
        return self._rng.choice([
            lambda: fuzz_tree.call("vector", VECTOR, self.scalar(depth - 1)),
            lambda: fuzz_tree.call("absent", VECTOR, kid),
            lambda: fuzz_tree.call("timestamp", VECTOR, kid),
            lambda: fuzz_tree.call("timestamp", VECTOR, self._selector()),
            lambda: fuzz_tree.call(self._rng.choice(ANGLES), VECTOR, kid),
            lambda: fuzz_tree.call("round", VECTOR, kid, *self._maybe_scalar(depth)),
            lambda: fuzz_tree.call("clamp", VECTOR, kid, self.scalar(0), self.scalar(0)),
            lambda: fuzz_tree.call("clamp_min", VECTOR, kid, self._scalar_or_number(depth)),
            lambda: fuzz_tree.call("clamp_max", VECTOR, kid, self._scalar_or_number(depth)),
        ])()

    def _maybe_scalar(self, depth):
        return [self._scalar_or_number(depth)] if self._rng.random() < 0.6 else []

    def _quantile_of_histogram(self, depth):
        kid = fuzz_tree.leaf("selector", VECTOR, "latency_bucket", *self._modifiers())
        if self._rng.random() < 0.6:
            window = fuzz_tree.Window(self._rng.choice([60, 180, 600]))
            matrix = fuzz_tree.leaf("range", MATRIX, "latency_bucket[", window, "]",
                                    *self._modifiers())
            functions = ["last_over_time", "max_over_time"]
            kid = fuzz_tree.call(self._rng.choice(functions if self._edges else
                                                  functions + EXTRAPOLATING), VECTOR, matrix)
        if self._rng.random() < 0.6:
            kid = fuzz_tree.aggregation("sum", self._rng.choice(
                ["by (le)", "by (le, job)", "by (instance, le)", "without (instance)"]), kid)
        if self._rng.random() < 0.1:
            kid = self.vector(depth - 1)
        phi = fuzz_tree.leaf("number", SCALAR,
                             self._rng.choice(["0.5", "0.9", "0.99", "0", "1", "-1", "2", "NaN"]))
        return fuzz_tree.call("histogram_quantile", VECTOR, phi, kid)

    def _string(self, texts):
        return fuzz_tree.leaf("string", STRING, '"' + self._rng.choice(texts) + '"')

    def _relabelled(self, depth):
        kid = self.vector(depth - 1)
        target = self._string(["new", "job", "code", "instance", "__name__"])
        if self._rng.random() < 0.35:
            sources = [self._string(LABELS + ["nowhere", "__name__"])
                       for _ in range(self._rng.randrange(4))]
            return fuzz_tree.call("label_join", VECTOR, kid, target, self._string(["-", "", ":"]),
                                  *sources)
        return fuzz_tree.call(
            "label_replace", VECTOR, kid, target,
            self._string(["$1", "x", "", "${1}y", "$1_x", "$$1", "${name}-$0", "$2"]),
            self._string(["job", "instance", "nowhere", "__name__", "code"]),
            self._string(["(.*)", "(.).*", "", "a.*", "(?P<name>[a-z]+):?(.*)", "x|y", "(b"]))

    # Scalars.

    def _number(self):
        texts = CHAINS if self._rng.random() < 0.1 else NUMBERS
        return fuzz_tree.leaf("number", SCALAR, self._rng.choice(texts))

    def _scalar_or_number(self, depth):
        return self._number() if self._rng.random() < 0.7 else self.scalar(depth - 1)

    def scalar(self, depth):
        lot = self._rng.random()
        if depth <= 0:
            return self._number() if lot < 0.85 else fuzz_tree.call("time", SCALAR)
        if lot < 0.3:
            return self._number()
        if lot < 0.4:
            return fuzz_tree.call(self._rng.choice(["time", "pi"]), SCALAR)
        if lot < 0.6:
            kid = self.vector(depth - 1)
            if self._rng.random() < 0.6:
                kid = fuzz_tree.aggregation(self._rng.choice(AGGREGATIONS), "", kid)
            return fuzz_tree.call("scalar", SCALAR, kid)
        if lot < 0.7:
            return fuzz_tree.unary(self._rng.choice("+-"), self.scalar(depth - 1))
        op, is_bool = self._operator([ARITHMETIC, COMPARISONS])
        return fuzz_tree.binary(op, self.scalar(depth - 1), self.scalar(depth - 1), "",
                                is_bool or op in COMPARISONS)

    # Matrices.

    def matrix(self, depth):
        window = fuzz_tree.Window(self._rng.choice([20, 45, 60, 90, 120, 300, 300, 600]))
        if depth <= 0 or self._rng.random() < 0.7:
            return fuzz_tree.leaf("range", MATRIX, self._series(), "[", window, "]",
                                  *self._modifiers())
        self._inside += 1
        kid = self.vector(depth - 1)
        self._inside -= 1
        step = self._rng.choice([None, None, 7, 15, 30, 60, 90])
        return fuzz_tree.subquery(kid, window, step, self._modifiers(self._inside > 0))
