"""What the tests of the checks share."""

import unittest

from tree import Tree


class CheckTest(unittest.TestCase):
    def assert_clean(self, check, files):
        self.assertEqual([], [str(problem) for problem in check(Tree(files))])

    def assert_problem(self, check, files, where, message):
        """Exactly one problem, at path:line, whose message holds `message`."""
        problems = [str(problem) for problem in check(Tree(files))]
        self.assertEqual(1, len(problems), problems)
        self.assertTrue(problems[0].startswith(where + ": "), problems[0])
        self.assertIn(message, problems[0])
