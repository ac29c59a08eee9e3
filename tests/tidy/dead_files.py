"""Files that nobody builds, includes or calls."""

import posixpath
import re


def _build_files(tree):
    return [file for file in tree
            if file.name == "CMakeLists.txt" or file.path.endswith(".cmake")]


def _is_built(file, build_files):
    """Named in a build file, or taken by a glob of one in the same folder."""
    folder, name = posixpath.split(file.path)
    for build_file in build_files:
        build_folder = posixpath.dirname(build_file.path)
        if not (folder + "/").startswith(build_folder + "/") and build_folder:
            continue
        inside = posixpath.relpath(file.path, build_folder or ".")
        if re.search(rf"(?<![\w/-]){re.escape(inside)}(?![\w-])", build_file.text):
            return True
        for glob in re.findall(r"[\w/-]*\*[\w/*-]*\.cc", build_file.text):
            pattern = re.escape(glob).replace(r"\*", "[^/]*")
            if re.fullmatch(pattern, inside):
                return True
            if "GLOB_RECURSE" in build_file.text and inside.endswith(".cc"):
                return True
        stem = re.escape(name[:-len(".cc")])
        if folder == build_folder and re.search(rf"(?<![\w.-]){stem}(?![\w.-])", build_file.text) \
                and re.search(r"\$\{\w+\}\w*\.cc", build_file.text):
            return True
    return False


def check_sources(tree):
    build_files = _build_files(tree)
    for file in tree:
        if file.path.endswith(".cc") and not _is_built(file, build_files):
            yield file.problem(1, "no CMake file builds it")


def check_headers(tree):
    used = set()
    for file in tree.cpp():
        for _, spelling, _ in file.includes():
            used.update({tree.resolve(spelling),
                         posixpath.normpath(posixpath.join(posixpath.dirname(file.path),
                                                           spelling))})
    for file in tree:
        if file.is_header and file.path not in used and not file.path.startswith("include/"):
            yield file.problem(1, "no file includes it")


def _is_discovered(file, tree):
    """Whether the folder's CMakeLists.txt names it by a pattern: *_test.py or ${name}.py."""
    build_file = tree.files.get(posixpath.dirname(file.path) + "/CMakeLists.txt")
    if build_file is None:
        return False
    text = build_file.text
    if file.path.endswith(tuple(re.findall(r"\*(\w*\.(?:py|sh))\b", text))):
        return True
    for tail in re.findall(r"\$\{\w+\}(\w*\.(?:py|sh))\b", text):
        word = re.escape(file.name.removesuffix(tail))
        if file.name.endswith(tail) and re.search(rf"(?<![\w./-]){word}(?![\w./-])", text):
            return True
    return False


def check_scripts(tree):
    """A script is named by another file, imported, or found by a runner."""
    for file in tree:
        is_script = file.path.endswith((".py", ".sh")) or file.text.startswith("#!")
        if not is_script or file.path == ".ci/run":
            continue
        if _is_discovered(file, tree):
            continue
        stem = file.name.rsplit(".", 1)[0]
        word = re.compile(rf"(?<![\w-]){re.escape(file.name)}(?![\w-])|"
                          rf"\b(import|from) {re.escape(stem)}\b|"
                          rf"\b{re.escape(stem)}, |, {re.escape(stem)}\b")
        if not any(word.search(other.text) for other in tree if other.path != file.path):
            yield file.problem(1, "no file names it")


CHECKS = [check_sources, check_headers, check_scripts]
