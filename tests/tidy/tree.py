"""The tree as the checks see it: files with their text, and C++ without its prose.

A check is a function from a Tree to Problems. It never touches the disk, so that a
test can hand it a tree of two files written in the test.
"""

import dataclasses
import pathlib
import re

CODE_SUFFIXES = (".cc", ".h", ".py", ".sh", ".cmake", ".yaml", ".yml")
IGNORED_FOLDERS = {".git", "build", "__pycache__", ".cache", ".idea", ".vscode"}


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class File:
    """One file. `path` is relative to the root, with slashes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        if self.lines[-1] == "":
            self.lines.pop()

    @property
    def folder(self):
        return self.path.split("/")[0] if "/" in self.path else ""

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def is_cpp(self):
        return self.path.endswith((".cc", ".h"))

    @property
    def is_header(self):
        return self.path.endswith(".h")

    @property
    def is_code(self):
        """Written by hand for a tool to read: the rules of form hold."""
        return (self.path.endswith(CODE_SUFFIXES) or self.name == "CMakeLists.txt"
                or self.text.startswith("#!")) and "/corpus/" not in self.path

    def problem(self, line, message):
        return Problem(self.path, line, message)

    def includes(self):
        """(line, spelling, quoted) of each #include."""
        for number, line in enumerate(self.lines, 1):
            match = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if match:
                yield number, match.group(2), match.group(1) == '"'


class Tree:
    def __init__(self, files):
        """`files`: a dict from path to text."""
        self.files = {path: File(path, text) for path, text in sorted(files.items())}

    def __iter__(self):
        return iter(self.files.values())

    def __contains__(self, path):
        return path in self.files

    def cpp(self):
        return [file for file in self if file.is_cpp]

    def resolve(self, spelling):
        """The path of the file of ours that an #include names, or None."""
        for path in (spelling, "include/" + spelling):
            if path in self.files:
                return path
        return None


def read_tree(root):
    files = {}
    root = pathlib.Path(root)
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if IGNORED_FOLDERS.intersection(parts) or not path.is_file():
            continue
        try:
            files["/".join(parts)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # seeds and recorded bodies may hold any bytes
    return Tree(files)


_TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<tag>[^ ()\\\t\n]*)\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def strip_prose(text):
    """C++ with its comments blanked and its literals emptied; lines stay where they are."""

    def blank(match):
        token = match.group(0)
        newlines = "\n" * token.count("\n")
        return newlines if token.startswith("/") else '""' + newlines

    return _TOKEN.sub(blank, text)
