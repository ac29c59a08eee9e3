import unittest

import links
from testing import CheckTest


class LinksTest(CheckTest):
    def test_links_that_lead_somewhere(self):
        self.assert_clean(links.check_links, {
            "README.md": "[a](docs/a.md) [b](docs/a.md#what-it-is-c11) [c](engine) [d](#top)\n"
                         "[e](https://example.org/x) `[f](gone.md)`\n# Top\n",
            "docs/a.md": "## What it *is*: C++11\n[up](../README.md)\n```\n[g](gone.md)\n```\n",
            "engine/a.cc": ""})

    def test_a_link_to_a_file_that_is_not_there(self):
        self.assert_problem(links.check_links, {"docs/a.md": "\n![x](gone.png)\n"}, "docs/a.md:2",
                            "leads nowhere")

    def test_a_link_to_a_heading_that_is_not_there(self):
        self.assert_problem(links.check_links,
                            {"a.md": "[x](b.md#y)\n", "b.md": "# X\n```\n# y\n```\n"},
                            "a.md:1", "a heading that is not there")


if __name__ == "__main__":
    unittest.main()
