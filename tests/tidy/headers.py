"""What a header must open with: an essay, a contract in a fixed order, a guard."""

import re

# Style rule 2. Other headings (Semantics, Source, Why ...) may stand anywhere.
CONTRACT_ORDER = ["Units", "Order", "Ownership", "Threads", "Cost", "Limits"]
SMALL_HEADER_LINES = 20
MIN_ESSAY_LINES = 3


def _opening(file):
    """The lines of the comment that the file opens with, without their slashes."""
    lines = []
    for line in file.lines:
        if not line.startswith("//"):
            break
        lines.append(line[2:])
    return lines


def _is_ours(file):
    return file.is_header and not file.path.startswith(("tests/", "bench/", "examples/"))


def check_essay(tree):
    for file in filter(_is_ours, tree):
        essay = [line for line in _opening(file) if line.strip()]
        wanted = MIN_ESSAY_LINES if len(file.lines) > SMALL_HEADER_LINES else 1
        if len(essay) < wanted:
            yield file.problem(1, f"opens with {len(essay)} lines of comment; at least {wanted}: "
                                  "what it is for, then its contract")


def check_contract_order(tree):
    for file in filter(_is_ours, tree):
        last = -1
        for number, line in enumerate(_opening(file), 1):
            match = re.match(r" ([A-Z][a-z]+) {2,}\S", line)
            if not match or match.group(1) not in CONTRACT_ORDER:
                continue
            place = CONTRACT_ORDER.index(match.group(1))
            if place < last:
                yield file.problem(number, f"{match.group(1)} belongs before "
                                           f"{CONTRACT_ORDER[last]}: {', '.join(CONTRACT_ORDER)}")
            if place == last:
                yield file.problem(number, f"{match.group(1)} stands twice")
            last = max(last, place)


def guard_of(path):
    path = re.sub(r"^include/tacho/", "", path)
    return "TACHO_" + re.sub(r"[^A-Za-z0-9]", "_", path).upper() + "_"


def check_guard(tree):
    for file in tree:
        if not file.is_header or file.folder == "examples":
            continue
        guard = guard_of(file.path)
        directives = [(number, line.split()) for number, line in enumerate(file.lines, 1)
                      if line.startswith("#")]
        opened = [words[:2] for _, words in directives[:2]]
        if opened != [["#ifndef", guard], ["#define", guard]]:
            line = directives[0][0] if directives else 1
            yield file.problem(line, f"wants the include guard {guard}")
        elif not file.lines[-1].startswith("#endif"):
            yield file.problem(len(file.lines), f"must end with #endif  // {guard}")


CHECKS = [check_essay, check_contract_order, check_guard]
