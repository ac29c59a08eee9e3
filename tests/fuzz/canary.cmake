# A fuzzer that must fail. fuzz_replay_canary is fuzz_replay over parser sources that
# are compiled with TACHO_CANARY, which plants a bug (parser/replay.cc). If libFuzzer
# does not find it within the time that a fuzzer gets, the fuzzers are blind.
if(TACHO_BUILD_FUZZERS)
  set(parser_dir ${PROJECT_SOURCE_DIR}/parser)
  file(GLOB canary_sources CONFIGURE_DEPENDS ${parser_dir}/exposition_*.cc
       ${parser_dir}/replay*.cc ${parser_dir}/number*.cc)
  add_executable(fuzz_replay_canary replay_fuzzer.cc ${canary_sources}
                 ${parser_dir}/label_memo.cc ${parser_dir}/promql_quote.cc ${parser_dir}/text.cc)
  target_compile_definitions(fuzz_replay_canary PRIVATE TACHO_CANARY)
  target_include_directories(fuzz_replay_canary PRIVATE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(fuzz_replay_canary PRIVATE tacho_compile absl::status absl::statusor
                        absl::strings absl::hash absl::flat_hash_map absl::function_ref)
  target_link_options(fuzz_replay_canary PRIVATE -fsanitize=fuzzer)
  add_test(NAME fuzz_replay_canary
           COMMAND ${CMAKE_COMMAND} -DFUZZER=$<TARGET_FILE:fuzz_replay_canary>
                   -DCORPUS=${CMAKE_CURRENT_SOURCE_DIR}/corpus/replay
                   -DWORK=${CMAKE_CURRENT_BINARY_DIR}/canary
                   -P ${CMAKE_CURRENT_SOURCE_DIR}/canary/expect_found.cmake)
  set_tests_properties(fuzz_replay_canary PROPERTIES LABELS fuzz-smoke TIMEOUT 180)
endif()
