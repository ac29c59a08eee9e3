# How our own code is compiled. Nothing here reaches a user of the package, and what
# concerns the whole build tree (linker, ccache, sanitizers) is left to the outer
# project when tacho is a subdirectory of one.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Bit-identity with Prometheus on amd64 forbids fused multiply-add. GCC 12's -Wrestrict
# is wrong about "text" + std::string (its bug 105651).
add_library(tacho_compile INTERFACE)
target_compile_options(tacho_compile INTERFACE -Wall -Wextra -Wconversion -Wshadow
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                       $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety> -ffp-contract=off
                       $<$<BOOL:${TACHO_WERROR}>:-Werror>)
target_include_directories(tacho_compile INTERFACE ${PROJECT_SOURCE_DIR})

if(NOT PROJECT_IS_TOP_LEVEL)
  return()
endif()

set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Sources are named by absolute paths, so the folder that the compiler runs in does not
# matter, and two build trees with the same flags share their objects.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 ${CCACHE_PROGRAM})
endif()

# lld links a test in a tenth of the time; there are dozens.
find_program(LLD_PROGRAM ld.lld)
if(LLD_PROGRAM)
  add_link_options(-fuse-ld=lld)
endif()

# Clang only: GCC's -fsanitize=undefined misses doubles that do not fit an integer.
# Everything in the tree is instrumented alike, or the reports would be wrong.
# Not float-divide-by-zero: PromQL divides by zero and means it.
if(TACHO_SANITIZE)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "TACHO_SANITIZE needs Clang: add -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=${TACHO_SANITIZE} -fno-sanitize=float-divide-by-zero
                      -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TACHO_SANITIZE})
endif()
if(TACHO_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "TACHO_BUILD_FUZZERS needs Clang: add -DCMAKE_CXX_COMPILER=clang++")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(TACHO_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
  add_custom_target(coverage-report
                    COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/coverage_report.sh ${PROJECT_SOURCE_DIR}
                            ${PROJECT_BINARY_DIR}
                    USES_TERMINAL VERBATIM)
endif()
