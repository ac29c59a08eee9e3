import unittest

import headers
from testing import CheckTest

GUARD = "#ifndef TACHO_ENGINE_A_H_\n#define TACHO_ENGINE_A_H_\n\n#endif  // TACHO_ENGINE_A_H_\n"


class EssayTest(CheckTest):
    def header(self, essay, lines):
        return {"engine/a.h": essay + GUARD + "\n" * lines}

    def test_three_lines_of_comment_open_a_header(self):
        self.assert_clean(headers.check_essay, self.header("// A: one\n//\n// two\n// three\n", 30))
        self.assert_problem(headers.check_essay, self.header("// A: one\n//\n// two\n", 30),
                            "engine/a.h:1", "opens with 2 lines")

    def test_a_small_header_needs_one(self):
        self.assert_clean(headers.check_essay, self.header("// A: one\n", 0))
        self.assert_problem(headers.check_essay, self.header("", 0), "engine/a.h:1",
                            "opens with 0 lines")

    def test_headers_of_tests_are_free(self):
        self.assert_clean(headers.check_essay, {"tests/support/a.h": GUARD})


class ContractTest(CheckTest):
    def test_headings_in_their_order_with_others_between(self):
        self.assert_clean(headers.check_contract_order, {
            "engine/a.h": "// A\n// Semantics  s\n// Units       ms\n// Source      x\n"
                          "// Threads     any\n//             of them\n// Limits      none\n"})

    def test_headings_out_of_order(self):
        self.assert_problem(headers.check_contract_order,
                            {"engine/a.h": "// A\n//\n// Cost        8\n// Threads     any\n"},
                            "engine/a.h:4", "Threads belongs before Cost")

    def test_a_heading_twice(self):
        self.assert_problem(headers.check_contract_order,
                            {"engine/a.h": "// A\n// Cost        8\n// Cost        9\n"},
                            "engine/a.h:3", "stands twice")


class GuardTest(CheckTest):
    def test_the_guard_spells_the_path(self):
        self.assertEqual("TACHO_DATABASE_H_", headers.guard_of("include/tacho/database.h"))
        self.assertEqual("TACHO_STORAGE_ROW_H_", headers.guard_of("storage/row.h"))
        self.assertEqual("TACHO_TESTS_SUPPORT_A_B_H_", headers.guard_of("tests/support/a_b.h"))
        self.assert_clean(headers.check_guard, {"engine/a.h": "// A\n" + GUARD})

    def test_another_guard(self):
        self.assert_problem(headers.check_guard, {"engine/b.h": "// B\n" + GUARD}, "engine/b.h:2",
                            "TACHO_ENGINE_B_H_")

    def test_no_guard(self):
        self.assert_problem(headers.check_guard, {"engine/a.h": "#pragma once\n"}, "engine/a.h:1",
                            "TACHO_ENGINE_A_H_")

    def test_the_guard_encloses_everything(self):
        self.assert_problem(headers.check_guard, {"engine/a.h": GUARD + "int x;\n"}, "engine/a.h:5",
                            "must end with #endif")


if __name__ == "__main__":
    unittest.main()
