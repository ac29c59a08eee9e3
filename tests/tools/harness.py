"""Runs the tachotool that the test was given, in a folder of its own."""

import os
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.abspath(sys.argv.pop(1))
ADAPTER = sys.argv.pop(1) == "with-adapter"


def run(*args, stdin="", cwd=None):
    done = subprocess.run([TOOL, *args], input=stdin, capture_output=True, text=True, timeout=30,
                          cwd=cwd)
    return done.returncode, done.stdout, done.stderr


class ToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path
