#!/usr/bin/env python3
"""Checks the tree against the project's rules of form; prints file:line: message.

usage: tidy.py [ROOT]     exit code 1 if there is a problem
"""

import sys

import dead_files
import form
import headers
import includes
import links
from tree import read_tree

CHECKS = includes.CHECKS + headers.CHECKS + form.CHECKS + dead_files.CHECKS + links.CHECKS


def main(arguments):
    tree = read_tree(arguments[0] if arguments else ".")
    problems = sorted(problem for check in CHECKS for problem in check(tree))
    for problem in problems:
        print(problem)
    print(f"{len(tree.files)} files, {len(CHECKS)} checks, {len(problems)} problems")
    return 1 if problems or not tree.files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
