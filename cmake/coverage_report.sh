#!/usr/bin/env bash
# What the tests have run, as llvm-cov counts it: a table on the screen, and pages in
# <build>/coverage. Called by the target coverage-report, after ctest.
#   coverage_report.sh SOURCE_DIR BUILD_DIR
set -euo pipefail
source_dir=$1
build_dir=$2

shopt -s nullglob
profiles=("$build_dir"/profiles/*.profraw)
if [ ${#profiles[@]} -eq 0 ]; then
  echo "coverage: no profiles in $build_dir/profiles; run: ctest --preset coverage" >&2
  exit 1
fi
llvm-profdata merge -sparse -o "$build_dir/coverage.profdata" "${profiles[@]}"

# Every executable of the tests holds its own copy of the library's counters. llvm-cov
# wants the first as it is and the others behind -object.
objects=()
while IFS= read -r file; do
  [ ${#objects[@]} -eq 0 ] && objects=("$file") || objects+=(-object "$file")
done < <(find "$build_dir" -type f -executable -not -name '*.so*' -not -path '*/CMakeFiles/*' \
           -exec sh -c 'nm "$1" 2>/dev/null | grep -q __llvm_profile_runtime' sh {} \; -print)
sources=()
for folder in include storage parser engine adapter; do
  sources+=("$source_dir/$folder")
done
llvm-cov show "${objects[@]}" -instr-profile="$build_dir/coverage.profdata" -format=html \
  -output-dir="$build_dir/coverage" "${sources[@]}" >/dev/null
llvm-cov report "${objects[@]}" -instr-profile="$build_dir/coverage.profdata" "${sources[@]}"
echo "coverage: pages in $build_dir/coverage/index.html"
