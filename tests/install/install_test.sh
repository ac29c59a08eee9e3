#!/usr/bin/env bash
# Installs tacho into a prefix of its own, then builds and runs examples/embed against
# that prefix, by find_package and by pkg-config.
#   install_test.sh static|shared SOURCE_DIR WORK_DIR COMPILER FLAGS WERROR
# What is installed is the build in $TACHO_BUILD_DIR, or without one a build of the
# wanted kind: the flags being those of the tree's build, ccache has its objects.
set -euo pipefail
kind=$1 source_dir=$2 work_dir=$3 compiler=$4 flags=$5 werror=$6
prefix=$work_dir/prefix

fail() {
  echo "install.$kind: $*" >&2
  exit 1
}

rm -rf "$prefix" "$work_dir/embed"
mkdir -p "$work_dir"
build_dir=${TACHO_BUILD_DIR:-}
if [ -z "$build_dir" ]; then
  build_dir=$work_dir/tacho
  shared=OFF
  [ "$kind" = shared ] && shared=ON
  cmake -S "$source_dir" -B "$build_dir" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_BUILD_TYPE=Given -DCMAKE_CXX_FLAGS_GIVEN="$flags" -DBUILD_SHARED_LIBS=$shared \
    -DTACHO_BUILD_ADAPTER=OFF -DTACHO_BUILD_TOOLS=OFF -DTACHO_BUILD_TESTS=OFF \
    -DTACHO_BUILD_BENCH=OFF -DTACHO_WERROR="$werror"
  cmake --build "$build_dir"
fi
cmake --install "$build_dir" --component tacho-dev --prefix "$prefix"

# The prefix is moved after the installation: packages must not remember it.
rm -rf "$prefix-moved"
mv "$prefix" "$prefix-moved"
prefix=$prefix-moved
grep -rIl "$source_dir/\|$work_dir/" "$prefix" && fail "an installed file names the build machine"

# The example is copied out, so that it cannot find the source tree by chance.
cp -r "$source_dir/examples/embed" "$work_dir/embed"
cmake -S "$work_dir/embed" -B "$work_dir/embed/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$prefix"
cmake --build "$work_dir/embed/build"
"$work_dir/embed/build/embed" || fail "the program built with find_package gives a wrong answer"

pc=$(find "$prefix" -name tacho.pc)
[ -n "$pc" ] || fail "no tacho.pc was installed"
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$pc")
pkg_config_flags=()
[ "$kind" = static ] && pkg_config_flags+=(--static)
read -ra pc_flags <<<"$(pkg-config "${pkg_config_flags[@]}" --cflags --libs tacho)"
"$compiler" -std=c++20 "$work_dir/embed/main.cc" -o "$work_dir/embed/by_pkg_config" "${pc_flags[@]}"
library=$(find "$prefix" -name 'libtacho.*' | head -n 1)
LD_LIBRARY_PATH=$(dirname "$library") "$work_dir/embed/by_pkg_config" ||
  fail "the program built with pkg-config gives a wrong answer"

# The shared library shows what the headers mark for export, and nothing else of ours.
if [ "$kind" = shared ]; then
  hidden=$(nm -DC --defined-only "$library" |
    grep -E ' [TW] tacho::(engine|parser|storage)::' || true)
  [ -z "$hidden" ] || fail "libtacho.so shows internals: $hidden"
fi
