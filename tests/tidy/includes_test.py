import unittest

import includes
from testing import CheckTest

TIME = {"include/tacho/time.h": "", "parser/ast.h": "", "storage/row.h": "", "engine/plan.h": ""}


class ArrowsTest(CheckTest):
    def check(self, path, *lines):
        return {**TIME, path: "\n".join(lines) + "\n"}

    def test_each_layer_may_include_what_lies_below_it(self):
        for path, spelling in [("parser/a.cc", "tacho/time.h"), ("parser/a.cc", "parser/ast.h"),
                               ("storage/a.cc", "storage/row.h"), ("engine/a.cc", "parser/ast.h"),
                               ("engine/a.cc", "storage/row.h"), ("adapter/a.cc", "tacho/time.h"),
                               ("tests/storage/a.cc", "engine/plan.h")]:
            self.assert_clean(includes.check_arrows, self.check(path, f'#include "{spelling}"'))

    def test_no_layer_may_include_what_lies_above_or_beside_it(self):
        for path, spelling in [("include/tacho/a.h", "storage/row.h"),
                               ("parser/a.cc", "storage/row.h"), ("storage/a.h", "parser/ast.h"),
                               ("storage/a.cc", "engine/plan.h"), ("adapter/a.cc", "parser/ast.h"),
                               ("adapter/a.cc", "engine/plan.h")]:
            self.assert_problem(includes.check_arrows,
                                self.check(path, "// why", f'#include "{spelling}"'),
                                f"{path}:2", "must not include")

    def test_angle_brackets_do_not_hide_an_include(self):
        self.assert_problem(includes.check_arrows,
                            self.check("parser/a.cc", "#include <storage/row.h>"),
                            "parser/a.cc:1", "must not include storage/")

    def test_an_include_of_ours_must_exist(self):
        self.assert_problem(includes.check_arrows,
                            self.check("engine/a.cc", '#include "engine/b.h"'),
                            "engine/a.cc:1", "not in the tree")


class OwnHeaderTest(CheckTest):
    def test_the_first_include_is_the_own_header(self):
        for text in ('#include "engine/a.h"\n\n#include <map>\n',
                     '// why\n#include "engine/a.h"\n'):
            self.assert_clean(includes.check_own_header, {"engine/a.h": "", "engine/a.cc": text})

    def test_another_one_before_it(self):
        self.assert_problem(includes.check_own_header,
                            {"engine/a.h": "",
                             "engine/a.cc": '#include <map>\n#include "engine/a.h"\n'},
                            "engine/a.cc:1", "must be engine/a.h")

    def test_not_at_all(self):
        self.assert_problem(includes.check_own_header,
                            {"engine/a.h": "", "engine/a.cc": "int a;\n"},
                            "engine/a.cc:1", "must be engine/a.h")

    def test_a_source_without_a_header(self):
        self.assert_clean(includes.check_own_header, {"engine/a.cc": "#include <map>\n"})


class CyclesTest(CheckTest):
    def test_two_folders_that_include_each_other(self):
        files = {"tools/a.h": '#include "bench/b.h"\n', "bench/b.h": "",
                 "bench/c.h": '\n#include "tools/a.h"\n'}
        self.assert_problem(includes.check_folder_cycles, files, "bench/c.h:2",
                            "bench -> tools -> bench")

    def test_three_headers_in_a_circle(self):
        files = {f"engine/{x}.h": f'#include "engine/{y}.h"\n' for x, y in ["ab", "bc", "ca"]}
        self.assert_problem(includes.check_header_cycles, files, "engine/a.h:1",
                            "engine/a.h -> engine/b.h -> engine/c.h -> engine/a.h")

    def test_a_diamond_is_no_circle(self):
        files = {"engine/a.h": '#include "engine/b.h"\n#include "engine/c.h"\n',
                 "engine/b.h": '#include "engine/d.h"\n', "engine/c.h": '#include "engine/d.h"\n',
                 "engine/d.h": ""}
        self.assert_clean(includes.check_header_cycles, files)


class LibrariesTest(CheckTest):
    def test_each_library_in_its_place(self):
        self.assert_clean(includes.check_libraries, {
            "parser/promql.cc": "#include <boost/spirit/home/x3.hpp>\n"
                                "#include <boost/fusion/x.hpp>\n",
            "parser/template.cc": "#include <boost/spirit/home/x3.hpp>\n",
            "parser/number.cc": '#include "fast_float/fast_float.h"\n',
            "storage/regex.cc": "#include <re2/re2.h>\n",
            "adapter/regex.cc": "#include <re2/re2.h>\n",
            "adapter/http.cc": "#include <boost/beast.hpp>\n#include <openssl/ssl.h>\n",
            "adapter/config.cc": "#include <yaml-cpp/yaml.h>\n",
            "tests/parser/number_test.cc": "#include <fast_float/fast_float.h>\n",
        })

    def test_a_library_out_of_its_place(self):
        for path, header in [("parser/promql.h", "boost/spirit/home/x3.hpp"),
                             ("engine/plan.cc", "boost/spirit/home/x3.hpp"),
                             ("engine/plan.cc", "re2/re2.h"),
                             ("storage/row.cc", "fast_float/fast_float.h"),
                             ("storage/row.cc", "boost/container/x.hpp"),
                             ("engine/plan.cc", "yaml-cpp/yaml.h"),
                             ("include/tacho/a.h", "openssl/ssl.h"),
                             ("engine/plan.cc", "gtest/gtest.h")]:
            self.assert_problem(includes.check_libraries, {path: f"#include <{header}>\n"},
                                f"{path}:1", "does not belong here")

    def test_a_third_file_with_spirit_is_one_too_many(self):
        files = {f"parser/{x}.cc": "#include <boost/spirit/home/x3.hpp>\n" for x in "abc"}
        self.assert_problem(includes.check_libraries, files, "parser/c.cc:1", "more files")

    def test_a_second_wrapper_of_re2_is_one_too_many(self):
        files = {f"storage/{x}.cc": "#include <re2/re2.h>\n" for x in "ab"}
        self.assert_problem(includes.check_libraries, files, "storage/b.cc:1", "more files")


if __name__ == "__main__":
    unittest.main()
