import unittest

import functions
from tree import File, strip_prose


def measured(text):
    return [(name, length) for _, name, length in functions.functions(File("a.cc", text))]


class FunctionsTest(unittest.TestCase):
    def test_a_function_reaches_from_its_head_to_its_brace(self):
        self.assertEqual([("F", 4)], measured("int F(int a,\n      int b) {\n  return a + b;\n}\n"))

    def test_functions_are_found_in_classes_and_namespaces(self):
        text = ("namespace a {\nclass B {\n public:\n  void C() const { d(); }\n"
                "  bool operator==(const B& o) const noexcept {\n    return true;\n  }\n};\n}\n")
        self.assertEqual([("C", 1), ("operator==", 3)], measured(text))

    def test_blocks_and_lambdas_belong_to_their_function(self):
        text = ("void F() {\n  if (a) {\n    b();\n  }\n"
                "  auto g = [](int x) {\n    return x;\n  };\n}\n")
        self.assertEqual([("F", 8)], measured(text))

    def test_initialiser_lists_do_not_end_a_constructor(self):
        text = "A::A(int x)\n    : x_{x},\n      y_(x) {\n  z();\n}\nA::~A() {}\n"
        self.assertEqual([("A::A", 5), ("A::~A", 1)], measured(text))

    def test_data_and_types_are_no_functions(self):
        text = ("struct P {\n  int x = 0;\n};\nconst P kTable[] = {\n  {f(1)},\n  {2},\n};\n"
                "enum class E : uint8_t { kA };\nextern \"C\" {\nint G() {\n  return 1;\n}\n}\n")
        self.assertEqual([("G", 3)], measured(text))

    def test_templates_and_trailing_returns(self):
        text = ("template <typename T = int>\nauto F(T t) -> std::vector<T> {\n  return {t};\n}\n"
                "template <typename T>\n  requires(sizeof(T) == 8)\nvoid G(T t) {\n  t();\n}\n")
        self.assertEqual([("F", 4), ("G", 5)], measured(text))

    def test_defaults_in_a_head_are_no_assignment(self):
        text = ("template <typename T, typename = If<A<T>>>\nbool operator==(T a) {\n  g();\n}\n"
                "explicit V(int n, A a = A(1))\n    : n_(n) {\n}\nauto h = G() {};\n")
        self.assertEqual([("operator==", 4), ("V", 3)], measured(text))

    def test_attributes_may_end_a_head(self):
        text = "void F() ABSL_NO_THREAD_SAFETY_ANALYSIS {\n}\nvoid G() GUARDED_BY(m) {\n}\n"
        self.assertEqual([("F", 2), ("G", 2)], measured(text))

    def test_tests_are_functions(self):
        self.assertEqual([("TEST(Rate, IsRight)", 3)], measured("TEST(Rate,\n     IsRight) {\n}\n"))

    def test_braces_in_comments_and_literals_do_not_count(self):
        text = ("// {\n/* { */\nconst char* F() {\n  char c = '{';\n"
                "  return R\"x({{\n{)x\" \"{\\\"{\";\n}\nint n = 1'000'000;\n")
        self.assertEqual([("F", 5)], measured(text))

    def test_directives_do_not_count(self):
        self.assertEqual([("F", 3)], measured("#define M(x) { \\\n  {\nvoid F() {\n  g();\n}\n"))


class StripProseTest(unittest.TestCase):
    def test_lines_stay_where_they_are(self):
        text = 'a /* 1\n2 */ b // c\n"d\\"e" \'f\' 1\'000\n'
        self.assertEqual('a \n b \n"" "" 1\'000\n', strip_prose(text))


if __name__ == "__main__":
    unittest.main()
