"""Who may include whom: the arrows of the architecture, and where each library may appear."""

import re

# Folder -> the folders of ours that it may include. Folders not named here (bench,
# tests, tools, examples) may see everything.
ARROWS = {
    "include": {"include"},
    "parser": {"include", "parser"},
    "storage": {"include", "storage"},
    "engine": {"include", "parser", "storage", "engine"},
    "adapter": {"include", "adapter"},
}
LIBRARY_FOLDERS = ("include", "parser", "storage", "engine")

# Header pattern -> (where it may be included, how many files of each folder).
# Tests, benchmarks and tools are free: they may drive what they test through anything.
CONFINED = [
    (r"boost/(spirit|fusion|phoenix|proto)", r"parser/.*\.cc", 2),
    (r"re2/", r"(storage|adapter|parser)/.*\.(cc|h)", 1),
    (r"fast_float/", r"parser/number\.cc", 1),
    (r"boost/(?!spirit|fusion|phoenix|proto)", r"adapter/.*", None),
    (r"yaml-cpp/", r"adapter/.*", None),
    (r"(openssl/|zlib\.h)", r"adapter/.*", None),
    (r"(gtest|gmock|benchmark)/", r"(?!)", None),
]
CONFINED_FOLDERS = set(ARROWS)


def check_arrows(tree):
    for file in tree.cpp():
        allowed = ARROWS.get(file.folder)
        for line, spelling, quoted in file.includes():
            target = tree.resolve(spelling)
            if target is None:
                if quoted and spelling.split("/")[0] in {*ARROWS, "tacho", "tests", "bench"}:
                    yield file.problem(line, f"\"{spelling}\" is not in the tree")
                continue
            folder = target.split("/")[0]
            if allowed is not None and folder not in allowed:
                yield file.problem(line, f"{file.folder}/ must not include {folder}/ "
                                         f"({spelling}); it may see {', '.join(sorted(allowed))}")


def check_own_header(tree):
    """a.cc includes a.h before anything else: so a.h is known to compile on its own."""
    paths = {file.path for file in tree.cpp()}
    for file in tree.cpp():
        own = file.path.removesuffix(".cc") + ".h"
        if not file.path.endswith(".cc") or file.folder not in ARROWS or own not in paths:
            continue
        first = next(iter(file.includes()), None)
        if first is None or tree.resolve(first[1]) != own:
            yield file.problem(first[0] if first else 1, f"the first include must be {own}")


def check_folder_cycles(tree):
    """The folders' include graph is acyclic, whatever the folder."""
    edges = {}
    for file in tree.cpp():
        for line, spelling, _ in file.includes():
            target = tree.resolve(spelling)
            if target and target.split("/")[0] != file.folder:
                edges.setdefault(file.folder, {}).setdefault(target.split("/")[0], (file, line))
    yield from _cycles(edges, "folders")


def check_header_cycles(tree):
    edges = {}
    for file in tree.cpp():
        for line, spelling, _ in file.includes():
            target = tree.resolve(spelling)
            if target:
                edges.setdefault(file.path, {})[target] = (file, line)
    yield from _cycles(edges, "headers")


def _cycles(edges, what):
    """One problem per node from which a walk along the edges leads back to it."""
    reported = set()
    for start in sorted(edges):
        stack, seen = [(start, [start])], set()
        while stack:
            node, path = stack.pop()
            for target in edges.get(node, {}):
                if target == start and not reported.intersection(path):
                    reported.update(path)
                    file, line = edges[start][path[1] if len(path) > 1 else start]
                    yield file.problem(line, f"{what} in a circle: {' -> '.join(path + [start])}")
                elif target not in seen:
                    seen.add(target)
                    stack.append((target, path + [target]))


def check_libraries(tree):
    users = {}
    for file in tree.cpp():
        if file.folder not in CONFINED_FOLDERS:
            continue
        for line, spelling, _ in file.includes():
            for pattern, where, limit in CONFINED:
                if not re.match(pattern, spelling):
                    continue
                # Spirit's two files include what Spirit needs of Boost besides.
                if pattern.startswith("boost/(?!") and _uses_spirit(file):
                    continue
                if not re.fullmatch(where, file.path):
                    yield file.problem(line, f"<{spelling}> does not belong here")
                elif limit is not None:
                    users.setdefault((pattern, file.folder, limit), {})[file.path] = (file, line)
    for (pattern, folder, limit), files in users.items():
        for file, line in list(files.values())[limit:]:
            yield file.problem(line, f"{pattern} is included by more files of {folder}/ than "
                                     f"{limit}: {', '.join(files)}")


def _uses_spirit(file):
    return file.folder == "parser" and any(
        spelling.startswith("boost/spirit") for _, spelling, _ in file.includes())


CHECKS = [check_arrows, check_own_header, check_folder_cycles, check_header_cycles, check_libraries]
