import unittest

import dead_files
from testing import CheckTest


class SourcesTest(CheckTest):
    def test_a_glob_or_a_name_builds_a_source(self):
        self.assert_clean(dead_files.check_sources, {
            "engine/CMakeLists.txt": "file(GLOB sources CONFIGURE_DEPENDS *.cc)",
            "engine/a.cc": "",
            "tools/CMakeLists.txt": "add_executable(t main.cc)",
            "tools/main.cc": "",
            "tests/fuzz/parser.cmake": "tacho_fuzzer(NAME x SOURCES x_fuzzer.cc)",
            "tests/fuzz/x_fuzzer.cc": "",
            "tests/engine/CMakeLists.txt": "foreach(t rate_test)\n  add(${t}.cc)\nendforeach()",
            "tests/engine/rate_test.cc": "",
            "adapter/CMakeLists.txt": "file(GLOB sources net/*.cc)",
            "adapter/net/a.cc": "",
            "tests/net/CMakeLists.txt": "file(GLOB sources *_test.cc)",
            "tests/net/a_test.cc": "",
        })

    def test_a_source_that_no_build_file_knows(self):
        self.assert_problem(dead_files.check_sources, {
            "tools/CMakeLists.txt": "add_executable(t main.cc)", "tools/old_main.cc": ""},
            "tools/old_main.cc:1", "no CMake file builds it")

    def test_a_glob_does_not_reach_below_its_folder(self):
        self.assert_problem(dead_files.check_sources, {
            "engine/CMakeLists.txt": "file(GLOB sources *.cc)", "engine/old/a.cc": ""},
            "engine/old/a.cc:1", "no CMake file builds it")

    def test_a_glob_takes_only_what_it_matches(self):
        self.assert_problem(dead_files.check_sources, {
            "tests/net/CMakeLists.txt": "file(GLOB sources *_test.cc)", "tests/net/helper.cc": ""},
            "tests/net/helper.cc:1", "no CMake file builds it")

    def test_a_build_file_of_another_folder_does_not_count(self):
        self.assert_problem(dead_files.check_sources, {
            "tools/CMakeLists.txt": "add_executable(t main.cc)", "bench/main.cc": ""},
            "bench/main.cc:1", "no CMake file builds it")


class HeadersTest(CheckTest):
    def test_a_header_is_included_by_its_path_or_from_beside(self):
        self.assert_clean(dead_files.check_headers, {
            "engine/a.h": "", "engine/a.cc": '#include "engine/a.h"\n',
            "tests/fuzz/b.h": "", "tests/fuzz/b.cc": '#include "b.h"\n',
            "include/tacho/c.h": ""})

    def test_a_header_that_no_file_includes(self):
        self.assert_problem(dead_files.check_headers, {"engine/a.h": "", "engine/a.cc": ""},
                            "engine/a.h:1", "no file includes it")


class ScriptsTest(CheckTest):
    def test_a_script_is_named_imported_or_discovered(self):
        self.assert_clean(dead_files.check_scripts, {
            "scripts/a.sh": "", "README.md": "run scripts/a.sh",
            "tests/t/b.py": "", "tests/t/c_test.py": "import b",
            "tests/t/CMakeLists.txt": "unittest discover -p *_test.py",
            "tests/e/CMakeLists.txt": "foreach(name chain bad)\n"
                                    "  run(${name}_e2e.py)\nendforeach()",
            "tests/e/chain_e2e.py": ""})

    def test_a_script_that_no_file_names(self):
        for name in ["scripts/old.sh", "tests/t/old.py"]:
            self.assert_problem(dead_files.check_scripts, {name: "", "README.md": "run older.sh"},
                                f"{name}:1", "no file names it")
        self.assert_problem(dead_files.check_scripts, {
            "tests/e/CMakeLists.txt": "foreach(name chain)\n  run(${name}_e2e.py)\nendforeach()",
            "tests/e/old_e2e.py": ""}, "tests/e/old_e2e.py:1", "no file names it")
        self.assert_problem(dead_files.check_scripts, {"scripts/old": "#!/bin/sh\n"},
                            "scripts/old:1", "no file names it")


if __name__ == "__main__":
    unittest.main()
