"""Changes adapter/core/value_decision.cc bit by bit; its test must notice every change.

  mutation.py [--compiler g++]

Each mutant is that one file compiled anew and linked with the test's other objects. One
that passes the test survives: a line that decides about scaling and that nothing holds.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "adapter/core/value_decision.cc"
TESTS = ["tests/adapter_core/value_decision_test.cc", "adapter/core/quantity.cc"]

# (pattern, replacements): every match outside comments and includes is a mutant each.
MUTATIONS = [
    (r"==", ["!="]), (r"!=", ["=="]), (r">=", [">", "<"]), (r"<=", ["<", ">"]),
    (r"(?<=[\w)\]]) > (?=[\w(])", [" >= ", " < "]),
    (r"&&", ["||"]), (r"\|\|", ["&&"]),
    (r"\bstd::max\b", ["std::min"]), (r"\bstd::min\b", ["std::max"]),
    (r"!(?=[\w(])", [""]), (r"\btrue\b", ["false"]), (r"\bfalse\b", ["true"]),
    (r"(?<=[\w)]) \* (?=[\w(])", [" + "]), (r"(?<=[\w)]) / (?=[\w(])", [" * "]),
    (r"(?<=[\w)]) - (?=[\w(])", [" + "]), (r"(?<=[\w)]) \+ (?=[\w(])", [" - "]),
    (r"(?<= \? )(Unknown::k\w+|seen\.newest)(?= : )", ["Unknown::kAmbiguous", "Timestamp()"]),
    (r"return Unknown::k(?!None)\w+", ["return Unknown::kNone"]),
    (r"\b(?:2|4|1|0)\b(?=[ ;,)])", ["3"]),
    (r"coverage\.fresh", ["coverage.warm"]), (r"coverage\.warm", ["coverage.fresh"]),
    (r"on_nan", ["on_missing"]), (r"on_missing", ["on_nan"]),
    (r'return "\w+"', ['return ""']),
]


def mutants():
    text = SOURCE.read_text()
    body = text.index("namespace {")
    for pattern, replacements in MUTATIONS:
        for match in re.finditer(pattern, text):
            line_start = text.rfind("\n", 0, match.start()) + 1
            line = text[line_start:text.find("\n", match.start())]
            if match.start() < body or line.lstrip().startswith("//"):
                continue
            for replacement in replacements:
                if replacement == match[0]:
                    continue
                changed = text[:match.start()] + replacement + text[match.end():]
                number = text.count("\n", 0, match.start()) + 1
                yield (f"line {number}: {match[0].strip()} -> {replacement.strip()}: "
                       f"{line.strip()}"), changed


def run(command, **kwargs):
    return subprocess.run(command, capture_output=True, text=True, check=False, **kwargs)


class Bench:
    def __init__(self, args, folder):
        self.folder = pathlib.Path(folder)
        packages = ["absl_status", "absl_statusor", "absl_time", "absl_strings", "gtest_main",
                    "gmock"]
        self.libs = subprocess.check_output(["pkg-config", "--libs", *packages], text=True).split()
        self.compile = [args.compiler, "-std=c++20", "-O0", "-w", f"-I{ROOT}", f"-I{ROOT}/include",
                        "-c"]
        self.link = [args.compiler]
        self.objects = []

    def prepare(self):
        for index, source in enumerate(TESTS):
            self.objects.append(str(self.folder / f"test{index}.o"))
            done = run(self.compile + [str(ROOT / source), "-o", self.objects[-1]])
            if done.returncode != 0:
                sys.exit(done.stderr)

    def passes(self, index, text):
        """True: the test passes. None: the change does not compile."""
        source = self.folder / f"m{index}.cc"
        source.write_text(text)
        binary = str(self.folder / f"m{index}")
        made = run(self.compile + [str(source), "-o", binary + ".o"])
        if made.returncode != 0:
            return None
        linked = run(self.link + [binary + ".o", *self.objects, *self.libs, "-o", binary])
        if linked.returncode != 0:
            sys.exit(linked.stderr)
        try:
            return run([binary], timeout=20).returncode == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            os.unlink(binary)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", default="g++")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tacho-mutation-") as folder:
        bench = Bench(args, folder)
        bench.prepare()
        if not bench.passes("original", SOURCE.read_text()):
            sys.exit("the test fails without any mutation")
        all_mutants = list(mutants())
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = []
            passed = pool.map(lambda m: bench.passes(m[0], m[1][1]), enumerate(all_mutants))
            for (name, _), result in zip(all_mutants, passed):
                results.append(result)
                if result:
                    print("alive:", name, flush=True)
    alive, killed = results.count(True), results.count(False)
    print(f"{killed} mutants killed, {alive} alive, {results.count(None)} do not compile")
    if alive or killed < 40:
        sys.exit(1)


if __name__ == "__main__":
    main()
