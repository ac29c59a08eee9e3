"""Expressions as trees, and how they are written for each side.

A Node's pieces are text and what differs between the sides: a Window, an Anchor, a
function's name in Dialect.NAMES. Its kids stand between the pieces."""

import dataclasses

SCALAR, VECTOR, MATRIX, STRING = "scalar", "vector", "matrix", "string"


@dataclasses.dataclass(frozen=True)
class Dialect:
    """How one side is asked. 2.42 closes its windows on the left, 3.x leaves them open:
    with closed, one of R is written as one of R + 1 ms, which holds the same samples."""
    tacho: bool = False
    closed: bool = False
    start: str = "start()"  # what start() and end() of an outer query become
    end: str = "end()"

    NAMES = {"holt_winters": "double_exponential_smoothing"}

    def name(self, function):
        return self.NAMES.get(function, function) if self.tacho else function


class Window:
    def __init__(self, seconds):
        self.seconds = seconds

    def text(self, dialect):
        if dialect.tacho and dialect.closed:
            return f"{self.seconds}s1ms"
        return f"{self.seconds}s"


class Anchor:
    """@ start() or @ end()."""

    def __init__(self, which):
        self._which = which

    def text(self, dialect):
        return "@ " + (dialect.start if self._which == "start" else dialect.end)


class Function:
    def __init__(self, name):
        self.name = name

    def text(self, dialect):
        return dialect.name(self.name)


class Node:
    """op: the operator's or function's name; or selector, range, subquery, number, string.
    facts: what excuses want to know, such as the step of a subquery."""

    def __init__(self, op, kind, pieces, kids=(), **facts):
        self.op, self.kind, self.kids, self.facts = op, kind, tuple(kids), facts
        self._pieces = pieces  # lists: one more than kids

    def text(self, dialect=Dialect()):
        out = []
        for i, pieces in enumerate(self._pieces):
            out += [p if isinstance(p, str) else p.text(dialect) for p in pieces]
            if i < len(self.kids):
                out.append(self.kids[i].text(dialect))
        return "".join(out)

    def with_kid(self, index, kid):
        kids = list(self.kids)
        kids[index] = kid
        return Node(self.op, self.kind, self._pieces, kids, **self.facts)

    def with_pieces(self, pieces, op=None):
        return Node(op or self.op, self.kind, pieces, self.kids, **self.facts)

    def size(self):
        return 1 + sum(kid.size() for kid in self.kids)


def call(function, kind, *kids):
    pieces = [[Function(function), "("], *([", "] for _ in kids[1:]), [")"]]
    if not kids:
        pieces = [[Function(function), "()"]]
    return Node(function, kind, pieces, kids)


def unary(sign, kid):
    return Node("unary", kid.kind, [[sign, "("], [")"]], [kid])


def binary(op, left, right, matching="", is_bool=False):
    """Operands in parentheses: the shape of the tree is what both sides understand."""
    kind = SCALAR if left.kind == right.kind == SCALAR else VECTOR
    middle = f") {op} " + ("bool " if is_bool else "") + (matching + " " if matching else "") + "("
    return Node(op, kind, [["("], [middle], [")"]], [left, right], is_bool=is_bool,
                matching=matching)


def aggregation(op, clause, kid, parameter=None):
    """clause: "", "by (a)", "without (b)"."""
    head = [op, " ", clause, "("]
    if parameter is None:
        return Node(op, VECTOR, [head, [")"]], [kid], clause=clause)
    return Node(op, VECTOR, [head, [", "], [")"]], [parameter, kid], clause=clause)


def leaf(op, kind, *pieces, **facts):
    return Node(op, kind, [list(pieces)], **facts)


def subquery(kid, window, step, modifiers):
    """step: seconds, or None for the default."""
    return Node("subquery", MATRIX,
                [["("], [")[", window, ":", f"{step}s" if step else "", "]", *modifiers]], [kid],
                step_ms=(step or 60) * 1000)
