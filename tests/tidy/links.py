"""Links between documents lead somewhere."""

import posixpath
import re

_LINK = re.compile(r"!?\[[^\]\[]*\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")


def anchors(file):
    """The anchors of a Markdown file's headings, as the usual hosts make them."""
    found = set()
    for line in _prose(file):
        match = re.match(r"#{1,6}\s+(.*?)\s*#*$", line[1])
        if match:
            words = re.sub(r"[^\w\- ]", "", match.group(1).lower())
            found.add(words.replace(" ", "-"))
    return found


def _prose(file):
    """(number, line) outside fenced code."""
    fenced = False
    for number, line in enumerate(file.lines, 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield number, line


def check_links(tree):
    folders = {posixpath.dirname(path) for path in tree.files}
    for folder in list(folders):
        while folder:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    for file in tree:
        if not file.path.endswith(".md"):
            continue
        for number, line in _prose(file):
            for target in _LINK.findall(re.sub(r"`[^`]*`", "", line)):
                problem = _wrong(tree, folders, file, target)
                if problem:
                    yield file.problem(number, problem)


def _wrong(tree, folders, file, target):
    if re.match(r"[a-z]+:", target):
        return None  # another host's: not ours to watch
    path, _, anchor = target.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), path)) if path \
        else file.path
    if path not in tree and path not in folders:
        return f"the link {target} leads nowhere"
    if anchor and path in tree and anchor not in anchors(tree.files[path]):
        return f"the link {target} names a heading that is not there"
    return None


CHECKS = [check_links]
