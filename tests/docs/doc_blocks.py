#!/usr/bin/env python3
"""Tries the code blocks of README.md, CONTRIBUTING.md and docs/.

usage: doc_blocks.py shell ROOT
       doc_blocks.py cpp ROOT COMPILER [FLAG ...]

shell   Commands in ```sh blocks name scripts that exist, options that they know, presets
        of CMakePresets.json, and programs that the tree builds.
cpp     A comment on the line before a ```cpp block says what holds for it:
            <!-- test: compile -->       it compiles: a whole file if it has an #include,
                                         else the body of a function with a Database db,
                                         a std::string_view body and a Timestamp now
            <!-- test: part of PATH -->  it stands in that file, word for word
"""

import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile


class Block:
    def __init__(self, path, line, language, mark, text):
        self.path, self.line, self.language, self.mark = path, line, language, mark
        self.text = text

    def problem(self, message):
        return f"{self.path}:{self.line}: {message}"


def blocks(path, text):
    """The fenced blocks of a Markdown text."""
    fence, begin, body, previous = None, 0, [], ""
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"```(\w*)", line)
        if match and fence is None:
            mark = re.fullmatch(r"<!-- test: (.*) -->", previous.strip())
            fence, begin, body = match.group(1), number, []
            marked = mark.group(1) if mark else ""
        elif match:
            yield Block(path, begin, fence, marked, "\n".join(body) + "\n")
            fence = None
        elif fence is not None:
            body.append(line)
        previous = line


def commands(text):
    """The commands of a shell block, as lists of words."""
    text = re.sub(r"\\\n", " ", text)
    for line in text.split("\n"):
        words = shlex.split(re.sub(r"^\$ ", "", line.strip()), comments=True)
        command = []
        for word in words + [";"]:
            if word in ("&&", "||", ";", "|", "&"):
                if command:
                    yield command
                command = []
            else:
                command.append(word)


def check_command(root, words):
    """What is wrong with a command, or None."""
    while words and re.match(r"\w+=", words[0]):
        words = words[1:]
    if not words:
        return None
    if words[0] in ("cmake", "ctest"):
        return _check_presets(root, words)
    if words[0] in ("bash", "python3", "sudo") and len(words) > 1:
        words = words[1:]
    program = words[0].removeprefix("./")
    if program.startswith("build/"):
        return _check_built(root, program)
    if "/" not in program or program.startswith(("/", "~")):
        return None
    if not (root / program).is_file():
        return f"there is no {program}"
    known = (root / program).read_text(encoding="utf-8")
    for word in words[1:]:
        if word.startswith("--") and word.split("=")[0] not in known:
            return f"{program} does not know {word.split('=')[0]}"
    return None


def _check_presets(root, words):
    kind = "configurePresets"
    if words[0] == "ctest":
        kind = "testPresets"
    elif "--build" in words:
        kind = "buildPresets"
    if "--preset" not in words[:-1]:
        return None
    preset = words[words.index("--preset") + 1]
    presets = json.loads((root / "CMakePresets.json").read_text(encoding="utf-8"))
    if preset not in [p["name"] for p in presets[kind] if not p.get("hidden")]:
        return f"CMakePresets.json has no {preset} in {kind}"
    return None


def _check_built(root, program):
    name = program.rsplit("/", 1)[-1]
    for path in [*root.glob("*/CMakeLists.txt"), *root.glob("*/*/CMakeLists.txt"),
                 *root.glob("tests/fuzz/*.cmake"), root / "scripts" / "setup"]:
        if path.is_file() and re.search(rf"\b{re.escape(name.removeprefix('fuzz_'))}\b",
                                        path.read_text(encoding="utf-8")):
            return None
    return f"nothing builds {program}"


def check_shell(root, block):
    problems = (check_command(root, words) for words in commands(block.text))
    return next((problem for problem in problems if problem), None)


def as_program(root, text):
    if "#include" in text:
        return text
    headers = sorted(path.name for path in (root / "include" / "tacho").glob("*.h"))
    includes = "".join(f'#include "tacho/{name}"\n' for name in headers)
    return (f"{includes}[[maybe_unused]] static void Block([[maybe_unused]] tacho::Database& db,\n"
            "    [[maybe_unused]] std::string_view body, [[maybe_unused]] tacho::Timestamp now) {\n"
            f"{text}}}\n")


def check_cpp(root, block, compiler):
    """What is wrong with a marked block, or None."""
    if block.mark.startswith("part of "):
        path = block.mark.removeprefix("part of ")
        if not (root / path).is_file():
            return f"there is no {path}"
        whole = (root / path).read_text(encoding="utf-8")
        return None if block.text in whole else f"does not stand in {path}"
    if block.mark != "compile":
        return f"unknown mark: test: {block.mark}"
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "block.cc"
        source.write_text(as_program(root, block.text), encoding="utf-8")
        run = subprocess.run([*compiler, f"-I{root / 'include'}", "-std=c++20", "-fsyntax-only",
                              str(source)], capture_output=True, text=True, check=False)
    return f"does not compile:\n{run.stderr}" if run.returncode else None


def documents(root):
    return [path for path in [root / "README.md", root / "CONTRIBUTING.md",
                              *sorted((root / "docs").rglob("*.md"))] if path.is_file()]


def main(kind, root, *compiler):
    root = pathlib.Path(root)
    tried, problems = 0, []
    for path in documents(root):
        for block in blocks(path.relative_to(root), path.read_text(encoding="utf-8")):
            if kind == "shell" and block.language == "sh":
                problem = check_shell(root, block)
            elif kind == "cpp" and block.language == "cpp" and block.mark:
                problem = check_cpp(root, block, compiler)
            else:
                continue
            tried += 1
            if problem:
                problems.append(block.problem(problem))
    for problem in problems:
        print(problem)
    print(f"{tried} blocks, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
