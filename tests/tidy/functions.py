"""Where C++ functions begin and end, well enough to measure them.

Not a parser: it follows braces, and calls a block a function when what stands before
the brace ends as a function's head does. Blocks inside a function belong to it.
"""

import re
from tree import strip_prose

_NOT_FUNCTIONS = re.compile(r"^(else\s+)?(if|for|while|switch|do|try|catch|else)\b")
_TYPE_OR_SCOPE = re.compile(
    r"\b(namespace|class|struct|union|enum|extern)\b[^()]*(\([^()]*\)[^()]*)*$")
_FUNCTION_END = re.compile(
    r"(\)|\bconst|\bnoexcept|\boverride|\bfinal|\bmutable|\}|->\s*[\w:<>,&*\s]+|"
    r"\)\s*[A-Z][A-Z_]+)\s*(&{1,2})?\s*$")
_INITIALISER = re.compile(r"\)[\w\s&]*:(?!:).*[\w>]\s*$", re.DOTALL)


def functions(file):
    """(first line, name, number of lines) of each function with a body."""
    text = _without_directives(strip_prose(file.text))
    line = 1
    stack = []  # of (kind, head, line of the head)
    head, head_line = "", None
    for char in text:
        if char == "\n":
            line += 1
        if char == "{":
            stack.append((_kind(head, stack), head, head_line or line))
            head, head_line = "", None
        elif char == "}":
            if not stack:
                return  # preprocessor branches that do not balance: no measure
            kind, begun, begun_line = stack.pop()
            if kind == "function":
                yield begun_line, _name(begun), line - begun_line + 1
            keeps_head = kind == "initialiser"
            head, head_line = (begun + "{}", begun_line) if keeps_head else ("", None)
        elif char == ";" and head.count("(") <= head.count(")"):
            head, head_line = "", None
        elif char == ":" and head.strip() in ("public", "protected", "private"):
            head, head_line = "", None
        else:
            if head_line is None and not char.isspace():
                head_line = line
            head += char


def _without_directives(text):
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: "\n" * m.group(0).count("\n"), text,
                  flags=re.MULTILINE)


def _kind(head, stack):
    head = head.strip()
    if any(kind == "function" for kind, _, _ in stack):
        return "inner"
    if _NOT_FUNCTIONS.match(head):
        return "inner"
    if _INITIALISER.search(head) and not re.search(
            r"\b(const|noexcept|override|final)$", head):
        return "initialiser"
    if "(" in head and _FUNCTION_END.search(head) and not _is_assignment(head):
        return "function"
    if _TYPE_OR_SCOPE.search(head):
        return "scope"
    return "initialiser" if head and re.search(r"[\w>=,(\])]$", head) else "inner"


def _is_assignment(head):
    """`x = f() {` is data; operator= and defaults inside brackets are not."""
    head = re.sub(r"operator\s*[-+*/%&|^=!<>]+", "operator", head).replace("->", "")
    previous = None
    while head != previous:
        previous = head
        head = re.sub(r"\([^()<>]*\)|<[^()<>]*>", "", head)
    return "=" in head and "[" not in head


def _name(head):
    head = re.sub(r"\brequires\s*\((?:[^()]|\([^()]*\))*\)", "", head)
    match = re.search(r"([~\w:]+|operator\S+)\s*\(", head)
    name = match.group(1) if match else head.strip()
    macro = re.match(r"(TEST|TEST_F|TEST_P|BENCHMARK_\w+)$", name)
    if macro:
        return re.sub(r"\s+", " ", head.strip())
    return name
