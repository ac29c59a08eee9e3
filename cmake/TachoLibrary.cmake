# libtacho: the objects of storage, parser and engine as one library. Tests link the
# object libraries, which show what the shared library hides.
#
# A user's program sees Abseil's types only; the rest is linked privately, which for
# the static library still means: named in the exported package, to be linked last.
set(TACHO_ABSL_PUBLIC status statusor strings time)
set(TACHO_ABSL_PRIVATE flat_hash_map flat_hash_set hash inlined_vector span)

add_library(tacho)
add_library(tacho::tacho ALIAS tacho)
target_sources(tacho PRIVATE $<TARGET_OBJECTS:tacho_storage> $<TARGET_OBJECTS:tacho_parser>
               $<TARGET_OBJECTS:tacho_engine>)
target_compile_features(tacho PUBLIC cxx_std_20)
target_include_directories(tacho PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
list(TRANSFORM TACHO_ABSL_PUBLIC PREPEND absl:: OUTPUT_VARIABLE absl_public)
list(TRANSFORM TACHO_ABSL_PRIVATE PREPEND absl:: OUTPUT_VARIABLE absl_private)
target_link_libraries(tacho PUBLIC ${absl_public} PRIVATE ${absl_private} PkgConfig::RE2
                      Threads::Threads)
set_target_properties(tacho PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE CXX)

# What tests, fuzzers and benchmarks link: all of the internals. A library, since objects
# are handed on by the target that links them, but not by a second one in between.
add_library(tacho_internals STATIC EXCLUDE_FROM_ALL)
target_link_libraries(tacho_internals PUBLIC tacho_storage tacho_parser tacho_engine)
