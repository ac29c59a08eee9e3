import unittest

import form
from testing import CheckTest


class LengthsTest(CheckTest):
    def test_a_file_of_450_lines_is_long_enough(self):
        self.assert_clean(form.check_lengths, {"a.cc": "\n" * 450})
        self.assert_problem(form.check_lengths, {"a.cc": "\n" * 451}, "a.cc:451", "451 lines")

    def test_a_function_of_70_lines_is_long_enough(self):
        def function(lines):
            return {"a.cc": "\nvoid F() {\n" + "  g();\n" * (lines - 2) + "}\n"}
        self.assert_clean(form.check_lengths, function(70))
        self.assert_problem(form.check_lengths, function(71), "a.cc:2", "F has 71 lines")

    def test_documents_may_be_long(self):
        self.assert_clean(form.check_lengths, {"docs/a.md": "\n" * 1000})


class PublicHeadersTest(CheckTest):
    def test_a_thirteenth_header_is_one_too_many(self):
        headers = {f"include/tacho/h{i:02}.h": "\n" for i in range(13)}
        self.assert_problem(form.check_public_headers, headers, "include/tacho/h12.h:1",
                            "13 public headers")
        del headers["include/tacho/h12.h"]
        headers["include/tacho/internal/h.h"] = "\n" * 1500  # not public: not installed
        self.assert_clean(form.check_public_headers, headers)

    def test_together_they_hold_1500_lines(self):
        self.assert_clean(form.check_public_headers, {"include/tacho/a.h": "\n" * 1500})
        self.assert_problem(form.check_public_headers, {"include/tacho/a.h": "\n" * 1501},
                            "include/tacho/a.h:1", "1501 lines of public headers")


class CharactersTest(CheckTest):
    def test_a_line_of_100_columns_is_long_enough(self):
        self.assert_clean(form.check_characters, {"a.cc": "x" * 100 + "\n"})
        self.assert_problem(form.check_characters, {"a.cc": "\n" + "x" * 101 + "\n"}, "a.cc:2",
                            "101 columns")

    def test_each_kind_of_bad_character(self):
        for text, message in [("a\u2026\n", "not ASCII"), ("\ta\n", "a tab"),
                              ("a \n", "white space at the end"), ("a", "no newline")]:
            for path in ["a.cc", "a.h", "a.py", "scripts/a.sh", "CMakeLists.txt", "cmake/a.cmake"]:
                self.assert_problem(form.check_characters, {path: text}, f"{path}:1", message)

    def test_scripts_without_suffix_are_code(self):
        self.assert_problem(form.check_characters, {"scripts/a": "#!/bin/sh\na \n"}, "scripts/a:2",
                            "white space")

    def test_documents_and_seeds_are_not_code(self):
        self.assert_clean(form.check_characters, {"docs/a.md": "\u2026 \n",
                                                  "tests/fuzz/corpus/x/a.yaml": "\t"})


class WordsTest(CheckTest):
    def test_markers_of_unfinished_work(self):
        for word in ["TODO", "FIXME", "XXX", "HACK"]:
            self.assert_problem(form.check_words, {"a.cc": f"\n// {word}(me): later\n"}, "a.cc:2",
                                word)

    def test_paths_of_one_machine(self):
        for path in ["/work/x", "/root/x", "/home/me/x", "/tmp/x"]:
            self.assert_problem(form.check_words, {"docs/a.md": f"see {path}\n"}, "docs/a.md:1",
                                "a path of one machine")

    def test_scripts_and_tests_may_use_tmp_only(self):
        self.assert_clean(form.check_words, {"scripts/a": "d=/tmp/x\n", "tests/a.cc": '"/tmp/x"\n'})
        self.assert_problem(form.check_words, {"scripts/a": "d=/work/x\n"}, "scripts/a:1", "/work/")

    def test_paths_that_only_look_like_it(self):
        self.assert_clean(form.check_words,
                          {"docs/a.md": "docs/work/a $x/root/ build/tmp/ teamwork/\n"})


if __name__ == "__main__":
    unittest.main()
