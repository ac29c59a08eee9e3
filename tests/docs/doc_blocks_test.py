import json
import pathlib
import tempfile
import unittest

import doc_blocks

PRESETS = {"configurePresets": [{"name": "dev"}, {"name": "base", "hidden": True}],
           "buildPresets": [{"name": "dev"}], "testPresets": []}


class BlocksTest(unittest.TestCase):
    def test_blocks_with_their_place_language_and_mark(self):
        text = "a\n<!-- test: compile -->\n```cpp\nint x;\n```\n```sh\nls\n```\n"
        found = [(b.line, b.language, b.mark, b.text) for b in doc_blocks.blocks("a.md", text)]
        self.assertEqual([(3, "cpp", "compile", "int x;\n"), (6, "sh", "", "ls\n")], found)

    def test_commands_are_split_where_the_shell_splits_them(self):
        text = "$ a --b 'c d' && e \\\n  f  # why\n\ng | h\n"
        self.assertEqual([["a", "--b", "c d"], ["e", "f"], ["g"], ["h"]],
                         list(doc_blocks.commands(text)))


class InATreeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for path, text in {"scripts/demo": "--seconds", "CMakePresets.json": json.dumps(PRESETS),
                           "tools/CMakeLists.txt": "add_executable(tachotool main.cc)",
                           "include/tacho/database.h":
                               "#include <string_view>\n"
                               "namespace tacho { struct Database {}; struct Timestamp {}; }\n",
                           "examples/a.cc": "int a;\nint b;\nint c;\n"}.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, encoding="utf-8")

    def shell(self, text):
        return doc_blocks.check_shell(self.root, doc_blocks.Block("a.md", 1, "sh", "", text))

    def cpp(self, mark, text):
        return doc_blocks.check_cpp(self.root, doc_blocks.Block("a.md", 1, "cpp", mark, text),
                                    ["c++"])

    def test_commands_that_work(self):
        for command in ["scripts/demo --seconds 30", "X=1 ./scripts/demo", "cmake --preset dev",
                        "cmake --build --preset dev", "build/dev/tools/tachotool x", "kubectl get"]:
            self.assertIsNone(self.shell(command), command)

    def test_commands_that_do_not(self):
        for command, message in [("scripts/gone", "there is no scripts/gone"),
                                 ("ls\nscripts/demo --minutes=3", "does not know --minutes"),
                                 ("cmake --preset base", "no base in configurePresets"),
                                 ("ctest --preset dev", "no dev in testPresets"),
                                 ("build/dev/tools/gone", "nothing builds")]:
            self.assertIn(message, self.shell(command) or "nothing", command)

    def test_a_block_is_a_file_or_the_body_of_a_function(self):
        self.assertIsNone(self.cpp("compile", "#include <cstdio>\nint main() {}\n"))
        self.assertIsNone(self.cpp("compile", "tacho::Database& mine = db;\n(void)mine;\n"))

    def test_a_block_that_does_not_compile(self):
        self.assertIn("does not compile", self.cpp("compile", "gone();\n") or "nothing")

    def test_a_block_stands_in_its_file_word_for_word(self):
        self.assertIsNone(self.cpp("part of examples/a.cc", "int a;\nint b;\n"))
        self.assertIn("does not stand", self.cpp("part of examples/a.cc", "int a;\nint c;\n") or "")
        self.assertIn("there is no", self.cpp("part of examples/b.cc", "int a;\n") or "")

    def test_a_mark_that_nobody_knows(self):
        self.assertIn("unknown mark", self.cpp("complie", "int a;\n") or "nothing")


if __name__ == "__main__":
    unittest.main()
