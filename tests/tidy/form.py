"""The form of files: lengths, columns, characters, words that must not stand in the tree."""

import re

import functions

MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 70
MAX_COLUMNS = 100
MAX_PUBLIC_HEADERS = 12
MAX_PUBLIC_LINES = 1500

_FORBIDDEN_WORDS = [
    (re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"), "finish it, or file an issue"),
]
# Paths of one machine. Scripts and tests may name /tmp, on any machine a place of its own.
_MACHINE_PATHS = re.compile(r"(?<![\w.}/$])/(work|root|home|Users)/[\w.-]*")
_TEMPORARY_PATHS = re.compile(r"(?<![\w.}/$])/tmp/")
_FREE_OF_TEMPORARY = ("scripts", "tests")
_ITSELF = "tests/tidy/"


def check_lengths(tree):
    for file in tree:
        if file.is_cpp or file.path.endswith(".py"):
            if len(file.lines) > MAX_FILE_LINES:
                yield file.problem(MAX_FILE_LINES + 1, f"{len(file.lines)} lines; at most "
                                                       f"{MAX_FILE_LINES}: is it two things?")
        if file.is_cpp:
            for line, name, length in functions.functions(file):
                if length > MAX_FUNCTION_LINES:
                    yield file.problem(line, f"{name} has {length} lines; at most "
                                             f"{MAX_FUNCTION_LINES}")


def check_public_headers(tree):
    headers = [file for file in tree if file.path.startswith("include/") and file.is_header
               and not file.path.startswith("include/tacho/internal/")]
    if len(headers) > MAX_PUBLIC_HEADERS:
        yield headers[-1].problem(1, f"{len(headers)} public headers; at most "
                                     f"{MAX_PUBLIC_HEADERS}")
    total = sum(len(file.lines) for file in headers)
    if total > MAX_PUBLIC_LINES:
        yield headers[-1].problem(1, f"{total} lines of public headers; at most "
                                     f"{MAX_PUBLIC_LINES}")


def check_characters(tree):
    for file in tree:
        if not file.is_code:
            continue
        if file.text and not file.text.endswith("\n"):
            yield file.problem(len(file.lines), "no newline at the end")
        for number, line in enumerate(file.lines, 1):
            if len(line) > MAX_COLUMNS:
                yield file.problem(number, f"{len(line)} columns; at most {MAX_COLUMNS}")
            if not line.isascii():
                yield file.problem(number, "not ASCII: write an escape")
            if "\t" in line:
                yield file.problem(number, "a tab")
            if line != line.rstrip():
                yield file.problem(number, "white space at the end")


def check_words(tree):
    for file in tree:
        if file.path.startswith(_ITSELF) or "/corpus/" in file.path:
            continue
        for number, line in enumerate(file.lines, 1):
            for pattern, advice in _FORBIDDEN_WORDS:
                if pattern.search(line):
                    yield file.problem(number, f"{pattern.search(line).group(0)}: {advice}")
            path = _MACHINE_PATHS.search(line)
            if path is None and file.folder not in _FREE_OF_TEMPORARY:
                path = _TEMPORARY_PATHS.search(line)
            if path:
                yield file.problem(number, f"{path.group(0)}: a path of one machine")


CHECKS = [check_lengths, check_public_headers, check_characters, check_words]
