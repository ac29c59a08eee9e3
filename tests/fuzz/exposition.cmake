tacho_fuzzer(NAME exposition SOURCES exposition_fuzzer.cc)
tacho_fuzzer(NAME replay SOURCES replay_fuzzer.cc)
tacho_fuzzer(NAME number SOURCES number_fuzzer.cc)
